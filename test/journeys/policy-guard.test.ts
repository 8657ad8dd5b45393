// What widens the organization's document takes effect once those who guard it have approved what was merged, and not before.
import { describe, expect, onTestFinished, test } from 'vitest'
import type { PullRequest } from '../../sandbox/github/index.ts'
import {
  grantsOn,
  given,
  handled,
  line,
  openPull,
  ours,
  refused,
  countOf,
} from '../support/seen.ts'
import {
  beginPinned,
  guardedPolicy,
  pinned,
  policyCheck,
  proposePolicy,
  type PinnedJourney,
} from '../support/pinned-policy.ts'

/** Mona may; octocat may not, unless the team may. */
const before = guardedPolicy({ eligible: '[user:1002]' })
const after = guardedPolicy({ eligible: '[user:1002, team:backend]' })

/** The document was in force before anything is done to it. */
async function world(): Promise<PinnedJourney> {
  const on = await beginPinned(before)
  onTestFinished(() => on.end())
  expect(await refusals(on)).toEqual(['not-eligible'])
  return on
}

const refusals = (on: PinnedJourney) =>
  refused(on, on.github.requestReview(openPull(on), on.people.alice, on.people.octocat))

async function approved(on: PinnedJourney, by = on.sarah): Promise<PullRequest> {
  const pull = proposePolicy(on, after)
  await policyCheck(on, pull, 'action_required')
  await handled(on, on.github.submitReview(pull, by, 'approved'))
  return pull
}

const eventsOf = async ({ hallpass }: PinnedJourney) =>
  (await hallpass.composition.deps.ledger.log(0, 1_000))
    .map(({ canonical }) => JSON.parse(canonical) as { type: string; body: object })
    .filter(({ type }) => type.startsWith('policy.'))

