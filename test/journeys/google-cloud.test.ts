// A role on a Google Cloud project: its own condition ends it, and what was removed early is told as certain later.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGcp, type Gcp } from '../../sandbox/gcp/index.ts'
import { begin, type Journey } from '../support/journey.ts'
import { enrolledIds } from '../support/policies.ts'
import { check, comment, ended, given, grantOf, grantsOn, line, openPull } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
const resource = 'projects/shop-prod'
const role = 'roles/cloudsql.viewer'
const octocat = 'user:octocat@acme.example'

const policy = `version: 1
enrolled: ${JSON.stringify(enrolledIds)}
roles:
  orders-read:
    description: Read the orders service
    bindings:
      - gcp: { project: shop-prod, role: ${role} }
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
  - { github: 583231, gcp: { email: Octocat@acme.example } }
  - { github: 1002, gcp: { email: nobody@acme.example } }
`

let gcp: Gcp
let on: Journey
beforeAll(async () => {
  gcp = await startGcp({ now: clock.now })
  gcp.addProject('shop-prod')
  gcp.addUser(octocat)
  gcp.enforcementLags(2 * minute)
  const endpoint = { host: gcp.apiEndpoint, port: gcp.port, insecure: true } as const
  const connected = { real: false, endpoint, lagMs: 100, enforcementMs: 7 * minute }
  on = await begin({ clock, policy, gcp: connected })
})
afterAll(async () => {
  await on.end()
  await gcp.close()
})

const may = () => gcp.may({ resource, role, member: octocat }).allowed

test('is given, taken away early, and ended is told when Google cannot allow it any more', async () => {
  const pull = openPull(on)
  const id = await given(on, pull, on.people.octocat)
  clock.turn(2 * minute)
  expect(may()).toBe(true)
  await check(on, pull, { conclusion: 'neutral' })

  on.github.submitReview(pull, on.people.octocat, 'approved')
  await line(on, 'binding.changed', {
    binding: gcp.policyOf(resource).bindings[0]?.condition?.title,
    change: 'remove',
  })
  expect(gcp.policyOf(resource).bindings).toEqual([])
  expect(may()).toBe(true)
  await comment(on, pull, '**ending**')
  expect(await grantOf(on, id)).toMatchObject({ phase: 'ending' })
  clock.turn(8 * minute)
  await ended(on, id)
  expect(may()).toBe(false)
})

test('ends at its deadline to the second, whatever Hallpass does then', async () => {
  const pull = openPull(on)
  const id = await given(on, pull, on.people.octocat)
  const [binding] = gcp.policyOf(resource).bindings
  const endsAt = Date.parse(
    /< timestamp\("([^"]+)"\)/.exec(binding?.condition?.expression ?? '')?.[1] ?? '',
  )
  clock.turn(endsAt - clock.now() - 30_000)
  const session = gcp.openSession(octocat)
  const upTo = { resource, role, at: endsAt - 1 }
  expect(gcp.sessionMay(session, upTo).allowed).toBe(true)
  expect(gcp.sessionMay(session, { resource, role, at: endsAt }).allowed).toBe(false)
  clock.turn(31_000)
  await ended(on, id)
  expect(clock.now()).toBeLessThan(endsAt + minute)
})

test('a Google account that is not there is said on the pull request, and holds nothing', async () => {
  const pull = openPull(on)
  on.github.requestReview(pull, on.people.alice, on.people.mona)
  await comment(on, pull, 'there is no Google account of that address')
  const [grant] = await grantsOn(on, pull)
  expect(grant).toMatchObject({ phase: 'ended' })
  expect(gcp.policyOf(resource).bindings).toEqual([])
})
