// What the Identity Center knows, and the changes that it has promised and not yet made.
import { randomUUID } from 'node:crypto'
import { Table, type Reason } from '../history.ts'
import type { View } from '../../versions.ts'
import type { State } from '../state.ts'
import type {
  Assignment,
  AssignmentRequest,
  Change,
  Instance,
  PermissionSet,
  SsoGroup,
  SsoSession,
  SsoUser,
} from './entities.ts'

const operationOfChange = {
  creation: 'CreateAccountAssignment',
  deletion: 'DeleteAccountAssignment',
} as const

interface Due {
  readonly at: number
  readonly run: (at: number) => void
}

interface PlannedFailure {
  left: number
  readonly reason: string
  readonly change?: Change
  /** Whether the change is made nevertheless. */
  readonly carriedOut?: boolean
}

export class IdentityCenter {
  readonly state: State
  readonly instances: Table<Instance>
  readonly permissionSets: Table<PermissionSet>
  readonly users: Table<SsoUser>
  readonly groups: Table<SsoGroup>
  readonly assignments: Table<Assignment>
  readonly requests: Table<AssignmentRequest>
  readonly sessions: SsoSession[] = []
  readonly plannedFailures: PlannedFailure[] = []
  readonly settings = {
    changesTakeMs: 0,
    conflictsLastMs: 0,
    orphansLingerMs: 10 * 60_000,
    outstandingMax: 15,
  }
  /** Requests in progress, by the assignment's key. */
  readonly pending = new Map<string, AssignmentRequest>()
  /** When the last change of an assignment was made, by its key. */
  readonly changedAt = new Map<string, number>()
  readonly #agenda: Due[] = []

  constructor(state: State) {
    this.state = state
    this.instances = new Table(state.history)
    this.permissionSets = new Table(state.history)
    this.users = new Table(state.history)
    this.groups = new Table(state.history)
    this.assignments = new Table(state.history)
    this.requests = new Table(state.history)
  }

  /** Makes the changes that are due by now, each at its own instant. Whoever looks calls it first. */
  settle(): void {
    for (;;) {
      const next = this.#agenda[0]
      if (!next || next.at > this.state.history.now()) return
      this.#agenda.shift()
      next.run(next.at)
    }
  }

  /** Promises a change; it happens although nobody looks when the clock is a real one. */
  plan(afterMs: number, run: (at: number) => void): void {
    if (afterMs === Number.POSITIVE_INFINITY) return
    this.#agenda.push({ at: this.state.history.now() + afterMs, run })
    this.#agenda.sort((a, b) => a.at - b.at)
    // A timer may be early by less than a millisecond, and would find nothing due.
    if (afterMs < 2 ** 31 - 1) setTimeout(() => this.settle(), afterMs + 1).unref()
  }

  begin(change: Change, assignment: Assignment): AssignmentRequest {
    const requestId = randomUUID()
    const request: AssignmentRequest = {
      arn: `request ${requestId}`,
      requestId,
      change,
      status: 'IN_PROGRESS',
      createdAt: this.state.history.now(),
      assignment,
    }
    this.pending.set(assignment.arn, request)
    this.requests.put(request, { operation: operationOfChange[change], by: 'api' })
    this.plan(this.settings.changesTakeMs, (at) => this.#finish(request, at))
    return request
  }

  #finish(request: AssignmentRequest, at: number): void {
    const { assignment, change } = request
    const reason: Reason = { operation: operationOfChange[change], by: 'api', at }
    const planned = this.#plannedFailure(change)
    const obstacle = this.#obstacle(request)
    this.pending.delete(assignment.arn)
    if (obstacle === undefined && (!planned || planned.carriedOut)) {
      this.#make(request, reason)
      this.changedAt.set(assignment.arn, at)
    }
    const failureReason = planned?.reason ?? obstacle
    this.requests.put(
      failureReason === undefined
        ? { ...request, status: 'SUCCEEDED' }
        : { ...request, status: 'FAILED', failureReason },
      reason,
    )
  }

  #make({ assignment, change }: AssignmentRequest, reason: Reason): void {
    if (change === 'deletion') this.assignments.remove(assignment.arn, reason)
    else if (!this.assignments.get(assignment.arn, this.state.latest))
      this.assignments.put(assignment, reason)
  }

  #plannedFailure(change: Change): PlannedFailure | undefined {
    const next = this.plannedFailures.find((p) => p.left > 0 && (p.change ?? change) === change)
    if (next) next.left -= 1
    return next
  }

  /** Why it cannot be done. The API takes such requests and tells so only in their status. */
  #obstacle({ change, assignment }: AssignmentRequest): string | undefined {
    const { latest } = this.state
    const { account, instanceArn, permissionSetArn, principalId, principalType } = assignment
    if (!this.state.accounts.has(account))
      return `Received a 404 status error: AWS account ${account} was not found in the organization.`
    const store = this.instances.get(instanceArn, latest)?.identityStoreId
    if (!this.hasPrincipal(assignment, latest))
      return `Received a 404 status error: the ${principalType} assignee ${principalId} was not found in directory ${store}`
    if (change === 'creation' || this.assignments.get(assignment.arn, latest)) return undefined
    return `Received a 404 status error: EntitlementItem doesn't exist with the given entitlement key EntitlementKey{accessorId=AccessorId{value=${principalId}}, resourceId=ResourceId{value=${account}}, auxiliaryResourceId=AuxiliaryResourceId{value=${permissionSetArn}}}`
  }

  hasPrincipal({ principalId, principalType }: Assignment, view: View): boolean {
    return principalType === 'USER'
      ? this.userById(principalId, view) !== undefined
      : this.groupById(principalId, view) !== undefined
  }

  userById = (userId: string, view: View) => this.users.get(userArn(userId), view)
  groupById = (groupId: string, view: View) => this.groups.get(groupArn(groupId), view)
}

export const userArn = (userId: string) => `arn:aws:identitystore:::user/${userId}`
export const groupArn = (groupId: string) => `arn:aws:identitystore:::group/${groupId}`