describe('a widening', () => {
  test.each([
    ['squashed', false],
    ['with its commits', true],
  ])('that was approved and merged %s takes effect', async (_, keepsCommits) => {
    const on = await world()
    const pull = await approved(on)
    // Until then it decides nothing, approved or not.
    expect(await refusals(on)).toEqual(['not-eligible'])
    on.github.closePullRequest(pull, on.people.alice, { merged: true, keepsCommits })
    await given(on, openPull(on), on.people.octocat)
    expect((await eventsOf(on)).at(-1)).toMatchObject({
      type: 'policy.accepted',
      body: { by: { kind: 'hallpass' } },
    })
    expect(countOf(on, 'policy.held-back')).toBe(0)
  })

  test('may be merged by the guard that approved it, who deletes its branch then', async () => {
    const on = await world()
    const pull = await approved(on)
    await policyCheck(on, pull, 'success')
    on.github.closePullRequest(pull, on.sarah, { merged: true })
    on.github.deleteBranch(on.access, on.sarah, pull.pull.headRef)
    await given(on, openPull(on), on.people.octocat)
  })

  test('that was merged without is held back, with one alarm, and what both give is given', async () => {
    const on = await world()
    const pull = proposePolicy(on, after)
    await policyCheck(on, pull, 'action_required')
    on.github.closePullRequest(pull, on.people.alice, { merged: true })
    await policyCheck(on, pull, 'skipped')
    expect(await refusals(on)).toEqual(['not-eligible'])
    await line(on, 'policy.held-back')
    expect(ours(on, on.iam.octocat)).toEqual([])
    const others = openPull(on)
    await given(on, others, on.people.mona)
    const [grant] = await grantsOn(on, others)
    expect(grant?.revision.offer.policy.organization.heldBackTo).toMatch(/^[0-9a-f]{40}$/)
    expect(await refusals(on)).toEqual(['not-eligible'])
    expect(countOf(on, 'policy.held-back')).toBe(1)
    expect((await eventsOf(on)).filter(({ type }) => type === 'policy.held-back')).toHaveLength(1)
    // Approved late, it takes effect.
    on.github.submitReview(pull, on.sarah, 'approved')
    await given(on, openPull(on), on.people.octocat)
  })

  test.each<[string, RegExp, (on: PinnedJourney) => Promise<unknown>]>([
    [
      'pushed past every pull request',
      /no merged pull request brought its commit/,
      async (on) =>
        on.github.push({ repository: on.access, branch: 'main' }, on.sarah, {
          [pinned.path]: after,
        }),
    ],
    [
      'approved by a bot',
      /has 0 of 1/,
      async (on) => {
        on.github.setRole(on.access, on.people.renovate, 'write')
        const pull = await approved(on, on.people.renovate)
        on.github.closePullRequest(pull, on.people.alice, { merged: true })
      },
    ],
    [
      'proposed by the guard itself',
      /has 0 of 1/,
      async (on) => {
        const pull = on.github.openPullRequest(on.access, {
          author: on.sarah,
          files: { [pinned.path]: after },
        })
        on.github.closePullRequest(pull, on.people.mona, { merged: true })
      },
    ],
    [
      'pushed, approved and merged by the guard itself, on a pull request of somebody else',
      /has 0 of 1, without those who had a hand in it/,
      async (on) => {
        const pull = proposePolicy(on, guardedPolicy({ eligible: '[user:1002]', lease: '30m' }))
        await policyCheck(on, pull, 'success')
        on.github.push(pull, on.sarah, { [pinned.path]: after })
        await policyCheck(on, pull, 'action_required')
        await handled(on, on.github.submitReview(pull, on.sarah, 'approved'))
        await policyCheck(on, pull, 'action_required')
        on.github.closePullRequest(pull, on.sarah, { merged: true })
      },
    ],
    [
      'approved by somebody who had brought its branch up to date',
      /has 0 of 1, without those who had a hand in it/,
      async (on) => {
        const pull = proposePolicy(on, after)
        await policyCheck(on, pull, 'action_required')
        on.github.updateBranch(pull, on.sarah)
        await handled(on, on.github.submitReview(pull, on.sarah, 'approved'))
        on.github.closePullRequest(pull, on.people.alice, { merged: true })
      },
    ],
    [
      'written in a commit that belongs to nobody',
      /does not tell for certain who had a hand in pull request/,
      async (on) => {
        const pull = proposePolicy(on, guardedPolicy({ eligible: '[user:1002]', lease: '30m' }))
        on.github.push(pull, on.people.alice, { [pinned.path]: after }, { author: null })
        await handled(on, on.github.submitReview(pull, on.sarah, 'approved'))
        await policyCheck(on, pull, 'action_required')
        on.github.closePullRequest(pull, on.people.alice, { merged: true })
      },
    ],
    [
      'approved before its last push',
      /has 0 of 1/,
      async (on) => {
        const pull = proposePolicy(on, guardedPolicy({ eligible: '[user:1002]', lease: '30m' }))
        await policyCheck(on, pull, 'success')
        on.github.submitReview(pull, on.sarah, 'approved')
        on.github.push(pull, on.people.alice, { [pinned.path]: after })
        await policyCheck(on, pull, 'action_required')
        on.github.closePullRequest(pull, on.people.alice, { merged: true })
      },
    ],
    [
      'in a commit that was taken back before the approval, and led back to by a push',
      /holds something else than pull request/,
      async (on) => {
        const pull = proposePolicy(on, after)
        await policyCheck(on, pull, 'action_required')
        const left = pull.pull.headSha
        on.github.push(pull, on.people.alice, { [pinned.path]: before, 'README.md': 'Ask first.' })
        on.github.submitReview(pull, on.sarah, 'approved')
        on.github.closePullRequest(pull, on.people.alice, { merged: true, keepsCommits: true })
        // Its document is as that commit had it, so that its history leads there and past the merge.
        const files = { [pinned.path]: after }
        const to = { repository: on.access, branch: 'main' }
        on.github.push(to, on.people.alice, files, { merges: left })
      },
    ],
    [
      'approved, on top of one that was pushed',
      /no merged pull request brought its commit/,
      async (on) => {
        on.github.push({ repository: on.access, branch: 'main' }, on.people.alice, {
          [pinned.path]: guardedPolicy({ eligible: '[user:1002, team:backend]', lease: '2h' }),
        })
        const pull = await approved(on)
        on.github.closePullRequest(pull, on.people.alice, { merged: true })
      },
    ],
  ])('that was %s is held back', async (_, because, change) => {
    const on = await world()
    await change(on)
    expect(await refusals(on)).toEqual(['not-eligible'])
    const held = await line(on, 'policy.held-back')
    expect(held.fields['because']).toMatch(because)
    expect(ours(on, on.iam.octocat)).toEqual([])
  })

  test('that took the guard away first is held back whole', async () => {
    const on = await world()
    on.github.push({ repository: on.access, branch: 'main' }, on.people.alice, {
      [pinned.path]: before.replace(/policy_changes: .*\n/, ''),
    })
    expect(await refusals(on)).toEqual(['not-eligible'])
    on.github.push({ repository: on.access, branch: 'main' }, on.people.alice, {
      [pinned.path]: after.replace(/policy_changes: .*\n/, ''),
    })
    expect(await refusals(on)).toEqual(['not-eligible'])
    await line(on, 'policy.held-back')
  })

  test('that was taken back waits for nobody any more', async () => {
    const on = await world()
    on.github.push({ repository: on.access, branch: 'main' }, on.people.alice, {
      [pinned.path]: after,
    })
    expect(await refusals(on)).toEqual(['not-eligible'])
    await line(on, 'policy.held-back')
    on.github.push({ repository: on.access, branch: 'main' }, on.people.alice, {
      [pinned.path]: before,
    })
    const pull = await approved(on)
    on.github.closePullRequest(pull, on.people.alice, { merged: true })
    await given(on, openPull(on), on.people.octocat)
  })
})
