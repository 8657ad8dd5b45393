import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Grant, GrantCommand, Offer } from '../../src/domain/grants/types.ts'
import { code, prose, sentence, shellWord } from '../../src/domain/messages/escape.ts'
import { duration, utc } from '../../src/domain/messages/format.ts'
import {
  commentMarker,
  renderCheck as renderRun,
  renderComment,
  shouldComment,
} from '../../src/domain/messages/report.ts'
import type { ReportView } from '../../src/domain/messages/types.ts'
import {
  activated,
  approve,
  byTwo,
  goneAt,
  grantAfter,
  hour,
  inline,
  minute,
  octocat,
  offer,
  principal,
  request,
  requested,
  revoked,
  sre,
  staged,
  start,
} from './grants.fixtures.ts'
import { brokenPolicy, refusal, view } from './messages.fixtures.ts'

const renderCheck = (of: ReportView) => renderRun(of, of.headSha ?? '')
const named = (id: string, of: Offer = offer) => grantAfter([request(of, { id }), start])
const stuck: GrantCommand = { type: 'trouble', because: 'AccessDenied: iam:DeleteUserPolicy' }
const proven = [...revoked, [goneAt(start + hour, start + 2 * hour), start + hour]] as const
const ended = grantAfter(...proven, [
  { type: 'conclude', cloudAt: start + 2 * hour },
  start + 2 * hour,
])
const denied = grantAfter(requested, [
  { ...approve(sre), type: 'deny', because: 'freeze' },
  start + minute,
])
const comment = (...grants: readonly Grant[]) => renderComment(view(grants))

