// Who may do what, judged over what is stored, as it stood at an instant.
import type { Principal } from './entities.ts'
import { allows, roleKey, type Act } from './roles.ts'
import { keyOf } from './scopes.ts'
import { spansOf } from './spans.ts'
import type { State } from './state.ts'

export interface Answer {
  readonly allowed: boolean
  readonly because: string
}

/** `roleDefinitionId` asks whether the role is held there, by its id or its bare GUID. */
export type What = Act | { readonly roleDefinitionId: string }

export type Question = What & {
  readonly principalId: string
  readonly scope: string
  readonly at: number
}

interface Span {
  readonly start: number
  readonly end: number
}

/** From when to when something is decided by, which lags what is stored. NB: nothing delays a schedule's own end. */
function enforcedSpans(state: State, key: string): Span[] {
  const { additionLagMs, removalLagMs } = state.settings
  const schedule = state.schedules.get(key, state.latest)
  const spans = schedule
    ? spansOf(schedule)
    : storedSpans(state, key).map((span) => ({ ...span, ownEnd: Number.POSITIVE_INFINITY }))
  return spans.map(({ start, end, ownEnd }) => ({
    start: start + additionLagMs,
    end: Math.min(end + removalLagMs, ownEnd),
  }))
}

function storedSpans(state: State, key: string): Span[] {
  const spans: Span[] = []
  let start: number | undefined
  for (const { at, value } of state.assignments.versionsOf(key))
    if (value) start ??= at
    else if (start !== undefined) {
      spans.push({ start, end: at })
      start = undefined
    }
  if (start !== undefined) spans.push({ start, end: Number.POSITIVE_INFINITY })
  return spans
}

/** The roles that count at the scope: `[id of the assignment or schedule, role's key]`. */
function* rolesHeld(state: State, principal: Principal, scope: string, at: number) {
  const chain = new Set(state.places.chain(scope))
  for (const id of [principal.principalId, ...principal.groups])
    for (const key of state.keysOfPrincipal(id)) {
      const holding = everHeld(state, key)
      if (!holding || !chain.has(keyOf(holding.scope))) continue
      const enforced = enforcedSpans(state, key).some(({ start, end }) => start <= at && at < end)
      if (enforced) yield { id: holding.id, role: roleKey(holding.roleDefinitionId) }
    }
}

/** Its triple never changes, so that any version tells it. */
const everHeld = (state: State, key: string) =>
  state.schedules.get(key, state.latest) ??
  state.assignments.versionsOf(key).findLast((version) => version.value)?.value

export function may(state: State, asked: Question): Answer {
  const view = state.asOf(asked.at)
  const principal = state.principal(asked.principalId, view)
  if (!principal) return { allowed: false, because: `there is no principal ${asked.principalId}` }
  for (const held of rolesHeld(state, principal, asked.scope, asked.at)) {
    const role = state.roles.get(held.role, view)
    const allowed =
      'roleDefinitionId' in asked
        ? held.role === roleKey(asked.roleDefinitionId)
        : role !== undefined && allows(role, asked)
    if (allowed) return { allowed, because: `${role?.roleName ?? held.role} by ${held.id}` }
  }
  return { allowed: false, because: 'no role that is held there allows it' }
}
