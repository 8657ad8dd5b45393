// What changed about one role, aspect by aspect, and the narrower of its two versions.
import type { Approval, Limits, RoleBreakGlass, RoleDefinition, Stage } from '../policy/types.ts'
import { permissionsOf } from './permissions.ts'
import {
  combined,
  common,
  ofContent,
  ofFlags,
  ofNumbers,
  ofSets,
  reversed,
  type Order,
} from './order.ts'

type AspectName = keyof Omit<RoleDefinition, 'name' | 'description'>

/** One thing about a role. */
interface Aspect {
  readonly name: AspectName
  readonly order: (before: RoleDefinition, after: RoleDefinition) => Order
  /** The narrower of both. Undefined: they give nothing together, so the role is not given at all. */
  readonly narrower: (
    before: RoleDefinition,
    after: RoleDefinition,
  ) => Partial<RoleDefinition> | undefined
}

/** `meet`: what both give, of two that are not comparable. */
function aspect<K extends AspectName>(
  name: K,
  order: (before: RoleDefinition[K], after: RoleDefinition[K]) => Order,
  meet: (
    before: RoleDefinition[K],
    after: RoleDefinition[K],
  ) => Pick<RoleDefinition, K> | undefined,
): Aspect {
  return {
    name,
    order: (before, after) => order(before[name], after[name]),
    narrower(before, after) {
      const which = order(before[name], after[name])
      if (which === 'other') return meet(before[name], after[name])
      return { [name]: which === 'wider' ? before[name] : after[name] }
    },
  }
}

const aspects: readonly Aspect[] = [
  aspect(
    'bindings',
    (before, after) => ofSets(permissionsOf(before), permissionsOf(after)),
    (before, after) => {
      const bindings = common(before, after)
      return bindings.length === 0 ? undefined : { bindings }
    },
  ),
  aspect('repositories', ofSets, (before, after) => ({ repositories: common(before, after) })),
  aspect('eligible', ofSets, (before, after) => ({ eligible: common(before, after) })),
  aspect('lease', ofLeases, (before, after) => ({ lease: shorter(before, after) })),
  aspect('residualSeconds', ofNumbers, () => undefined),
  aspect('approval', ofApprovals, () => undefined),
  aspect('parameters', ofParameters, () => undefined),
  aspect('limits', ofLimits, (before, after) => ({ limits: lowest(before, after) })),
  // Switched off where it is not comparable: the role itself stays.
  aspect('breakGlass', ofBreakGlass, () => ({ breakGlass: undefined })),
  aspect('forks', ofFlags, () => undefined),
  aspect('publicRepositories', ofFlags, () => undefined),
]

export interface AspectChange {
  readonly aspect: AspectName
  readonly order: Order
}

/** Only what changed. */
export const roleChanges = (
  before: RoleDefinition,
  after: RoleDefinition,
): readonly AspectChange[] =>
  aspects.flatMap(({ name, order: ofAspect }) => {
    const order = ofAspect(before, after)
    return order === 'same' ? [] : [{ aspect: name, order }]
  })

/** What both versions give. Undefined: nothing at all. */
export function narrowerRole(
  before: RoleDefinition,
  after: RoleDefinition,
): RoleDefinition | undefined {
  let role: RoleDefinition = after
  for (const each of aspects) {
    const narrowed = each.narrower(before, after)
    if (narrowed === undefined) return undefined
    role = { ...role, ...narrowed }
  }
  return role
}

type Lease = RoleDefinition['lease']
type Parameters = RoleDefinition['parameters']

function ofLeases(before: Lease, after: Lease): Order {
  return combined([
    ofNumbers(before.defaultSeconds, after.defaultSeconds),
    ofNumbers(before.maxSeconds, after.maxSeconds),
  ])
}

function shorter(before: Lease, after: Lease): Lease {
  const maxSeconds = Math.min(before.maxSeconds, after.maxSeconds)
  const defaultSeconds = Math.min(before.defaultSeconds, after.defaultSeconds, maxSeconds)
  return { defaultSeconds, maxSeconds }
}

function ofParameters(before: Parameters, after: Parameters): Order {
  return combined([
    ofContent(before.map(withoutMax), after.map(withoutMax)),
    ...after.map(({ name, max }) =>
      ofNumbers(before.find((each) => each.name === name)?.max ?? max, max),
    ),
  ])
}

const withoutMax = ({ name, exists }: RoleDefinition['parameters'][number]) => ({ name, exists })

export function ofLimits(before: Limits, after: Limits): Order {
  return combined([
    ofNumbers(before.atOnce, after.atOnce),
    reversed(ofNumbers(before.cooldownSeconds ?? 0, after.cooldownSeconds ?? 0)),
    ofNumbers(before.dailySeconds, after.dailySeconds),
  ])
}

export function lowest(before: Limits, after: Limits): Limits {
  return {
    atOnce: least(before.atOnce, after.atOnce),
    cooldownSeconds: most(before.cooldownSeconds, after.cooldownSeconds),
    dailySeconds: least(before.dailySeconds, after.dailySeconds),
  }
}

const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)
const most = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b)

/** Without approval everybody eligible receives: nothing is wider. */
function ofApprovals(before: Approval, after: Approval): Order {
  if (before === 'none' || after === 'none') return ofFlags(before === 'none', after === 'none')
  const stages = [...before.stages.keys(), ...after.stages.keys()]
  return combined([
    ...new Set(stages.map((index) => ofStages(before.stages[index], after.stages[index]))),
    ofFlags(!before.separate, !after.separate),
    ofNumbers(before.lapseSeconds, after.lapseSeconds),
  ])
}

/** Fewer who must say yes, more who may. A stage that is not asked for is the widest. */
export function ofStages(before: Stage | undefined, after: Stage | undefined): Order {
  if (before === undefined || after === undefined)
    return ofFlags(before === undefined, after === undefined)
  return combined([ofSets(before.by, after.by), reversed(ofNumbers(before.count, after.count))])
}

function ofBreakGlass(
  before: RoleBreakGlass | undefined,
  after: RoleBreakGlass | undefined,
): Order {
  if (before === undefined || after === undefined)
    return ofFlags(before !== undefined, after !== undefined)
  return combined([
    ofSets(before.eligible, after.eligible),
    reversed(ofSets(before.notify, after.notify)),
    ofSets(before.reviewers, after.reviewers),
    ofNumbers(before.leaseSeconds, after.leaseSeconds),
  ])
}
