// The calls that the adapter makes, each guarded and with its evidence.
import { createApi as createAwsApi } from '../api.ts'
import { createConnection as createAwsConnection } from '../connection.ts'
import { createAssignmentCalls } from './assignment-calls.ts'
import { actingAs, createConnection, ownConfig, type IdentityCenterOptions } from './connection.ts'
import { createDirectoryCalls } from './directory-calls.ts'

/** What Hallpass's own credentials must be allowed to do: those of the assumed role, where one is. */
export const apiActions: readonly string[] = [
  'identitystore:DescribeUser',
  'identitystore:GetUserId',
  'identitystore:ListGroupMembershipsForMember',
  'sso:CreateAccountAssignment',
  'sso:DeleteAccountAssignment',
  'sso:DescribeAccountAssignmentCreationStatus',
  'sso:DescribeAccountAssignmentDeletionStatus',
  'sso:DescribePermissionSet',
  'sso:ListAccountAssignmentCreationStatus',
  'sso:ListAccountAssignmentDeletionStatus',
  'sso:ListAccountAssignments',
  'sso:ListInstances',
]

/** `access`: about the credentials themselves, which IAM and STS know. */
export function createApi(options: IdentityCenterOptions) {
  const connection = createConnection(options)
  return {
    ...createAssignmentCalls(connection),
    ...createDirectoryCalls(connection),
    access: createAwsApi(
      createAwsConnection({ ...options, ...actingAs(options, ownConfig(options)) }),
    ),
  }
}

export type IdentityCenterApi = ReturnType<typeof createApi>
