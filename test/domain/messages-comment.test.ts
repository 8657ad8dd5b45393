// What the one comment says besides who holds what.
import { describe, expect, it, test } from 'vitest'
import type { Debt } from '../../src/domain/debts/types.ts'
import { revisionOf } from '../../src/domain/grants/revision.ts'
import type { Grant, GrantCommand, Offer } from '../../src/domain/grants/types.ts'
import { renderComment, shouldComment } from '../../src/domain/messages/report.ts'
import type { Notice, ReportView } from '../../src/domain/messages/types.ts'
import type { Until } from '../../src/domain/policy/types.ts'
import {
  activated,
  approve,
  byTwo,
  grantAfter,
  grantId,
  hour,
  hubot,
  inline,
  minute,
  octocat,
  offer,
  principal,
  request,
  requested,
  revoke,
  seen,
  sre,
  staged,
  start,
  subject,
} from './grants.fixtures.ts'
import { view } from './messages.fixtures.ts'

const comment = (grants: readonly Grant[], more: Partial<ReportView> = {}) =>
  renderComment(view(grants, more))
/** The lines that say it, without the marker. */
const linesOf = (text: string, said: string | RegExp) =>
  text
    .split('\n')
    .filter((line) => (typeof said === 'string' ? line.includes(said) : said.test(line)))

const extend: GrantCommand = {
  type: 'extend',
  revision: revisionOf({ ...offer, approval: staged(1), leaseSeconds: 3600 }, 2, 'BBBB-BBBB'),
  lapseSeconds: 1800,
}
const answer = (more: Partial<Notice> = {}): Notice => ({
  key: 'answer/1',
  kind: 'answer',
  text: 'No rule gives `admin` here.',
  recipient: hubot,
  role: undefined,
  at: start,
  asked: '/access why admin',
  ...more,
})

it('tells that somebody changed in the cloud what stood as granted', () => {
  const [{ bindingId } = { bindingId: '' }] = grantAfter(...activated).holds
  const drifted = grantAfter(...activated, [{ type: 'drift', bindingId }, start + hour])
  expect(linesOf(comment([drifted]), 'Somebody')).toEqual([
    '- **Somebody changed it in the cloud**, as was seen at 2026-11-22 18:00 UTC: it is put back to what was granted',
  ])
  expect(comment([grantAfter(...activated)])).not.toContain('Somebody')
  const over = grantAfter(
    ...activated,
    [{ type: 'drift', bindingId }, start + hour],
    [revoke, start + hour],
  )
  expect(comment([over])).not.toContain('Somebody')
})

describe('a longer lease', () => {
  const waiting = grantAfter(...activated, [extend, start + 80 * minute])

  it('that waits has a row, a code and commands of its own', () => {
    const text = comment([waiting])
    expect(linesOf(text, 'for longer |')).toMatchInlineSnapshot(`
      [
        "| \`octocat\` | \`orders-db-read\`<br>Read the orders database in production | **active** | 2026-11-22 19:00 UTC (2h) | \`/access done\` when done, \`/access extend 2h\` for longer |",
        "| \`octocat\` | \`orders-db-read\` for longer | **waits for approval** until 2026-11-22 18:50 UTC | 1h from its approval | 1 of team \`sre\`: \`/access approve BBBB-BBBB\` |",
      ]
    `)
    expect(linesOf(text, 'A longer lease')).toMatchInlineSnapshot(`
      [
        "- **A longer lease waits for approval:** 1h from then on. It needs 1 of team \`sre\`; nobody has approved it yet. To approve it, write \`/access approve BBBB-BBBB\`; to refuse it, \`/access deny BBBB-BBBB because …\`; to take it back, \`/access withdraw BBBB-BBBB\`",
      ]
    `)
  })
  it('that was denied is told, and the lease is as it was', () => {
    const denied = grantAfter(
      ...activated,
      [extend, start + 80 * minute],
      [{ ...approve(sre, { code: 'BBBB-BBBB' }), type: 'deny', because: undefined }, start + hour],
    )
    const text = comment([denied])
    expect(text).toContain('- The longer lease under `BBBB-BBBB` was denied')
    expect(text).toContain('2026-11-22 19:00 UTC (2h)')
    expect(text).not.toContain('waits for approval')
  })
})

