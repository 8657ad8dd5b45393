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

describe('versions', () => {
  const conditional = until('roles/browser', alice, end)

  test.each([0, 1])(
    'asked for as %d, a policy hides its conditions behind role names',
    async (v) => {
      await put(conditional, { role: 'roles/viewer', members: [bob] })
      const { version, bindings } = await get(v)
      expect(version).toBe(1)
      expect(bindings?.map((it) => it.condition)).toEqual([null, null])
      expect(bindings?.[0]?.role).toMatch(/^roles\/browser_withcond_[0-9a-f]{20}$/)
      expect(bindings?.[1]?.role).toBe('roles/viewer')
    },
  )

  test('a policy without conditions is version 1, whatever was asked for', async () => {
    expect(await put({ role: 'roles/viewer', members: [bob] })).toMatchObject({ version: 1 })
    expect(await get(3)).toMatchObject({ version: 1 })
  })

  test.each([2, 4, -1])('there is no version %d', async (version) => {
    await expect(get(version)).rejects.toMatchObject(failing('INVALID_ARGUMENT', 'version'))
    const write = set({ version, bindings: [] })
    await expect(write).rejects.toMatchObject(failing('INVALID_ARGUMENT', 'version'))
  })

  test('conditions are written in version 3 only, and are not lost by a careless write', async () => {
    const etag = (await put(conditional)).etag ?? ''
    for (const policy of [
      { version: 1, bindings: [conditional] },
      { version: 1, bindings: [], etag },
      { version: 1, bindings: (await get(1)).bindings ?? [] },
    ])
      await expect(set(policy)).rejects.toMatchObject(failing('INVALID_ARGUMENT'))
    expect(stored()).toEqual([['roles/browser', alice]])
  })
})

describe('a policy is refused', () => {
  const long = (length: number) => 'x'.repeat(length)
  const times = (n: number, make: (n: number) => Binding) =>
    Array.from({ length: n }, (_, i) => make(i))
  const withCondition = (condition: Binding['condition'], role = 'roles/browser') => [
    { role, members: [alice], ...(condition ? { condition } : {}) },
  ]
  const always = (n: number) => Array.from({ length: n + 1 }, () => 'true').join(' && ')
  const refused: readonly (readonly [string, Binding[]])[] = [
    ['nobody by that name', [{ role: 'roles/browser', members: ['user:nobody@acme.example'] }]],
    ['no such group', [{ role: 'roles/browser', members: ['group:none@acme.example'] }]],
    ['no kind', [{ role: 'roles/browser', members: ['alice@acme.example'] }]],
    ['never deleted', [{ role: 'roles/browser', members: ['deleted:user:a@b.example?uid=1'] }]],
    ['everybody in a project', [{ role: 'roles/browser', members: ['allUsers'] }]],
    ['no role', [{ role: 'browser', members: [alice] }]],
    [
      'the hint of a condition',
      [{ role: 'roles/browser_withcond_0123456789abcdef0123', members: [alice] }],
    ],
    ['a user as owner', [{ role: 'roles/owner', members: [alice] }]],
    ...['owner', 'editor', 'viewer'].map(
      (role) =>
        [
          `conditions with ${role}`,
          withCondition({ title: 't', expression: 'true' }, `roles/${role}`),
        ] as const,
    ),
    ['no title', withCondition({ title: '', expression: 'true' })],
    ['a long title', withCondition({ title: long(101), expression: 'true' })],
    [
      'a long description',
      withCondition({ title: 't', expression: 'true', description: long(257) }),
    ],
    ['no expression', withCondition({ title: 't', expression: '' })],
    [
      'an expression that cannot be read',
      withCondition({ title: 't', expression: 'request.time <' }),
    ],
    ['13 operators', withCondition({ title: 't', expression: always(13) })],
    ['21 conditions', times(21, (n) => until('roles/browser', alice, end, `t${n}`))],
    ['1,501 principals', times(1501, (n) => ({ role: `roles/r${n}`, members: [alice] }))],
    [
      '251 groups',
      times(251, (n) => ({ role: `roles/r${n}`, members: ['group:sre@acme.example'] })),
    ],
    ['64 KB', times(400, (n) => ({ role: `roles/${long(140)}${n}`, members: [alice] }))],
  ]
  test.each(refused)('%s', async (_, bindings) => {
    await expect(put(...bindings)).rejects.toMatchObject(failing('INVALID_ARGUMENT'))
    expect(stored()).toEqual([])
  })

  const taken: readonly (readonly [string, Binding[]])[] = [
    ['a service account as owner', [{ role: 'roles/owner', members: [app] }]],
    ['a domain', [{ role: 'roles/browser', members: ['domain:acme.example'] }]],
    [
      'a federated principal',
      [{ role: 'roles/browser', members: ['principal://iam.googleapis.com/x/Y'] }],
    ],
    ['a custom role', [{ role: 'projects/shop/roles/ordersReader', members: [alice] }]],
    [
      '12 operators',
      withCondition({ title: long(100), expression: always(12), description: long(256) }),
    ],
    ['20 conditions', times(20, (n) => until('roles/browser', alice, end, `t${n}`))],
    ['1,500 principals', times(1500, (n) => ({ role: `roles/r${n}`, members: [alice] }))],
  ]
  test.each(taken)('and not for %s', async (_, bindings) => {
    expect((await put(...bindings)).bindings).toHaveLength(bindings.length)
  })

  test('and what others wrote stays, though nobody could write it anew', async () => {
    const foreign = [
      { role: 'roles/owner', members: [alice] },
      {
        role: 'roles/browser',
        members: [bob],
        condition: { title: 'odd', expression: 'resource.matchTag("a/b", "c")' },
      },
    ]
    gcp.setPolicy(resource, foreign)
    const { bindings } = await get()
    await put(...(bindings ?? []), { role: 'roles/viewer', members: [alice] })
    expect(gcp.foreignView(resource, 'hallpass').bindings).toMatchObject([
      foreign[1],
      foreign[0],
      {},
    ])
  })
})

