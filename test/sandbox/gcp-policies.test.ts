// The simulated Resource Manager over its wire, by the unmodified SDK.
import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startGcp, type Gcp } from '../../sandbox/gcp/index.ts'
import { calling, clientsOf, until, type Binding, type Policy } from './gcp-clients.ts'

const end = '2031-05-01T10:00:00Z'
const alice = 'user:alice@acme.example'
const bob = 'user:bob@acme.example'
const app = 'serviceAccount:deploy@shop.iam.gserviceaccount.com'

let now = Date.parse('2031-05-01T09:00:00Z')
let gcp: Gcp
let clients: ReturnType<typeof clientsOf>
let resource: string
let count = 0
beforeAll(async () => {
  gcp = await startGcp({ now: () => now })
  clients = clientsOf(gcp)
  for (const member of [alice, bob, app]) gcp.addUser(member)
  gcp.addGroup('sre@acme.example', [bob])
})
afterAll(async () => {
  await clients.close()
  await gcp.close()
})
beforeEach(() => {
  count += 1
  resource = gcp.addProject(`shop-${count}`).name
})

const get = async (requestedPolicyVersion = 3): Promise<Policy> => {
  const options = { requestedPolicyVersion }
  return (await clients.projects.getIamPolicy({ resource, options }))[0]
}
const set = async (policy: Policy, paths?: string[]): Promise<Policy> => {
  const updateMask = paths === undefined ? {} : { updateMask: { paths } }
  return (await clients.projects.setIamPolicy({ resource, policy, ...updateMask }))[0]
}
/** Reads, edits and writes as the documentation asks. */
const put = async (...bindings: Binding[]) => set({ ...(await get()), version: 3, bindings })
const failing = (code: keyof typeof status, details: RegExp | string = '') => ({
  code: status[code],
  details: expect.stringMatching(details),
})
const stored = () => gcp.policyOf(resource).bindings.map(({ role, members }) => [role, ...members])

describe('a write', () => {
  test('comes back as it was read, with another etag each time', async () => {
    const before = await get()
    expect(before).toMatchObject({ version: 1, bindings: [], etag: Buffer.from('ACAB', 'base64') })
    const first = await put(until('roles/browser', alice, end))
    const second = await put(until('roles/browser', alice, end))
    expect(await get()).toEqual(second)
    expect(second.bindings).toMatchObject([until('roles/browser', alice, end)])
    expect(new Set([before, first, second].map((it) => String(it.etag))).size).toBe(3)
  })

  test('with an etag that is not the latest is ABORTED and changes nothing', async () => {
    const read = await get()
    await put(until('roles/browser', alice, end))
    const late = set({ ...read, version: 3, bindings: [] })
    await expect(late).rejects.toMatchObject(
      failing('ABORTED', /There were concurrent policy changes/),
    )
    expect(stored()).toEqual([['roles/browser', alice]])
  })

  test('without an etag overwrites blindly, and is counted', async () => {
    await put(until('roles/browser', alice, end))
    const before = gcp.blindWrites().length
    await set({ bindings: [{ role: 'roles/viewer', members: [bob] }] })
    expect(stored()).toEqual([['roles/viewer', bob]])
    expect(gcp.blindWrites()).toHaveLength(before + 1)
  })

  test('is one of two at once: the other has to read again', async () => {
    const read = await get()
    const both = [alice, bob].map((member) =>
      set({ ...read, bindings: [{ role: 'roles/browser', members: [member] }] }),
    )
    const settled = (await Promise.allSettled(both)).map((it) => it.status)
    expect(settled.sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('is normalised: merged by role and condition, members once and sorted, in lower case', async () => {
    await put(
      { role: 'roles/viewer', members: [bob, alice, bob] },
      until('roles/browser', alice, end, 'a'),
      { role: 'roles/editor', members: [] },
      until('roles/browser', bob, end, 'b'),
      until('roles/browser', bob, end, 'a'),
      { role: 'roles/viewer', members: ['group:SRE@acme.example', app] },
    )
    expect(stored()).toEqual([
      ['roles/browser', alice, bob],
      ['roles/browser', bob],
      ['roles/viewer', 'group:sre@acme.example', app, alice, bob],
    ])
  })

  test('leaves audit configs alone unless its mask names them', async () => {
    const logs = [{ logType: 'DATA_READ', exemptedMembers: [alice] }]
    const auditConfigs = [{ service: 'allServices', auditLogConfigs: logs }]
    gcp.setPolicy(resource, [{ role: 'roles/viewer', members: [bob] }], auditConfigs)
    const read = await get()
    expect(read.auditConfigs).toEqual(auditConfigs)
    await set({ ...read, bindings: [], auditConfigs: [] })
    expect((await get()).auditConfigs).toEqual(auditConfigs)
    await set({ ...(await get()), auditConfigs: [] }, ['audit_configs'])
    expect((await get()).auditConfigs).toEqual([])
  })
})

test('the answer tells the time of the cloud, whether it succeeds or not', async () => {
  now = Date.parse('2031-05-01T09:00:07.900Z')
  const dates: unknown[] = []
  const look = calling({ metadata: (it) => dates.push(...it.get('date')) })
  await clients.projects.getIamPolicy({ resource }, look)
  expect(dates).toEqual(['Thu, 01 May 2031 09:00:07 GMT'])
  const missing = clients.projects.getIamPolicy({ resource: 'projects/nothing' }, look)
  const error: unknown = await missing.catch((it: unknown) => it)
  expect(error).toMatchObject(failing('PERMISSION_DENIED'))
  expect((error as { metadata: { get(key: string): unknown } }).metadata.get('date')).toEqual(dates)
})
