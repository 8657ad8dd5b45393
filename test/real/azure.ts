import { AuthorizationManagementClient, type RoleAssignment } from '@azure/arm-authorization'
import { randomUUID } from 'node:crypto'
import { createConnection, type AzureOptions } from '../../src/adapters/azure/connection.ts'
import { createAzure } from '../../src/adapters/azure/create-azure.ts'
import type { AzurePrincipal, AzureRoleAssignment, Binding } from '../../src/domain/lanes/types.ts'
import { bystander, instance, madeFor, type RealAccount, type Time } from './account.ts'
import { bindingFor, laneUnderTest, silent } from './lane.ts'
import { countRequests, hostOf } from './requests.ts'
import { listOf } from './settings.ts'

/** NB: Azure ends no schedule within its first five minutes. */
const settleMs = 20 * 60_000
const windowMs = 6 * 60_000
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'

export const azureModes = ['pim', 'assignment'] as const
type AzureMode = (typeof azureModes)[number]

export interface AzureConnection {
  readonly options: Pick<AzureOptions, 'endpoint' | 'credential' | 'pollWaitsMs'>
  readonly client: AuthorizationManagementClient
}

/** As Hallpass signs in itself. */
async function toAzure(scope: string): Promise<AzureConnection> {
  const credential = await createConnection({ instance, log: silent }).credential()
  const subscription = scope.split('/')[2] ?? ''
  return { options: {}, client: new AuthorizationManagementClient(credential, subscription) }
}

async function every<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

type Held = Pick<RoleAssignment, 'id' | 'roleDefinitionId' | 'principalId'>

/** What Resource Manager says itself of one scope. */
function createAssignments(
  { client }: AzureConnection,
  of: { scope: string; modes: readonly AzureMode[] },
) {
  const scope = of.scope.slice(1)
  const [, subscription] = of.scope.split('/').slice(1)
  const roleDefinitionId = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${reader}`
  const filter = 'atScope()'
  /** Not above it, where others give access. */
  const isHere = (it: { id?: string }) =>
    it.id?.toLowerCase().startsWith(`${of.scope}/providers/microsoft.authorization/`) === true
  const all = () => every(client.roleAssignments.listForScope(scope, { filter }))
  const isGiven = (it: Held, principalId: string) =>
    isHere(it) &&
    it.roleDefinitionId?.toLowerCase().endsWith(reader) === true &&
    it.principalId?.toLowerCase() === principalId

  const ofWhom = async (principalId: string) =>
    (await all()).filter((it) => isGiven(it, principalId))

  async function remove(principalId: string): Promise<void> {
    const schedules = of.modes.includes('pim')
      ? await every(client.roleAssignmentSchedules.listForScope(scope, { filter }))
      : []
    // Without an end it is a plain assignment, which is listed there too.
    if (schedules.some((it) => isGiven(it, principalId) && it.endDateTime !== undefined)) {
      await client.roleAssignmentScheduleRequests.create(scope, randomUUID(), {
        requestType: 'AdminRemove',
        principalId,
        roleDefinitionId,
        justification: madeFor,
      })
      return
    }
    for (const { name = '' } of await ofWhom(principalId))
      await client.roleAssignments.delete(scope, name)
  }

  const assign = (principalId: string, description: string, name: string = randomUUID()) =>
    client.roleAssignments.create(scope, name, {
      roleDefinitionId,
      principalId,
      principalType: 'User',
      description,
    })
  return {
    remove,
    assign,
    ofWhom,
    async foreignTo(principals: readonly string[]) {
      const found = (await all()).filter(
        (it) => !principals.includes((it.principalId ?? '').toLowerCase()),
      )
      return found
        .map(({ id, principalId, roleDefinitionId: role, description }) => ({
          id,
          principalId,
          role,
          description,
        }))
        .toSorted((a, b) => (a.id ?? '').localeCompare(b.id ?? ''))
    },
    async rewrite(principalId: string) {
      for (const it of await ofWhom(principalId)) await assign(principalId, bystander, it.name)
    },
  }
}

const objectIdOf = ({ principal }: Binding) =>
  principal.cloud === 'azure' ? principal.objectId : ''

export async function azureAccount(
  [written = '', ids = '', asked = '']: readonly string[],
  { time, connection }: { time: Time; connection?: AzureConnection },
): Promise<RealAccount> {
  const scope = written.toLowerCase()
  const modes = azureModes.filter((mode) => listOf(asked).includes(mode))
  const [one = '', two = '', third = ''] = listOf(ids.toLowerCase())
  const reached = connection ?? (await toAzure(scope))
  const assignments = createAssignments(reached, { scope, modes })
  const cloud = createAzure({ instance, log: silent, ...reached.options })
  const requests = countRequests(hostOf(reached.options.endpoint, 'management.azure.com'))

  async function setUp(mode: AzureMode) {
    const role: AzureRoleAssignment = {
      cloud: 'azure',
      mode,
      scope,
      role: 'Reader',
      roleId: reader,
    }
    const bindings = [one, two].map((objectId) => {
      const principal: AzurePrincipal = { cloud: 'azure', objectId, name: undefined }
      return bindingFor(role, principal, time.now())
    })
    return laneUnderTest({
      cloud,
      time,
      settleMs,
      windowMs,
      bindings,
      requests,
      usable: async (binding) => (await assignments.ofWhom(objectIdOf(binding))).length > 0,
      putForeign: () => assignments.assign(third, bystander),
      foreign: () => assignments.foreignTo([one, two]),
      // A schedule bears nothing that could be changed.
      tamper: mode === 'pim' ? undefined : (it) => assignments.rewrite(objectIdOf(it)),
      takeAway: (it) => assignments.remove(objectIdOf(it)),
    })
  }

  return {
    name: 'Azure',
    time,
    settleMs,
    lagMs: cloud.lagMs,
    who: async () => `object ${(await cloud.whoAmI()).objectId} writes to ${scope}`,
    async whyNotMade() {
      const group = /^\/subscriptions\/[^/]+\/resourcegroups\/(?<name>[^/]+)$/.exec(scope)?.groups
      if (group?.['name']?.includes(madeFor) !== true)
        return `${scope} is no resource group whose name has ${madeFor}`
      return Promise.resolve(
        third === '' ? 'three object ids are needed, one of them for the bystander' : undefined,
      )
    },
    async leftovers() {
      const found: { what: string; remove(): Promise<unknown> }[] = []
      for (const id of [one, two, third])
        if ((await assignments.ofWhom(id)).length > 0)
          found.push({ what: `Reader of ${id} at ${scope}`, remove: () => assignments.remove(id) })
      return found
    },
    modes: modes.map((mode) => ({ name: mode, mode, setUp: () => setUp(mode) })),
    async close() {
      requests.close()
      await Promise.resolve()
    },
  }
}
