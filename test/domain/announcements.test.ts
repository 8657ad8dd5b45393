import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Grant, GrantCommand, Offer } from '../../src/domain/grants/types.ts'
import { mentionOf, teamMentionOf } from '../../src/domain/messages/announcement.ts'
import { announcementsOf } from '../../src/domain/messages/announcements.ts'
import { renderAnnouncement, renderReviewIssue } from '../../src/domain/messages/report.ts'
import type { ReportView } from '../../src/domain/messages/types.ts'
import {
  activated,
  approve,
  approved,
  byTwo,
  grantAfter,
  grantId,
  hour,
  minute,
  monalisa,
  octocat,
  offer,
  request,
  requested,
  revoke,
  revoked,
  seen,
  sre,
  staged,
  start,
} from './grants.fixtures.ts'
import { breakGlass, debt, view } from './messages.fixtures.ts'

const broken: Offer = { ...offer, requester: octocat, reason: 'checkout is down', breakGlass }
const keysOf = (grants: readonly Grant[], more: Partial<ReportView> = {}) =>
  announcementsOf(view(grants, more)).map(({ key }) => key)
const told = (grants: readonly Grant[], more: Partial<ReportView> = {}) =>
  renderAnnouncement(
    view(grants, more),
    announcementsOf(view(grants, more)).map((announcement) => ({ announcement, mentions: [] })),
  )
const deny: GrantCommand = { ...approve(sre), type: 'deny', because: 'not on a Friday' }
const tick: GrantCommand = { type: 'tick' }

describe('what must notify', () => {
  test.each<[string, readonly Grant[], Partial<ReportView>, readonly string[]]>([
    ['a request, under its code', [grantAfter(requested)], {}, ['asked/AAAA-AAAA/0']],
    [
      'the next stage, once it is its turn',
      [
        grantAfter(
          [request({ ...byTwo, approval: staged(1, 1) }), start],
          [approve(sre, { stages: [0] }), start],
        ),
      ],
      {},
      ['asked/AAAA-AAAA/1'],
    ],
    ['nothing while it is set up', [grantAfter(approved)], {}, []],
    ['what is given', [grantAfter(...activated)], {}, [`given/${grantId}`]],
    [
      'what is given once those of the same act are there too',
      [grantAfter(...activated), { ...grantAfter(approved), id: 'bbbbbbbbbbbb' }],
      {},
      [],
    ],
    [
      'what is given beside what is stuck',
      [
        grantAfter(...activated),
        {
          ...grantAfter(approved, [{ type: 'trouble', because: 'AWS is away' }, start]),
          id: 'bbbbbbbbbbbb',
        },
      ],
      {},
      [`given/${grantId}`],
    ],
    [
      'the end of a lease that is near',
      [grantAfter(...activated, [tick, start + 110 * minute])],
      {},
      [`given/${grantId}`, `ends-soon/${grantId}/${start + 2 * hour}`],
    ],
    ['a denial', [grantAfter(requested, [deny, start])], {}, [`denied/${grantId}`]],
    ['what is taken away', [grantAfter(...revoked)], {}, [`taken-away/${grantId}`]],
    [
      'nothing that was taken away long ago',
      [grantAfter(...revoked)],
      { now: start + 30 * hour },
      [],
    ],
    [
      'nothing that its holder ended',
      [
        grantAfter(...activated, [
          { type: 'end', reason: 'revoked', by: { kind: 'person', person: octocat } },
          start + hour,
        ]),
      ],
      {},
      [],
    ],
    ['no end that was said before', [grantAfter(...activated, [tick, start + 2 * hour])], {}, []],
    [
      'a broken glass, before all else and even when it is over',
      [
        grantAfter([request(broken), start], [seen, start], [revoke, start]),
        { ...grantAfter(requested), id: 'aaaaaaaaaaaa' },
      ],
      { debts: [debt] },
      [`broke-glass/${debt.id}`, 'asked/AAAA-AAAA/0', `taken-away/${grantId}`],
    ],
    [
      'no broken glass that was reviewed before it was told',
      [grantAfter([request(broken), start])],
      { debts: [{ ...debt, acknowledged: { by: sre, at: start } }] },
      [],
    ],
  ])('%s', (_what, grants, more, keys) => {
    expect(keysOf(grants, more)).toEqual(keys)
  })

  it('is a longer lease that somebody approved, and none that was given at once', () => {
    const of = (approval: Offer['approval']): Offer => ({ ...offer, approval })
    const longer = (approval: Offer['approval']): GrantCommand => {
      const { revision } = request(of(approval), { code: 'BBBB-BBBB' })
      return { type: 'extend', revision: { ...revision, number: 2 }, lapseSeconds: 60 }
    }
    const asked = grantAfter(...activated, [longer(staged(1)), start + hour])
    expect(keysOf([asked])).toEqual(['asked/BBBB-BBBB/0', `given/${grantId}`])
    const given = grantAfter(
      ...activated,
      [longer(staged(1)), start + hour],
      [approve(sre, { code: 'BBBB-BBBB' }), start + hour],
    )
    expect(keysOf([given])).toEqual([`given/${grantId}`, `longer/${grantId}/2`])
    expect(keysOf([grantAfter(...activated, [longer('none'), start + hour])])).toEqual([
      `given/${grantId}`,
    ])
  })

  it('goes to those whom the stage names, but for those whom the policy separates', () => {
    const by = [
      { kind: 'team', slug: 'sre' },
      { kind: 'user', id: monalisa.id },
      { kind: 'user', id: 99 },
      { kind: 'on-call', name: 'primary' },
    ] as const
    const of = { ...byTwo, approval: { ...staged(1), stages: [{ by, count: 1 }] } }
    expect(announcementsOf(view([grantAfter([request(of), start])]))[0]?.to).toEqual(
      by.filter((each) => each.kind !== 'user' || each.id === 99),
    )
  })
})

