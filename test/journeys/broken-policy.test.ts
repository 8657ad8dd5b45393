// A policy with mistakes grants nothing and says where they are; mended, it works again.
import { rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { begin, type Journey } from '../support/journey.ts'
import { logsPolicy } from '../support/policies.ts'
import { check, comment, ended, given, grantsOn, openPull, ours, refused } from '../support/seen.ts'

let on: Journey
beforeAll(async () => {
  on = await begin()
})
afterAll(() => on.end())

const ask = (pull = openPull(on)) => ({
  pull,
  deliveries: on.github.requestReview(pull, on.people.alice, on.people.octocat),
})

/** Mended again whatever becomes of the test. */
async function underPolicy<T>(text: string, work: () => Promise<T>): Promise<T> {
  await writeFile(on.hallpass.policyPath, text)
  try {
    return await work()
  } finally {
    await writeFile(on.hallpass.policyPath, logsPolicy())
  }
}

describe("the organization's document", () => {
  test.each([
    ['is no YAML', logsPolicy().replace('rules:', 'rules: ]'), /policy\.yml:\d+:\d+ /],
    ['has a key nobody knows', logsPolicy({ more: 'colour: red' }), /policy\.yml:15:5 .*colour/],
    [
      'leaves out whether somebody has to approve',
      logsPolicy().replace('    approval: none\n', ''),
      /policy\.yml:\d+:\d+ .*approval: none/,
    ],
    ['leaves out who is eligible', logsPolicy().replace(/ {4}eligible: .*\n/, ''), /eligible/],
  ])('that %s fails the check, naming file and line, and grants nothing', async (_, text, said) => {
    await underPolicy(text, async () => {
      const { pull, deliveries } = ask()
      expect(await refused(on, deliveries)).toEqual(['policy-broken'])
      const failed = await check(on, pull, { status: 'completed', conclusion: 'failure' })
      expect(failed.title).toMatch(/policy\.yml:\d+:\d+/)
      expect(failed.summary).toMatch(said)
      await comment(on, pull, said)
      expect(await grantsOn(on, pull)).toEqual([])
      expect(ours(on, on.iam.octocat)).toEqual([])
    })
  })

  test('works once it is mended, and the failure is gone', async () => {
    const { pull, deliveries } = await underPolicy('version: 2', async () => {
      const asked = ask()
      await refused(on, asked.deliveries)
      await check(on, asked.pull, { conclusion: 'failure' })
      return asked
    })
    expect(deliveries).toHaveLength(1)
    on.github.removeReviewRequest(pull, on.people.alice, on.people.octocat)
    const id = await given(on, pull, on.people.octocat)
    await check(on, pull, { status: 'completed', conclusion: 'neutral' })
    expect((await comment(on, pull, '**active**')).body).not.toContain('Nothing is granted')
    on.github.submitReview(pull, on.people.octocat, 'approved')
    await ended(on, id)
  })

  test('that names nobody as eligible means nobody', async () => {
    await underPolicy(logsPolicy({ eligible: '[]' }), async () => {
      const { pull, deliveries } = ask()
      expect(await refused(on, deliveries)).toEqual(['not-eligible'])
      await check(on, pull, { status: 'completed', conclusion: 'skipped' })
      expect(await grantsOn(on, pull)).toEqual([])
    })
  })

  test('that is not there grants nothing and says so', async () => {
    await underPolicy('', async () => {
      await rm(on.hallpass.policyPath)
      const { pull, deliveries } = ask()
      expect(await refused(on, deliveries)).toEqual(['policy-missing'])
      const failed = await check(on, pull, { conclusion: 'failure' })
      expect(failed.title).toContain('There is no policy')
    })
  })
})

describe("a repository's document", () => {
  test('that is broken fails the check with its own line', async () => {
    on.github.putFile(on.repository, '.github/hallpass.yml', 'version: 1\nroles: {}\n')
    const { pull, deliveries } = ask()
    expect(await refused(on, deliveries)).toEqual(['policy-broken'])
    const failed = await check(on, pull, { conclusion: 'failure' })
    expect(failed.title).toMatch(/\.github\/hallpass\.yml:2:1 /)
    on.github.putFile(on.repository, '.github/hallpass.yml', null)
  })

  test('on the head branch decides nothing', async () => {
    const rules = `version: 1
rules:
  - name: help yourself
    when: { review_requested: {} }
    give: orders-logs-read
    for: 4h
`
    const pull = on.github.openPullRequest(on.repository, {
      author: on.people.alice,
      files: { '.github/hallpass.yml': rules },
    })
    const id = await given(on, pull, on.people.octocat)
    const [grant] = await grantsOn(on, pull)
    expect(grant?.revision.offer).toMatchObject({
      rule: 'reviewers see the logs',
      leaseSeconds: 3600,
    })
    expect(grant?.revision.offer.policy.repository).toBeUndefined()
    on.github.submitReview(pull, on.people.octocat, 'approved')
    await ended(on, id)
  })
})