describe('renderComment', () => {
  it('shows who holds what, until when, how to use it and what ends it', () => {
    expect(comment(grantAfter(...activated))).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:77#12 -->
      ### Cloud access

      | who | what | state | until | next |
      |---|---|---|---|---|
      | \`octocat\` | \`orders-db-read\`<br>Read the orders database in production | **active** | 2026-11-22 19:00 UTC (2h) | \`/access done\` when done, \`/access extend 2h\` for longer |

      **\`octocat\`: \`orders-db-read\`**, grant \`0123456789ab\`

      With the credentials of IAM user \`octo\` in account \`111122223333\`:

      \`\`\`sh
      aws sts assume-role --role-arn arn:aws:iam::111122223333:role/orders-read --role-session-name hallpass-0123456789ab --duration-seconds 3600
      \`\`\`

      <details><summary>In the AWS console</summary>

      Switching roles there is refused, as access is given to the session \`hallpass-0123456789ab\` alone. This prints a link that opens the console with it, for you alone:

      \`\`\`sh
      session=$(aws sts assume-role --role-arn arn:aws:iam::111122223333:role/orders-read --role-session-name hallpass-0123456789ab --duration-seconds 3600 --output json --query 'Credentials.{sessionId:AccessKeyId,sessionKey:SecretAccessKey,sessionToken:SessionToken}')
      token=$(printf %s "$session" | curl -sSG https://signin.aws.amazon.com/federation -d Action=getSigninToken --data-urlencode Session@- | jq -r .SigninToken)
      echo "https://signin.aws.amazon.com/federation?Action=login&Destination=https%3A%2F%2Fconsole.aws.amazon.com%2F&SigninToken=$token"
      \`\`\`

      </details>

      - Asked for by \`monalisa\`
      - A session that was opened in time may outlive the lease, until 2026-11-22 20:00 UTC
      - Ends at 2026-11-22 19:00 UTC, or with the review, or with the review request being removed, or with the pull request being closed or merged
      - The cloud itself ends it when the lease is over, even if Hallpass is down
      "
    `)
  })

  it('tells mode B to use what they have, and that nothing outlives it', () => {
    const bound: Offer = {
      ...offer,
      bindings: [{ role: inline, principal }],
      residualSeconds: 0,
      boundHead: 'f00d',
      selfExpiring: false,
      until: ['closed'],
    }
    expect(comment(grantAfter([request(bound), start]))).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:77#12 -->
      ### Cloud access

      | who | what | state | until | next |
      |---|---|---|---|---|
      | \`octocat\` | \`orders-db-read\`<br>Read the orders database in production | **approved**, being set up | 2026-11-22 19:00 UTC (2h) | \`/access done\` when done, \`/access extend 2h\` for longer |

      **\`octocat\`: \`orders-db-read\`**, grant \`0123456789ab\`

      Just use your own credentials: the permissions are on IAM user \`octo\` in account \`111122223333\`, also in the [AWS console](https://111122223333.signin.aws.amazon.com/console).

      - Asked for by \`monalisa\`
      - Nothing outlives it: the cloud evaluates it at each request
      - Ends at 2026-11-22 19:00 UTC, or with the pull request being closed or merged, or with a push to the pull request
      - The cloud itself ends it when the lease is over, even if Hallpass is down
      "
    `)
  })

  it('shows what waits for whom', () => {
    expect(comment(grantAfter(requested, [approve(sre), start + minute]))).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:77#12 -->
      ### Cloud access

      | who | what | state | until | next |
      |---|---|---|---|---|
      | \`octocat\` | \`orders-db-read\`<br>Read the orders database in production | **waits for approval** until 2026-11-23 17:00 UTC | 2h once approved | 1 more of team \`sre\`: \`/access approve AAAA-AAAA\` |

      **\`octocat\`: \`orders-db-read\`**, grant \`0123456789ab\`

      - Why: octocat was asked for a review
      - Asked for by \`monalisa\`
      - Needs 2 of team \`sre\`; approved by \`sre\`
      - To approve it, write \`/access approve AAAA-AAAA\`; to refuse it, \`/access deny AAAA-AAAA because …\`; to take it back, \`/access withdraw AAAA-AAAA\`
      - Lets IAM user \`octo\` in account \`111122223333\` assume \`arn:aws:iam::111122223333:role/orders-read\`
      - Sessions may outlive the lease by 1h
      - The cloud itself ends it when the lease is over, even if Hallpass is down
      - Counts as ended once the policy is read as gone from the user, and the longest session is over by AWS's own clock, later than the cloud's answers may lag
      "
    `)
  })

  it('says ending, never ended, while removal is unproven, and how to do it by hand', () => {
    const text = comment(grantAfter(...revoked, [stuck, start + hour + minute]))
    expect(text).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:77#12 -->
      ### Cloud access

      | who | what | state | until | next |
      |---|---|---|---|---|
      | \`octocat\` | \`orders-db-read\`<br>Read the orders database in production | **ending**, sessions until 2026-11-22 20:00 UTC at the latest, **stuck** | 2026-11-22 19:00 UTC (2h) | nothing: Hallpass removes it |

      **\`octocat\`: \`orders-db-read\`**, grant \`0123456789ab\`

      - Not yet proven gone: \`hallpass-i7-0123456789ab\` on IAM user \`octo\` in account \`111122223333\`

      **Stuck since 2026-11-22 18:01 UTC**, because AccessDenied: iam:DeleteUserPolicy

      Hallpass goes on trying. To remove it by hand:

      \`\`\`sh
      aws iam delete-user-policy --user-name octo --policy-name hallpass-i7-0123456789ab
      \`\`\`
      "
    `)
    expect(text).not.toContain('ended')
  })

  it('says until when sessions run once removal is proven', () => {
    const text = comment(grantAfter(...proven))
    expect(text).toContain('**ending**, sessions until 2026-11-22 19:00 UTC |')
    expect(text).toContain('may run until 2026-11-22 19:00 UTC.')
    expect(text).not.toContain('20:00')
    expect(text).not.toContain('delete-user-policy')
    expect(text).not.toContain('ended')
  })

  it('folds away what is over, with when its removal was proven', () => {
    expect(comment(denied, { ...ended, id: 'bbbbbbbbbbbb' })).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:77#12 -->
      ### Cloud access

      <details><summary>Over: 2</summary>

      | who | what | state | removal proven |
      |---|---|---|---|
      | \`octocat\` | \`orders-db-read\`, grant \`bbbbbbbbbbbb\` | ended 2026-11-22 19:00 UTC: it was revoked by \`sre\` (enough) | 2026-11-22 18:00 UTC |
      | \`octocat\` | \`orders-db-read\`, grant \`0123456789ab\` | denied 2026-11-22 17:01 UTC by \`sre\` (freeze) | nothing was given |

      </details>
      "
    `)
  })

  it('says what was refused and why', () => {
    expect(renderComment(view([], { notices: [refusal] }))).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:77#12 -->
      ### Cloud access

      **Refused**

      | who | what | why |
      |---|---|---|
      | \`hubot\` | \`orders-db-read\` | hubot has no AWS identity. Add one to policy.yml. |
      "
    `)
  })

  it('puts a broken policy first', () => {
    expect(renderComment(view([named('aaaaaaaaaaaa')], { notices: [brokenPolicy] }))).toMatch(
      /### Cloud access\n\n\*\*Nothing is granted\.\*\* The policy has mistakes:\n\n- policy\.yml:12:7 .*`max: 4h`\n/,
    )
  })

  it('shows how much of it is there', () => {
    const two = { ...offer, bindings: [...offer.bindings, { role: inline, principal }] }
    const [first = ''] = request(two).bindingIds
    const partly = grantAfter(
      [request(two), start],
      [{ type: 'observe-present', bindingId: first }, start],
    )
    expect(comment(partly)).toContain('**active** in part: 1 of 2')
  })

  it('starts with its marker', () => {
    expect(commentMarker(view([]))).toBe('<!-- hallpass:i7:77#12 -->')
    expect(comment(ended).startsWith(`${commentMarker(view([]))}\n`)).toBe(true)
  })

  it('does not change with the time, or with the order that grants come in', () => {
    const all = [grantAfter(...activated), { ...ended, id: 'bbbbbbbbbbbb' }, named('cccccccccccc')]
    const later = view(all.toReversed(), { now: start + 90 * minute })
    expect(renderComment(later)).toBe(renderComment(view(all)))
    expect(renderCheck(later)).toEqual(renderCheck(view(all)))
  })

  it('stays within what GitHub takes, whole blocks only', () => {
    const long = { ...offer, description: '<'.repeat(1000), because: '@'.repeat(1000) }
    const many = Array.from({ length: 300 }, (_, n) =>
      named(`g${String(n).padStart(11, '0')}`, long),
    )
    const text = comment(...many)
    expect(text.length).toBeLessThanOrEqual(60_000)
    expect(text.length).toBeGreaterThan(30_000)
    expect(text).toContain('And 275 more.')
    expect(text.trim().endsWith('There is more than fits here.')).toBe(true)
    expect(text.split('```').length % 2).toBe(1)
    expect(renderCheck(view(many)).summary.length).toBeLessThanOrEqual(60_000)
  })
})

