// One journey: a scene of simulated services, a whole Hallpass beside it, and what people and clouds get to see of it.
import { rm } from 'node:fs/promises'
import { startScene, type Scene } from '../../sandbox/scene.ts'
import type { StoreConfig } from '../../src/config.ts'
import type { TestStore } from './databases.ts'
import { embeddedDirectory } from './embedded-template.ts'
import { startHallpass, type Hallpass, type HallpassOptions } from './hallpass.ts'
import { logsPolicy } from './policies.ts'
import type { TurnedClock } from './turned-clock.ts'

export interface Journey extends Scene {
  readonly hallpass: Hallpass
  /** Another process on the same scene and store would be another journey. */
  end(): Promise<void>
}

export interface JourneyOptions extends Partial<
  Pick<HallpassOptions, 'policy' | 'timing' | 'lagMs' | 'accounts' | 'parts' | 'nudges'>
> {
  /** Embedded unless given. */
  readonly store?: TestStore
  /** Of the services and of Hallpass. Without it the services have the machine's time, and Hallpass its database's. */
  readonly clock?: TurnedClock
  /** Of the repository, on its default branch. */
  readonly files?: Readonly<Record<string, string>>
  /** Sets more of the scene before Hallpass starts. */
  readonly set?: (scene: Scene) => void
}

/** Nothing waits long for a nudge that was lost. */
const sweepMs = 100

export async function begin(options: JourneyOptions = {}): Promise<Journey> {
  const { clock, files, store, timing, set, ...rest } = options
  const scene = await startScene({
    ...(clock === undefined ? {} : { now: clock.now }),
    ...(files === undefined ? {} : { files }),
  })
  set?.(scene)
  const kept = await keep(store)
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

async function keep(
  store: TestStore | undefined,
): Promise<{ config: StoreConfig; close(): Promise<void> }> {
  if (store !== undefined && store.name !== 'embedded') {
    const { databaseUrl, redisUrl, close } = await store.fresh()
    if (databaseUrl === undefined) throw new Error(`${store.name} has no server`)
    return { config: { kind: 'postgres', databaseUrl, redisUrl }, close }
  }
  const directory = await embeddedDirectory()
  return {
    config: { kind: 'embedded', directory, cloudAccepted: false },
    close: () => rm(directory, { recursive: true, force: true }),
  }
}
