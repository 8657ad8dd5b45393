// Changes of assignments: taken now, made later, asked after by their request's id.
import { AwsFault } from '../fault.ts'
import {
  accessDenied,
  accountArn,
  accountPattern,
  epochSeconds,
  instanceOf,
  onInstance,
  onPermissionSet,
  permissionSetOf,
  principalPattern,
  uuidPattern,
  type Action,
  type Call,
} from './action.ts'
import {
  assignmentOf,
  type Assignment,
  type AssignmentRequest,
  type Change,
  type Instance,
} from './entities.ts'
import { page } from './input.ts'

const targetOf = ({ input }: Call) => input.required('TargetId', accountPattern)

function wanted(call: Call, instance: Instance): Assignment {
  const { input } = call
  input.required('TargetType', /^AWS_ACCOUNT$/)
  const type = input.required('PrincipalType', /^(USER|GROUP)$/)
  return assignmentOf({
    instanceArn: instance.arn,
    account: targetOf(call),
    permissionSetArn: permissionSetOf(call, instance).arn,
    principalType: type === 'USER' ? 'USER' : 'GROUP',
    principalId: input.required('PrincipalId', principalPattern),
  })
}

/** A delegated administrator changes neither the management account nor what a permission set does that is assigned there. */
function mayTouch(call: Call, instance: Instance, assignment: Assignment): boolean {
  const { managementAccount } = instance
  if (call.account === managementAccount) return true
  const { center } = call
  return (
    assignment.account !== managementAccount &&
    !center.assignments
      .all(center.state.latest)
      .some(
        (a) =>
          a.account === managementAccount && a.permissionSetArn === assignment.permissionSetArn,
      )
  )
}

/** One change of an assignment at a time, and some time between two. */
function assertFree({ center }: Call, { arn }: Assignment): void {
  const { conflictsLastMs, outstandingMax } = center.settings
  const changedAt = center.changedAt.get(arn) ?? Number.NEGATIVE_INFINITY
  if (center.pending.has(arn) || center.state.history.now() < changedAt + conflictsLastMs)
    throw new AwsFault('ConflictException', 'There is a conflicting operation in process.')
  if (center.pending.size >= outstandingMax)
    throw new AwsFault('ThrottlingException', 'Too many outstanding account assignment requests')
}

const shown = (request: AssignmentRequest) => ({
  Status: request.status,
  RequestId: request.requestId,
  FailureReason: request.failureReason,
  TargetId: request.assignment.account,
  TargetType: 'AWS_ACCOUNT',
  PermissionSetArn: request.assignment.permissionSetArn,
  PrincipalType: request.assignment.principalType,
  PrincipalId: request.assignment.principalId,
  CreatedDate: epochSeconds(request.createdAt),
})

const answerOf = {
  creation: (status: object) => ({ AccountAssignmentCreationStatus: status }),
  deletion: (status: object) => ({ AccountAssignmentDeletionStatus: status }),
}

const begin = (change: Change): Action => ({
  kind: 'write',
  resources: (call) => [...onPermissionSet(call), accountArn(targetOf(call))],
  run(call) {
    const instance = instanceOf(call)
    const assignment = wanted(call, instance)
    if (!mayTouch(call, instance, assignment)) throw accessDenied(call, assignment.permissionSetArn)
    assertFree(call, assignment)
    return answerOf[change](shown(call.center.begin(change, assignment)))
  },
})

const idMember = {
  creation: 'AccountAssignmentCreationRequestId',
  deletion: 'AccountAssignmentDeletionRequestId',
}

const describe = (change: Change): Action => ({
  kind: 'read',
  resources: onInstance,
  run(call) {
    const instance = instanceOf(call)
    const id = call.input.required(idMember[change], uuidPattern)
    const request = call.center.requests.get(`request ${id}`, call.view)
    if (request?.change !== change || request.assignment.instanceArn !== instance.arn)
      throw new AwsFault('ResourceNotFoundException', `Request ${id} could not be found`)
    return answerOf[change](shown(request))
  },
})

const listMember = {
  creation: 'AccountAssignmentsCreationStatus',
  deletion: 'AccountAssignmentsDeletionStatus',
}

const list = (change: Change): Action => ({
  kind: 'read',
  resources: onInstance,
  run(call) {
    const instance = instanceOf(call)
    const status = call.input.object('Filter')?.optional('Status')
    const found = call.center.requests
      .all(call.view)
      .filter((r) => r.change === change && r.assignment.instanceArn === instance.arn)
      .filter((r) => r.status === (status ?? r.status))
    const { shown: requests, next } = page(found, (r) => r.requestId, call.input)
    const items = requests.map((r) => ({
      Status: r.status,
      RequestId: r.requestId,
      CreatedDate: epochSeconds(r.createdAt),
    }))
    return { [listMember[change]]: items, ...next }
  },
})

export const assignmentActions: Readonly<Record<string, Action>> = {
  CreateAccountAssignment: begin('creation'),
  DeleteAccountAssignment: begin('deletion'),
  DescribeAccountAssignmentCreationStatus: describe('creation'),
  DescribeAccountAssignmentDeletionStatus: describe('deletion'),
  ListAccountAssignmentCreationStatus: list('creation'),
  ListAccountAssignmentDeletionStatus: list('deletion'),
}
