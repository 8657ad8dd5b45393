// A permission set of Identity Center (mode F): made and removed later than asked for, without a mark, and shared.
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type {
  Instance,
  PermissionSet,
  SsoUser,
} from '../../sandbox/aws/identity-center/entities.ts'
import { account } from '../../sandbox/scene.ts'
import { begin, type Journey } from '../support/journey.ts'
import { enrolledIds } from '../support/policies.ts'
import {
  check,
  comment,
  ended,
  given,
  grantOf,
  grantsOn,
  line,
  openPull,
  refused,
} from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
const hour = 60 * minute
let on: Journey
let instance: Instance
let [octocat, mona]: SsoUser[] = []
let set: PermissionSet

const policy = (permissionSet: string) => `version: 1
enrolled: ${JSON.stringify(enrolledIds)}
roles:
  orders-read:
    description: Read the orders service
    bindings:
      - aws: { account: '${account}', permission_set: '${permissionSet}', exclusive: true }
    repositories: [shop-*]
    eligible: [team:backend]
    lease: { default: 1h, max: 4h }
    residual: 1h
    approval: none
limits: { person: { at_once: 20, daily: 240h } }
rules:
  - name: reviewers read the orders
    when: { review_requested: {} }
    give: orders-read
    until: [reviewed]
identities:
  - { github: 583231, identity_center: { user: octocat } }
  - { github: 1002, identity_center: { user: mona@example.com } }
`

beforeAll(async () => {
  on = await begin({
    clock,
    identityCenter: ({ aws }) => aws.appCredentials(account, ['sso:*', 'identitystore:*']),
    set({ aws }) {
      instance = aws.addInstance({ managementAccount: account })
      octocat = aws.addSsoUser({ instance, userName: 'octocat' })
      mona = aws.addSsoUser({ instance, userName: 'mona', emails: ['mona@example.com'] })
      aws.assignmentsTake(150)
    },
  })
})
afterAll(() => on.end())
/** A permission set each, so that no test meets what another one left. */
beforeEach(async () => {
  set = on.aws.addPermissionSet({ instance, name: 'OrdersRead' })
  await writeFile(on.hallpass.policyPath, policy(set.arn))
})

const asked = (user: SsoUser | undefined) => {
  if (user === undefined) throw new Error('Nobody was added')
  return { user, account, permissionSet: set }
}
const mayOpen = (user: SsoUser | undefined) => on.aws.mayOpen(asked(user)).allowed
const assigned = () => on.aws.assignmentsOf(account, set).map(({ principalId }) => principalId)

test('is given and taken away, and ended is told when no session can run any more', async () => {
  const pull = openPull(on)
  const id = await given(on, pull, on.people.octocat)
  expect([mayOpen(octocat), mayOpen(mona)]).toEqual([true, false])
  const session = on.aws.openSsoSession(asked(octocat))
  on.github.submitReview(pull, on.people.octocat, 'approved')
  await line(on, 'grant.binding-gone', { grant: id })
  expect([mayOpen(octocat), assigned()]).toEqual([false, []])
  expect(on.aws.sessionMay(session).allowed).toBe(true)
  await comment(on, pull, '**ending**, sessions until')
  clock.turn(session.expiresAt - clock.now() - minute / 6)
  expect(await grantOf(on, id)).toMatchObject({ phase: 'ending' })
  clock.turn(minute)
  await ended(on, id)
  expect(on.aws.sessionMay(session).allowed).toBe(false)
})

test('is one assignment for two pull requests, which the end of the first leaves, and ends with its lease', async () => {
  const [first, second] = [openPull(on), openPull(on)]
  const one = await given(on, first, on.people.mona)
  const other = await given(on, second, on.people.mona)
  expect(assigned()).toEqual([mona?.userId])
  on.github.submitReview(first, on.people.mona, 'approved')
  await ended(on, one)
  expect(mayOpen(mona)).toBe(true)
  expect(await grantsOn(on, second)).toMatchObject([{ phase: 'active' }])
  clock.turn(hour)
  await line(on, 'grant.binding-gone', { grant: other })
  expect(mayOpen(mona)).toBe(false)
  const changes = on.aws.assignmentChanges().filter(({ target }) => target.includes(set.arn))
  expect(changes.map(({ operation }) => operation)).toEqual([
    'CreateAccountAssignment',
    'DeleteAccountAssignment',
  ])
})

test('is given anew while sessions of the former grant may still run', async () => {
  const [first, second] = [openPull(on), openPull(on)]
  const former = await given(on, first, on.people.mona)
  on.github.submitReview(first, on.people.mona, 'approved')
  await line(on, 'grant.binding-gone', { grant: former })
  // What the former grant stands on was read long ago, and is read no more.
  clock.turn(5 * minute)
  await given(on, second, on.people.mona)
  expect(mayOpen(mona)).toBe(true)
  // Whatever they could still do by the former one, they may do by this one.
  await ended(on, former)
  expect(await grantsOn(on, second)).toMatchObject([{ phase: 'active' }])
})

test('that somebody has already is not given, nor taken away', async () => {
  const sre = on.aws.addSsoGroup({ instance, name: 'sre', members: [asked(octocat).user] })
  const standing = on.aws.assign({ account, permissionSet: set, principal: sre })
  const pull = openPull(on)
  const deliveries = on.github.requestReview(pull, on.people.alice, on.people.octocat)
  expect(await refused(on, deliveries)).toEqual(['already-standing'])
  expect(on.aws.assignmentsOf(account, set)).toEqual([standing])
})

test('that was taken away by somebody is not put back, and of a deleted user nothing is left', async () => {
  const [first, second] = [openPull(on), openPull(on)]
  const one = await given(on, first, on.people.octocat)
  on.aws.unassign({ account, permissionSet: set, principal: asked(octocat).user })
  const two = await given(on, second, on.people.mona)
  on.aws.removeSsoUser(asked(mona).user)
  clock.turn(6 * minute)
  await Promise.all([one, two].map((grant) => line(on, 'grant.ending', { grant })))
  expect(await grantOf(on, one)).toMatchObject({ reason: 'revoked-outside' })
  expect(on.aws.mayOpen(asked(mona)).allowed).toBe(false)
  await Promise.all([one, two].map((grant) => line(on, 'grant.binding-gone', { grant })))
})

test('whose sessions may last longer than the policy says is not given', async () => {
  const long = on.aws.addPermissionSet({ instance, name: 'Long', sessionDuration: 'PT2H' })
  await writeFile(on.hallpass.policyPath, policy(long.arn))
  const pull = openPull(on)
  on.github.requestReview(pull, on.people.alice, on.people.octocat)
  await line(on, 'grant.ended', { subject: pull.number })
  await comment(on, pull, /sessions of the permission set Long may last 7200 s/)
  await check(on, pull, { status: 'completed' })
  expect(on.aws.assignmentsOf(account, long)).toEqual([])
})
