import type { TokenCredential } from '@azure/core-auth'
import { startAzure, type Azure } from '../../sandbox/azure/index.ts'
import type { AppCredentials } from '../../sandbox/azure/control.ts'
import type { Permit } from '../../sandbox/azure/identities.ts'
import type { AzureOptions } from '../../src/adapters/azure/connection.ts'
import { createAzure, type AzureCloud } from '../../src/adapters/azure/create-azure.ts'
import { bindingsOf } from '../../src/domain/lanes/bindings-of.ts'
import { laneOf } from '../../src/domain/lanes/lane-of.ts'
import type {
  AzurePrincipal,
  AzureRoleAssignment,
  Binding,
  LaneOf,
} from '../../src/domain/lanes/types.ts'
import type { Identity } from '../../src/domain/policy/types.ts'
import { silentLog } from './aws.setup.ts'

export const tenantId = '0f0a7c2e-6b1d-4d0e-9c55-3b1f6f1f0001'
const subscriptionId = 'ab12cd34-1111-4222-8333-444455556666'
export const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
export const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c'
export const instance = 'i7f3'
export const startedAt = Date.parse('2031-05-01T09:00:00Z')
export const minute = 60_000
export const hour = 60 * minute

export type Mode = 'pim' | 'assignment'

export interface AzureSetup {
  readonly azure: Azure
  readonly cloud: AzureCloud
  readonly app: AppCredentials
  readonly lane: LaneOf<'azure'>
  readonly scope: string
  /** Somebody who is nobody's but the tests'. */
  readonly bob: string
  readonly options: AzureOptions
  now(): number
  advance(ms: number): void
  /** Object ids of persons 1, 2, 3 … */
  person(n: number): string
  role(more?: Partial<AzureRoleAssignment>): AzureRoleAssignment
  /** Of person `n`, for an hour from the start on. */
  binding(n: number, more?: Partial<Binding>): Binding
  identity(objectId: string): Identity
}

export const credentialOf = (token: AppCredentials['token']): TokenCredential => ({
  // Asked for each request anew: the cloud's clock may be turned, which the SDK's own cache cannot know.
  getToken: () => Promise.resolve({ token: token().token, expiresOnTimestamp: Date.now() }),
})

/** A resource group of one subscription, six persons, and Hallpass with what it asks for. */
export async function setUpAzure(
  mode: Mode = 'pim',
  { permit, ...more }: Partial<AzureOptions> & { permit?: Partial<Permit> } = {},
): Promise<AzureSetup> {
  let now = startedAt
  const azure = await startAzure({ now: () => now })
  azure.addTenant({ tenantId })
  const subscription = azure.addSubscription({ tenantId, id: subscriptionId })
  const scope = azure.addResourceGroup({ subscription, name: 'Shop-Prod' }).toLowerCase()
  const person = (name: string) => azure.addPrincipal({ tenantId, name: `${name}@example.com` })
  const people = Array.from({ length: 6 }, (_, n) => person(`person-${n + 1}`))
  const app = azure.appCredentials(tenantId, permit)
  const options: AzureOptions = {
    instance,
    endpoint: azure.url,
    credential: credentialOf(app.token),
    pollWaitsMs: [1, 1],
    log: silentLog,
    ...more,
  }
  const role = (changed: Partial<AzureRoleAssignment> = {}): AzureRoleAssignment => ({
    cloud: 'azure',
    mode,
    scope,
    role: 'Reader',
    roleId: reader,
    ...changed,
  })
  const principal = (n: number): AzurePrincipal => ({
    cloud: 'azure',
    objectId: people[n - 1] ?? '',
    name: undefined,
  })
  const binding = (n: number, changed: Partial<Binding> = {}): Binding => {
    const offered = { principal: principal(n), role: role(), approval: undefined }
    const offer = { bindings: [offered], residualSeconds: 0 }
    const [made] = bindingsOf(offer, `0123456789${n}`, instance, startedAt, startedAt + hour)
    if (made === undefined) throw new Error('An offer with one binding brings one')
    return { ...made, ...changed }
  }
  return {
    azure,
    cloud: createAzure(options),
    app,
    lane: laneOfAzure({ role: role(), principal: principal(1) }),
    scope,
    bob: person('bob'),
    options,
    now: () => now,
    advance: (ms) => void (now += ms),
    person: (n) => people[n - 1] ?? '',
    role,
    binding,
    identity: (objectId) => ({ github: 1, aws: [], azure: { objectId, name: undefined } }),
  }
}

export function laneOfAzure(of: Pick<Binding, 'role' | 'principal'>): LaneOf<'azure'> {
  const lane = laneOf(of)
  if (lane.cloud !== 'azure') throw new Error('This is about Azure')
  return lane
}
