import {
  accessDenied,
  accountArn,
  accountPattern,
  administers,
  epochSeconds,
  instanceOf,
  onInstance,
  onPermissionSet,
  permissionSetOf,
  principalPattern,
  type Action,
  type Call,
} from './action.ts'
import type { Assignment } from './entities.ts'
import { page } from './input.ts'

const listInstances: Action = {
  kind: 'read',
  resources: () => ['*'],
  run({ account, center, input, view }) {
    const visible = center.instances.all(view).filter((instance) => administers(instance, account))
    const { shown, next } = page(visible, (instance) => instance.arn, input)
    const Instances = shown.map((instance) => ({
      InstanceArn: instance.arn,
      IdentityStoreId: instance.identityStoreId,
      OwnerAccountId: instance.managementAccount,
      CreatedDate: epochSeconds(instance.createdAt),
      Status: 'ACTIVE',
    }))
    return { Instances, ...next }
  },
}

const listPermissionSets: Action = {
  kind: 'read',
  resources: onInstance,
  run(call) {
    const instance = instanceOf(call)
    const arns = call.center.permissionSets
      .all(call.view)
      .flatMap((set) => (set.instanceArn === instance.arn ? [set.arn] : []))
    const { shown, next } = page(arns, (arn) => arn, call.input)
    return { PermissionSets: shown, ...next }
  },
}

const describePermissionSet: Action = {
  kind: 'read',
  resources: onPermissionSet,
  run(call) {
    const set = permissionSetOf(call, instanceOf(call))
    return {
      PermissionSet: {
        Name: set.name,
        PermissionSetArn: set.arn,
        CreatedDate: epochSeconds(set.createdAt),
        SessionDuration: set.sessionDuration,
      },
    }
  },
}

const shownAssignment = (a: Assignment) => ({
  AccountId: a.account,
  PermissionSetArn: a.permissionSetArn,
  PrincipalType: a.principalType,
  PrincipalId: a.principalId,
})

function pageOfAssignments(call: Call, belongs: (assignment: Assignment) => boolean) {
  const found = call.center.assignments.all(call.view).filter(belongs)
  const { shown, next } = page(found, (a) => a.arn, call.input)
  return { AccountAssignments: shown.map(shownAssignment), ...next }
}

const accountOf = ({ input }: Call) => input.required('AccountId', accountPattern)

const listAccountAssignments: Action = {
  kind: 'read',
  resources: (call) => [...onPermissionSet(call), accountArn(accountOf(call))],
  run(call) {
    const set = permissionSetOf(call, instanceOf(call))
    const account = accountOf(call)
    return pageOfAssignments(call, (a) => a.account === account && a.permissionSetArn === set.arn)
  },
}

/** A user's own assignments and those of its groups. Only the management account may ask. */
const listAccountAssignmentsForPrincipal: Action = {
  kind: 'read',
  resources: onInstance,
  run(call) {
    const { center, input, view } = call
    const instance = instanceOf(call)
    if (call.account !== instance.managementAccount) throw accessDenied(call, instance.arn)
    const id = input.required('PrincipalId', principalPattern)
    const type = input.required('PrincipalType', /^(USER|GROUP)$/)
    const account = input.object('Filter')?.optional('AccountId', accountPattern)
    const groups =
      type === 'USER' ? center.groups.all(view).filter((g) => g.members.includes(id)) : []
    const ids = new Set([id, ...groups.map((g) => g.groupId)])
    return pageOfAssignments(
      call,
      (a) =>
        a.instanceArn === instance.arn &&
        ids.has(a.principalId) &&
        a.account === (account ?? a.account),
    )
  },
}

/** A permission set is provisioned where somebody is assigned. */
const listAccountsForProvisionedPermissionSet: Action = {
  kind: 'read',
  resources: onPermissionSet,
  run(call) {
    const set = permissionSetOf(call, instanceOf(call))
    const assigned = call.center.assignments.all(call.view)
    const accounts = assigned.filter((a) => a.permissionSetArn === set.arn).map((a) => a.account)
    const { shown, next } = page([...new Set(accounts)], (account) => account, call.input)
    return { AccountIds: shown, ...next }
  },
}

export const listingActions: Readonly<Record<string, Action>> = {
  ListInstances: listInstances,
  ListPermissionSets: listPermissionSets,
  DescribePermissionSet: describePermissionSet,
  ListAccountAssignments: listAccountAssignments,
  ListAccountAssignmentsForPrincipal: listAccountAssignmentsForPrincipal,
  ListAccountsForProvisionedPermissionSet: listAccountsForProvisionedPermissionSet,
}
