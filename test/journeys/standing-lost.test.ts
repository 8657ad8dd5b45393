// Access lives only as long as the ground that it was given on.
import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { PullRequest, Repository } from '../../sandbox/github/index.ts'
import { account } from '../../sandbox/scene.ts'
import { begin, type Journey } from '../support/journey.ts'
import { newcomer, type Newcomer } from '../support/newcomer.ts'
import { logsPolicy } from '../support/policies.ts'
import { comment, ended, given, grantOf, line, mayReadLogs, ours } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
let on: Journey
beforeAll(async () => {
  on = await begin({ clock })
})
afterAll(() => on.end())
afterEach(() => writeFile(on.hallpass.policyPath, logsPolicy()))

interface Ground extends Newcomer {
  readonly repository: Repository
  readonly pull: PullRequest
}

/** A person and a repository of their own, for what is lost is not found again. */
function ground(n: number): Ground {
  const someone = newcomer(on, n)
  const repository = on.github.addRepository(on.organization, `shop-${n}`, {
    id: 7010 + n,
    roles: { alice: 'admin', [someone.person.login]: 'write' },
  })
  const pull = on.github.openPullRequest(repository, { author: 'alice', files: { 'a.ts': '1' } })
  return { ...someone, repository, pull }
}

const withoutRole = logsPolicy()
  .replaceAll('orders-logs-read', 'orders-logs-peek')
  .replace(/rules:\n[^]*?\nidentities/, 'rules: []\nidentities')

const losses: readonly (readonly [string, string, (ground: Ground) => unknown])[] = [
  [
    'the reviewer leaves the team',
    'not eligible for the role any more',
    ({ person }) => on.github.leaveTeam(on.backend, 'alice', person),
  ],
  [
    'the reviewer loses the repository',
    'has no access to the repository any more',
    ({ person, repository }) => on.github.removeCollaborator(repository, 'alice', person),
  ],
  [
    'the repository is made public',
    'made public',
    ({ repository }) => on.github.setVisibility(repository, 'alice', 'public'),
  ],
  [
    'the repository is archived',
    'archived',
    ({ repository }) => on.github.archive(repository, 'alice'),
  ],
  [
    'the policy drops the role',
    'does not offer the role any more',
    () => writeFile(on.hallpass.policyPath, withoutRole),
  ],
  [
    'the identity map names another user',
    'identity map names another',
    ({ person }) => {
      on.aws.addUser({ account, name: 'somebody-else' })
      const policy = logsPolicy().replace(`user: ${person.login} }`, 'user: somebody-else }')
      return writeFile(on.hallpass.policyPath, policy)
    },
  ],
]

test.each(losses.map((loss, index) => [...loss, index + 1] as const))(
  'when %s, access ends: %s',
  async (_, why, lose, n) => {
    const lost = ground(n)
    const id = await given(on, lost.pull, lost.person)
    await lose(lost)
    clock.turn(4 * minute)
    await ended(on, id)
    expect(mayReadLogs(on, lost.user)).toBe(false)
    expect(ours(on, lost.user)).toEqual([])
    const grant = await grantOf(on, id)
    expect(grant).toMatchObject({ reason: 'standing-lost' })
    expect(grant).toHaveProperty('detail', expect.stringContaining(why))
    // Nobody can write on an archived repository; on a public one no reason is told.
    if (lost.repository.archived) return
    await comment(on, lost.pull, lost.repository.visibility === 'public' ? '| ended |' : why)
  },
)

test('a pull request that was closed without a word to us ends access all the same', async () => {
  const { pull, person, user } = ground(7)
  const id = await given(on, pull, person)
  on.github.untold(() => on.github.closePullRequest(pull, on.people.alice))
  clock.turn(4 * minute)
  await ended(on, id)
  expect(await grantOf(on, id)).toMatchObject({ reason: 'closed' })
  expect(ours(on, user)).toEqual([])
})

test('a policy that cannot be read, and a GitHub that does not answer, keep it to its lease and no longer', async () => {
  const { pull, person, user } = ground(8)
  const id = await given(on, pull, person)
  await writeFile(on.hallpass.policyPath, 'version: [')
  const looked = on.github.calls.length
  clock.turn(4 * minute)
  await on.github.waitFor(() => on.github.calls.length > looked)
  expect(await grantOf(on, id)).toMatchObject({ phase: 'active' })

  on.github.intercept((_call, phase) =>
    phase === 'before' ? new Response('down', { status: 503 }) : undefined,
  )
  clock.turn(4 * minute)
  await line(on, 'work.failed', { work: `standing:${pull.repositoryId}#${pull.number}` })
  expect(await grantOf(on, id)).toMatchObject({ phase: 'active' })
  expect(mayReadLogs(on, user)).toBe(true)

  clock.turn(60 * minute)
  await ended(on, id)
  expect(await grantOf(on, id)).toMatchObject({ reason: 'expired' })
  expect(mayReadLogs(on, user)).toBe(false)
})
