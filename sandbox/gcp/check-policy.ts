// What Google refuses to store. Throws INVALID_ARGUMENT, with words like Google's own.
import type { Binding, Condition, Policy, PolicyDraft, Resource } from './entities.ts'
import { parseExpression } from './expression.ts'
import { invalid } from './fault.ts'
import { keyOf } from './normalise.ts'
import type { Limits, State } from './state.ts'
import { CelError } from './tokens.ts'

const basicRoles = ['roles/owner', 'roles/editor', 'roles/viewer']
const everybody = ['allUsers', 'allAuthenticatedUsers']
const titleMax = 100
const descriptionMax = 256

const rolePattern = /^(roles|(projects|organizations)\/[^/]+\/roles)\/[A-Za-z0-9_.]+$/

function checkRole(role: string): void {
  if (!rolePattern.test(role) || role.includes('_withcond_'))
    throw invalid(`Role ${role} is not supported for this resource.`)
}

function checkMember(state: State, member: string, resource: Resource): void {
  const { principals } = state
  if (everybody.includes(member)) {
    if (resource.kind === 'projects')
      throw invalid(`Members ${everybody.join(' and ')} are not supported for this resource.`)
    return
  }
  if (/^(domain:|principal:\/\/|principalSet:\/\/)./.test(member)) return
  if (member.startsWith('deleted:')) {
    if (!principals.wasDeleted(member)) throw invalid(`${member} is of unknown type`)
    return
  }
  const [kind, mail = ''] = member.split(':', 2)
  const name = { user: 'User', serviceAccount: 'Service account', group: 'Group' }[kind ?? '']
  if (name === undefined || mail === '')
    throw invalid(
      `The member ${member} is of an unknown type. Please set a valid type prefix for the member.`,
    )
  if (principals.uidOf(member) === undefined) throw invalid(`${name} ${mail} does not exist.`)
}

function checkCondition(condition: Condition, limits: Limits): void {
  const { title, description, expression } = condition
  if (title === '') throw invalid('The condition has no title.')
  if (title.length > titleMax || description.length > descriptionMax)
    throw invalid(
      `The condition's title or description is too long: ${titleMax}, ${descriptionMax}.`,
    )
  try {
    const { operators } = parseExpression(expression)
    if (operators > limits.logicalOperators)
      throw invalid(
        `Condition expression has more than ${limits.logicalOperators} logical operators.`,
      )
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    throw invalid(`Condition expression compilation failed. ${error.message}`)
  }
}

/** NB: a project's owner by invitation only: a write may keep users who are owners, and add none. */
function checkOwners(binding: Binding, before: Policy): void {
  const owners = before.bindings
    .filter((it) => it.role === 'roles/owner')
    .flatMap((it) => it.members)
  const added = binding.members.find((it) => it.startsWith('user:') && !owners.includes(it))
  if (added !== undefined)
    throw invalid(
      `${added} cannot be granted the owner role by setIamPolicy: it takes an invitation.`,
    )
}

function checkBinding(state: State, binding: Binding, resource: Resource, before: Policy): void {
  const { role, members, condition } = binding
  checkRole(role)
  for (const member of members) checkMember(state, member, resource)
  if (role === 'roles/owner' && resource.kind === 'projects') checkOwners(binding, before)
  if (!condition) return
  if (basicRoles.includes(role)) throw invalid('Conditions cannot be set on basic roles.')
  if (members.some((member) => everybody.includes(member)))
    throw invalid('Conditions cannot be set on public members.')
  checkCondition(condition, state.limits)
}

/** Appearances count: Google says it does not deduplicate who is in several bindings. */
function countPrincipals({ bindings, auditConfigs }: PolicyDraft, limits: Limits): void {
  const exempted = auditConfigs.flatMap((it) =>
    it.auditLogConfigs.map((log) => log.exemptedMembers),
  )
  const members = [...bindings.map((it) => it.members), ...exempted]
  const all = members.reduce((sum, it) => sum + it.length, 0)
  if (all > limits.principals)
    throw invalid(
      `The number of members in the policy (${all}) is larger than the maximum allowed size ${limits.principals}.`,
    )
  const groups = members.flat().filter((it) => /^(group|domain):/.test(it)).length
  if (groups > limits.groups)
    throw invalid(
      `The number of groups in the policy (${groups}) is larger than the maximum allowed size ${limits.groups}.`,
    )
}

function countSame(bindings: readonly Binding[], limits: Limits): void {
  const counts = new Map<string, number>()
  for (const { role, members, condition } of bindings)
    for (const member of condition ? members : []) {
      const count = (counts.get(`${role} ${member}`) ?? 0) + 1
      counts.set(`${role} ${member}`, count)
      if (count > limits.sameRoleAndMember)
        throw invalid(
          `Member ${member} has role ${role} under more than ${limits.sameRoleAndMember} conditions.`,
        )
    }
}

/** `bytes` is the policy's length on the wire. Bindings that stand already are not looked at again: nobody could else remove others. */
export function checkPolicy(
  state: State,
  draft: PolicyDraft,
  about: { resource: Resource; before: Policy; bytes: number },
): void {
  const { resource, before, bytes } = about
  if (bytes > state.limits.policyBytes)
    throw invalid(`The policy is ${bytes} bytes long: more than ${state.limits.policyBytes}.`)
  const standing = new Set(before.bindings)
  for (const binding of draft.bindings)
    if (!standing.has(binding)) checkBinding(state, binding, resource, before)
  countPrincipals(draft, state.limits)
  countSame(draft.bindings, state.limits)
}

/** The roles that a write gives to somebody or takes from somebody. */
export function modifiedRoles(before: PolicyDraft, after: PolicyDraft): Set<string> {
  const shared = new Set<Binding>(before.bindings)
  const old = new Map(before.bindings.map((it) => [keyOf(it), it]))
  const kept = new Set(after.bindings.map(keyOf))
  const changed = after.bindings.filter((it) => !shared.has(it))
  const gone = [...old.values()].filter((it) => !kept.has(keyOf(it)))
  return new Set([...changed, ...gone].map((it) => it.role))
}