describe('a comment of its own', () => {
  it('tells approvers what is asked for, and how to answer', () => {
    expect(told([grantAfter(requested)])).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:77#12:told:09447b20390ee694 -->
      **Needs approval:** \`octocat\` asks for \`orders-db-read\` (Read the orders database in production) for 2h; octocat was asked for a review. It takes 2 of team \`sre\` until 2026-11-23 17:00 UTC. \`/access approve AAAA-AAAA\` approves it, \`/access deny AAAA-AAAA because …\` refuses it.
      "
    `)
  })
  it('tells several things at once, most urgent first', () => {
    const grants = [
      grantAfter([request(broken), start], [seen, start]),
      { ...grantAfter(requested, [deny, start]), id: 'bbbbbbbbbbbb' },
      { ...grantAfter(...revoked), id: 'cccccccccccc' },
      { ...grantAfter(...activated, [tick, start + 110 * minute]), id: 'eeeeeeeeeeee' },
    ]
    expect(told(grants, { debts: [debt] })).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:77#12:told:6b48e059e145514b -->
      **\`octocat\` broke the glass for \`orders-db-read\`** (Read the orders database in production), until 2026-11-22 19:00 UTC (2h). Nobody had approved it. Why: checkout is down. It has to be reviewed by team \`security\`, neither by who received it nor by who asked for it: \`/access acknowledge DEBT-0001\`. To take it away at once: \`/access revoke 0123456789ab\`.

      **Granted:** \`orders-db-read\` is yours until 2026-11-22 19:00 UTC (2h), grant \`0123456789ab\`. The comment with the table says how to use it. Write \`/access done\` when you are done.

      **Denied:** \`orders-db-read\` for \`octocat\` was denied 2026-11-22 17:00 UTC by \`sre\` (not on a Friday).

      **Ended early:** \`orders-db-read\`, which you had until 2026-11-22 19:00 UTC, as it was revoked by \`sre\` (enough). Grant \`cccccccccccc\`.

      **Granted:** \`orders-db-read\` is yours until 2026-11-22 19:00 UTC (2h), grant \`eeeeeeeeeeee\`. The comment with the table says how to use it. Write \`/access done\` when you are done.

      **Ends soon:** \`orders-db-read\` ends at 2026-11-22 19:00 UTC, grant \`eeeeeeeeeeee\`. \`/access extend 2h\` asks for more time.
      "
    `)
  })
  it('tells in public states and codes alone', () => {
    const grants = [
      grantAfter([request(broken), start], [seen, start], [tick, start + 110 * minute]),
      { ...grantAfter(requested), id: 'bbbbbbbbbbbb' },
      { ...grantAfter(requested, [deny, start]), id: 'cccccccccccc' },
      { ...grantAfter(...revoked), id: 'eeeeeeeeeeee' },
    ]
    const text = told(grants, { public: true, debts: [debt] })
    expect(text).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:77#12:told:21ab77cd6bc1321f -->
      **Grant \`0123456789ab\` was given without approval** and has to be reviewed: \`/access acknowledge DEBT-0001\`.

      **Needs approval:** grant \`bbbbbbbbbbbb\`. \`/access approve AAAA-AAAA\` approves it, \`/access deny AAAA-AAAA because …\` refuses it.

      **Granted:** \`0123456789ab\`.

      **Ends soon:** \`0123456789ab\`.

      **Denied:** \`cccccccccccc\`.

      **Ended early:** \`eeeeeeeeeeee\`.
      "
    `)
    expect(text).not.toMatch(/octocat|monalisa|orders|sre|checkout|Friday|security/)
  })
})

