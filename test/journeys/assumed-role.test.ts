// A role that is assumed (mode A): its sessions outlive the removal, and a user has room for six bindings.
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AddedUser } from '../../sandbox/aws/control.ts'
import { account } from '../../sandbox/scene.ts'
import type { Ended, Ending } from '../../src/domain/grants/types.ts'
import { begin, type Journey } from '../support/journey.ts'
import { assumedRoleArn, assumePolicy } from '../support/policies.ts'
import {
  check,
  checksOn,
  comment,
  ended,
  given,
  grantOf,
  grantsOn,
  line,
  openPull,
  ours,
} from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const second = 1_000
const hour = 3_600 * second
let on: Journey
beforeAll(async () => {
  on = await begin({ clock, policy: assumePolicy() })
})
afterAll(() => on.end())

/** As the user would, with their own keys. */
async function assume({ accessKeyId, secretAccessKey }: AddedUser, sessionName: string) {
  const sts = new STSClient({
    region: 'us-east-1',
    endpoint: on.aws.url,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  })
  await sts.send(
    new AssumeRoleCommand({
      RoleArn: assumedRoleArn,
      RoleSessionName: sessionName,
      DurationSeconds: 3600,
    }),
  )
  const session = on.aws.sessions().at(-1)
  if (session === undefined) throw new Error('no session was issued')
  return session
}

const mayRead = (session: Awaited<ReturnType<typeof assume>>) =>
  on.aws.mayCall({ session, action: 'rds:DescribeDBInstances', resource: '*' }).allowed

async function sessionsUntil(id: string): Promise<number> {
  const [hold] = ((await grantOf(on, id)) as Ending | Ended).holds
  if (hold?.sessionsUntil === undefined) throw new Error('no session can outlive it')
  return hold.sessionsUntil
}

test('a session that was opened in time runs on, and `ended` waits for it', async () => {
  const pull = openPull(on)
  const id = await given(on, pull, on.people.mona)
  await expect(assume(on.iam.mona, 'somebody')).rejects.toThrow(/not authorized/)
  const session = await assume(on.iam.mona, `hallpass-${id}`)
  await check(on, pull, { conclusion: 'neutral' })

  on.github.submitReview(pull, on.people.mona, 'approved')
  await line(on, 'grant.binding-gone', { grant: id })
  expect(ours(on, on.iam.mona)).toEqual([])
  const until = await sessionsUntil(id)
  const shown = new Date(Math.ceil(until / 60_000) * 60_000).toISOString().slice(0, 16)
  await comment(on, pull, `**ending**, sessions until ${shown.replace('T', ' ')} UTC`)
  const running = await check(on, pull, { status: 'in_progress' })
  expect(mayRead(session)).toBe(true)
  await expect(assume(on.iam.mona, `hallpass-${id}`)).rejects.toThrow(/not authorized/)

  clock.turn(session.expiresAt - clock.now() - 10 * second)
  expect(mayRead(session)).toBe(true)
  expect(await grantOf(on, id)).toMatchObject({ phase: 'ending' })
  expect(checksOn(on, pull.pull.headSha).at(-1)).toMatchObject({ status: 'in_progress' })

  expect(session.expiresAt).toBeLessThanOrEqual(until)
  clock.turn(until - clock.now())
  await ended(on, id)
  expect(mayRead(session)).toBe(false)
  expect(((await grantOf(on, id)) as Ended).endedAt).toBeGreaterThanOrEqual(until)
  const success = await check(on, pull, { status: 'completed', conclusion: 'success' })
  expect(success.id).toBe(running.id)
})

test('a session that was opened at the last moment is over before lease and residual are', async () => {
  const pull = openPull(on)
  const id = await given(on, pull, on.people.mona)
  const { endsAt } = (await grantOf(on, id)) as Ended
  clock.turn(endsAt - clock.now() - 2 * second)
  const session = await assume(on.iam.mona, `hallpass-${id}`)
  clock.turn(2 * second)
  await line(on, 'grant.binding-gone', { grant: id })
  expect(await sessionsUntil(id)).toBe(endsAt + hour)
  expect(session.expiresAt).toBeLessThanOrEqual(endsAt + hour)

  clock.turn(session.expiresAt - clock.now() - second)
  expect(mayRead(session)).toBe(true)
  expect(await grantOf(on, id)).toMatchObject({ phase: 'ending' })
  clock.turn(endsAt + hour - clock.now())
  await ended(on, id)
  expect(mayRead(session)).toBe(false)
})

test('a role whose sessions may last longer than the policy says is not given', async () => {
  const long = { account, name: 'orders-long', trustAccountRoot: true, maxSessionSeconds: 43_200 }
  const { arn } = on.aws.addRole(long)
  await writeFile(on.hallpass.policyPath, assumePolicy().replace(assumedRoleArn, arn))
  const pull = openPull(on)
  on.github.requestReview(pull, on.people.alice, on.people.mona)
  const { fields } = await line(on, 'grant.ended', { subject: pull.number })
  expect(await grantOf(on, String(fields['grant']))).toMatchObject({
    reason: 'could-not-be-given',
    detail: expect.stringContaining('may last 43200 s'),
  })
  expect(ours(on, on.iam.mona)).toEqual([])
  await comment(on, pull, /sessions of .* may last/)
  await writeFile(on.hallpass.policyPath, assumePolicy())
})

test('a user has room for six: the seventh is refused with the reason, and the six stay as they are', async () => {
  const pulls = Array.from({ length: 6 }, () => openPull(on))
  for (const pull of pulls) await given(on, pull, on.people.octocat)
  const six = ours(on, on.iam.octocat)
  expect(six).toHaveLength(6)

  const seventh = openPull(on)
  on.github.requestReview(seventh, on.people.alice, on.people.octocat)
  const { fields } = await line(on, 'grant.ended', { subject: seventh.number })
  const refused = await grantOf(on, String(fields['grant']))
  expect(refused).toMatchObject({ reason: 'could-not-be-given', holds: [{ state: 'gone' }] })
  expect(refused.holds[0]?.sessionsUntil).toBeUndefined()
  await comment(on, seventh, /could not be given.*a limit of AWS is reached/)
  await check(on, seventh, { status: 'completed' })

  expect(ours(on, on.iam.octocat)).toEqual(six)
  for (const pull of pulls) expect(await grantsOn(on, pull)).toMatchObject([{ phase: 'active' }])
  expect(on.hallpass.watch.lines.filter(({ id }) => id === 'grant.stuck')).toEqual([])
})
