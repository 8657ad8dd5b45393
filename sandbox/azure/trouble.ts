// Faults on demand, and by chance: what a cloud does on a bad day.
import { setTimeout } from 'node:timers/promises'
import { drawing, type Drawn, type Mishap, type Unreliable } from '../chance.ts'
import { AzureFault } from './fault.ts'
import type { View } from '../versions.ts'
import type { State } from './state.ts'

export interface Failure {
  readonly status: number
  readonly code: string
}

/** With `retryAfterSeconds`, throttled calls are told to wait: 0 unless said. */
export interface AzureUnreliable extends Unreliable {
  readonly retryAfterSeconds?: number
}

export interface TroubleControl {
  /** Until told otherwise (0 ends it), reads do not show writes made from now on before they are `ms` old. */
  staleReads(ms: number): void
  /** The next `n` calls (of one operation, when named) are answered with 429 and not carried out. */
  throttle(n: number, operation?: string, retryAfterSeconds?: number): void
  /** The same with another refusal. */
  fail(n: number, failure: Failure, operation?: string): void
  /** The next `n` calls are carried out and then answered with 500. */
  applyThenFail(n: number, operation?: string): void
  /** The next `n` calls lose their connection instead of being carried out. */
  cut(n: number, operation?: string): void
  /** The next `n` calls are carried out and then lose their connection. */
  applyThenCut(n: number, operation?: string): void
  /** Every call is carried out `ms` late, whether or not anybody still waits for it. 0 ends it. */
  slow(ms: number): void
  /** Strikes calls at random. */
  unreliable(how: AzureUnreliable): void
}

/** Thrown where the connection is to be cut. */
export class ConnectionCut extends Error {
  override name = 'ConnectionCut'
}

interface Planned {
  left: number
  readonly operation: string | undefined
  readonly when: 'instead' | 'after'
  readonly fault: () => Error
}

/** What strikes one call. */
export interface Strike {
  readonly instead?: Error
  readonly after?: Error
  readonly lateMs: number
  /** What its reads see. */
  readonly view: View
}

const throttled = (seconds: number) =>
  new AzureFault(429, 'TooManyRequests', 'The request is being throttled.', {
    'retry-after': String(seconds),
  })
const failed = ({ status, code }: Failure) => new AzureFault(status, code, 'As planned')
const broken = () => failed({ status: 500, code: 'InternalServerError' })
const unavailable = () => failed({ status: 503, code: 'ServiceUnavailable' })
const cutOff = () => new ConnectionCut()

interface Weather {
  readonly how: AzureUnreliable
  readonly draw: (operation: string) => Drawn | undefined
  /** Changes made before it began. */
  readonly upTo: number
}

/** Late and stale calls are still carried out. */
function byChance(state: State, { how, draw, upTo }: Weather, operation: string): Partial<Strike> {
  const drawn = draw(operation)
  if (drawn === undefined) return {}
  const { slowMs = 20, staleMs = 5000, retryAfterSeconds = 0 } = how
  const strikes: Readonly<Record<Mishap, () => Partial<Strike>>> = {
    throttled: () => ({ instead: throttled(retryAfterSeconds) }),
    failed: () => ({ instead: unavailable() }),
    failedAfterwards: () => ({ after: broken() }),
    cut: () => ({ instead: cutOff() }),
    cutAfterwards: () => ({ after: cutOff() }),
    slow: () => ({ lateMs: slowMs }),
    stale: () => ({ view: { at: state.now() - staleMs, upTo } }),
  }
  return strikes[drawn.mishap]()
}

export function createTrouble(state: State) {
  const planned: Planned[] = []
  let stale: { ms: number; upTo: number } | undefined
  let slowMs = 0
  let weather: Weather | undefined
  const plan = (
    [left, operation]: [number, string | undefined],
    when: Planned['when'],
    fault: () => Error,
  ) => void planned.push({ left, operation, when, fault })

  const control: TroubleControl = {
    staleReads(ms) {
      stale = ms > 0 ? { ms, upTo: state.history.changes.length } : undefined
    },
    throttle: (n, operation, seconds = 1) =>
      plan([n, operation], 'instead', () => throttled(seconds)),
    fail: (n, failure, operation) => plan([n, operation], 'instead', () => failed(failure)),
    applyThenFail: (n, operation) => plan([n, operation], 'after', broken),
    cut: (n, operation) => plan([n, operation], 'instead', cutOff),
    applyThenCut: (n, operation) => plan([n, operation], 'after', cutOff),
    slow(ms) {
      slowMs = ms
    },
    unreliable(how) {
      const upTo = state.history.changes.length
      weather = how.share > 0 ? { how, draw: drawing(how), upTo } : undefined
    },
  }

  const take = (operation: string): Partial<Strike> => {
    const next = planned.find((p) => p.left > 0 && (p.operation ?? operation) === operation)
    if (!next) return {}
    next.left -= 1
    return { [next.when]: next.fault() }
  }

  const view = (): View => (stale ? { at: state.now() - stale.ms, upTo: stale.upTo } : state.latest)

  return {
    control,
    /** Draws what strikes this call, once, as it arrives. */
    strike(operation: string): Strike {
      const chance = weather ? byChance(state, weather, operation) : {}
      const strike = { lateMs: 0, view: view(), ...chance, ...take(operation) }
      return { ...strike, lateMs: slowMs + strike.lateMs }
    },
    async delay({ lateMs }: Strike): Promise<void> {
      if (lateMs > 0) await setTimeout(lateMs)
    },
  }
}

export type Trouble = ReturnType<typeof createTrouble>