describe('the issue that asks for a review', () => {
  const grant = grantAfter([request(broken), start])
  it('lists what was given, to whom, why, until when, and how to acknowledge it', () => {
    const { title, body } = renderReviewIssue(view([]), debt, grant)
    expect(title).toBe('Review break-glass access: orders-db-read for octocat')
    expect(body).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:debt:dddddddddddd -->

      \`octocat\` received access that nobody had approved. Somebody has to look at it afterwards.

      | | |
      |---|---|
      | who | \`octocat\` |
      | asked by | \`octocat\` |
      | role | \`orders-db-read\`: Read the orders database in production |
      | gives | IAM user \`octo\` in account \`111122223333\`: assume \`arn:aws:iam::111122223333:role/orders-read\` |
      | why | checkout is down |
      | from | 2026-11-22 17:00 UTC |
      | until | 2026-11-22 19:00 UTC (2h), unless it ended before |
      | on | #12, grant \`0123456789ab\` |

      A reviewer acknowledges it in a new comment, here or on #12:

      \`\`\`
      /access acknowledge DEBT-0001
      \`\`\`

      Reviewers: team \`security\`. \`octocat\`, who asked for it and received it, does not count, and does not break the glass again before that.

      Closing, transferring or deleting this issue clears nothing: only that command does.
      "
    `)
  })
  it('tells in public the grant and the code alone', () => {
    const { title, body } = renderReviewIssue(view([], { public: true }), debt, grant)
    expect(title).toBe(`Review break-glass access: grant ${grantId}`)
    expect(body).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:debt:dddddddddddd -->

      Grant \`0123456789ab\` on #12 was given without approval.

      A reviewer acknowledges it in a new comment, here or on #12:

      \`\`\`
      /access acknowledge DEBT-0001
      \`\`\`

      Closing, transferring or deleting this issue clears nothing: only that command does.
      "
    `)
    expect(body).not.toMatch(/octocat|orders|security|checkout/)
  })
})

test.each([
  ['octocat', '@octocat'],
  ['octo_acme', '@octo_acme'],
  ['evil/team', '`evil/team`'],
  ['a b @everyone', '`a b @everyone`'],
  ['', '` `'],
])('the login %j is mentioned as %s', (login, shown) => {
  expect(mentionOf(login)).toBe(shown)
})
test.each([
  ['acme', 'sre', '@acme/sre'],
  ['acme', 'a/b', '`acme/a/b`'],
  ['acme', 'x @octocat', '`acme/x @octocat`'],
])('the team %s, %s is mentioned as %s', (owner, slug, shown) => {
  expect(teamMentionOf(owner, slug)).toBe(shown)
})

test('hostile text mentions nobody and opens nothing, wherever it comes from', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '@everyone',
      '`@x`',
      '</details><!--',
      'a\n/access approve AAAA-AAAA',
      '](http://e)',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  )
  fc.assert(
    fc.property(hostile, (evil) => {
      const of: Offer = {
        ...broken,
        role: evil,
        description: evil,
        because: evil,
        reason: evil,
        recipient: { ...octocat, login: evil },
        requester: { ...octocat, login: evil },
      }
      const grants = [
        grantAfter([request(of), start], [seen, start]),
        {
          ...grantAfter([request({ ...of, breakGlass: undefined, approval: staged(1) }), start]),
          id: 'bbbbbbbbbbbb',
        },
        {
          ...grantAfter(
            [request(of), start],
            [seen, start],
            [{ ...revoke, detail: evil } as GrantCommand, start],
          ),
          id: 'cccccccccccc',
        },
      ]
      const owed = { ...debt, role: evil, reason: evil }
      const [first] = grants
      if (first === undefined) throw new Error('none')
      const issue = renderReviewIssue(view([]), owed, first)
      const comment = told(grants, { debts: [owed] })
      expect(comment.trim().split('\n\n')).toHaveLength(4)
      for (const text of [comment, issue.body]) {
        const live = text.replaceAll(/\\[!-/:-@[-`{-~]|`[^`\n]*`/g, '')
        expect(live).not.toMatch(/@(?!\u200b)|\]\(|<(?!br>|!-- hallpass)/)
        expect(text.split('\n').filter((line) => line.startsWith('/access'))).toHaveLength(
          text === issue.body ? 1 : 0,
        )
      }
      expect(issue.title).not.toMatch(/[\n\r]/)
    }),
  )
})
