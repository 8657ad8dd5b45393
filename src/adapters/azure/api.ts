// The Azure calls that the adapter makes, each guarded and with its evidence.
import { createAssignmentCalls } from './assignment-calls.ts'
import { createConnection, type AzureOptions } from './connection.ts'
import { createPimCalls } from './pim-calls.ts'
import { createRoleCalls } from './role-calls.ts'

/** What Hallpass's own identity must be allowed to do. */
export const apiActions: readonly string[] = [
  'Microsoft.Authorization/roleAssignments/delete',
  'Microsoft.Authorization/roleAssignments/read',
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleAssignmentScheduleInstances/read',
  'Microsoft.Authorization/roleAssignmentScheduleRequests/read',
  'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
  'Microsoft.Authorization/roleAssignmentSchedules/read',
  'Microsoft.Authorization/roleDefinitions/read',
]

export type AzureApi = ReturnType<typeof createApi>

export function createApi(options: AzureOptions) {
  const connection = createConnection(options)
  return {
    credential: connection.credential,
    ...createAssignmentCalls(connection),
    ...createPimCalls(connection),
    ...createRoleCalls(connection),
  }
}
