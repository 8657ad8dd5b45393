// The AWS calls that the adapter makes, each guarded and with its evidence.
import { createConnection, type AwsOptions } from './connection.ts'
import { createPolicyCalls } from './policy-calls.ts'
import { createUserCalls } from './user-calls.ts'

/** What Hallpass's own credentials must be allowed to do. `sts:GetCallerIdentity` needs no permission. */
export const apiActions: readonly string[] = [
  'iam:DeleteUserPolicy',
  'iam:GetAccountAuthorizationDetails',
  'iam:GetRole',
  'iam:GetUser',
  'iam:GetUserPolicy',
  'iam:ListUserPolicies',
  'iam:PutUserPolicy',
  'iam:SimulatePrincipalPolicy',
]

export type AwsApi = ReturnType<typeof createApi>

export function createApi(options: AwsOptions) {
  const connection = createConnection(options)
  return { ...createUserCalls(connection), ...createPolicyCalls(connection) }
}
