// One tenant, one subscription, one resource group in it, one user, and a client of the app's identity.
import type { RoleAssignmentCreateParameters } from '@azure/arm-authorization'
import { startAzure } from '../../sandbox/azure/index.ts'
import type { Permit } from '../../sandbox/azure/identities.ts'
import { azureClient } from '../support/azure-client.ts'

export const tenantId = '0f0a7c2e-6b1d-4d0e-9c55-3b1f6f1f0001'
export const subscriptionId = 'AB12cd34-1111-4222-8333-444455556666'
export const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
export const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c'
export const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
export const startedAt = Date.parse('2031-05-01T09:00:00Z')
export const minute = 60_000

export const guid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
export const roleId = (role: string) =>
  `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`

export async function azureScene(permit?: Partial<Permit>) {
  const clock = { now: startedAt }
  const azure = await startAzure({ now: () => clock.now })
  azure.addTenant({ tenantId })
  const root = azure.addManagementGroup({ tenantId, name: 'Root' })
  const subscription = azure.addSubscription({ tenantId, id: subscriptionId, parent: root })
  const group = azure.addResourceGroup({ subscription, name: 'Shop-Prod' })
  const alice = azure.addPrincipal({ tenantId, name: 'alice@example.com' })
  const app = azure.appCredentials(tenantId, permit)
  const client = azureClient(azure.url, app, subscriptionId)
  /** The SDK adds the leading slash itself. */
  const at = group.slice(1)
  const params = (
    more: Partial<RoleAssignmentCreateParameters> = {},
  ): RoleAssignmentCreateParameters => ({
    roleDefinitionId: roleId(reader),
    principalId: alice,
    principalType: 'User',
    ...more,
  })
  const create = (name: string, more: Partial<RoleAssignmentCreateParameters> = {}, scope = at) =>
    client.roleAssignments.create(scope, name, params(more))
  return { clock, azure, client, root, subscription, group, at, alice, app, create }
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

export const refused = (statusCode: number, code: string) => ({ statusCode, code })
