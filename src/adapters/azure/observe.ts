import { CloudError } from '../../domain/errors.ts'
import type {
  Binding,
  BindingId,
  Evidence,
  LaneOf,
  Observation,
  ObservedBinding,
} from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import { lookAtAssignments, observeAssignment } from './assignments.ts'
import type { Context } from './change.ts'
import { lookAtPim, observePim } from './pim-look.ts'
import { tripleInWords, wantedOf, type Wanted } from './wanted.ts'

/** One read of a scope: its role assignments, PIM's schedules there, or both, as the bindings are given. */
export async function observeLane(
  context: Context,
  lane: LaneOf<'azure'>,
  bindings: readonly Binding[],
  guard: CallGuard,
): Promise<Observation> {
  const all = bindings.map((binding) => wantedOf(binding, lane))
  const place = { ...context, scope: lane.scope }
  const observed = new Map<BindingId, ObservedBinding>()
  const evidences: Evidence[] = []
  const byPim = all.filter(({ mode }) => mode === 'pim')
  const plain = all.filter(({ mode }) => mode === 'assignment')
  if (plain.length > 0 || byPim.length === 0) {
    const look = await lookAtAssignments(place, guard)
    for (const wanted of plain) observed.set(wanted.id, observeAssignment(look, wanted))
    evidences.push(look.listed.evidence)
  }
  if (byPim.length > 0) {
    const look = await lookAtPim(place, guard)
    for (const wanted of byPim) observed.set(wanted.id, observePim(look, wanted) ?? unsaid(wanted))
    evidences.push(look.evidence)
  }
  // An object id is nobody else's, ever: who has it needs no look.
  return { principal: 'same', bindings: observed, evidence: earliest(evidences) }
}

/** What is said of the whole read must hold for all of it. */
function earliest([first, ...more]: readonly Evidence[]): Evidence {
  if (first === undefined) throw new CloudError('transient', 'Azure: nothing was read')
  return more.reduce((a, b) => (b.cloudAt < a.cloudAt ? b : a), first)
}

function unsaid(wanted: Wanted): never {
  throw new CloudError(
    'transient',
    `Azure: ${tripleInWords(wanted)} was changed a moment ago, and who asked for it is not shown yet`,
  )
}
