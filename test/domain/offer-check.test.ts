import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { readCode } from '../../src/domain/commands/codes.ts'
import { commandOfButton } from '../../src/domain/commands/command-of-button.ts'
import { waitingOf } from '../../src/domain/grants/phases.ts'
import { revisionOf } from '../../src/domain/grants/revision.ts'
import type { Grant, GrantCommand, Offer } from '../../src/domain/grants/types.ts'
import { changesIn } from '../../src/domain/messages/offer-changes.ts'
import { renderDecided, renderOffer } from '../../src/domain/messages/offer-check.ts'
import type { ReportView } from '../../src/domain/messages/types.ts'
import type { Button } from '../../src/domain/signals.ts'
import {
  activated,
  approve,
  assume,
  byTwo,
  grantAfter,
  hour,
  inline,
  minute,
  monalisa,
  octocat,
  offer,
  principal,
  request,
  requested,
  revoke,
  second,
  sre,
  staged,
  start,
  type Step,
} from './grants.fixtures.ts'
import { view } from './messages.fixtures.ts'

function pending(grant: Grant, more: Partial<ReportView> = {}) {
  const waiting = waitingOf(grant)
  if (waiting === undefined) throw new Error('nothing waits')
  return renderOffer(view([grant], more), grant, waiting, 'f00d')
}

const other = { id: 5, login: 'other' }
const longer: Offer = { ...byTwo, leaseSeconds: 4 * 3600 }
const revise = (of: Offer, code = 'BBBB-BBBB'): GrantCommand => ({
  type: 'revise',
  revision: revisionOf(of, 2, code),
})
const extend: Step = [
  { type: 'extend', revision: revisionOf(longer, 2, 'BBBB-BBBB'), lapseSeconds: 3600 },
  start + hour,
]
const by = { kind: 'person', person: octocat } as const

