// Three clouds that refuse, that others change meanwhile, and that carry out late what nobody waits for any more.
import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { account } from '../../sandbox/scene.ts'
import {
  azureRoleId,
  mailOf,
  objectIdOf,
  project,
  resourceGroup,
} from '../../sandbox/scene-clouds.ts'
import type { Active } from '../../src/domain/grants/types.ts'
import { takeDown, writes } from '../support/cloud-down.ts'
import { says } from '../support/guarded.ts'
import { comment, ended, grantOf, line, nthLine, openPull, ours, refused } from '../support/seen.ts'
import {
  approve,
  beginEverywhere,
  changed,
  everywhere,
  everywherePolicy,
  givenEverywhere,
  lanesOf,
  mayIn,
  nowhere,
  somebody,
  waits,
  type Everywhere,
  type EverywhereRole,
  type May,
  type Somebody,
} from '../support/three-clouds.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
const hour = 60 * minute
const clouds = ['aws', 'gcp', 'azure'] as const
let on: Everywhere
let octocat: Somebody
let mona: Somebody
beforeAll(async () => {
  on = await beginEverywhere({ clock, timing: { cloudCallMs: 1_000 } })
  octocat = somebody(on, 'octocat')
  mona = somebody(on, 'mona')
})
afterAll(() => on.end())
beforeEach(() => clock.turn(3 * minute))

/** Azure ends no schedule within its first five minutes; sessions in AWS run for an hour. */
async function closed(grant: string, who: Somebody): Promise<void> {
  clock.turn(6 * minute)
  await nthLine(on, 3, 'grant.binding-gone', { grant })
  expect(mayIn(on, who, grant)).toEqual(nowhere)
  clock.turn(hour + minute)
  await ended(on, grant)
}

describe('a cloud that refuses for good', () => {
  const refusals: readonly (readonly [string, string, () => () => void])[] = [
    ['AWS, which denies it', 'AccessDenied', () => takeDown(on, 'aws', 'denied', writes.aws).back],
    [
      'Google Cloud, where the account is gone',
      'there is no Google account of that address',
      () => {
        on.clouds.gcp.removeUser(mailOf('mona'))
        return () => void on.clouds.gcp.addUser(mailOf('mona'))
      },
    ],
    [
      'Azure, which denies it',
      'AuthorizationFailed',
      () => takeDown(on, 'azure', 'denied', writes.azure).back,
    ],
  ]
  test.each(refusals)(
    '%s: the grant says why, and holds nothing elsewhere',
    async (_, why, set) => {
      const pull = openPull(on)
      const waiting = await waits(on, pull, mona)
      const { grant } = waiting
      const over = set()
      await approve(on, pull, waiting)
      await line(on, 'grant.ending', { grant })
      over()
      expect(await grantOf(on, grant)).toMatchObject({ reason: 'could-not-be-given' })
      await closed(grant, mona)
      const { body } = await comment(on, pull, 'could not be given')
      expect(body).toContain(why)
    },
  )
})

describe('whose identity it is', () => {
  const identityOf = (github: number, login: string, more: object) => ({
    github,
    aws: [{ account, user: login }],
    gcp: { email: mailOf(login) },
    azure: { object_id: objectIdOf(login) },
    ...more,
  })
  const octocats = identityOf(583231, 'octocat', {})
  const write = (of: EverywhereRole) => writeFile(on.hallpass.policyPath, everywherePolicy(of))
  afterEach(() => write({}))

  test.each([
    ['Google account', { gcp: { email: mailOf('octocat').toUpperCase() } }],
    ['Entra user', { azure: { object_id: objectIdOf('octocat').toUpperCase() } }],
    ['IAM user', { aws: [{ account, user: 'octocat' }] }],
  ])(
    'a policy that says that two people are one %s gives neither of them anything',
    async (_, more) => {
      await write({ identities: [octocats, identityOf(1002, 'mona', more)] })
      const pull = openPull(on)
      const deliveries = on.github.requestReview(pull, on.people.alice, mona.person)
      const codes = await refused(on, deliveries)
      console.log(codes)
      expect(codes).toHaveLength(1)
      expect(on.clouds.gcp.policyOf(project).bindings).toEqual([])
    },
  )

  test('an offer does not count any more once the policy says that they are somebody else', async () => {
    const pull = openPull(on)
    const waiting = await waits(on, pull, mona)
    const other = on.clouds.person('another')
    const more = { azure: { object_id: other.objectId } }
    await write({ identities: [octocats, identityOf(1002, 'mona', more)] })
    const { refusals } = await says(on, pull, on.cast.sara, `/access approve ${waiting.code}`)
    expect(refusals).toEqual([expect.stringContaining('has changed since it was shown')])
    expect(await grantOf(on, waiting.grant)).toMatchObject({ phase: 'requested' })
    expect(mayIn(on, mona, waiting.grant)).toEqual(nowhere)
    on.github.closePullRequest(pull, on.people.alice)
    await line(on, 'grant.withdrawn', { grant: waiting.grant })
  })
})

