// Faults on demand: what a cloud does on a bad day.
import type { Ending } from './call-log.ts'
import type { Binding, Policy, Resource } from './entities.ts'
import { GcpFault, type Code } from './fault.ts'
import { latest, type View } from '../versions.ts'
import { createChance, type Stroke, type Unreliable } from './chance.ts'
import type { State } from './state.ts'

/** Operations are named as in the log of calls: `Projects.SetIamPolicy`. Without one, any call is meant. */
export interface TroubleControl {
  /** Until told otherwise (0 ends it), reads do not show writes made from now on before they are `ms` old. */
  staleReads(ms: number): void
  /** The next `n` calls are answered with RESOURCE_EXHAUSTED and not carried out. */
  throttle(n: number, operation?: string): void
  /** The same with another code, such as `UNAVAILABLE`, `INTERNAL` or `PERMISSION_DENIED`. */
  fail(n: number, code: Code, operation?: string): void
  /** The next `n` calls that succeed are answered with UNAVAILABLE. With `cut`, their connection breaks instead. */
  applyThenFail(n: number, operation?: string, how?: 'fail' | 'cut'): void
  /** Every call is carried out `ms` late, whether or not anybody still waits for it. 0 ends it. */
  slow(ms: number, operation?: string): void
  /** Right before the next write is carried out somebody else writes: `change`, or the same again. */
  conflictOnce(change?: (bindings: readonly Binding[]) => readonly Binding[]): void
  /** Each call is struck with this probability; undefined ends it. The same seed strikes the same calls, in order of arrival. */
  unreliable(mode: Unreliable | undefined): void
}

interface Planned {
  left: number
  readonly ending: Ending
  readonly operation: string | undefined
  readonly when: 'instead' | 'after'
}

type Conflict = NonNullable<Parameters<TroubleControl['conflictOnce']>[0]>

export function createTrouble(state: State) {
  const planned: Planned[] = []
  const conflicts: Conflict[] = []
  let stale: { ms: number; upTo: number } | undefined
  let slow: { ms: number; operation: string | undefined } | undefined
  let chance: ((operation: string) => Stroke | undefined) | undefined
  const plan = (left: number, ending: Ending, when: Planned['when'], operation?: string) =>
    void planned.push({ left, ending, operation, when })
  const asPlanned = (code: Code) => new GcpFault(code, 'As planned')

  const control: TroubleControl = {
    staleReads(ms) {
      stale = ms > 0 ? { ms, upTo: state.history.count } : undefined
    },
    throttle: (n, operation) => plan(n, asPlanned('RESOURCE_EXHAUSTED'), 'instead', operation),
    fail: (n, code, operation) => plan(n, asPlanned(code), 'instead', operation),
    applyThenFail: (n, operation, how = 'fail') =>
      plan(n, how === 'cut' ? 'cut' : asPlanned('UNAVAILABLE'), 'after', operation),
    slow(ms, operation) {
      slow = ms > 0 ? { ms, operation } : undefined
    },
    conflictOnce: (change = (bindings) => bindings) => void conflicts.push(change),
    unreliable(mode) {
      chance = mode && createChance(mode)
      chanceFrom = state.history.count
    },
  }

  let chanceFrom = 0
  const readView = (): View => (stale ? { at: state.now() - stale.ms, upTo: stale.upTo } : latest)

  return {
    control,
    draw: (operation: string): Stroke | undefined => chance?.(operation),
    /** The policy that a read sees now. */
    seen(resource: Resource, stroke: Stroke | undefined): Policy {
      if (stroke?.kind !== 'stale') return state.history.policyOf(resource.name, readView())
      if (stroke.ms === undefined) return state.history.formerOf(resource.name)
      const behind = { at: state.now() - stroke.ms, upTo: chanceFrom }
      return state.history.policyOf(resource.name, behind)
    },
    /** The next planned fault for this operation at this point, which is used up. */
    next(operation: string, when: Planned['when']): Ending | undefined {
      const next = planned.find(
        (p) => p.left > 0 && p.when === when && (p.operation ?? operation) === operation,
      )
      if (!next) return undefined
      next.left -= 1
      return next.ending
    },
    interfere(resource: Resource): void {
      const change = conflicts.shift()
      if (!change) return
      const { bindings, auditConfigs } = state.history.policyOf(resource.name)
      const draft = { bindings: change(bindings), auditConfigs }
      state.history.put(resource.name, draft, { operation: 'conflictOnce', by: 'outside' })
    },
    async delay(operation: string, stroke: Stroke | undefined): Promise<void> {
      const planned = slow && (slow.operation ?? operation) === operation ? slow.ms : 0
      const ms = Math.max(planned, stroke?.kind === 'slow' ? stroke.ms : 0)
      // Nobody need wait for it once the cloud is closed.
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms).unref())
    },
  }
}

export type Trouble = ReturnType<typeof createTrouble>
