// What bears no grant's mark and no deadline: a group, a permission set and a plain assignment, each held by several grants.
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { account } from '../../sandbox/scene.ts'
import { azureRoleId, resourceGroup } from '../../sandbox/scene-clouds.ts'
import type { Active } from '../../src/domain/grants/types.ts'
import { comment, ended, given, grantOf, line, nthLine, openPull } from '../support/seen.ts'
import {
  beginEverywhere,
  bindingIn,
  everywherePolicy,
  inParts,
  mayInAzure,
  permissionSetOf,
  somebody,
  type Everywhere,
  type Somebody,
} from '../support/three-clouds.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
const hour = 60 * minute
let on: Everywhere
let octocat: Somebody
let mona: Somebody
const reads = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'rds:Describe*', Resource: '*' }],
}

beforeAll(async () => {
  on = await beginEverywhere({
    clock,
    set: ({ aws }) => void aws.addGroup({ account, name: 'orders', policies: { reads } }),
  })
  octocat = somebody(on, 'octocat')
  mona = somebody(on, 'mona')
  const bindings = [bindingIn.group, permissionSetOf(on.clouds), bindingIn.plain]
  await writeFile(on.hallpass.policyPath, everywherePolicy({ bindings, approval: 'none' }))
})
afterAll(() => on.end())
beforeEach(() => clock.turn(3 * minute))

const sso = ({ inClouds }: Somebody) => ({
  user: inClouds.ssoUser,
  account,
  permissionSet: on.clouds.identityCenter.permissionSet,
})
/** By the clouds' own decisions: by the group, by the permission set, by the assignment. */
const may = (who: Somebody) => [
  on.aws.mayCall({ user: who.user, action: 'rds:DescribeDBInstances', resource: '*' }).allowed,
  on.aws.mayOpen(sso(who)).allowed,
  mayInAzure(on.clouds.azure, who),
]
const all = [true, true, true]
const none = [false, false, false]

async function opened(pull: ReturnType<typeof openPull>, who: Somebody): Promise<string> {
  const grant = await given(on, pull, who.person)
  await inParts(on, grant, 3)
  return grant
}
const gone = (grant: string) => nthLine(on, 3, 'grant.binding-gone', { grant })

/** Of each binding that was proven to be no grant's own any more: who holds it on. */
async function heldByInLog(grant: string): Promise<readonly unknown[]> {
  const entries = await on.hallpass.composition.deps.ledger.log(0, 10_000)
  return entries
    .map(({ canonical }) => JSON.parse(canonical) as Logged)
    .filter(({ stream, type }) => stream === `grant:${grant}` && type === 'grant.binding-gone')
    .map(({ body }) => body.heldBy)
}
interface Logged {
  readonly stream: string
  readonly type: string
  readonly body: { readonly heldBy?: unknown }
}

test('stays for the second grant when the first one ends, goes with it, and is given anew after that', async () => {
  const [first, second, third] = [openPull(on), openPull(on), openPull(on)]
  const one = await opened(first, octocat)
  const body = (await comment(on, first, '**active**')).body
  expect(body).toContain(
    '**The cloud cannot end it by itself:** it lasts until Hallpass removes it',
  )
  const other = await opened(second, octocat)
  on.github.submitReview(first, octocat.person, 'approved')
  await ended(on, one)
  expect(may(octocat)).toEqual(all)
  expect(await heldByInLog(one)).toEqual([[other], [other], [other]])

  on.github.submitReview(second, octocat.person, 'approved')
  await gone(other)
  expect(may(octocat)).toEqual(none)
  expect(await grantOf(on, other)).toMatchObject({ phase: 'ending' })

  // A session of the permission set may still run: whoever asks anew gets it again all the same.
  const again = await opened(third, octocat)
  expect(may(octocat)).toEqual(all)
  on.github.submitReview(third, octocat.person, 'approved')
  await gone(again)
  expect(may(octocat)).toEqual(none)
  clock.turn(hour + minute)
  await Promise.all([other, again].map((grant) => ended(on, grant)))
})

test('is taken away by Hallpass when the lease is over, as no cloud does', async () => {
  const pull = openPull(on)
  const grant = await opened(pull, mona)
  const { endsAt } = (await grantOf(on, grant)) as Active
  clock.turn(endsAt - clock.now())
  await gone(grant)
  expect(may(mona)).toEqual(none)
  clock.turn(hour + minute)
  await ended(on, grant)
})

test('is never put back where somebody took a part of it away, and the rest is taken away with it', async () => {
  const pull = openPull(on)
  const grant = await opened(pull, octocat)
  const outsider = { scope: resourceGroup, roleDefinitionId: azureRoleId }
  on.clouds.azure.unassign({ ...outsider, principalId: octocat.inClouds.objectId })
  clock.turn(6 * minute)
  await line(on, 'grant.ending', { grant })
  expect(await grantOf(on, grant)).toMatchObject({ reason: 'revoked-outside' })
  await gone(grant)
  expect(may(octocat)).toEqual(none)
  clock.turn(hour + minute)
  await ended(on, grant)
})
