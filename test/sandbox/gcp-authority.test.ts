// What the simulated Google Cloud lets people do, by policies that were written through its API or behind its back.
import { beforeEach, describe, expect, test } from 'vitest'
import { startGcp, type Gcp } from '../../sandbox/gcp/index.ts'
import { clientsOf, until } from './gcp-clients.ts'

const start = Date.parse('2031-05-01T09:00:00Z')
const end = Date.parse('2031-05-01T10:00:00Z')
const alice = 'user:alice@acme.example'
const role = 'roles/browser'
const resource = 'projects/shop'

let now: number
let gcp: Gcp
beforeEach(async () => {
  now = start
  gcp = await startGcp({ now: () => now })
  gcp.addUser(alice)
  gcp.addOrganization('1001')
  gcp.addFolder('2001', { parent: 'organizations/1001' })
  gcp.addFolder('2002', { parent: 'folders/2001' })
  gcp.addProject('shop', { parent: 'folders/2002' })
  gcp.addProject('other', { parent: 'folders/2001' })
  return () => gcp.close()
})

const may = (at?: number) =>
  gcp.may({ member: alice, role, resource, ...(at === undefined ? {} : { at }) }).allowed

test('a deadline that the SDK wrote holds to the second, for a session too that was opened just before', async () => {
  const clients = clientsOf(gcp)
  const [read] = await clients.projects.getIamPolicy({ resource })
  const bindings = [until(role, alice, '2031-05-01T10:00:00Z', 'hallpass 1')]
  await clients.projects.setIamPolicy({ resource, policy: { ...read, version: 3, bindings } })
  await clients.close()
  now = end - 1
  const session = gcp.openSession(alice)
  const through = (at: number) => gcp.sessionMay(session, { role, resource, at }).allowed
  expect([may(end - 1), may(end), through(end - 1), through(end)]).toEqual([
    true,
    false,
    true,
    false,
  ])
  expect(gcp.may({ member: alice, role, resource })).toEqual({
    allowed: true,
    by: [{ resource, role, member: alice, title: 'hallpass 1' }],
    undecided: [],
  })
})

test.each(['folders/2002', 'folders/2001', 'organizations/1001'])(
  'what %s gives holds below it',
  (above) => {
    gcp.setPolicy(above, [{ role, members: [alice] }])
    expect(gcp.may({ member: alice, role, resource })).toMatchObject({
      allowed: true,
      by: [{ resource: above }],
    })
    expect(may(start - 1)).toBe(false)
  },
)

test('what a neighbour gives does not', () => {
  gcp.setPolicy('projects/other', [{ role, members: [alice] }])
  expect(may()).toBe(false)
})

describe('somebody is meant', () => {
  test.each([
    alice,
    'user:ALICE@acme.example',
    'domain:acme.example',
    'allAuthenticatedUsers',
    'allUsers',
  ])('by %s', (member) => {
    gcp.setPolicy(resource, [{ role, members: [member] }])
    expect(may()).toBe(true)
  })
  test.each(['user:bob@acme.example', 'domain:example', 'deleted:user:alice@acme.example?uid=1'])(
    'and not by %s',
    (member) => {
      gcp.setPolicy(resource, [{ role, members: [member] }])
      expect(may()).toBe(false)
    },
  )

  test('by groups, and by groups in groups, while they are in them', () => {
    gcp.addGroup('backend@acme.example', [alice])
    gcp.addGroup('engineers@acme.example', ['group:backend@acme.example'])
    gcp.setGroup('backend@acme.example', [alice, 'group:engineers@acme.example'])
    gcp.setPolicy(resource, [{ role, members: ['group:engineers@acme.example'] }])
    expect(may()).toBe(true)
    now += 1000
    gcp.setGroup('backend@acme.example', [])
    expect([may(), may(start)]).toEqual([false, true])
  })
})

describe('whoever is made anew under an old address', () => {
  test('has nothing of the old one: policies, groups, sessions', () => {
    gcp.addGroup('sre@acme.example', [alice])
    gcp.setPolicy(resource, [{ role, members: [alice, 'group:sre@acme.example'] }])
    const session = gcp.openSession(alice)
    expect(gcp.sessionMay(session, { role, resource }).allowed).toBe(true)
    now += 1000
    gcp.recreateUser(alice)
    expect(may()).toBe(false)
    gcp.setPolicy(resource, [{ role, members: [alice] }])
    expect(may()).toBe(true)
    expect(gcp.sessionMay(session, { role, resource }).allowed).toBe(false)
    expect(may(start)).toBe(true)
  })

  test('not even while enforcement lags behind', () => {
    gcp.setPolicy(resource, [{ role, members: [alice] }])
    gcp.enforcementLags(60_000)
    now += 120_000
    expect(may()).toBe(true)
    const session = gcp.openSession(alice)
    gcp.recreateUser(alice)
    expect(may()).toBe(false)
    expect(gcp.sessionMay(session, { role, resource }).allowed).toBe(false)
    gcp.removeUser(alice)
    expect(may()).toBe(false)
  })
})

test('enforcement may lag behind a policy; a deadline does not', () => {
  gcp.enforcementLags(120_000)
  const condition = { title: 't', expression: 'request.time < timestamp("2031-05-01T10:00:00Z")' }
  gcp.setPolicy(resource, [{ role, members: [alice], condition }])
  expect([0, 119_999, 120_000].map((ms) => may(start + ms))).toEqual([false, false, true])
  expect([may(end - 1), may(end)]).toEqual([true, false])
  now = end - 600_000
  gcp.setPolicy(resource, [])
  expect([may(), may(now + 119_999), may(now + 120_000)]).toEqual([true, true, false])
})

test('a session is over after an hour, and is asked anew each time until then', () => {
  const session = gcp.openSession(alice)
  const through = (at: number) => gcp.sessionMay(session, { role, resource, at }).allowed
  now += 1000
  gcp.setPolicy(resource, [{ role, members: [alice] }])
  expect([start, now, start + 3_599_999, start + 3_600_000].map(through)).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect(() => gcp.openSession('user:nobody@acme.example')).toThrow('has nobody called')
})

test('a permission is had by the roles that contain it', () => {
  const permission = 'cloudsql.instances.connect'
  gcp.setPolicy(resource, [{ role: 'roles/cloudsql.client', members: [alice] }])
  const ask = () => gcp.may({ member: alice, permission, resource }).allowed
  expect(ask()).toBe(false)
  gcp.addRole('roles/cloudsql.client', [permission])
  expect(ask()).toBe(true)
})

test('a condition on the name narrows, and what cannot be decided grants nothing and is told', () => {
  const expression = 'resource.name.startsWith("projects/_/buckets/orders")'
  gcp.setPolicy(resource, [
    { role, members: [alice], condition: { title: 'narrow', expression } },
    { role, members: [alice], condition: { title: 'odd', expression: 'request.path == "x"' } },
  ])
  const ask = (resourceName?: string) =>
    gcp.may({
      member: alice,
      role,
      resource,
      ...(resourceName === undefined ? {} : { resourceName }),
    })
  expect(ask('projects/_/buckets/orders-eu')).toMatchObject({
    allowed: true,
    undecided: ['request.path == "x"'],
  })
  expect(ask('projects/_/buckets/people').allowed).toBe(false)
  expect(ask()).toMatchObject({ allowed: false, undecided: [expression, 'request.path == "x"'] })
})