describe('a pending offer', () => {
  it('shows all that is approved, and what decides it', () => {
    const run = pending(grantAfter(requested, [approve(sre), start + minute]))
    expect(run).toMatchObject({
      name: 'hallpass/offer AAAA-AAAA',
      headSha: 'f00d',
      status: 'completed',
      conclusion: 'action_required',
      title: 'octocat asks for orders-db-read, for 2h',
    })
    expect(run.summary).toMatchInlineSnapshot(`
      "**\`octocat\`** would receive **\`orders-db-read\`**: Read the orders database in production

      - Who: \`octocat\`, GitHub's account 1, asked for by \`monalisa\`
      - IAM user \`octo\` (\`AIDAOCTO\`) in account \`111122223333\` could assume \`arn:aws:iam::111122223333:role/orders-read\`
      - For 2h once approved. Ends earlier with the review, or with the review request being removed, or with the pull request being closed or merged
      - A session that was opened in time may outlive it by 1h
      - The cloud itself ends it when the lease is over, even if Hallpass is down
      - Counts as ended once the policy is read as gone from the user, and the longest session is over by AWS's own clock, later than the cloud's answers may lag
      - Why: octocat was asked for a review

      - Needs 2 of team \`sre\`. So far: \`sre\`
      - Who asked for it, receives it or worked on it does not approve it
      - Waits until 2026-11-23 17:00 UTC

      The buttons mean what is shown here. So do \`/access approve AAAA-AAAA\`, \`/access deny AAAA-AAAA\` and \`/access withdraw AAAA-AAAA\`."
    `)
  })

  it('shows permissions whole, and what binds them', () => {
    const of: Offer = {
      ...byTwo,
      bindings: [{ role: inline, principal }],
      residualSeconds: 0,
      selfExpiring: false,
      separationUnproven: true,
      boundHead: 'beef',
      parameters: { service: ['orders', 'carts'] },
      reason: 'the pager rang',
    }
    expect(pending(grantAfter([request(of), start])).summary).toMatchInlineSnapshot(`
      "**\`octocat\`** would receive **\`orders-db-read\`**: Read the orders database in production

      - Who: \`octocat\`, GitHub's account 1, asked for by \`monalisa\`
      - IAM user \`octo\` (\`AIDAOCTO\`) in account \`111122223333\` could call \`s3:GetObject\` on \`arn:aws:s3:::orders/*\`
      - For 2h once approved. Ends earlier with the review, or with the review request being removed, or with the pull request being closed or merged, or with a push to the pull request
      - Nothing outlives it: the cloud evaluates it at each request
      - The cloud itself ends it when the lease is over, even if Hallpass is down
      - Counts as ended once the policy is read as gone from the user, later than the cloud's answers may lag
      - For the commit \`beef\` alone
      - From the changed paths: \`service\` is \`orders\`, \`carts\`
      - Why: octocat was asked for a review
      - Reason given: the pager rang

      - Needs 2 of team \`sre\`. So far: none
      - Who asked for it, receives it or worked on it does not approve it
      - Nobody can tell who wrote a commit of the head: only who may not write to it approves
      - Waits until 2026-11-23 17:00 UTC

      The buttons mean what is shown here. So do \`/access approve AAAA-AAAA\`, \`/access deny AAAA-AAAA\` and \`/access withdraw AAAA-AAAA\`."
    `)
  })

  it('shows what changed since its former revision, and that approvals are void', () => {
    const grant = grantAfter(requested, [approve(sre), start], [revise(longer), start + minute])
    const { name, summary } = pending(grant)
    expect(name).toBe('hallpass/offer BBBB-BBBB')
    expect(summary).toContain(
      '**Changed since it was shown before.** Former approvals do not count.\n\n- Lease: 4h, before: 2h\n\n',
    )
    expect(summary).toContain('So far: none')
  })

  it('shows an extension against what is held', () => {
    const { title, summary } = pending(grantAfter(...activated, extend))
    expect(title).toBe('octocat asks for orders-db-read, extended, for 4h')
    expect(summary).toContain(
      '**Changed against what is held now**\n\n- Lease: 4h, before: 2h\n- Who approves: 2 of team `sre`, before: nobody has to approve\n\n',
    )
  })

  it('has buttons that the translator knows, within what GitHub takes', () => {
    const { actions, name } = pending(grantAfter(requested))
    const code = readCode(name.replace('hallpass/offer ', ''))
    if (typeof code !== 'string') throw new Error('no code')
    const meant = actions.map(({ identifier }) =>
      commandOfButton({ button: identifier as Button, code }),
    )
    expect(meant).toEqual([
      { verb: 'approve', code },
      { verb: 'deny', code, because: undefined },
      { verb: 'withdraw', code },
    ])
    for (const { identifier, label, description } of actions) {
      expect(identifier.length).toBeLessThanOrEqual(20)
      expect(label.length).toBeLessThanOrEqual(20)
      expect(description.length).toBeLessThanOrEqual(40)
    }
  })

  it('is another one after a press was answered, so that the button can be pressed again', () => {
    const notice = { key: 'answer/1', kind: 'answer', text: 'No.', role: undefined } as const
    const answered = { notices: [{ ...notice, recipient: octocat, at: start }] }
    const grant = grantAfter(requested)
    expect(pending(grant, answered).externalId).not.toBe(pending(grant).externalId)
  })

  it('tells state and code alone on a public repository', () => {
    const grant = grantAfter(...activated, extend)
    const run = pending(grant, { public: true })
    expect(run).toMatchObject({
      title: 'Waits for approval',
      summary: '`BBBB-BBBB` waits for approval.',
    })
    expect(JSON.stringify(run)).not.toMatch(/octo|orders|arn:|AIDA|2026-/)
  })

  it('holds no text that means anything else than it says', () => {
    const evil = '</details>\n# heading\n\n| x | @everyone ``` [l](https://evil.example)'
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constant(evil)), (text) => {
        const of: Offer = {
          ...byTwo,
          role: text,
          description: text,
          recipient: { ...octocat, login: text },
          requester: { ...monalisa, login: text },
          because: text,
          reason: text,
          parameters: { service: [text] },
          bindings: [
            {
              role: { cloud: 'aws', mode: 'assume-role', account: '1', roleArn: text },
              principal: { ...principal, userName: text },
            },
          ],
        }
        const lines = (of: Offer) =>
          pending(grantAfter([request(of), start])).summary.split('\n').length
        const harmless = { ...byTwo, reason: 'x', parameters: { service: ['x'] } }
        expect(lines(of)).toBe(lines(harmless))
        const { summary, title } = pending(grantAfter([request(of), start]))
        expect(summary.replaceAll(/`[^`\n]*`/g, '')).not.toMatch(/@(?!\u200b)|<(?!\u200b)/)
        expect(title).not.toContain('\n')
      }),
    )
  })
})

describe('a change', () => {
  const { policy } = offer
  test.each<[string, Partial<Offer>]>([
    ['Lease: 1h, before: 2h', { leaseSeconds: 3600 }],
    ['Who would use it, or what it gives', { bindings: [{ role: inline, principal }] }],
    [
      'Who would use it, or what it gives',
      { bindings: [{ role: assume, principal: { ...principal, userId: 'AIDAOTHER' } }] },
    ],
    ['Sessions may outlive it by: 0s, before: 1h', { residualSeconds: 0 }],
    ['Whether the cloud ends it by itself', { selfExpiring: false }],
    [
      'What ends it: the pull request being closed or merged, before: the review, or with the review request being removed, or with the pull request being closed or merged',
      { until: ['closed'] },
    ],
    ['The commit it is for: `beef`, before: any', { boundHead: 'beef' }],
    ['Who approves: 1 of team `sre`, before: 2 of team `sre`', { approval: staged(1) }],
    ['Who worked on it, and so does not approve it', { separated: [1, 3, 7] }],
    ['Who worked on it, and so does not approve it', { separationUnproven: true }],
    ['The label or team whose removal ends it', { label: 'prod' }],
    ['The label or team whose removal ends it', { team: { id: 1, slug: 'sre' } }],
    [
      "The organization's policy",
      { policy: { ...policy, organization: { ...policy.organization, blob: 'b2' } } },
    ],
    [
      "The organization's policy",
      { policy: { ...policy, organization: { ...policy.organization, heldBackTo: 'b0' } } },
    ],
    ["The repository's policy", { policy: { ...policy, repository: policy.organization } }],
  ])('%s', (said, change) => {
    const changed = { ...byTwo, ...change }
    const told = changesIn(byTwo, changed)
    expect(told).toContain(said)
    expect(revisionOf(changed, 2, 'B').digest).not.toBe(revisionOf(byTwo, 2, 'B').digest)
  })

  it('is none where nothing changes the digest', () => {
    const renamed = { ...octocat, login: 'renamed' }
    const same = { ...byTwo, recipient: renamed, separated: [3, 1], because: 'another sentence' }
    expect(changesIn(byTwo, same)).toEqual([])
    expect(revisionOf(same, 2, 'B').digest).toBe(revisionOf(byTwo, 2, 'B').digest)
  })
})

describe('a decided offer', () => {
  const extended: readonly Step[] = [...activated, extend]
  const yes = (code: string, at: number): readonly Step[] => [
    [approve(sre, { code }), at],
    [approve(other, { code }), at + second],
  ]
  test.each<[string, string, readonly Step[], string, string, string]>([
    [
      'approved',
      'AAAA-AAAA',
      [requested, ...yes('AAAA-AAAA', start)],
      'success',
      'Approved',
      'approved',
    ],
    [
      'denied',
      'AAAA-AAAA',
      [requested, [{ ...approve(sre), type: 'deny', because: undefined }, start]],
      'failure',
      'Denied',
      'denied',
    ],
    [
      'withdrawn',
      'AAAA-AAAA',
      [requested, [{ type: 'withdraw', by }, start]],
      'skipped',
      'Withdrawn',
      'withdrawn',
    ],
    [
      'lapsed',
      'AAAA-AAAA',
      [requested, [{ type: 'tick' }, start + 24 * hour]],
      'skipped',
      'Not approved in time',
      'lapsed',
    ],
    [
      'replaced',
      'AAAA-AAAA',
      [requested, [revise(longer), start]],
      'skipped',
      'No longer offered',
      'void',
    ],
    [
      'an approved extension',
      'BBBB-BBBB',
      [...extended, ...yes('BBBB-BBBB', start + hour)],
      'success',
      'Approved',
      'approved',
    ],
    [
      'a denied extension',
      'BBBB-BBBB',
      [
        ...extended,
        [
          { ...approve(sre, { code: 'BBBB-BBBB' }), type: 'deny', because: undefined },
          start + hour,
        ],
      ],
      'failure',
      'Denied',
      'denied',
    ],
    [
      'a denied extension of what is being removed by now',
      'BBBB-BBBB',
      [
        ...extended,
        [
          { ...approve(sre, { code: 'BBBB-BBBB' }), type: 'deny', because: undefined },
          start + hour,
        ],
        [revoke, start + hour],
      ],
      'failure',
      'Denied',
      'denied',
    ],
    [
      'a withdrawn extension',
      'BBBB-BBBB',
      [...extended, [{ type: 'withdraw', by }, start + hour]],
      'skipped',
      'Withdrawn',
      'withdrawn',
    ],
    [
      'an extension that lapsed',
      'BBBB-BBBB',
      [
        ...activated,
        [{ ...extend[0], lapseSeconds: 60 } as GrantCommand, start + hour],
        [{ type: 'tick' }, start + hour + minute],
      ],
      'skipped',
      'Not approved in time',
      'lapsed',
    ],
    [
      'an extension of what ended before',
      'BBBB-BBBB',
      [...extended, [revoke, start + hour]],
      'skipped',
      'No longer offered',
      'void',
    ],
  ])('says so for good: %s', (_what, code, steps, conclusion, title, state) => {
    const grant = grantAfter(...steps)
    const run = renderDecided(view([grant]), code, 'f00d')
    const name = `hallpass/offer ${code}`
    expect(run).toMatchObject({ name, status: 'completed', conclusion, title, actions: [] })
    expect(run.externalId).toMatch(`hallpass:i7:77#12:${state}:`)
    const told = renderDecided(view([grant], { public: true }), code, 'f00d')
    expect(told).toMatchObject({ title, summary: `\`${code}\`: ${title}.` })
  })

  it('tells whom it was about', () => {
    const grant = grantAfter(requested, [{ type: 'withdraw', by }, start])
    expect(renderDecided(view([grant]), 'AAAA-AAAA', 'f00d').summary).toBe(
      '`AAAA-AAAA`: withdrawn. It was about `orders-db-read` for `octocat`, grant `0123456789ab`.',
    )
  })
})
