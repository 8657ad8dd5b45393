// GitHub tells that something moved: what was given on it ends, without waiting for the next reading of all standing.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account, Installation, PullRequest, Repository } from '../../sandbox/github/index.ts'
import { begin, type Journey } from '../support/journey.ts'
import { newcomer, type Newcomer } from '../support/newcomer.ts'
import { ended, given, grantOf, line, mayReadLogs, ours } from '../support/seen.ts'

/** Longer than any test: nothing is read anew unless something asks for it. */
const seldom = 24 * 60 * 60_000
let on: Journey
/** Another organization that is served. */
let sister: Account
beforeAll(async () => {
  on = await begin({
    timing: { standingEveryMs: seldom },
    accounts: [9001, 9002],
    set: ({ github }) => {
      sister = github.addOrganization('sister', { id: 9002 })
      github.install(sister, { id: 5002 })
    },
  })
})
afterAll(() => on.end())

interface Ground extends Newcomer {
  readonly repository: Repository
  readonly pull: PullRequest
}

function ground(n: number): Ground {
  const someone = newcomer(on, n)
  const repository = on.github.addRepository(on.organization, `shop-${n}`, {
    id: 7010 + n,
    roles: { alice: 'admin', [someone.person.login]: 'write' },
  })
  const pull = on.github.openPullRequest(repository, { author: 'alice', files: { 'a.ts': '1' } })
  return { ...someone, repository, pull }
}

const installation = (): Installation => {
  const [found] = on.github.world.installations.values()
  if (found === undefined) throw new Error('the App is installed nowhere')
  return found
}

const losses: readonly (readonly [string, RegExp, (ground: Ground) => unknown])[] = [
  [
    'made public',
    /made public/,
    ({ repository }) => on.github.setVisibility(repository, 'alice', 'public'),
  ],
  ['archived', /archived/, ({ repository }) => on.github.archive(repository, 'alice')],
  [
    'transferred to an account that is served too',
    /the repository is gone/,
    ({ repository }) => on.github.transferRepository(repository, 'alice', sister),
  ],
  ['deleted', /gone/, ({ repository }) => on.github.deleteRepository(repository, 'alice')],
  [
    'left by the reviewer',
    /no access/,
    ({ person, repository }) => on.github.removeCollaborator(repository, 'alice', person),
  ],
  [
    'without the reviewer in their team',
    /not eligible/,
    ({ person }) => on.github.leaveTeam(on.backend, 'alice', person),
  ],
  [
    'without the reviewer in the organization',
    /no access|not eligible/,
    ({ person }) => on.github.leaveOrganization(on.organization, 'alice', person),
  ],
  // The last ones: nothing is given any more after them.
  ['where the App was suspended', /suspended/, () => on.github.suspend(installation(), 'alice')],
]

test.each(losses.map((loss, index) => [...loss, index + 1] as const))(
  'a repository %s gives no access any more: %s',
  async (_, why, lose, n) => {
    const lost = ground(n)
    const id = await given(on, lost.pull, lost.person)
    lose(lost)
    await ended(on, id)
    expect([mayReadLogs(on, lost.user), ours(on, lost.user)]).toEqual([false, []])
    expect(await grantOf(on, id)).toMatchObject({
      reason: 'standing-lost',
      detail: expect.stringMatching(why),
    })
  },
)

test('an App that is uninstalled takes back what it gave, and reports it nowhere', async () => {
  const here = installation()
  here.suspendedAt = null
  const { pull, person, user } = ground(9)
  const id = await given(on, pull, person)
  on.github.uninstall(here, 'alice')
  await ended(on, id)
  expect(ours(on, user)).toEqual([])
  expect(await grantOf(on, id)).toMatchObject({ detail: 'the App was uninstalled' })
  await line(on, 'standing.questioned', { accountId: on.organization.id })
  // Nothing is left to be tried.
  const { ledger } = on.hallpass.composition.deps
  const report = await ledger.report(`${pull.repositoryId}#${pull.number}`)
  expect(report?.failures ?? 0).toBeLessThanOrEqual(1)
})