it('says what changed under a new code, and that the old one is void', () => {
  const revision = revisionOf({ ...byTwo, leaseSeconds: 3600, boundHead: 'c0ffee' }, 2, 'CCCC-CCCC')
  const text = comment([
    grantAfter(requested, [approve(sre), start], [{ type: 'revise', revision }, start + minute]),
  ])
  expect(linesOf(text, 'It changed')).toMatchInlineSnapshot(`
    [
      "- **It changed since it was shown before** (Lease: 1h, before: 2h; What ends it: the review, or with the review request being removed, or with the pull request being closed or merged, or with a push to the pull request, before: the review, or with the review request being removed, or with the pull request being closed or merged; The commit it is for: \`c0ffee\`, before: any), so former codes and approvals do not count",
    ]
  `)
  expect(text).toContain('`/access approve CCCC-CCCC`')
  expect(text).toContain('nobody has approved it yet')
  expect(text).not.toContain('AAAA-AAAA')
})

it('tells approvers all of what it gives, who asked, why, and for what alone', () => {
  const of: Offer = {
    ...byTwo,
    bindings: [{ role: inline, principal }],
    reason: 'checkout is down',
    parameters: { service: ['orders', 'billing'] },
  }
  const text = comment([grantAfter([request(of), start])])
  expect(text).toContain('call `s3:GetObject` on `arn:aws:s3:::orders/*`')
  expect(text).toContain('- Asked for by `monalisa`')
  expect(text).toContain('- Their reason: checkout is down')
  expect(text).toContain('- Only for `service`: `orders`, `billing`')
})

test('stages are told one after the other', () => {
  const of: Offer = { ...byTwo, approval: staged(1, 2) }
  const first = comment([grantAfter([request(of), start])])
  expect(first).toContain('1 of team `sre` (stage 1 of 2): `/access approve AAAA-AAAA`')
  const then = comment([
    grantAfter(
      [request(of), start],
      [approve(sre), start],
      [approve(hubot, { stages: [1] }), start],
    ),
  ])
  expect(then).toContain('1 more of team `sre` (stage 2 of 2): `/access approve AAAA-AAAA`')
  expect(then).toContain('approved by `sre`, `hubot`')
})

it('says that an end is near, by what was decided and not by the clock', () => {
  const warned = grantAfter(...activated, [{ type: 'tick' }, start + 110 * minute])
  expect(comment([warned])).toContain('**active**, **ends soon** |')
  expect(comment([grantAfter(...activated)], { now: start + 119 * minute })).not.toContain('soon')
})

describe('how to use it', () => {
  it.each([
    ['arn:aws:s3:::orders/*', 'https://111122223333.signin.aws.amazon.com/console'],
    ['arn:aws-us-gov:s3:::orders/*', 'https://111122223333.signin.amazonaws-us-gov.com/console'],
    ['arn:aws-cn:s3:::orders/*', 'https://111122223333.signin.amazonaws.cn/console'],
    ['*', 'https://111122223333.signin.aws.amazon.com/console'],
  ])('links the console of the partition of %s', (arn, url) => {
    const role = { ...inline, allow: [{ actions: ['s3:GetObject'], resources: [arn] }] }
    const of = { ...offer, bindings: [{ role, principal }] }
    expect(comment([grantAfter([request(of), start], [seen, start])])).toContain(`(${url})`)
  })
  it('holds no credential', () => {
    expect(comment([grantAfter(...activated)])).not.toMatch(/AKIA|ASIA|AIDA|ghs_|SecretAccessKey: /)
  })
})

describe('on an issue', () => {
  const issue = { ...subject, kind: 'issue' } as const
  const until: readonly Until[] = ['unlabeled', 'unassigned', 'closed']
  const of: Offer = { ...offer, subject: issue, until, label: 'incident' }

  it('speaks of the issue, and of no pull request', () => {
    const held = grantAfter([request(of), start], [seen, start])
    const over = grantAfter(
      [request(of, { id: 'bbbbbbbbbbbb' }), start],
      [{ type: 'end', reason: 'closed', by: { kind: 'hallpass' } }, start],
    )
    const ended = { ...over, phase: 'ended', endedAt: start } as Grant
    const text = comment([held, ended], { subject: issue, headSha: undefined })
    expect(linesOf(text, /Ends at|was closed/)).toMatchInlineSnapshot(`
      [
        "- Ends at 2026-11-22 19:00 UTC, or with the label being removed, or with the assignment being removed, or with the issue being closed",
        "| \`octocat\` | \`orders-db-read\`, grant \`bbbbbbbbbbbb\` | ended 2026-11-22 17:00 UTC: the issue was closed |  |",
      ]
    `)
    expect(text).not.toContain('pull request')
  })
})

