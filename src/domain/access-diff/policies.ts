// What a change of the organization's document changes about access, and what both versions give.
import type { Policy, Rule } from '../policy/types.ts'
import { ofIdentities, ofSources, sharedIdentities } from './identities.ts'
import {
  combined,
  common,
  gives,
  ofContent,
  ofFlags,
  ofNumbers,
  ofSets,
  type Order,
} from './order.ts'
import {
  lowest,
  narrowerRole,
  ofLimits,
  ofStages,
  roleChanges,
  type AspectChange,
} from './roles.ts'
import { narrowerRules, ruleChanges, type RuleChange } from './rules.ts'

/** What is compared: where it was read does not count. */
export type Compared = Omit<Policy, 'source'>

export interface RoleDiff {
  readonly role: string
  readonly change: 'added' | 'removed' | 'changed' | 'unchanged'
  readonly order: Order
  readonly aspects: readonly AspectChange[]
  readonly rules: readonly RuleChange[]
}

/** What is not about one role: who is who, which repositories, limits, who is on call, who guards the document. */
export interface GeneralChange {
  readonly about: 'identities' | 'identity-sources' | 'enrolled' | 'limits' | 'on-call' | 'widening'
  readonly order: Order
}

export interface AccessDiff {
  readonly roles: readonly RoleDiff[]
  readonly general: readonly GeneralChange[]
  readonly order: Order
}

export const widens = ({ order }: AccessDiff): boolean => gives(order)

export function accessDiff(before: Compared, after: Compared): AccessDiff {
  const names = [...new Set([...before.roles.keys(), ...after.roles.keys()])].toSorted()
  const changes = ruleChanges(before.rules, after.rules)
  const roles = names.map((name) => roleDiff(name, before, after, changes))
  const general = generalChanges(before, after)
  const order = combined([...roles, ...general].map((each) => each.order))
  return { roles, general, order }
}

function roleDiff(
  name: string,
  before: Compared,
  after: Compared,
  changes: readonly RuleChange[],
): RoleDiff {
  const [old, now] = [before.roles.get(name), after.roles.get(name)]
  const rules = changes.filter(({ rule }) => rule.give === name)
  if (now === undefined)
    return { role: name, change: 'removed', order: 'narrower', aspects: [], rules }
  // NB: a role that no rule of this document gives can still be given by a repository's own rule.
  if (old === undefined) return { role: name, change: 'added', order: 'wider', aspects: [], rules }
  const aspects = roleChanges(old, now)
  const order = combined([...aspects, ...rules].map((each) => each.order))
  const unchanged = aspects.length === 0 && rules.length === 0
  return { role: name, change: unchanged ? 'unchanged' : 'changed', order, aspects, rules }
}

function generalChanges(before: Compared, after: Compared): readonly GeneralChange[] {
  const orders: readonly GeneralChange[] = [
    { about: 'identities', order: ofIdentities(before, after) },
    { about: 'identity-sources', order: ofSources(before, after) },
    { about: 'enrolled', order: ofEnrolment(before, after) },
    {
      about: 'limits',
      order: combined([
        ofLimits(before.limits.person, after.limits.person),
        ofLimits(before.limits.repository, after.limits.repository),
        ofNumbers(before.limits.teamMembersMax, after.limits.teamMembersMax),
      ]),
    },
    { about: 'on-call', order: ofContent([...before.onCall], [...after.onCall]) },
    { about: 'widening', order: ofStages(before.widening, after.widening) },
  ]
  return orders.filter(({ order }) => order !== 'same')
}

/** Without a list and without a property, every repository counts. */
function ofEnrolment(before: Compared, after: Compared): Order {
  const free = ({ enrolled, enrolledBy }: Compared) =>
    enrolled === undefined && enrolledBy === undefined
  if (free(before) || free(after)) return ofFlags(free(before), free(after))
  const of = ({ enrolled, enrolledBy }: Compared) => [
    ...[...(enrolled ?? [])].map((id) => ({ id })),
    ...(enrolledBy === undefined ? [] : [{ by: enrolledBy }]),
  ]
  return ofSets(of(before), of(after))
}

/** What both give: never more than either of them, in anything. */
export function narrower(before: Compared, after: Compared): Compared {
  const roles = new Map(
    [...after.roles].flatMap(([name, now]) => {
      const old = before.roles.get(name)
      const role = old === undefined ? undefined : narrowerRole(old, now)
      return role === undefined ? [] : [[name, role] as const]
    }),
  )
  return {
    roles,
    rules: rulesFor(roles, narrowerRules(before.rules, after.rules)),
    ...sharedIdentities(before, after),
    ...sharedEnrolment(before, after),
    limits: {
      person: lowest(before.limits.person, after.limits.person),
      repository: lowest(before.limits.repository, after.limits.repository),
      teamMembersMax: Math.min(before.limits.teamMembersMax, after.limits.teamMembersMax),
    },
    // NB: a source that is not the same names nobody: an approval that needs it waits.
    onCall: new Map(common(before.onCall, after.onCall)),
    widening: before.widening,
  }
}

/** Those of roles that are there. What a rule lasts is within its role. */
const rulesFor = (roles: Policy['roles'], rules: readonly Rule[]): readonly Rule[] =>
  rules.flatMap((rule) => {
    const role = roles.get(rule.give)
    if (role === undefined) return []
    const { forSeconds } = rule
    return forSeconds === undefined
      ? [rule]
      : [{ ...rule, forSeconds: Math.min(forSeconds, role.lease.maxSeconds) }]
  })

function sharedEnrolment(
  before: Compared,
  after: Compared,
): Pick<Policy, 'enrolled' | 'enrolledBy'> {
  const order = ofEnrolment(before, after)
  if (order === 'same' || order === 'narrower') return enrolmentOf(after)
  if (order === 'wider') return enrolmentOf(before)
  const same = ofContent(before.enrolledBy, after.enrolledBy) === 'same'
  return {
    enrolled: new Set(common(before.enrolled ?? [], after.enrolled ?? [])),
    enrolledBy: same ? after.enrolledBy : undefined,
  }
}

const enrolmentOf = ({ enrolled, enrolledBy }: Compared) => ({ enrolled, enrolledBy })