describe('on a public repository', () => {
  it('shows state and grant id alone', () => {
    const grants = [grantAfter(...revoked, [stuck, start + hour]), { ...ended, id: 'bbbbbbbbbbbb' }]
    const told = view(grants, { public: true, notices: [refusal, brokenPolicy] })
    expect(renderComment(told)).toMatchInlineSnapshot(`
      "<!-- hallpass:i7:77#12 -->
      ### Cloud access

      **The policy is broken: nothing is granted until it is mended.**

      | grant | state | next |
      |---|---|---|
      | \`0123456789ab\` | ending, stuck |  |
      | \`bbbbbbbbbbbb\` | ended |  |

      A request was refused.
      "
    `)
    const shown = renderComment(told) + JSON.stringify(renderCheck(told))
    expect(shown).not.toMatch(/octo|hubot|orders|arn:|AIDA|111122223333|policy\.yml|AccessDenied/)
  })
  test.each([
    ['active', view([grantAfter(...activated)], { public: true })],
    ['refused', view([], { public: true, notices: [refusal] })],
    ['requested', view([grantAfter(requested)], { public: true })],
  ])('tells nothing more in the check: %s', (_name, told) => {
    expect(JSON.stringify(renderCheck(told))).not.toMatch(/octo|hubot|orders|arn:|AIDA|policy\.yml/)
  })
})

describe('shouldComment', () => {
  test.each([
    [view([]), false],
    [view([ended]), true],
    [view([], { notices: [refusal] }), true],
  ])('%#', (given, then) => {
    expect(shouldComment(given)).toBe(then)
  })
})

