// Requests that policy refuses: what the log says of each, and who is told.
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Delivery, PullRequest } from '../../sandbox/github/index.ts'
import { begin, type Journey } from '../support/journey.ts'
import { newcomer } from '../support/newcomer.ts'
import { logsPolicy } from '../support/policies.ts'
import { comment, grantsOn, openPull, ours, refused } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
let on: Journey
beforeAll(async () => {
  on = await begin({ clock })
})
afterAll(() => on.end())

let writesBefore = 0
beforeEach(() => {
  writesBefore = writes()
})
/** What was written to GitHub so far: comments, checks, reactions. Asking for a token writes nothing. */
const writes = (): number =>
  on.github.calls.filter(
    ({ method, operation }) => method !== 'GET' && !operation.includes('access_tokens'),
  ).length

/** As the ledger's log has them: newest last. */
async function logged(): Promise<readonly string[]> {
  const lines = await on.hallpass.composition.deps.ledger.log(0, 1_000)
  return lines
    .map(
      ({ canonical }) =>
        JSON.parse(canonical) as { type: string; body: { refusal: { code: string } } },
    )
    .filter(({ type }) => type === 'request.refused')
    .map(({ body }) => body.refusal.code)
}

/** Nothing is left to be told, and nothing was. */
async function nothingWritten(pull: PullRequest): Promise<void> {
  const { ledger } = on.hallpass.composition.deps
  const key = `${pull.repositoryId}#${pull.number}`
  expect(await ledger.report(key)).toBeUndefined()
  expect(writes()).toBe(writesBefore)
  expect(on.github.comments(pull)).toEqual([])
  expect(on.github.checks(pull.pull.headSha)).toEqual([])
  expect(on.github.reactions(pull)).toEqual([])
}

type Ask = (pull: PullRequest) => readonly Delivery[]

describe('where the sender has no standing, nothing is written to GitHub', () => {
  test.each<readonly [string, string, Ask]>([
    ['a bot', 'actor-is-bot', (pull) => on.github.requestReview(pull, 'renovate[bot]', 'octocat')],
    [
      'who may only triage',
      'actor-without-standing',
      (pull) => on.github.requestReview(pull, 'tom', 'octocat'),
    ],
  ])('%s: %s', async (_, code, ask) => {
    const pull = openPull(on)
    expect(await refused(on, ask(pull))).toEqual([code])
    expect((await logged()).at(-1)).toBe(code)
    expect(await grantsOn(on, pull)).toEqual([])
    await nothingWritten(pull)
  })

  test('a fork: from-fork', async () => {
    const { github, repository, people } = on
    const eve = github.addUser('eve')
    const fork = github.fork(repository, eve)
    const pull = github.openPullRequest(repository, {
      author: eve,
      from: fork,
      files: { 'a.ts': '1' },
    })
    expect(await refused(on, github.requestReview(pull, people.alice, people.octocat))).toEqual([
      'from-fork',
    ])
    expect((await logged()).at(-1)).toBe('from-fork')
    await nothingWritten(pull)
  })

  test('a public repository: repository-public', async () => {
    const { github, people } = on
    const open = github.addRepository(on.organization, 'shop-front', {
      id: 7002,
      visibility: 'public',
      roles: { alice: 'write', octocat: 'write' },
    })
    const pull = github.openPullRequest(open, { author: people.alice, files: { 'a.ts': '1' } })
    expect(await refused(on, github.requestReview(pull, people.alice, people.octocat))).toEqual([
      'repository-public',
    ])
    await nothingWritten(pull)
  })
})

describe('where people can mend it, the pull request says why', () => {
  /** Holds what is sent meanwhile back, and releases it in its order. */
  const late =
    (
      act: (pull: PullRequest) => readonly Delivery[],
      meanwhile: () => void = () => undefined,
    ): Ask =>
    (pull) => {
      on.github.deliveryMode = 'hold'
      const held = act(pull)
      meanwhile()
      on.github.deliveryMode = 'send'
      on.github.release(held)
      return held
    }
  const askOctocat: Ask = (pull) =>
    on.github.requestReview(pull, on.people.alice, on.people.octocat)

  test.each<readonly [string, string, Ask]>([
    [
      'a reviewer outside the team',
      'not-eligible',
      (pull) => {
        const { person } = newcomer(on, 1)
        on.backend.members.delete(person.id)
        return on.github.requestReview(pull, on.people.alice, person)
      },
    ],
    [
      'a reviewer whom the identity map does not know',
      'identity-missing',
      (pull) => {
        const person = on.github.addUser('stranger')
        on.github.setMembership(on.organization, person)
        on.github.setTeamMembership(on.backend, person)
        on.github.setRole(on.repository, person, 'write')
        return on.github.requestReview(pull, on.people.alice, person)
      },
    ],
    [
      'closed before it was worked on',
      'subject-closed',
      late((pull) => {
        const asked = askOctocat(pull)
        return [...asked, ...on.github.closePullRequest(pull, on.people.alice)]
      }),
    ],
    [
      'taken back before it was worked on',
      'not-requested-any-more',
      late((pull) => {
        const asked = askOctocat(pull)
        return [
          ...asked,
          ...on.github.removeReviewRequest(pull, on.people.alice, on.people.octocat),
        ]
      }),
    ],
    [
      'older than fifteen minutes',
      'too-old',
      late(askOctocat, () => clock.turn(15 * minute + 1_000)),
    ],
  ])('%s: %s', async (_, code, ask) => {
    const pull = openPull(on)
    expect(await refused(on, ask(pull))).toEqual([code])
    expect((await logged()).at(-1)).toBe(code)
    expect(await grantsOn(on, pull)).toEqual([])
    await comment(on, pull, '**Refused**')
  })

  test('a pull request that gives itself more on its own head gets what the default branch says', async () => {
    const { github, repository, people, iam } = on
    const more =
      'version: 1\nrules:\n  - { name: more, when: { review_requested: {} }, give: orders-logs-read }\n'
    github.putFile(repository, '.github/hallpass.yml', 'version: 1\nrules: []\n')
    const withoutRules = logsPolicy().replace(/rules:\n[^]*?\nidentities/, 'rules: []\nidentities')
    await writeFile(on.hallpass.policyPath, withoutRules)
    const pull = github.openPullRequest(repository, {
      author: people.alice,
      files: { '.github/hallpass.yml': more },
    })
    expect(await refused(on, github.requestReview(pull, people.alice, people.octocat))).toEqual([])
    expect(await grantsOn(on, pull)).toEqual([])
    expect(ours(on, iam.octocat)).toEqual([])

    // What was merged counts.
    github.putFile(repository, '.github/hallpass.yml', more)
    const next = openPull(on)
    expect(await refused(on, github.requestReview(next, people.alice, people.octocat))).toEqual([])
    expect(await grantsOn(on, next)).toHaveLength(1)
  })
})
