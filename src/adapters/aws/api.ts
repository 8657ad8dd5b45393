// The AWS calls that the adapter makes, each guarded and with its evidence.
import type { Connection } from './connection.ts'
import { createGroupCalls } from './calls/group-calls.ts'
import { createPolicyCalls } from './calls/policy-calls.ts'
import { createRoleCalls } from './calls/role-calls.ts'
import { createRolePolicyCalls } from './calls/role-policy-calls.ts'
import { createUserCalls } from './calls/user-calls.ts'

export type AwsApi = ReturnType<typeof createApi>

export function createApi(connection: Connection) {
  return {
    ...createUserCalls(connection),
    ...createPolicyCalls(connection),
    ...createGroupCalls(connection),
    ...createRoleCalls(connection),
    ...createRolePolicyCalls(connection),
  }
}