describe('hostile text', () => {
  const hostile = [
    'a@b @everyone @acme/sre',
    '<img src=x onerror=alert(1)></details><!--',
    '| x | y |',
    'a\\| b \\',
    '``` ` `` \n```\n# heading',
    '[link](https://evil.example) ![i](http://e)',
    'www.evil.example #1 acme/shop#2 GH-3 :// mailto:x',
    '\u202egnirts\u200b\u0000\r\n\ud800',
    '$x$ ~~y~~ **z** _w_ &lt; &#64;octocat',
  ]
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(...hostile),
    fc
      .array(fc.constantFrom('|', '`', '\\', '\n', '@x', '<', '>', '#', '*', '&', ']', '('), {
        maxLength: 12,
      })
      .map((parts) => parts.join('')),
  )
  /** Cells as GitHub's tables are split: a backslash takes the next character with it. */
  const cellsOf = (row: string) =>
    [...row.matchAll(/(?:\\.|[^|\\])+/g)].filter(([cell]) => cell.trim() !== '').length

  const inert = (shown: string) => {
    for (const hidden of ['\n', '\r', '\u0000', '\u202e']) expect(shown).not.toContain(hidden)
    // What a parser would see once escaped punctuation is taken away.
    const live = shown.replaceAll(/\\[!-/:-@[-`{-~]/g, '').replaceAll(/&(?:amp|lt|gt);/g, '')
    expect(live).not.toMatch(/[<>`*_[\]|~$&]/)
    expect(live).not.toMatch(/@(?!\u200b)/)
    expect(live).not.toMatch(/:\/\/|www\.|GH-\d|mailto:(?!\u200b)/i)
  }

  it('is inert as a sentence', () => {
    fc.assert(fc.property(text, (given) => inert(prose(given))))
    for (const given of hostile) inert(prose(given))
  })

  it('keeps its own code spans, and is inert around them', () => {
    const around = (shown: string) => shown.replaceAll(/\\[!-/:-@[-`{-~]|`[^`]*`/g, '')
    fc.assert(fc.property(text, text, (a, b) => inert(around(sentence(`${a} \`${b}\` ${a}`)))))
    for (const given of hostile) inert(around(sentence(given)))
    expect(sentence('Add `- { github: 1002 }` to `identities` (now).')).toBe(
      'Add `- { github: 1002 }` to `identities` \\(now\\).',
    )
  })

  it('is inert as a name', () => {
    fc.assert(
      fc.property(text, (given) => {
        const shown = code(given)
        expect(shown).toMatch(/^`[^`\n\r|]+`$/)
        expect(cellsOf(`| ${shown} | y |`)).toBe(2)
      }),
    )
  })

  it('says what it said', () => {
    expect(prose('Add octo to policy.yml, then ask again.')).toBe(
      'Add octo to policy.yml, then ask again.',
    )
    expect(code('orders-db-read')).toBe('`orders-db-read`')
    expect(prose('x'.repeat(600))).toHaveLength(500)
  })

  it('is one word of a shell', () => {
    expect(shellWord('arn:aws:iam::111122223333:role/a-b')).toBe(
      'arn:aws:iam::111122223333:role/a-b',
    )
    expect(shellWord("x'; rm -rf ~ #\n```")).toBe("'x'\\''; rm -rf ~ # ```'")
    expect(shellWord('')).toBe("''")
    expect(shellWord('$(id)')).toBe("'$(id)'")
  })

  it('never breaks out of the comment, wherever it comes from', () => {
    fc.assert(
      fc.property(text, (evil) => {
        const of: Offer = {
          ...byTwo,
          role: evil,
          description: evil,
          recipient: { ...octocat, login: evil },
          because: evil,
          approval: { ...staged(1), stages: [{ by: [{ kind: 'team', slug: evil }], count: 1 }] },
          bindings: [{ role: inline, principal: { ...principal, userName: evil } }],
        }
        const withInline = { ...byTwo, bindings: [{ role: inline, principal }] }
        const open = grantAfter([request(of), start])
        const over = grantAfter(
          [request({ ...of }, { id: 'bbbbbbbbbbbb' }), start],
          [{ ...approve(sre), type: 'deny', because: evil }, start],
        )
        const notices = [{ ...refusal, text: evil, role: evil, recipient: { id: 2, login: evil } }]
        const rendered = renderComment(view([open, over], { notices }))
        const lines = rendered.split('\n')
        const harmless = renderComment(
          view(
            [open, over].map((grant) => ({
              ...grant,
              revision: { ...grant.revision, offer: withInline },
            })),
            { notices: [refusal] },
          ),
        ).split('\n')
        expect(lines.length).toBe(harmless.length)
        // What is escaped opens no code span, and in a code span nothing is escaped.
        expect(rendered.replaceAll(/\\[!-/:-@[-`{-~]|`[^`\n]*`/g, '')).not.toMatch(/@(?!\u200b)/)
        const rows = lines.filter((line) => line.startsWith('|'))
        const cells = (all: readonly string[]) =>
          all.map((row) => row.replaceAll(/\\./g, '').split('|').length)
        expect(cells(rows)).toEqual(cells(harmless.filter((line) => line.startsWith('|'))))
      }),
    )
  })
})

test.each([
  [45, '45s'],
  [5400, '1h 30m'],
  [7200, '2h'],
  [0, '0s'],
  [90061, '25h 1m 1s'],
])('a duration of %i seconds is %s', (seconds, shown) => {
  expect(duration(seconds)).toBe(shown)
})

test('instants are shown in UTC', () => {
  expect(utc(start)).toBe('2026-11-22 17:00 UTC')
  expect(utc(start + 1500)).toBe('2026-11-22 17:00:01 UTC')
})
