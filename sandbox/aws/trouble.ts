// Faults on demand, and by chance: what a cloud does on a bad day.
import { drawing, type Drawn, type Mishap, type Unreliable } from '../chance.ts'
import type { Dice } from '../dice.ts'
import { AwsFault, ConnectionCut } from './fault.ts'
import type { View } from '../versions.ts'
import type { State } from './state.ts'

export interface TroubleControl {
  /** Until told otherwise (0 ends it), reads do not show writes made from now on before they are `ms` old. */
  staleReads(ms: number): void
  /** The next `n` calls (of one operation, when named) are answered with Throttling and not carried out. */
  throttle(n: number, operation?: string): void
  /** The same with another code, such as `ServiceFailure`, `AccessDenied` or `EntityTemporarilyUnmodifiable`. */
  fail(n: number, code: string, operation?: string): void
  /** The next `n` calls are carried out and then answered with ServiceFailure. */
  applyThenFail(n: number, operation?: string): void
  /** The next `n` calls lose their connection instead of being carried out. */
  cut(n: number, operation?: string): void
  /** The next `n` calls are carried out and then lose their connection. */
  applyThenCut(n: number, operation?: string): void
  /** Every call is carried out `ms` late, whether or not anybody still waits for it. 0 ends it. */
  slow(ms: number): void
  /**
   * From now on a signature that is older or newer than `ms` by the twin's clock is refused, as AWS does after five
   * minutes. 0 ends it. Left out at first: the twin's clock may be turned, and who signs does not know.
   */
  judgeClocks(ms: number): void
  /** Strikes calls at random; a write meets no `stale`. */
  unreliable(how: Unreliable): void
}

type When = 'instead' | 'after'

interface Planned {
  left: number
  readonly operation: string | undefined
  readonly when: When
  readonly fault: () => Error
  readonly mishap: Mishap
}

/** What one call meets. */
export interface Luck {
  mishap: Mishap | undefined
  delay(): Promise<void>
  /** Throws what strikes the call at this point. */
  strike(when: When): void
  /** What a read sees. */
  view(): View
}

const faultOf = (code: string) => () =>
  new AwsFault(code, code === 'Throttling' ? 'Rate exceeded' : 'As planned')
const cutOff = () => new ConnectionCut()

const byChance: Partial<Record<Mishap, { when: When; fault: (die: Dice) => Error }>> = {
  throttled: { when: 'instead', fault: faultOf('Throttling') },
  failed: {
    when: 'instead',
    fault: (die) => faultOf(die() < 0.5 ? 'ServiceFailure' : 'ServiceUnavailable')(),
  },
  failedAfterwards: { when: 'after', fault: faultOf('ServiceFailure') },
  cut: { when: 'instead', fault: cutOff },
  cutAfterwards: { when: 'after', fault: cutOff },
}

interface Weather extends Unreliable {
  readonly upTo: number
  readonly draw: (operation: string, never?: Mishap) => Drawn | undefined
}

function draw(weather: Weather | undefined, operation: string, kind: 'read' | 'write') {
  const drawn = weather?.draw(operation, kind === 'read' ? undefined : 'stale')
  return weather && drawn ? { ...drawn, weather } : undefined
}

export function createTrouble(state: State) {
  const planned: Planned[] = []
  let stale: { ms: number; upTo: number } | undefined
  let slowMs = 0
  let weather: Weather | undefined
  const plan = (
    [left, operation]: [number, string | undefined],
    when: When,
    mishap: Mishap,
    fault: () => Error,
  ) => void planned.push({ left, operation, when, mishap, fault })

  const control: TroubleControl = {
    staleReads(ms) {
      stale = ms > 0 ? { ms, upTo: state.history.changes.length } : undefined
    },
    throttle: (n, operation) => plan([n, operation], 'instead', 'throttled', faultOf('Throttling')),
    fail: (n, code, operation) => plan([n, operation], 'instead', 'failed', faultOf(code)),
    applyThenFail: (n, operation) =>
      plan([n, operation], 'after', 'failedAfterwards', faultOf('ServiceFailure')),
    cut: (n, operation) => plan([n, operation], 'instead', 'cut', cutOff),
    applyThenCut: (n, operation) => plan([n, operation], 'after', 'cutAfterwards', cutOff),
    slow(ms) {
      slowMs = ms
    },
    judgeClocks(ms) {
      state.signatureMsMax = ms > 0 ? ms : Infinity
    },
    unreliable(how) {
      const upTo = state.history.changes.length
      weather = how.share > 0 ? { ...how, upTo, draw: drawing(how) } : undefined
    },
  }

  /** What a call of this operation meets: drawn once, when it arrives. */
  function meet(operation: string, kind: 'read' | 'write'): Luck {
    const drawn = draw(weather, operation, kind)
    const luck: Luck = {
      mishap: drawn?.mishap,
      async delay() {
        const late = slowMs + (drawn?.mishap === 'slow' ? (drawn.weather.slowMs ?? 20) : 0)
        if (late > 0) await new Promise((resolve) => setTimeout(resolve, late))
      },
      strike(when) {
        const next = planned.find(
          (p) => p.left > 0 && p.when === when && (p.operation ?? operation) === operation,
        )
        if (next) {
          next.left -= 1
          luck.mishap = next.mishap
          throw next.fault()
        }
        if (!drawn) return
        const chance = byChance[drawn.mishap]
        if (chance?.when === when) throw chance.fault(drawn.die)
      },
      view() {
        const now = state.history.now()
        if (kind === 'read' && drawn?.mishap === 'stale')
          return { at: now - (drawn.weather.staleMs ?? 5000), upTo: drawn.weather.upTo }
        if (kind === 'read' && stale) return { at: now - stale.ms, upTo: stale.upTo }
        return state.latest
      },
    }
    return luck
  }

  return { control, meet }
}

export type Trouble = ReturnType<typeof createTrouble>
