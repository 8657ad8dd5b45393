// One journey: a scene of simulated services, a whole Hallpass beside it, and what people and clouds get to see of it.
import { startScene, type Scene } from '../../sandbox/scene.ts'
import { usualStore, type TestStore } from './databases.ts'
import { startHallpass, type Hallpass, type HallpassOptions } from './hallpass.ts'
import { keep } from './kept.ts'
import { logsPolicy } from './policies.ts'
import type { TurnedClock } from './turned-clock.ts'

export interface Journey extends Scene {
  readonly hallpass: Hallpass
  /** Another process on the same scene and store would be another journey. */
  end(): Promise<void>
}

export interface JourneyOptions extends Partial<
  Pick<
    HallpassOptions,
    | 'policy'
    | 'pinned'
    | 'timing'
    | 'lagMs'
    | 'identityCenter'
    | 'gcp'
    | 'azure'
    | 'accounts'
    | 'github'
    | 'parts'
    | 'nudges'
  >
> {
  /** The quickest that there is, unless given: what differs from store to store has tests of its own. */
  readonly store?: TestStore
  /** Of the services and of Hallpass. Without it the services have the machine's time, and Hallpass its database's. */
  readonly clock?: TurnedClock
  /** Of the repository, on its default branch. */
  readonly files?: Readonly<Record<string, string>>
  /** GitHub's own limits on what creates content. */
  readonly contentLimits?: true
  /** Google Cloud, Azure and Identity Center too, each connected. */
  readonly clouds?: true
  /** Sets more of the scene before Hallpass starts. */
  readonly set?: (scene: Scene) => void
}

/** Nothing waits long for a nudge that was lost. */
const sweepMs = 100

export async function begin(options: JourneyOptions = {}): Promise<Journey> {
  const { clock, files, store, timing, set, contentLimits, clouds, ...rest } = options
  const scene = await startScene({
    ...(clock === undefined ? {} : { now: clock.now }),
    ...(files === undefined ? {} : { files }),
    ...(contentLimits === undefined ? {} : { contentLimits }),
    ...(clouds === undefined ? {} : { clouds }),
  })
  set?.(scene)
  const kept = await keep(store ?? usualStore())
  const hallpass = await startHallpass({
    policy: logsPolicy(),
    ...rest,
    scene,
    store: kept.config,
    ...(clock === undefined ? {} : { clock }),
    timing: { sweepMs, ...timing },
  })
  return {
    ...scene,
    hallpass,
    async end() {
      await hallpass.stop()
      await scene.close()
      await kept.close()
    },
  }
}
