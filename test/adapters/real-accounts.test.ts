// The suite for real accounts, run against the twins through the same endpoints that a sandbox is reached by.
import { describe, expect, test } from 'vitest'
import { startAws } from '../../sandbox/aws/index.ts'
import { startAzure } from '../../sandbox/azure/index.ts'
import { startGcp } from '../../sandbox/gcp/index.ts'
import { apiActions } from '../../src/adapters/aws/create-aws.ts'
import { apiActions as ssoActions } from '../../src/adapters/aws/identity-center/create-identity-center.ts'
import { apiActions as azureActions } from '../../src/adapters/azure/create-azure.ts'
import { admit, madeFor, type RealAccount, type Time } from '../real/account.ts'
import { awsAccount, awsModes } from '../real/aws.ts'
import { action, nowhere } from '../real/aws-records.ts'
import { azureAccount, azureModes } from '../real/azure.ts'
import { realContract } from '../real/contract.ts'
import { gcpAccount, gcpModes } from '../real/gcp.ts'
import { identityCenterAccount, identityCenterModes } from '../real/identity-center.ts'
import { azureClient } from '../support/azure-client.ts'
import { credentialOf } from './azure.setup.ts'

/** Nobody waits here: the clock is turned. */
function turnedTime(): Time {
  let now = Date.parse('2031-05-01T09:00:00Z')
  return { now: () => now, wait: async (ms) => void (now += ms) }
}

interface Stand {
  readonly account: RealAccount
  /** How many writes have arrived. */
  writes(): number
}

const account = '111122223333'
const isWrite = (operation: string) =>
  !/(?:^|[:.])(?:Get|List|Describe|Simulate|get|list)/.test(operation)

async function awsStand(userName = `${madeFor}-user`, named = account): Promise<Stand> {
  const time = turnedTime()
  const aws = await startAws({ now: time.now })
  aws.addAccount(account)
  aws.addUser({ account, name: userName })
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: nowhere }],
  }
  aws.addManagedPolicy({ account, name: madeFor, document })
  aws.addGroup({ account, name: madeFor, policies: { nowhere: document } })
  aws.addRole({ account, name: madeFor, trustAccountRoot: true, maxSessionSeconds: 3600 })
  aws.staleReads(400)
  const connection = { endpoint: aws.url, credentials: aws.appCredentials(account, apiActions) }
  const made = awsAccount([named, userName], { time, connection })
  return {
    account: { ...made, close: async () => void (await Promise.all([made.close(), aws.close()])) },
    writes: () => aws.calls.filter(({ operation }) => isWrite(operation)).length,
  }
}

async function gcpStand(project = `acme-${madeFor}`): Promise<Stand> {
  const time = turnedTime()
  const gcp = await startGcp({ now: time.now })
  const organization = gcp.addOrganization('123456789012').name
  const member = 'user:alice@acme.example'
  gcp.addProject(project, { parent: organization })
  gcp.addUser(member)
  gcp.appCredentials({
    permissions: ['getIamPolicy', 'setIamPolicy'].map((it) => `resourcemanager.projects.${it}`),
  })
  const twin = { host: gcp.apiEndpoint, port: gcp.port }
  const made = gcpAccount([project, member, 'roles/browser'], { time, twin })
  return {
    account: {
      ...made,
      async close() {
        await made.close()
        await gcp.close()
      },
    },
    writes: () => gcp.history.filter(({ by }) => by === 'api').length,
  }
}

async function azureStand(name = `Acme-${madeFor}`): Promise<Stand> {
  const time = turnedTime()
  const azure = await startAzure({ now: time.now })
  const tenantId = '0f0a7c2e-6b1d-4d0e-9c55-3b1f6f1f0001'
  azure.addTenant({ tenantId })
  azure.set({ pimProvisioningMs: 700 })
  const id = 'ab12cd34-1111-4222-8333-444455556666'
  const scope = azure.addResourceGroup({
    subscription: azure.addSubscription({ tenantId, id }),
    name,
  })
  const people = ['one', 'two', 'three'].map((it) =>
    azure.addPrincipal({ tenantId, name: `${it}@example.com` }),
  )
  const app = azure.appCredentials(tenantId, { actions: azureActions })
  const options = { endpoint: azure.url, credential: credentialOf(app.token), pollWaitsMs: [1, 1] }
  const made = await azureAccount([scope, people.join(','), azureModes.join(',')], {
    time,
    connection: { options, client: azureClient(azure.url, app, id) },
  })
  return {
    account: {
      ...made,
      close: async () => void (await Promise.all([made.close(), azure.close()])),
    },
    writes: () => azure.calls.filter(({ operation }) => isWrite(operation)).length,
  }
}

async function centerStand(set = `${madeFor}-set`): Promise<Stand> {
  const time = turnedTime()
  const aws = await startAws({ now: time.now })
  aws.addAccount(account)
  aws.addAccount('333344445555')
  const instance = aws.addInstance({ managementAccount: account, delegatedAdministrators: [] })
  const { arn } = aws.addPermissionSet({ instance, name: set })
  const names = ['a', 'b'].map((it) => `${madeFor}-${it}`)
  for (const userName of names) aws.addSsoUser({ instance, userName })
  const made = identityCenterAccount(['eu-central-1', arn, '333344445555', names.join(',')], {
    time,
    connection: {
      endpoint: aws.url,
      credentials: aws.appCredentials(account, ssoActions),
      pollMs: 1,
    },
  })
  return {
    account: { ...made, close: async () => void (await Promise.all([made.close(), aws.close()])) },
    writes: () => aws.calls.filter(({ operation }) => isWrite(operation)).length,
  }
}

const unheard = () => undefined
const accountOf = (stand: () => Promise<Stand>) => async () => (await stand()).account
realContract('AWS as if real', accountOf(awsStand), awsModes, unheard)
realContract('Google Cloud as if real', accountOf(gcpStand), gcpModes, unheard)
realContract('Azure as if real', accountOf(azureStand), azureModes, unheard)
realContract('Identity Center as if real', accountOf(centerStand), identityCenterModes, unheard)

const stands: readonly [string, () => Promise<Stand>, () => Promise<Stand>][] = [
  ['AWS', awsStand, () => awsStand('alice')],
  ['Google Cloud', gcpStand, () => gcpStand('shop-prod')],
  ['Azure', azureStand, () => azureStand('Shop-Prod')],
  ['Identity Center', centerStand, () => centerStand('OrdersRead')],
]

describe.each(stands)('%s', (_name, made, notMade) => {
  test('is written to only where it was made for that', async () => {
    const stand = await notMade()
    const said: string[] = []
    await expect(admit(stand.account, (line) => said.push(line))).rejects.toThrow(
      /nothing was written, because .*hallpass-test/,
    )
    expect([stand.writes(), said]).toEqual([0, []])
    await stand.account.close()
  })

  test('is told of who writes to it, and rid of what a run before left', async () => {
    const stand = await made()
    for (const mode of stand.account.modes.slice(-1)) {
      const t = await mode.setUp()
      await t.cloud.apply(t.lane, [{ do: 'put', binding: t.binding(1) }], {
        signal: new AbortController().signal,
        check: () => undefined,
      })
      await t.putForeign()
    }
    const said: string[] = []
    await admit(stand.account, (line) => said.push(line))
    expect(said[0]).toMatch(/ writes to /)
    expect(said.slice(1)).toHaveLength(2)
    expect(said.slice(1).join()).toMatch(/^left over from before: .*left over from before: /)
    expect(await stand.account.leftovers()).toEqual([])
    await stand.account.close()
  })
})
