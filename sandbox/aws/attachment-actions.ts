// Managed policies on users, groups and roles.
import {
  arnOf,
  ownerOf,
  pathPrefixOf,
  reasonOf,
  titled,
  type Action,
  type Call,
  type OwnerKind,
} from './action.ts'
import type { Group, ManagedPolicy, Role, User } from './entities.ts'
import { AwsFault, noSuchEntity } from './fault.ts'
import { page } from './query.ts'
import { filedBy } from './state.ts'

const perOwner = {
  user: ['attachedPerUser', 'PoliciesPerUser'],
  group: ['attachedPerGroup', 'PoliciesPerGroup'],
  role: ['attachedPerRole', 'PoliciesPerRole'],
} as const

export function managedPolicyOf(call: Call): ManagedPolicy {
  const arn = call.params.required('PolicyArn')
  const policy = call.state.policyFor(call.account, arn, call.view)
  if (!policy) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable: it`)
  return policy
}

/** Succeeds when it is attached already. */
function attach(call: Call, kind: OwnerKind): undefined {
  const owner = ownerOf(call, kind)
  const { arn } = managedPolicyOf(call)
  if (owner.attached.includes(arn)) return undefined
  const [quota, name] = perOwner[kind]
  const limit = call.state.quotasOf(call.account)[quota]
  if (owner.attached.length >= limit)
    throw new AwsFault('LimitExceeded', `Cannot exceed quota for ${name}: ${limit}`)
  call.state.save({ ...owner, attached: [...owner.attached, arn] }, reasonOf(call, arn))
  return undefined
}

function detach(call: Call, kind: OwnerKind): undefined {
  const owner = ownerOf(call, kind)
  const arn = call.params.required('PolicyArn')
  if (!owner.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} on ${owner.name}`)
  const attached = owner.attached.filter((one) => one !== arn)
  call.state.save({ ...owner, attached }, reasonOf(call, arn))
  return undefined
}

export const attachedXml = (arns: readonly string[]) => ({
  member: arns.map((arn) => ({
    PolicyName: arn.slice(arn.lastIndexOf('/') + 1),
    PolicyArn: arn,
  })),
})

function actionsFor(kind: OwnerKind): Readonly<Record<string, Action>> {
  const [resource, title] = [arnOf(kind), titled[kind]]
  const list: Action = {
    kind: 'read',
    resource,
    run(call) {
      const prefix = pathPrefixOf(call)
      const attached = ownerOf(call, kind).attached.filter((arn) =>
        (call.state.policies.get(arn, call.view)?.path ?? '/').startsWith(prefix),
      )
      const { shown, xml } = page(attached, (arn) => arn, call.params)
      return { AttachedPolicies: attachedXml(shown), ...xml }
    },
  }
  return {
    [`Attach${title}Policy`]: {
      kind: 'write',
      resource,
      run: (call) => attach(call, kind),
    },
    [`Detach${title}Policy`]: {
      kind: 'write',
      resource,
      run: (call) => detach(call, kind),
    },
    [`ListAttached${title}Policies`]: list,
  }
}

function entitiesFor(call: Call, arn: string): (User | Group | Role)[] {
  const { params, state, view } = call
  const usage = params.optional('PolicyUsageFilter')
  const keys = [
    ...(usage === 'PermissionsBoundary' ? [] : [filedBy.policy(arn)]),
    ...(usage === 'PermissionsPolicy' ? [] : [filedBy.boundary(arn)]),
  ]
  const found = keys.flatMap((key) => [
    ...state.groups.filed(key, view),
    ...state.roles.filed(key, view),
    ...state.users.filed(key, view),
  ])
  const wanted = params.optional('EntityFilter')
  return [...new Set(found)].filter(
    (entity) =>
      entity.account === call.account &&
      entity.path.startsWith(pathPrefixOf(call)) &&
      (wanted === undefined || wanted === titled[entity.kind]),
  )
}

const listEntitiesForPolicy: Action = {
  kind: 'read',
  resource: (call) => call.params.required('PolicyArn'),
  run(call) {
    const entities = entitiesFor(call, managedPolicyOf(call).arn)
    const { shown, xml } = page(entities, ({ arn }) => arn, call.params)
    return {
      PolicyGroups: {
        member: shown.flatMap((e) =>
          e.kind === 'group' ? [{ GroupName: e.name, GroupId: e.groupId }] : [],
        ),
      },
      PolicyUsers: {
        member: shown.flatMap((e) =>
          e.kind === 'user' ? [{ UserName: e.name, UserId: e.userId }] : [],
        ),
      },
      PolicyRoles: {
        member: shown.flatMap((e) =>
          e.kind === 'role' ? [{ RoleName: e.name, RoleId: e.roleId }] : [],
        ),
      },
      ...xml,
    }
  },
}

export const attachmentActions: Readonly<Record<string, Action>> = {
  ...actionsFor('user'),
  ...actionsFor('group'),
  ...actionsFor('role'),
  ListEntitiesForPolicy: listEntitiesForPolicy,
}
