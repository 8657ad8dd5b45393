// A pull request that changes a policy document is told what it would change about access, before it counts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logsRole } from '../support/policies.ts'
import {
  beginPinned,
  guardedPolicy,
  pinned,
  policyCheck,
  policyChecks,
  proposePolicy,
  widerPolicy,
  type PinnedJourney,
} from '../support/pinned-policy.ts'
import { check, handled, openPull } from '../support/seen.ts'

let on: PinnedJourney
beforeAll(async () => {
  on = await beginPinned(guardedPolicy())
})
afterAll(() => on.end())

const rules = (role: string, lease = '1h') => `version: 1
rules:
  - name: whoever is assigned
    when: { assigned: {} }
    give: ${role}
    for: ${lease}
`
const ownDocument = '.github/hallpass.yml'
const proposeRules = (text: string | null, base?: string) =>
  on.github.openPullRequest(on.repository, {
    author: on.people.alice,
    files: { [ownDocument]: text },
    announced: true,
    ...(base === undefined ? {} : { base }),
  })

describe("of the organization's document", () => {
  test('what is wrong stands on its lines, and a push that mends it makes a new run', async () => {
    const text = guardedPolicy()
      .replace('eligible:', 'elligible:')
      .replace('default: 1h', 'default: 1x')
    const pull = proposePolicy(on, text)
    const failed = await policyCheck(on, pull, 'failure')
    expect(failed.title).toBe('2 mistakes in the policy')
    expect(failed.annotations).toMatchObject([
      {
        path: pinned.path,
        start_line: 12,
        end_line: 12,
        annotation_level: 'failure',
        message: expect.stringContaining('did you mean `eligible`?'),
      },
      {
        path: pinned.path,
        start_line: 13,
        message: expect.stringContaining('Column 23: `default`'),
      },
    ])
    on.github.push(pull, on.people.alice, { [pinned.path]: guardedPolicy({ lease: '30m' }) })
    const mended = await policyCheck(on, pull, 'success')
    expect(mended.annotations).toEqual([])
    expect(mended.summary).toContain('| narrowed |')
  })

  test('what gives less needs nobody', async () => {
    const pull = proposePolicy(on, guardedPolicy({ eligible: '[]' }))
    const narrowed = await policyCheck(on, pull, 'success')
    expect(narrowed.title).toBe('Widens nothing: 1 narrowed')
    expect(narrowed.summary).toContain('who: no more team `backend`')
  })

  test('what gives more waits for exactly this head to be approved, live', async () => {
    const pull = proposePolicy(on, widerPolicy())
    const waits = await policyCheck(on, pull, 'action_required')
    expect(waits.title).toBe('Widens access and waits for approval: 1 widened')
    expect(waits.summary).toContain('the approval of 1 of team `security`')
    expect(waits.summary).toMatch(
      /\| `orders-logs-read` \| \*\*widened\*\* \| team `backend` \| `reviewers see the logs`: by a review request, to the reviewer \| 1h, at most 8h \| none \|/,
    )
    expect(waits.summary).toContain('how long: 1h, at most 8h, before 1h, at most 4h')
    const byStranger = on.github.submitReview(pull, on.people.mona, 'approved')
    await handled(on, byStranger)
    on.github.submitReview(pull, on.sarah, 'approved')
    await policyCheck(on, pull, 'success')
    on.github.dismissReview(pull, on.people.alice, on.sarah)
    await policyCheck(on, pull, 'action_required')
    on.github.submitReview(pull, on.sarah, 'approved')
    const approved = await policyCheck(on, pull, 'success')
    expect(approved.title).toBe('Widens access, approved: 1 widened')
    on.github.push(pull, on.people.alice, { 'README.md': 'one more thing' })
    await policyCheck(on, pull, 'action_required')
  })

  test('from a fork is read as a text, and decides nothing', async () => {
    const fork = on.github.fork(on.access, on.people.tom, {})
    const pull = proposePolicy(on, widerPolicy(), { from: fork })
    await policyCheck(on, pull, 'action_required')
    expect(
      await on.hallpass.composition.deps.ledger.acceptedPolicy('7100:main:policy.yml'),
    ).toEqual(expect.objectContaining({ text: guardedPolicy() }))
  })

  test('that is taken away would leave nobody anything', async () => {
    const failed = await policyCheck(on, proposePolicy(on, null), 'failure')
    expect(failed.annotations[0]?.message).toContain('nobody would be given anything')
  })

  test('into another branch changes no policy, and is told so once it was', async () => {
    on.github.push({ repository: on.access, branch: 'next' }, on.people.alice, { 'a.txt': 'a' })
    const elsewhere = proposePolicy(on, widerPolicy(), { base: 'next' })
    await check(on, elsewhere, { status: 'completed' })
    expect(policyChecks(on, elsewhere.pull.headSha)).toEqual([])
    on.github.retarget(elsewhere, on.people.alice, 'main')
    await policyCheck(on, elsewhere, 'action_required')
    on.github.retarget(elsewhere, on.people.alice, 'next')
    const over = await policyCheck(on, elsewhere, 'success')
    expect(over.title).toBe('Changes no policy here')
  })
})

