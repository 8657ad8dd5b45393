// Which policies count for a principal, and what is known about it in their conditions.
import type { Group, Role, Session, User } from './entities.ts'
import type { Powers, Source } from './evaluate.ts'
import type { View } from '../versions.ts'
import { parsePolicy } from './policy-document.ts'
import type { State } from './state.ts'

/** Who signs a call. A session's role stands beside it. */
export type Principal =
  | { readonly kind: 'user'; readonly user: User }
  | { readonly kind: 'session'; readonly session: Session; readonly role: Role }

function managed(state: State, arns: readonly string[], view: View): Source[] {
  return arns
    .flatMap((arn) => state.policies.get(arn, view) ?? [])
    .map((p) => ({ id: p.name, statements: parsePolicy(p.document, 'identity') }))
}

const inline = (owner: User | Group | Role): Source[] =>
  [...owner.inline].map(([name, document]) => ({
    id: `${owner.kind}_${owner.name}_${name}`,
    statements: parsePolicy(document, 'identity'),
  }))

export const ownSources = (state: State, owner: User | Group | Role, view: View): Source[] => [
  ...inline(owner),
  ...managed(state, owner.attached, view),
]

/** NB: a boundary whose policy is gone allows nothing. */
const boundaryOf = (state: State, arn: string | undefined, view: View): Powers['limits'] =>
  arn === undefined
    ? []
    : [{ what: 'the permissions boundary', sources: managed(state, [arn], view) }]

export function userPowers(state: State, user: User, view: View): Powers {
  const groups = user.groups.flatMap((name) => state.groupNamed(user.account, name, view) ?? [])
  return {
    identity: [
      ...ownSources(state, user, view),
      ...groups.flatMap((group) => ownSources(state, group, view)),
    ],
    limits: boundaryOf(state, user.boundary, view),
  }
}

export const rolePowers = (state: State, role: Role, view: View): Powers => ({
  identity: ownSources(state, role, view),
  limits: boundaryOf(state, role.boundary, view),
})

export function powersOf(state: State, principal: Principal, view: View): Powers {
  if (principal.kind === 'user') return userPowers(state, principal.user, view)
  const { identity, limits } = rolePowers(state, principal.role, view)
  const { policy } = principal.session
  if (policy === undefined) return { identity, limits }
  const sources = [{ id: 'session policy', statements: parsePolicy(policy, 'identity') }]
  return { identity, limits: [...limits, { what: 'the session policy', sources }] }
}

export const iso = (at: number) => new Date(at).toISOString()

/** AWS counts a token's issue in whole seconds. */
const issuedAt = (session: Session) => iso(Math.floor(session.issuedAt / 1000) * 1000)

function about(principal: Principal): [string, string][] {
  if (principal.kind === 'user') {
    const { user } = principal
    return [
      ['aws:username', user.name],
      ['aws:userid', user.userId],
      ['aws:principalarn', user.arn],
      ['aws:principalaccount', user.account],
      ['aws:principaltype', 'User'],
    ]
  }
  const { role, session } = principal
  return [
    ['aws:userid', `${session.roleId}:${session.sessionName}`],
    ['aws:tokenissuetime', issuedAt(session)],
    ['aws:principalarn', role.arn],
    ['aws:principalaccount', role.account],
    ['aws:principaltype', 'AssumedRole'],
  ]
}

/** Condition keys in lower case → values. */
export const contextOf = (
  principal: Principal,
  at: number,
  more: Readonly<Record<string, string | undefined>> = {},
): ReadonlyMap<string, string> =>
  new Map([
    ['aws:currenttime', iso(at)],
    ...about(principal),
    ...Object.entries(more).flatMap(([key, value]): [string, string][] =>
      value === undefined ? [] : [[key.toLowerCase(), value]],
    ),
  ])
