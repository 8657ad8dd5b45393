// One grant over AWS, Google Cloud and Azure: opened at once by one approval, and closed together, whatever ends it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { project, resourceGroup } from '../../sandbox/scene-clouds.ts'
import type { Active } from '../../src/domain/grants/types.ts'
import { verifyChain } from '../../src/domain/log/verify.ts'
import { says } from '../support/guarded.ts'
import { assumedRoleArn } from '../support/policies.ts'
import { check, comment, ended, grantOf, nthLine, openPull } from '../support/seen.ts'
import {
  approve,
  beginEverywhere,
  changed,
  everywhere,
  everywhereRole,
  givenEverywhere,
  inParts,
  lanesOf,
  mayIn,
  nowhere,
  somebody,
  waits,
  type Everywhere,
  type Somebody,
} from '../support/three-clouds.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const second = 1_000
const minute = 60 * second
const hour = 60 * minute
let on: Everywhere
let octocat: Somebody
let mona: Somebody
beforeAll(async () => {
  on = await beginEverywhere({ clock })
  octocat = somebody(on, 'octocat')
  mona = somebody(on, 'mona')
})
afterAll(() => on.end())
beforeEach(() => clock.turn(3 * minute))

/** Azure ends no schedule within its first five minutes. */
const untilAzureEnds = () => clock.turn(6 * minute)

/** Everything of everybody else: nothing that is done for a grant may change it. */
const foreign = () => ({
  gcp: on.clouds.gcp.foreignView(project, 'hallpass-'),
  azure: on.clouds.azure.foreignTo(on.clouds.azureApp.principalId, resourceGroup),
})

/** Closed in all three, and told as ended once no session can run. */
async function closed(grant: string, who: Somebody): Promise<void> {
  await nthLine(on, 3, 'grant.binding-gone', { grant })
  expect(mayIn(on, who, grant)).toEqual(nowhere)
  expect(await grantOf(on, grant)).toMatchObject({ phase: 'ending' })
  clock.turn(hour + minute)
  await ended(on, grant)
}

test('is offered with what each cloud promises, opened by one approval, and closed by the review', async () => {
  const others = somebodyElses()
  const before = foreign()
  const pull = openPull(on)
  const waiting = await waits(on, pull, octocat)
  const offered = await comment(on, pull, 'waits for approval')
  for (const said of [
    'IAM user `octocat` in account `111122223333` assume',
    'Google account `octocat@acme.example` act as `roles/cloudsql.viewer` on `projects/shop-prod`',
    'Entra user `octocat` act as `Reader` on',
    'Sessions may outlive the lease by 1h',
    'The cloud itself ends it when the lease is over, even if Hallpass is down',
    'Azure ends nothing within its first five minutes',
  ])
    expect(offered.body).toContain(said)
  expect(mayIn(on, octocat, waiting.grant)).toEqual(nowhere)

  await approve(on, pull, waiting)
  await inParts(on, waiting.grant, 3)
  expect(mayIn(on, octocat, waiting.grant)).toEqual(everywhere)
  expect(mayIn(on, mona, waiting.grant)).toEqual(nowhere)
  const active = await comment(on, pull, /\*\*active\*\*(?! in part)/)
  for (const said of [
    `aws sts assume-role --role-arn ${assumedRoleArn}`,
    'gcloud config set project shop-prod',
    'az account set --subscription ab12cd34-1111-4222-8333-444455556666',
    'A session that was opened in time may outlive the lease, until',
    'The cloud itself ends it when the lease is over',
  ])
    expect(active.body).toContain(said)

  untilAzureEnds()
  on.github.submitReview(pull, octocat.person, 'approved')
  await closed(waiting.grant, octocat)
  await check(on, pull, { status: 'completed', conclusion: 'success' })
  expect(foreign()).toEqual(before)
  others()
})

/** Somebody else's access, beside which all of this goes on. Returns how to take it away again. */
function somebodyElses(): () => void {
  const { gcp, azure } = on.clouds
  const standing = gcp.policyOf(project).bindings
  gcp.setPolicy(project, [
    ...standing.map(({ condition, ...more }) => ({ ...more, ...(condition && { condition }) })),
    { role: 'roles/viewer', members: [octocat.inClouds.member] },
  ])
  const roleDefinitionId = 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  const theirs = { scope: resourceGroup, roleDefinitionId, principalId: octocat.inClouds.objectId }
  azure.assign(theirs)
  return () => azure.unassign(theirs)
}

