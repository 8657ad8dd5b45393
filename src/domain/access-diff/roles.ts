// What changed about one role, aspect by aspect, and the narrower of its two versions.
import type { CloudRole } from '../lanes/types.ts'
import type { Approval, Limits, RoleBreakGlass, RoleDefinition, Stage } from '../policy/types.ts'
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

/** One thing about a role, as it is compared and as the narrower of two is made. */
interface Aspect<T> {
  readonly order: (before: T, after: T) => Order
  /** Of two that are not comparable, what both give. Undefined: nothing, so the role is not given at all. */
  readonly meet: (before: T, after: T) => T | undefined
}

type Compared = Omit<RoleDefinition, 'name' | 'description'>
type AspectName = keyof Compared

const nothing = () => undefined

const aspects: { readonly [K in AspectName]: Aspect<RoleDefinition[K]> } = {
  bindings: {
    order: (before, after) => ofSets(permissionsOf(before), permissionsOf(after)),
    meet: (before, after) => someOf(common(before, after)),
  },
  repositories: { order: ofSets, meet: common },
  eligible: { order: ofSets, meet: common },
  lease: {
    order: (before, after) =>
      combined([
        ofNumbers(before.defaultSeconds, after.defaultSeconds),
        ofNumbers(before.maxSeconds, after.maxSeconds),
      ]),
    meet: (before, after) => {
      const maxSeconds = Math.min(before.maxSeconds, after.maxSeconds)
      const defaultSeconds = Math.min(before.defaultSeconds, after.defaultSeconds, maxSeconds)
      return { defaultSeconds, maxSeconds }
    },
  },
  residualSeconds: { order: ofNumbers, meet: Math.min },
  approval: { order: ofApprovals, meet: nothing },
  parameters: {
    order: (before, after) =>
      combined([
        ofContent(before.map(withoutMax), after.map(withoutMax)),
        ...after.map(({ name, max }) =>
          ofNumbers(before.find((each) => each.name === name)?.max ?? max, max),
        ),
      ]),
    meet: nothing,
  },
  limits: { order: ofLimits, meet: lowest },
  breakGlass: { order: ofBreakGlass, meet: nothing },
  forks: { order: ofFlags, meet: (before, after) => before && after },
  publicRepositories: { order: ofFlags, meet: (before, after) => before && after },
}

const aspectNames = Object.keys(aspects) as readonly AspectName[]

export interface AspectChange {
  readonly aspect: AspectName
  readonly order: Order
}

/** Only what changed. */
export const roleChanges = (
  before: RoleDefinition,
  after: RoleDefinition,
): readonly AspectChange[] =>
  aspectNames.flatMap((aspect) => {
    const order = orderOf(aspect, before, after)
    return order === 'same' ? [] : [{ aspect, order }]
  })

const orderOf = <K extends AspectName>(
  aspect: K,
  before: RoleDefinition,
  after: RoleDefinition,
): Order => aspects[aspect].order(before[aspect], after[aspect])

/** What both versions give. Undefined: nothing at all. */
export function narrowerRole(
  before: RoleDefinition,
  after: RoleDefinition,
): RoleDefinition | undefined {
  let role: RoleDefinition = after
  for (const aspect of aspectNames) {
    const narrowed = narrowerAspect(aspect, before, after)
    if (narrowed === undefined) return undefined
    role = { ...role, ...narrowed }
  }
  return role
}

function narrowerAspect<K extends AspectName>(
  aspect: K,
  before: RoleDefinition,
  after: RoleDefinition,
): Partial<RoleDefinition> | undefined {
  const order = orderOf(aspect, before, after)
  if (order === 'same' || order === 'narrower') return {}
  if (order === 'wider') return { [aspect]: before[aspect] }
  // NB: a break-glass that is not comparable is switched off, and the role stays.
  if (aspect === 'breakGlass') return { breakGlass: undefined }
  const both = aspects[aspect].meet(before[aspect], after[aspect])
  return both === undefined ? undefined : { [aspect]: both }
}

const someOf = <T>(found: readonly T[]): readonly T[] | undefined =>
  found.length === 0 ? undefined : found

const withoutMax = ({ name, exists }: RoleDefinition['parameters'][number]) => ({ name, exists })

/** Each single thing that a role allows, so that one more action in a list is more, and not something else. */
function permissionsOf(bindings: readonly CloudRole[]): readonly unknown[] {
  return bindings.flatMap((role): readonly unknown[] => {
    if (role.mode !== 'inline-permissions') return [role]
    const { account } = role
    return role.allow.flatMap(({ actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => ({ account, action, resource }))),
    )
  })
}

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
