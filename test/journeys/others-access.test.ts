// Hallpass beside what is there already: other grants of the same person, and what other people do in IAM.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UserRef } from '../../sandbox/aws/entities.ts'
import { account, logGroup } from '../../sandbox/scene.ts'
import { begin, type Journey } from '../support/journey.ts'
import { newcomer } from '../support/newcomer.ts'
import {
  check,
  comment,
  countOf,
  ended,
  given,
  grantOf,
  grantsOn,
  heldBack,
  line,
  nthLine,
  mayReadLogs,
  openPull,
  ours,
  refused,
} from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
let on: Journey
beforeAll(async () => {
  on = await begin({ clock })
})
afterAll(() => on.end())

const allow = (action: string, resource: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
})
const readLogs = allow('logs:FilterLogEvents', logGroup)

/** Calls that would have changed the user. */
const writesTo = (name: string) =>
  on.aws.calls.filter(
    ({ operation, body }) =>
      /^(Put|Delete|Attach|Detach|Create|Update)/.test(operation) &&
      new URLSearchParams(body).get('UserName') === name,
  )

describe('two pull requests of one reviewer', () => {
  test('are two policies, and the end of one leaves the other', async () => {
    const [first, second] = [openPull(on), openPull(on)]
    const one = await given(on, first, on.people.octocat)
    const other = await given(on, second, on.people.octocat)
    const before = ours(on, on.iam.octocat)
    expect(new Set(before.map(({ name }) => name.split('-').at(-1)))).toEqual(new Set([one, other]))

    on.github.submitReview(first, on.people.octocat, 'approved')
    await ended(on, one)
    expect(ours(on, on.iam.octocat)).toEqual(before.filter(({ name }) => name.endsWith(other)))
    expect(mayReadLogs(on, on.iam.octocat)).toBe(true)
    expect(await grantsOn(on, second)).toMatchObject([{ phase: 'active' }])

    on.github.submitReview(second, on.people.octocat, 'approved')
    await ended(on, other)
    expect(mayReadLogs(on, on.iam.octocat)).toBe(false)
  })
})

test('a policy of somebody else’s on the same user is untouched, byte for byte', async () => {
  const { person, user } = newcomer(on, 1)
  const document =
    '{ "Version": "2012-10-17",\n  "Statement": { "Effect":"Allow", "Action":"s3:*", "Resource":"*" } }'
  on.aws.putUserPolicy({ user, name: 'hallpass-lookalike', document })
  const pull = openPull(on)
  const id = await given(on, pull, person)
  expect(on.aws.policiesOf(user)).toHaveLength(2)
  on.github.closePullRequest(pull, on.people.alice)
  await ended(on, id)
  expect(on.aws.policiesOf(user)).toEqual([{ name: 'hallpass-lookalike', document }])
  const touched = writesTo(person.login).map(({ body }) =>
    new URLSearchParams(body).get('PolicyName'),
  )
  expect(touched).not.toContain('hallpass-lookalike')
})

test('what somebody took away in IAM is not put back, and the pull request says so', async () => {
  const { person, user } = newcomer(on, 2)
  const pull = openPull(on)
  const id = await given(on, pull, person)
  await check(on, pull, { conclusion: 'neutral' })
  const [policy] = ours(on, user)
  on.aws.removeUserPolicy({ user, name: policy?.name ?? '' })

  clock.turn(5 * minute)
  await ended(on, id)
  expect(await grantOf(on, id)).toMatchObject({ reason: 'revoked-outside' })
  expect(mayReadLogs(on, user)).toBe(false)
  await comment(on, pull, /somebody removed it in the cloud/i)
  await check(on, pull, { conclusion: 'success' })
  expect(
    writesTo(person.login).filter(({ operation }) => operation === 'PutUserPolicy'),
  ).toHaveLength(1)
})

