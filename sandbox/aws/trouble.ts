// Faults on demand: what a cloud does on a bad day.
import { AwsFault } from './fault.ts'
import type { View } from './history.ts'
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
  /** Every call is carried out `ms` late, whether or not anybody still waits for it. 0 ends it. */
  slow(ms: number): void
}

interface Planned {
  left: number
  readonly code: string
  readonly operation: string | undefined
  readonly when: 'instead' | 'after'
}

export function createTrouble(state: State) {
  const planned: Planned[] = []
  let stale: { ms: number; upTo: number } | undefined
  let slowMs = 0
  const plan = (left: number, code: string, when: Planned['when'], operation?: string) =>
    planned.push({ left, code, operation, when })

  const control: TroubleControl = {
    staleReads(ms) {
      stale = ms > 0 ? { ms, upTo: state.history.changes.length } : undefined
    },
    throttle: (n, operation) => void plan(n, 'Throttling', 'instead', operation),
    fail: (n, code, operation) => void plan(n, code, 'instead', operation),
    applyThenFail: (n, operation) => void plan(n, 'ServiceFailure', 'after', operation),
    slow(ms) {
      slowMs = ms
    },
  }

  return {
    control,
    /** What a read sees now. */
    readView(): View {
      if (!stale) return state.latest
      return { at: state.history.now() - stale.ms, upTo: stale.upTo }
    },
    /** Throws the next planned fault for this operation at this point, and uses it up. */
    strike(operation: string, when: Planned['when']): void {
      const next = planned.find(
        (p) => p.left > 0 && p.when === when && (p.operation ?? operation) === operation,
      )
      if (!next) return
      next.left -= 1
      throw new AwsFault(next.code, next.code === 'Throttling' ? 'Rate exceeded' : 'As planned')
    },
    async delay(): Promise<void> {
      if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs))
    },
  }
}

export type Trouble = ReturnType<typeof createTrouble>