test('ends to the second by the clouds’ own deadlines, also for a session that was opened just before', async () => {
  const pull = openPull(on)
  const grant = await givenEverywhere(on, pull, octocat)
  const { endsAt } = (await grantOf(on, grant)) as Active
  // Of what is stored there now, before Hallpass has done anything about the end.
  expect(mayIn(on, octocat, grant, endsAt - 1)).toEqual(everywhere)
  expect(mayIn(on, octocat, grant, endsAt)).toEqual(nowhere)

  clock.turn(endsAt - clock.now() - 5 * second)
  const { gcp, azure } = on.clouds
  const session = {
    aws: on.aws.openSession({
      user: octocat.user,
      roleArn: assumedRoleArn,
      sessionName: `hallpass-${grant}`,
    }),
    gcp: gcp.openSession(octocat.inClouds.member),
    azure: azure.openSession(octocat.inClouds.objectId),
  }
  clock.turn(5 * second)
  await nthLine(on, 3, 'grant.binding-gone', { grant })
  const reads = { action: 'rds:DescribeDBInstances', resource: '*' }
  expect(on.aws.mayCall({ session: session.aws, ...reads }).allowed).toBe(true)
  expect(
    gcp.sessionMay(session.gcp, { resource: project, role: 'roles/cloudsql.viewer' }).allowed,
  ).toBe(false)
  expect(
    azure.sessionMay(session.azure, {
      scope: resourceGroup,
      roleDefinitionId: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
    }).allowed,
  ).toBe(false)
  expect(session.aws.expiresAt).toBeLessThanOrEqual(endsAt + hour)
  await closed(grant, octocat)
  expect(on.aws.mayCall({ session: session.aws, ...reads }).allowed).toBe(false)
})

test('is extended in all three, by the approval that it needs anew', async () => {
  const pull = openPull(on)
  const grant = await givenEverywhere(on, pull, mona)
  const { endsAt } = (await grantOf(on, grant)) as Active
  untilAzureEnds()
  await says(on, pull, mona.person, '/access extend 2h')
  const { extension } = (await grantOf(on, grant)) as Active
  expect(mayIn(on, mona, grant, endsAt)).toEqual(nowhere)
  await changed(on, Object.values(lanesOf(mona)), 'put', () =>
    says(on, pull, on.cast.sara, `/access approve ${extension?.revision.code}`),
  )
  const longer = ((await grantOf(on, grant)) as Active).endsAt
  expect(longer).toBeGreaterThan(endsAt + hour)
  expect(mayIn(on, mona, grant, longer - 1)).toEqual(everywhere)
  expect(mayIn(on, mona, grant, longer)).toEqual(nowhere)
  on.github.closePullRequest(pull, on.people.alice)
  await closed(grant, mona)
})

test.each<readonly [string, string, (grant: string) => Promise<unknown>]>([
  [
    'an operator who revokes it',
    'revoked',
    (grant) => on.hallpass.operations.revoke(grant, 'operator'),
  ],
  [
    'a freeze of its role',
    'frozen',
    () =>
      on.hallpass.operations.freeze({
        scope: { kind: 'role', named: everywhereRole },
        because: 'an incident',
        operator: 'operator',
      }),
  ],
])('is closed everywhere by %s', async (_, reason, end) => {
  const pull = openPull(on)
  const grant = await givenEverywhere(on, pull, octocat)
  untilAzureEnds()
  await end(grant)
  await closed(grant, octocat)
  expect(await grantOf(on, grant)).toMatchObject({ reason })
  for (const { id } of await on.hallpass.operations.freezes())
    await on.hallpass.operations.unfreeze(id, 'operator')
})

test('leaves a log that is whole, with every change in every cloud and its evidence', async () => {
  const lines = await on.hallpass.composition.deps.ledger.log(0, 10_000)
  expect(verifyChain(lines)).toMatchObject({ ok: true, count: lines.length })
  const changes = lines
    .map(({ canonical }) => JSON.parse(canonical) as Logged)
    .filter(({ type }) => type === 'binding.changed')
    .map(({ body }) => body)
  const count = (cloud: string, change: string) =>
    changes.filter((each) => each.laneId.startsWith(cloud) && each.change === change).length
  for (const cloud of ['aws/', 'gcp/', 'azure/'])
    expect([cloud, count(cloud, 'put'), count(cloud, 'remove')]).toEqual([cloud, 6, 5])
  for (const { evidence } of changes) expect(evidence.requestId).toMatch(/./)
})

interface Logged {
  readonly type: string
  readonly body: {
    readonly laneId: string
    readonly change: string
    readonly evidence: { readonly requestId?: string }
  }
}