describe('what somebody takes away', () => {
  const { gcp, azure } = { gcp: () => on.clouds.gcp, azure: () => on.clouds.azure }
  const takenIn: Readonly<Record<keyof May, () => void>> = {
    aws: () => {
      const [policy] = ours(on, octocat.user)
      on.aws.removeUserPolicy({ user: octocat.user, name: policy?.name ?? '' })
    },
    gcp: () => gcp().setPolicy(project, []),
    azure: () =>
      azure().unassign({
        scope: resourceGroup,
        roleDefinitionId: azureRoleId,
        principalId: octocat.inClouds.objectId,
      }),
  }
  test.each(clouds)('in %s is not put back, and ends the rest', async (cloud) => {
    const pull = openPull(on)
    const grant = await givenEverywhere(on, pull, octocat)
    takenIn[cloud]()
    expect(mayIn(on, octocat, grant)).toEqual({ ...everywhere, [cloud]: false })
    clock.turn(6 * minute)
    await line(on, 'grant.ending', { grant })
    expect(await grantOf(on, grant)).toMatchObject({ reason: 'revoked-outside' })
    await closed(grant, octocat)
    await comment(on, pull, /somebody removed it in the cloud/i)
  })
})

test('what somebody makes wider is put back to what was granted, and to no more', async () => {
  const pull = openPull(on)
  const grant = await givenEverywhere(on, pull, octocat)
  const { endsAt } = (await grantOf(on, grant)) as Active
  const later = (text: string) =>
    text.replaceAll(new Date(endsAt).toISOString().replace('.000Z', 'Z'), '2099-01-01T00:00:00Z')
  const [policy] = ours(on, octocat.user)
  const bindings = on.clouds.gcp.policyOf(project).bindings.map((binding) => {
    const { role, members, condition } = binding
    if (condition === undefined) return { role, members }
    return { role, members, condition: { ...condition, expression: later(condition.expression) } }
  })
  on.aws.putUserPolicy({
    user: octocat.user,
    name: policy?.name ?? '',
    document: later(policy?.document ?? ''),
  })
  on.clouds.gcp.setPolicy(project, bindings)
  expect(mayIn(on, octocat, grant, endsAt)).toEqual({ ...everywhere, azure: false })
  const { aws, gcp } = lanesOf(octocat)
  await changed(on, [aws, gcp], 'put', async () => clock.turn(6 * minute))
  expect(mayIn(on, octocat, grant, endsAt - 1)).toEqual(everywhere)
  expect(mayIn(on, octocat, grant, endsAt)).toEqual(nowhere)
  on.github.submitReview(pull, octocat.person, 'approved')
  await closed(grant, octocat)
})

describe('a write that was given up and arrives after its removal', () => {
  test.each(clouds)('in %s is found and undone before the grant counts as ended', async (cloud) => {
    const pull = openPull(on)
    const waiting = await waits(on, pull, mona)
    const { grant } = waiting
    const late = takeDown(on, cloud, 'late', writes[cloud])
    await approve(on, pull, waiting)
    await line(on, 'lane.failed', { lane: lanesOf(mona)[cloud] })
    on.github.submitReview(pull, mona.person, 'approved')
    await line(on, 'grant.ending', { grant })
    late.back()
    const service = cloud === 'aws' ? on.aws : on.clouds[cloud]
    await service.waitFor(() => mayIn(on, mona, grant)[cloud])
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'ending' })
    clock.turn(10_000)
    await closed(grant, mona)
  })
})