test('what somebody changed in IAM is put back to what was granted, and the pull request says so', async () => {
  const { person, user } = newcomer(on, 8)
  const pull = openPull(on)
  const id = await given(on, pull, person)
  const [policy] = ours(on, user)
  if (policy === undefined) throw new Error('Nothing was given')
  on.aws.putUserPolicy({ user, name: policy.name, document: allow('*', '*') })
  clock.turn(5 * minute)
  await line(on, 'grant.drifted', { grant: id })
  await comment(on, pull, /somebody changed it in the cloud/i)
  await nthLine(on, 2, 'binding.changed', { binding: policy.name, change: 'put' })
  expect(ours(on, user)).toEqual([policy])
  expect(await grantOf(on, id)).toMatchObject({ phase: 'active' })
})

describe('access that is standing already', () => {
  const cases: readonly (readonly [string, number, (user: UserRef) => void])[] = [
    [
      'by an inline policy',
      3,
      (user) => on.aws.putUserPolicy({ user, name: 'own', document: readLogs }),
    ],
    [
      'by a group',
      4,
      (user) => {
        on.aws.addGroup({ account, name: 'readers', policies: { read: readLogs } })
        on.aws.addToGroup(user, 'readers')
      },
    ],
  ]
  test.each(cases)('%s refuses the request and says so', async (_, n, grant) => {
    const { person, user } = newcomer(on, n)
    grant(user)
    const before = on.aws.policiesOf(user)
    const pull = openPull(on)
    expect(await refused(on, on.github.requestReview(pull, on.people.alice, person))).toEqual([
      'already-standing',
    ])
    await comment(on, pull, /already/)
    await check(on, pull, { status: 'completed', conclusion: 'skipped' })
    expect(on.aws.policiesOf(user)).toEqual(before)
    expect(writesTo(person.login)).toEqual([])
  })
})

describe('an IAM user who is deleted and made again under the same name', () => {
  test('between the offer and the write gets nothing', async () => {
    const { person, user } = newcomer(on, 5)
    const reading = heldBack(on, 'ListUserPolicies')
    const pull = openPull(on)
    on.github.requestReview(pull, on.people.alice, person)
    const { fields } = await line(on, 'grant.approved', { subject: pull.number })
    const another = on.aws.recreateUser(user)
    reading.letGo()

    await ended(on, String(fields['grant']))
    expect(await grantOf(on, String(fields['grant']))).toMatchObject({
      reason: 'could-not-be-given',
    })
    expect(on.aws.policiesOf(another)).toEqual([])
    expect(writesTo(person.login).filter(({ operation }) => operation === 'PutUserPolicy')).toEqual(
      [],
    )
    await comment(on, pull, /could not be given/)
  })

  test('while the write is on its way keeps nothing of it', async () => {
    const { person, user } = newcomer(on, 7)
    const writing = heldBack(on, 'PutUserPolicy')
    const pull = openPull(on)
    on.github.requestReview(pull, on.people.alice, person)
    await writing.arrived
    const another = on.aws.recreateUser(user)
    writing.letGo()

    const { fields } = await line(on, 'grant.ending', { subject: pull.number })
    const id = String(fields['grant'])
    await ended(on, id)
    expect(await grantOf(on, id)).toMatchObject({ reason: 'could-not-be-given' })
    expect(on.aws.policiesOf(another)).toEqual([])
    expect(mayReadLogs(on, another)).toBe(false)
  })

  test('while access is active gets nothing, and the grant ends', async () => {
    const { person, user } = newcomer(on, 6)
    const pull = openPull(on)
    const id = await given(on, pull, person)
    const another = on.aws.recreateUser(user)
    expect(mayReadLogs(on, another)).toBe(false)
    // Nobody has the former user's id any more, under whatever name: what hung on them is gone.
    clock.turn(5 * minute)
    await ended(on, id)
    expect(countOf(on, 'grant.stuck', { grant: id })).toBe(0)
    expect((await grantOf(on, id)) as object).toHaveProperty(
      'reason',
      expect.stringMatching(/^(revoked-outside|standing-lost)$/),
    )
    expect(on.aws.policiesOf(another)).toEqual([])
    const puts = writesTo(person.login).filter(({ operation }) => operation === 'PutUserPolicy')
    expect(puts).toHaveLength(1)
  })
})