describe('a user', () => {
  const carol = 'user:carol@acme.example'
  test('who is deleted stays in policies by id, and the next one of that name gets nothing', async () => {
    const old = gcp.addUser(carol)
    await put({ role: 'roles/browser', members: [carol] })
    const fresh = gcp.recreateUser(carol)
    const tombstone = `deleted:${carol}?uid=${old.uid}`
    expect(fresh.uid).not.toBe(old.uid)
    expect(stored()).toEqual([['roles/browser', tombstone]])
    expect(gcp.may({ member: carol, role: 'roles/browser', resource }).allowed).toBe(false)
    const read = await get()
    await set({ ...read, bindings: [{ role: 'roles/browser', members: [tombstone, carol] }] })
    expect(gcp.may({ member: carol, role: 'roles/browser', resource }).allowed).toBe(true)
    gcp.removeUser(carol)
    await expect(put({ role: 'roles/browser', members: [carol] })).rejects.toMatchObject(
      failing('INVALID_ARGUMENT', /User carol@acme.example does not exist/),
    )
  })
})

describe('folders and organizations', () => {
  test('have policies as projects have', async () => {
    const organization = gcp.addOrganization('1001').name
    const folder = gcp.addFolder('2001', { parent: organization }).name
    const policy = {
      bindings: [{ role: 'roles/browser', members: ['allAuthenticatedUsers', alice] }],
    }
    await clients.folders.setIamPolicy({ resource: folder, policy })
    await clients.organizations.setIamPolicy({ resource: organization, policy })
    const [ofFolder] = await clients.folders.getIamPolicy({ resource: folder })
    const [ofOrganization] = await clients.organizations.getIamPolicy({ resource: organization })
    expect([ofFolder, ofOrganization]).toMatchObject([policy, policy])
    const [got] = await clients.folders.getFolder({ name: folder })
    expect(got).toMatchObject({ name: folder, parent: organization, state: 'ACTIVE' })
    const [top] = await clients.organizations.getOrganization({ name: organization })
    expect(top).toMatchObject({ name: organization })
  })

  test('are not found by the wrong service', async () => {
    const folder = clients.projects.getIamPolicy({ resource: 'folders/2001' })
    await expect(folder).rejects.toMatchObject(failing('INVALID_ARGUMENT', 'name'))
  })
})

test('a project goes by its id and by its number, and by no other spelling', async () => {
  const [project] = await clients.projects.getProject({ name: resource })
  expect(project).toMatchObject({ projectId: resource.replace('projects/', ''), state: 'ACTIVE' })
  await put({ role: 'roles/viewer', members: [bob] })
  const byNumber = clients.projects.getIamPolicy({ resource: project.name ?? '' })
  expect((await byNumber)[0].bindings).toMatchObject([{ role: 'roles/viewer' }])
  const shouted = clients.projects.getIamPolicy({
    resource: resource.toUpperCase().replace('PROJECTS', 'projects'),
  })
  await expect(shouted).rejects.toMatchObject(failing('PERMISSION_DENIED'))
})

