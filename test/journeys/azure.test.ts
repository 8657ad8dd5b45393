// Azure, whose licence decides the way: a plain assignment that Hallpass ends, or a schedule that several grants hold.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAzure, type Azure } from '../../sandbox/azure/index.ts'
import { begin, type Journey } from '../support/journey.ts'
import { enrolledIds } from '../support/policies.ts'
import { comment, ended, given, grantOf, line, openPull } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
const tenantId = '0f0a7c2e-6b1d-4d0e-9c55-3b1f6f1f0001'
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
let on: Journey
let azure: Azure
let scope: string
let octocat: string

const policy = () => `version: 1
enrolled: ${JSON.stringify(enrolledIds)}
roles:
  orders-read:
    description: Read the orders service
    bindings:
      - azure: { scope: '${scope}', role: Reader, exclusive: true }
    repositories: [shop-*]
    eligible: [team:backend]
    lease: { default: 1h, max: 4h }
    approval: none
limits: { person: { at_once: 20, daily: 240h } }
rules:
  - name: reviewers read the orders
    when: { review_requested: {} }
    give: orders-read
    until: [reviewed]
identities:
  - { github: 583231, azure: { object_id: ${octocat} } }
`

beforeAll(async () => {
  azure = await startAzure({ now: clock.now })
  azure.addTenant({ tenantId, licensed: false })
  const id = 'ab12cd34-1111-4222-8333-444455556666'
  const subscription = azure.addSubscription({ tenantId, id })
  scope = azure.addResourceGroup({ subscription, name: 'Shop-Prod' })
  octocat = azure.addPrincipal({ tenantId, name: 'octocat@example.com' })
  const { token } = azure.appCredentials(tenantId)
  on = await begin({
    clock,
    policy: policy(),
    azure: {
      real: false,
      endpoint: azure.url,
      credential: {
        getToken: async () => ({ token: token().token, expiresOnTimestamp: Date.now() }),
      },
      lagMs: 100,
      enforcementMs: 100,
    },
  })
})
afterAll(async () => {
  await on.end()
  await azure.close()
})

const may = (at?: number) =>
  azure.may({
    ...{ principalId: octocat, scope, roleDefinitionId: reader },
    ...(at === undefined ? {} : { at }),
  }).allowed
const reviewed = (pull: ReturnType<typeof openPull>) =>
  on.github.submitReview(pull, on.people.octocat, 'approved')

test('without the licence it is a plain assignment, which the end of the grant takes away', async () => {
  const pull = openPull(on)
  const id = await given(on, pull, on.people.octocat)
  expect([may(), azure.schedulesAt(scope)]).toEqual([true, []])
  reviewed(pull)
  await ended(on, id)
  expect([may(), azure.assignmentsAt(scope)]).toEqual([false, []])
})

test('with it, two grants hold one schedule, which Azure ends with the later one, to the second', async () => {
  azure.setLicence(tenantId, true)
  clock.turn(6 * minute)
  const [first, second] = [openPull(on), openPull(on)]
  const one = await given(on, first, on.people.octocat)
  clock.turn(10 * minute)
  const other = await given(on, second, on.people.octocat)
  reviewed(first)
  await ended(on, one)
  expect(may()).toBe(true)
  const held = await grantOf(on, other)
  const endsAt = 'endsAt' in held ? held.endsAt : 0
  const [schedule, ...more] = azure.schedulesAt(scope)
  expect([schedule?.terms.at(-1)?.endsAt, more]).toEqual([endsAt, []])
  clock.turn(endsAt - clock.now())
  await ended(on, other)
  expect([may(endsAt - 1), may(endsAt)]).toEqual([true, false])
})

test('an end in its first five minutes waits for them, and is carried out then', async () => {
  const pull = openPull(on)
  const id = await given(on, pull, on.people.octocat)
  reviewed(pull)
  await line(on, 'lane.failed', { lane: `azure${scope.toLowerCase()}` })
  await comment(on, pull, 'ending')
  expect([may(), (await grantOf(on, id)).phase]).toEqual([true, 'ending'])
  clock.turn(5 * minute + 2000)
  await ended(on, id)
  expect(may()).toBe(false)
})