describe('a broken glass', () => {
  const breakGlass = { notify: [], reviewers: [{ kind: 'team', slug: 'security' }] } as const
  const debt: Debt = {
    id: 'dddddddddddd',
    personId: octocat.id,
    requesterId: octocat.id,
    grantId,
    subject,
    role: offer.role,
    code: 'DEBT-0001',
    openedAt: start,
    reviewers: breakGlass.reviewers,
    reason: 'checkout is down',
    issue: 34,
    acknowledged: undefined,
  }
  const done: Debt = { ...debt, acknowledged: { by: hubot, at: start + hour } }
  const held = grantAfter([request({ ...offer, breakGlass }), start], [seen, start])
  const over = grantAfter(
    [request({ ...offer, breakGlass }), start],
    [seen, start],
    [revoke, start],
  )
  const ended = { ...over, phase: 'ended', endedAt: start } as Grant

  const review = 'team `security` `/access acknowledge DEBT-0001`'
  const reviewed = 'reviewed by `hubot` 2026-11-22 18:00 UTC'
  const mark = '`orders-db-read` **break-glass**<br>'
  test.each<[string, Grant, Debt, readonly string[]]>([
    ['while it is held', held, debt, [mark, `checkout is down | owed (issue #34): ${review} |`]],
    ['reviewed while it is held', held, done, [mark, `checkout is down | ${reviewed} |`]],
    ['owed when it is over', ended, debt, [review, '; break-glass, review owed |']],
    ['reviewed and over', ended, done, [`; break-glass, ${reviewed} |`]],
  ])('is marked, and its review is told: %s', (_when, grant, owed, said) => {
    const text = comment([grant], { debts: [owed] })
    for (const each of said) expect(text).toContain(each)
    expect(text.includes('/access acknowledge')).toBe(owed.acknowledged === undefined)
  })
  it('is not offered to be made longer: that would take no approval either', () => {
    expect(comment([held], { debts: [debt] })).not.toContain('/access extend')
  })
  it('is worth a comment by itself', () => {
    expect(shouldComment(view([], { debts: [debt] }))).toBe(true)
  })
  it('is told in public by codes alone', () => {
    const text = comment([held], { public: true, debts: [debt] })
    expect(text).toContain(
      'Given without approval, a review is owed: `/access acknowledge DEBT-0001`',
    )
    expect(text).not.toMatch(/octocat|security|checkout|orders/)
  })
})

describe('answers', () => {
  it('say who asked what, the newest first', () => {
    const later = answer({
      key: 'answer/2',
      at: start + minute,
      asked: '/access help',
      text: 'Help.',
    })
    expect(comment([], { notices: [answer(), later] })).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:77#12 -->
      ### Cloud access

      **\`hubot\` asked \`/access help\`**, 2026-11-22 17:01 UTC:

      Help.

      **\`hubot\` asked \`/access why admin\`**, 2026-11-22 17:00 UTC:

      No rule gives \`admin\` here.
      "
    `)
  })
  it('are told in public where they name nobody and nothing', () => {
    const open = answer({ key: 'answer/2', asked: '/access help', text: 'Help.', open: true })
    const text = comment([], { public: true, notices: [answer(), open] })
    expect(text).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:77#12 -->
      ### Cloud access

      **Somebody asked \`/access help\`**, 2026-11-22 17:00 UTC:

      Help.

      A command was answered with what is not told in public.
      "
    `)
    expect(text).not.toMatch(/hubot|admin/)
  })
  it('that are too long are left out whole', () => {
    const long = answer({ text: `| a |\n|---|\n${'| x |\n'.repeat(20_000)}` })
    const text = comment([grantAfter(...activated)], { notices: [long] })
    expect(text.length).toBeLessThanOrEqual(60_000)
    expect(text).toContain('There is more than fits here.')
    expect(text).not.toContain('| x |')
  })
})

it('tells of a policy that is held back, as it was read', () => {
  const text =
    '`acme/access:policy.yml` gives more than what was accepted before (`admin`): pull request 7 has 0 of 1.'
  const notice: Notice = {
    key: 'policy-held-back',
    kind: 'policy-held-back',
    text,
    recipient: undefined,
    role: undefined,
    at: start,
  }
  expect(comment([], { notices: [notice] })).toMatchInlineSnapshot(`
    "<!-- hallpass:i7:77#12 -->
    ### Cloud access

    **A part of the policy is held back**, as read 2026-11-22 17:00 UTC. \`acme/access:policy.yml\` gives more than what was accepted before \\(\`admin\`\\): pull request 7 has 0 of 1.
    "
  `)
  expect(comment([], { public: true, notices: [notice] })).not.toMatch(/admin|acme/)
})