describe('the caller', () => {
  const canRead = 'resourcemanager.projects.getIamPolicy'
  const canWrite = 'resourcemanager.projects.setIamPolicy'
  const setAs = (token: string, policy: Policy) =>
    clients.projects.setIamPolicy({ resource, policy }, calling({ token, reason: 'grant g1' }))

  test('may do what its permissions say, and can ask which it has', async () => {
    const { token, member } = gcp.appCredentials({ permissions: [canRead] })
    const as = calling({ token, reason: 'look' })
    await clients.projects.getIamPolicy({ resource }, as)
    const permissions = [canWrite, canRead]
    const [had] = await clients.projects.testIamPermissions({ resource, permissions }, as)
    expect(had.permissions).toEqual([canRead])
    await expect(setAs(token, {})).rejects.toMatchObject(failing('PERMISSION_DENIED'))
    const last = gcp.calls.at(-1)
    const operation = 'Projects.SetIamPolicy'
    expect(last).toMatchObject({
      operation,
      resource,
      caller: member,
      reason: 'grant g1',
      code: 'PERMISSION_DENIED',
    })
  })

  test('may be limited to some roles: giving and taking others is denied', async () => {
    const { token } = gcp.appCredentials({ modifiedGrantsByRole: ['roles/browser'] })
    const viewer = { role: 'roles/viewer', members: [bob] }
    gcp.setPolicy(resource, [viewer])
    const browser = until('roles/browser', alice, end)
    await setAs(token, { ...(await get()), version: 3, bindings: [viewer, browser] })
    for (const bindings of [
      [browser],
      [browser, { ...viewer, members: [bob, alice] }],
      [browser, viewer, { role: 'roles/editor', members: [alice] }],
    ]) {
      const write = setAs(token, { ...(await get()), version: 3, bindings })
      await expect(write).rejects.toMatchObject(failing('PERMISSION_DENIED'))
    }
    await setAs(token, { ...(await get()), version: 3, bindings: [viewer] })
    expect(stored()).toEqual([['roles/viewer', bob]])
  })

  test('with a token that nobody has is UNAUTHENTICATED; without one it is who was made last', async () => {
    const stranger = clients.projects.getIamPolicy({ resource }, calling({ token: 'stolen' }))
    await expect(stranger).rejects.toMatchObject(failing('UNAUTHENTICATED'))
    gcp.appCredentials({ permissions: [] })
    await expect(get()).rejects.toMatchObject(failing('PERMISSION_DENIED'))
    const { member } = gcp.appCredentials()
    await get()
    expect(gcp.calls.at(-1)).toMatchObject({ caller: member, code: 'OK' })
  })
})

test('the log tells what each write changed, and the history any moment of it', async () => {
  const before = now
  now += 60_000
  const { etag } = await get()
  await put(until('roles/browser', alice, end))
  expect(gcp.calls.at(-1)).toMatchObject({
    at: now,
    etag: Buffer.from(etag ?? '').toString('base64'),
    wrote: { before: { bindings: [] }, after: { bindings: [{ members: [alice] }] } },
  })
  expect(gcp.policyOf(resource, before).bindings).toEqual([])
  expect(gcp.policyOf(resource, now).bindings).toHaveLength(1)
  expect(gcp.history.at(-1)).toMatchObject({
    operation: 'Projects.SetIamPolicy',
    by: 'api',
    resource,
  })
})

test('what is not simulated says so', async () => {
  await expect(clients.projects.deleteProject({ name: resource })).rejects.toMatchObject(
    failing('UNIMPLEMENTED'),
  )
})

test('remembers no more than it is told to, and every policy as it is', async () => {
  const small = await startGcp({ kept: 3 })
  const theirs = clientsOf(small)
  small.addUser(alice)
  small.addProject('tiny')
  for (const n of [1, 2, 3, 4, 5])
    await theirs.projects.setIamPolicy({
      resource: 'projects/tiny',
      policy: { bindings: [{ role: `roles/r${n}`, members: [alice] }] },
    })
  expect([small.calls, small.history].map((it) => it.map(({ n }) => n))).toEqual([
    [3, 4, 5],
    [3, 4, 5],
  ])
  expect(small.policyOf('projects/tiny').bindings).toMatchObject([{ role: 'roles/r5' }])
  await theirs.close()
  await small.close()
})
