// Faults on demand: what a cloud does on a bad day.
import { setTimeout } from 'node:timers/promises'
import { AzureFault } from './fault.ts'
import type { View } from './history.ts'
import type { State } from './state.ts'

export interface Failure {
  readonly status: number
  readonly code: string
}

export interface Unreliability {
  /** The part of all calls that is struck, from 0 to 1. 0 ends it. */
  readonly share: number
  /** The same seed strikes the same calls in the same way, counted in order of arrival. */
  readonly seed: number
  /** 0 when left out: said to the caller, not waited for here. */
  readonly retryAfterSeconds?: number
  /** How late slow calls are, 20 when left out, and how old stale reads are, 2,000. */
  readonly slowMs?: number
  readonly staleMs?: number
}

export interface TroubleControl {
  /** Until told otherwise (0 ends it), reads do not show writes made from now on before they are `ms` old. */
  staleReads(ms: number): void
  /** The next `n` calls (of one operation, when named) are answered with 429 and not carried out. */
  throttle(n: number, operation?: string, retryAfterSeconds?: number): void
  /** The same with another refusal. */
  fail(n: number, failure: Failure, operation?: string): void
  /** The next `n` calls are carried out and then answered with 500, or not at all. */
  applyThenFail(n: number, operation?: string, how?: 'status' | 'cut'): void
  /** Every call is carried out `ms` late, whether or not anybody still waits for it. 0 ends it. */
  slow(ms: number): void
  /** Until told otherwise, a share of all calls is throttled, failed, carried out and then failed, late or stale. */
  unreliable(how: Unreliability): void
}

/** Thrown where the connection is to be cut. */
export class Cut extends Error {
  override name = 'Cut'
}

interface Planned {
  left: number
  readonly operation: string | undefined
  readonly when: 'instead' | 'after'
  readonly fault: () => Error
}

const throttled = (seconds: number) =>
  new AzureFault(429, 'TooManyRequests', 'The request is being throttled.', {
    'retry-after': String(seconds),
  })
const failed = ({ status, code }: Failure) => new AzureFault(status, code, 'As planned')
const broken = { status: 500, code: 'InternalServerError' }
const faultAfter = (how: 'status' | 'cut') => (how === 'cut' ? new Cut('cut') : failed(broken))

/** What strikes one call. */
export interface Strike {
  readonly before: Error | undefined
  readonly after: Error | undefined
  readonly lateMs: number
  /** What its reads see. */
  readonly view: View
}

export function createTrouble(state: State) {
  const planned: Planned[] = []
  let stale: { ms: number; upTo: number } | undefined
  let slowMs = 0
  let random: { next: () => number; how: Unreliability } | undefined
  const plan = (left: number, when: Planned['when'], fault: () => Error, operation?: string) =>
    planned.push({ left, when, fault, operation })

  const control: TroubleControl = {
    staleReads(ms) {
      stale = ms > 0 ? { ms, upTo: state.history.changes.length } : undefined
    },
    throttle: (n, operation, seconds = 1) =>
      void plan(n, 'instead', () => throttled(seconds), operation),
    fail: (n, failure, operation) => void plan(n, 'instead', () => failed(failure), operation),
    applyThenFail: (n, operation, how = 'status') =>
      void plan(n, 'after', () => faultAfter(how), operation),
    slow(ms) {
      slowMs = ms
    },
    unreliable(how) {
      random = how.share > 0 ? { next: seeded(how.seed), how } : undefined
    },
  }

  const take = (operation: string, when: Planned['when']): Error | undefined => {
    const next = planned.find(
      (p) => p.left > 0 && p.when === when && (p.operation ?? operation) === operation,
    )
    if (!next) return undefined
    next.left -= 1
    if (next.left === 0) planned.splice(planned.indexOf(next), 1)
    return next.fault()
  }

  const view = (): View => (stale ? { at: state.now() - stale.ms, upTo: stale.upTo } : state.latest)

  const struckByChance = (): Partial<Strike> => {
    if (!random || random.next() >= random.how.share) return {}
    const { retryAfterSeconds = 0, slowMs: late = 20, staleMs = 2000 } = random.how
    const kinds: readonly (() => Partial<Strike>)[] = [
      () => ({ before: throttled(retryAfterSeconds) }),
      () => ({ before: failed({ status: 503, code: 'ServiceUnavailable' }) }),
      () => ({ after: faultAfter('status') }),
      () => ({ after: faultAfter('cut') }),
      () => ({ lateMs: late }),
      () => ({ view: state.asOf(state.now() - staleMs) }),
    ]
    return kinds[Math.floor(random.next() * kinds.length)]?.() ?? {}
  }

  return {
    control,
    /** Draws what strikes the next call, once, as it arrives. */
    strike(operation: string): Strike {
      const chance = struckByChance()
      const before = take(operation, 'instead') ?? chance.before
      return {
        before,
        after: before ? undefined : (take(operation, 'after') ?? chance.after),
        lateMs: Math.max(slowMs, chance.lateMs ?? 0),
        view: chance.view ?? view(),
      }
    },
    async delay({ lateMs }: Strike): Promise<void> {
      if (lateMs > 0) await setTimeout(lateMs)
    },
  }
}

export type Trouble = ReturnType<typeof createTrouble>

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
