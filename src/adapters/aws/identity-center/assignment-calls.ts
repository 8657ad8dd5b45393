// Calls about assignments: Identity Center takes a change now, makes it later, and tells of it by its request's id.
import type { AccountAssignmentOperationStatus } from '@aws-sdk/client-sso-admin'
import type { CallGuard } from '../../../workflows/ports.ts'
import { complete, mapFound } from '../calls/answers.ts'
import type { Answer } from '../exchange.ts'
import { everyPage, type Connection } from './connection.ts'

/** One permission set in one account for one user: what a lane is. */
export interface Assignment {
  readonly instanceArn: string
  readonly permissionSet: string
  readonly account: string
  readonly userId: string
}

export type Kind = 'creation' | 'deletion'

/** How far a change has come. */
export interface Progress {
  readonly requestId: string
  readonly status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED'
  /** AWS's words for a failure. */
  readonly why: string | undefined
  /** Which assignment is changed. */
  readonly key: string
}

export interface Assignee {
  readonly type: 'USER' | 'GROUP'
  readonly id: string
}

export const keyOf = ({ permissionSet, account, userId }: Omit<Assignment, 'instanceArn'>) =>
  `${permissionSet} ${account} USER ${userId}`

function toProgress(status: AccountAssignmentOperationStatus | undefined, what: string): Progress {
  const said = complete(status, what)
  return {
    requestId: complete(said.RequestId, what),
    status: complete(said.Status, what),
    why: said.FailureReason,
    key: `${said.PermissionSetArn} ${said.TargetId} ${said.PrincipalType} ${said.PrincipalId}`,
  }
}

export function createAssignmentCalls({ exchange, sdk }: Connection) {
  return {
    async begin(kind: Kind, of: Assignment, guard: CallGuard): Promise<Answer<Progress>> {
      const { sso, center } = await sdk()
      const input = {
        InstanceArn: of.instanceArn,
        PermissionSetArn: of.permissionSet,
        TargetId: of.account,
        TargetType: 'AWS_ACCOUNT',
        PrincipalId: of.userId,
        PrincipalType: 'USER',
      } as const
      if (kind === 'creation') {
        const what = `CreateAccountAssignment in ${of.account}`
        const command = new sso.CreateAccountAssignmentCommand(input)
        const answer = await exchange(what, guard, (o) => center.send(command, o))
        return mapFound(answer, (a) => toProgress(a.AccountAssignmentCreationStatus, what))
      }
      const what = `DeleteAccountAssignment in ${of.account}`
      const command = new sso.DeleteAccountAssignmentCommand(input)
      const answer = await exchange(what, guard, (o) => center.send(command, o))
      return mapFound(answer, (a) => toProgress(a.AccountAssignmentDeletionStatus, what))
    },

    async progress(
      kind: Kind,
      { instanceArn, requestId }: { readonly instanceArn: string; readonly requestId: string },
      guard: CallGuard,
    ): Promise<Answer<Progress>> {
      const { sso, center } = await sdk()
      const InstanceArn = instanceArn
      if (kind === 'creation') {
        const what = `DescribeAccountAssignmentCreationStatus for ${requestId}`
        const input = { InstanceArn, AccountAssignmentCreationRequestId: requestId }
        const command = new sso.DescribeAccountAssignmentCreationStatusCommand(input)
        const answer = await exchange(what, guard, (o) => center.send(command, o))
        return mapFound(answer, (a) => toProgress(a.AccountAssignmentCreationStatus, what))
      }
      const what = `DescribeAccountAssignmentDeletionStatus for ${requestId}`
      const input = { InstanceArn, AccountAssignmentDeletionRequestId: requestId }
      const command = new sso.DescribeAccountAssignmentDeletionStatusCommand(input)
      const answer = await exchange(what, guard, (o) => center.send(command, o))
      return mapFound(answer, (a) => toProgress(a.AccountAssignmentDeletionStatus, what))
    },

    /** Ids of the requests that are in progress, whoever made them. */
    async running(kind: Kind, instanceArn: string, guard: CallGuard): Promise<readonly string[]> {
      const { sso, center } = await sdk()
      const asked = { InstanceArn: instanceArn, Filter: { Status: 'IN_PROGRESS' } } as const
      const { found = [] } =
        kind === 'creation'
          ? await everyPage(async (next) => {
              const command = new sso.ListAccountAssignmentCreationStatusCommand({
                ...asked,
                ...next,
              })
              const what = 'ListAccountAssignmentCreationStatus'
              const answer = await exchange(what, guard, (o) => center.send(command, o))
              return mapFound(answer, (a) => toPage(a.AccountAssignmentsCreationStatus, a))
            })
          : await everyPage(async (next) => {
              const command = new sso.ListAccountAssignmentDeletionStatusCommand({
                ...asked,
                ...next,
              })
              const what = 'ListAccountAssignmentDeletionStatus'
              const answer = await exchange(what, guard, (o) => center.send(command, o))
              return mapFound(answer, (a) => toPage(a.AccountAssignmentsDeletionStatus, a))
            })
      return found.flatMap(({ ids }) => ids)
    },

    /** Everybody who has the permission set in the account. */
    async assignees(
      of: Omit<Assignment, 'userId'>,
      guard: CallGuard,
    ): Promise<Answer<readonly Assignee[]>> {
      const { sso, center } = await sdk()
      const what = `ListAccountAssignments in ${of.account}`
      const pages = await everyPage((next) => {
        const command = new sso.ListAccountAssignmentsCommand({
          InstanceArn: of.instanceArn,
          AccountId: of.account,
          PermissionSetArn: of.permissionSet,
          ...next,
        })
        return exchange(what, guard, (o) => center.send(command, o))
      })
      return mapFound(pages, (found) =>
        found
          .flatMap((page) => page.AccountAssignments ?? [])
          .map((it) => ({
            type: complete(it.PrincipalType, what),
            id: complete(it.PrincipalId, what),
          })),
      )
    },
  }
}

const toPage = (
  statuses: readonly { readonly RequestId?: string | undefined }[] = [],
  { NextToken }: { readonly NextToken?: string | undefined },
) => ({ ids: statuses.flatMap(({ RequestId }) => RequestId ?? []), NextToken })
