// Whose credentials Hallpass takes in Azure: those of the server that it runs on.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startManagedIdentity, type ManagedIdentity } from '../../sandbox/azure/managed-identity.ts'
import { createAzure } from '../../src/adapters/azure/create-azure.ts'
import { silentLog } from './aws.setup.ts'
import { setUpAzure } from './azure.setup.ts'

let identity: ManagedIdentity
let t: Awaited<ReturnType<typeof setUpAzure>>
beforeEach(async () => {
  t = await setUpAzure()
  identity = await startManagedIdentity(() => ({
    token: t.app.token().token,
    expiresOnTimestamp: Date.now() + 3_600_000,
  }))
  vi.stubEnv('IDENTITY_ENDPOINT', identity.url)
  vi.stubEnv('IDENTITY_HEADER', identity.header)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all([identity.close(), t.azure.close()])
})

test('a managed identity is found where there is no workload identity', async () => {
  const cloud = createAzure({ instance: t.options.instance, log: silentLog })
  expect(await cloud.whoAmI()).toEqual({
    objectId: t.app.principalId,
    tenantId: t.app.tenantId,
  })
})
