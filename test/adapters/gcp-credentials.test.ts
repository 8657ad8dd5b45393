// Whose credentials Hallpass takes for itself: a server's, never those of a person who signed in on its machine.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createGcp } from '../../src/adapters/gcp/create-gcp.ts'
import { freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { silentLog } from './aws.setup.ts'
import { instance } from './gcp.setup.ts'

const person = {
  type: 'authorized_user',
  client_id: 'c',
  client_secret: 'a secret',
  refresh_token: 'a token',
}
const audience = '//iam.googleapis.com/locations/global/workforcePools/p/providers/q'
const token_url = 'https://sts.googleapis.com/v1/oauthtoken'
const workforce = { ...person, type: 'external_account_authorized_user', audience, token_url }
const impersonating = {
  type: 'impersonated_service_account',
  source_credentials: person,
  service_account_impersonation_url:
    'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/h@p.iam.gserviceaccount.com:generateAccessToken',
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallpass-credentials-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

async function connectedBy(credentials: object) {
  const file = join(folder, 'adc.json')
  await writeFile(file, JSON.stringify(credentials))
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file)
  vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'shop')
  return createGcp({ instance, log: silentLog })
}

test.each([
  ['signed in', person],
  ['signed in by the organization', workforce],
  ['acting as a service account', impersonating],
])('a person who %s is refused before anything is sent', async (_, credentials) => {
  const cloud = await connectedBy(credentials)
  const lane = { id: 'gcp/projects/shop', cloud: 'gcp', resource: 'projects/shop' } as const
  const unasked = { ...freeGuard(), check: () => expect.unreachable('something was sent') }
  expect(await kindOfFailure(cloud.observe(lane, [], unasked))).toBe('denied')
  const error: unknown = await cloud.whoAmI().catch((caught: unknown) => caught)
  expect(error).toMatchObject({ kind: 'denied', message: expect.stringContaining("a person's") })
  expect(JSON.stringify(error)).not.toMatch(/a secret|a token/)
  await cloud.close()
})

test('a service account is taken', async () => {
  const email = 'hallpass@shop.iam.gserviceaccount.com'
  const cloud = await connectedBy({
    type: 'service_account',
    client_email: email,
    private_key: 'k',
  })
  expect(await cloud.whoAmI()).toBe(email)
  await cloud.close()
})