describe("of a repository's document", () => {
  test('is told with what the organization offers there', async () => {
    const pull = proposeRules(rules(logsRole, '2h'))
    const widens = await policyCheck(on, pull, 'neutral')
    expect(widens.title).toBe('Widens access: 1 widened')
    expect(widens.summary).toContain(
      '`whoever is assigned`: by an assignment, to the assignees, for 2h (**new**)',
    )
  })

  test.each([
    [
      'a role that the catalog lacks',
      rules('orders-log-read'),
      5,
      'did you mean `orders-logs-read`?',
    ],
    ['a time longer than its role`s', rules(logsRole, '9h'), 6, 'write at most 4h'],
    ['a catalog of its own', 'version: 1\nroles: {}\nrules: []\n', 2, "organization's policy"],
  ])('that has %s fails on that line', async (_, text, line, said) => {
    const failed = await policyCheck(on, proposeRules(text), 'failure')
    expect(failed.annotations).toMatchObject([
      { path: ownDocument, start_line: line, message: expect.stringContaining(said) },
    ])
  })

  test('that uses what is not offered there is warned', async () => {
    const other = on.github.addRepository(on.organization, 'billing', { roles: { alice: 'write' } })
    const pull = on.github.openPullRequest(other, {
      author: on.people.alice,
      files: { [ownDocument]: rules(logsRole) },
      announced: true,
    })
    const warned = await policyCheck(on, pull, 'neutral')
    expect(warned.annotations).toMatchObject([
      {
        start_line: 5,
        annotation_level: 'warning',
        message: expect.stringContaining('not offered'),
      },
    ])
  })

  test('tells no part of the catalog where everybody reads it', async () => {
    const open = on.github.addRepository(on.organization, 'shop-open', {
      visibility: 'public',
      roles: { alice: 'write' },
    })
    const propose = (text: string) =>
      on.github.openPullRequest(open, {
        author: on.people.alice,
        files: { [ownDocument]: text },
        announced: true,
      })
    const widens = await policyCheck(on, propose(rules(logsRole)), 'neutral')
    expect(JSON.stringify(widens)).not.toMatch(/backend|at most 4h/)
    const failed = await policyCheck(on, propose(rules('orders-log-read')), 'failure')
    expect(JSON.stringify(failed)).not.toContain('orders-logs-read')
    expect(failed.annotations).toMatchObject([{ start_line: 5 }])
  })
})

test('a pull request that changes no policy has no such run', async () => {
  const pull = openPull(on)
  on.github.push(pull, on.people.alice, { 'services/orders/x.ts': 'x' })
  await check(on, pull, { status: 'completed' })
  expect(policyChecks(on, pull.pull.headSha)).toEqual([])
})
