import { describe, expect, it, test } from 'vitest'
import { commandOfButton } from '../../src/domain/commands/command-of-button.ts'
import { revisionOf } from '../../src/domain/grants/revision.ts'
import type { Grant } from '../../src/domain/grants/types.ts'
import { renderCheck } from '../../src/domain/messages/report.ts'
import type { Notice, ReportView } from '../../src/domain/messages/types.ts'
import type { Button } from '../../src/domain/signals.ts'
import {
  activated,
  approve,
  approved,
  byTwo,
  goneAt,
  grantAfter,
  hour,
  hubot,
  minute,
  request,
  requested,
  revoked,
  sre,
  start,
  type Step,
} from './grants.fixtures.ts'
import { brokenPolicy, refusal, view } from './messages.fixtures.ts'

const check = (of: ReportView) => renderCheck(of, 'f00d')

const answer = (key: string, at: number, asked?: string): Notice => ({
  ...{ key, kind: 'answer', text: 'No.', recipient: hubot, role: undefined, at },
  ...(asked === undefined ? {} : { asked }),
})

const extend: Step = [
  { type: 'extend', revision: revisionOf(byTwo, 2, 'BBBB-BBBB'), lapseSeconds: 86_400 },
  start + hour,
]
const deny: Step = [{ ...approve(sre), type: 'deny', because: 'freeze' }, start + minute]
const by = { kind: 'person', person: sre } as const

const active = grantAfter(...activated)
const extending = { ...grantAfter(...activated, extend), id: 'xxxxxxxxxxxx' }
const ending = { ...grantAfter(...revoked), id: 'eeeeeeeeeeee' }
const waiting = { ...grantAfter(requested), id: 'rrrrrrrrrrrr' }
const setUp = { ...grantAfter(approved), id: 'aaaaaaaaaaaa' }
const done = {
  ...grantAfter(
    ...revoked,
    [goneAt(start + hour, start + 2 * hour), start + hour],
    [{ type: 'conclude', cloudAt: start + 2 * hour }, start + 2 * hour],
  ),
  id: 'dddddddddddd',
}
/** Of another person than all the others. */
const refused = { ...byTwo, recipient: hubot }
const denied = { ...grantAfter([request(refused), start], deny), id: 'nnnnnnnnnnnn' }
const again: Step = [request(refused), start + hour]
const withdrawn = {
  ...grantAfter(again, [{ type: 'withdraw', by }, start + hour]),
  id: 'wwwwwwwwwwww',
}
const lapsed = grantAfter(requested, [{ type: 'tick' }, start + 25 * hour])

const until = 'until 2026-11-22 19:00 UTC at the latest'
const running = 'in_progress'
type Row = readonly [what: string, of: ReportView, concludes: string, title: string]

describe('the check on access', () => {
  test.each<Row>([
    [
      'a broken policy before all',
      view([ending, active], { notices: [brokenPolicy] }),
      'failure',
      'The policy has mistakes: policy.yml:12:7 lease.max is missing: write max: 4h',
    ],
    [
      'what ends before all that is not over',
      view([setUp, waiting, active, ending, done, denied]),
      running,
      'Ending: 1 grant being removed',
    ],
    [
      'what ends, with something waiting',
      view([ending, waiting]),
      running,
      'Ending: 1 grant being removed',
    ],
    [
      'what is being set up',
      view([waiting, active, setUp, denied]),
      running,
      'Being set up: 1 grant approved',
    ],
    [
      'what is held',
      view([active, done], { notices: [refusal] }),
      'neutral',
      `1 grant active, ${until}`,
    ],
    [
      'what is held while a request waits',
      view([active, waiting]),
      'neutral',
      `1 grant active, ${until}; 1 waiting for approval`,
    ],
    [
      'what is held while its extension waits',
      view([extending]),
      'neutral',
      `1 grant active, ${until}; 1 waiting for approval`,
    ],
    ['what is held after a denial', view([denied, active]), 'neutral', `1 grant active, ${until}`],
    [
      'what waits',
      view([waiting, done, denied]),
      'action_required',
      '1 request waiting for approval',
    ],
    [
      'all that waits',
      view([waiting, { ...waiting, id: 'qqqqqqqqqqqq' }]),
      'action_required',
      '2 requests waiting for approval',
    ],
    ['what was denied', view([denied]), 'failure', 'The request was denied'],
    [
      'what was denied before what is over or was refused',
      view([denied, done, lapsed], { notices: [refusal] }),
      'failure',
      'The request was denied',
    ],
    [
      'all that was denied',
      view([denied, { ...grantAfter(requested, deny), id: 'mmmmmmmmmmmm' }]),
      'failure',
      '2 requests were denied',
    ],
    [
      'no denial any more once it was asked again and withdrawn',
      view([withdrawn, denied]),
      'skipped',
      'The request was withdrawn',
    ],
    [
      'no denial any more once it was asked again and given',
      view([denied, { ...done, requestedAt: start + hour, revision: denied.revision }]),
      'success',
      'Nobody holds access: all of it is proven gone',
    ],
    [
      'what is over',
      view([done, lapsed], { notices: [refusal] }),
      'success',
      'Nobody holds access: all of it is proven gone',
    ],
    [
      'what was refused',
      view([], { notices: [refusal] }),
      'skipped',
      'Refused: hubot has no AWS identity. Add one to policy.yml.',
    ],
    ['what lapsed', view([lapsed]), 'skipped', 'The request was not approved in time'],
    ['nothing', view([]), 'skipped', 'No access was asked for'],
  ])('shows %s', (_what, of, concludes, title) => {
    const shown = check(of)
    expect(shown).toMatchObject({ name: 'hallpass/access', headSha: 'f00d', title })
    expect(shown.conclusion ?? shown.status).toBe(concludes)
    expect(shown.status).toBe(concludes === running ? running : 'completed')
  })

  test.each<[string, readonly Grant[], readonly string[]]>([
    ['one active grant', [active], ['done', 'extend', 'revoke']],
    ['one, with what is over', [active, done, denied], ['done', 'extend', 'revoke']],
    ['one, while another waits', [active, waiting], ['done', 'extend', 'revoke']],
    ['one whose extension waits', [extending], ['done', 'revoke']],
    ['two', [active, { ...active, id: 'bbbbbbbbbbbb' }], []],
    ['one, while another is being set up', [active, setUp], []],
    ['one, while another ends', [active, ending], []],
    ['what is being set up', [setUp], []],
    ['what waits', [waiting], []],
    ['what is over', [done], []],
  ])('has buttons for the one thing that is held: %s', (_what, grants, buttons) => {
    const { actions } = check(view(grants))
    expect(actions.map(({ identifier }) => identifier)).toEqual(buttons)
    for (const { identifier, label, description } of actions) {
      expect(identifier.length).toBeLessThanOrEqual(20)
      expect(label.length).toBeLessThanOrEqual(20)
      expect(description.length).toBeLessThanOrEqual(40)
      expect(commandOfButton({ button: identifier as Button, code: undefined })).toBeDefined()
    }
  })

  it('keeps them while the policy is broken', () => {
    expect(check(view([active], { notices: [brokenPolicy] })).actions).toHaveLength(3)
  })

  it('names subject, state and content, so that a lost run is found again', () => {
    const { externalId, fingerprint } = check(view([active]))
    expect(externalId).toBe(`hallpass:i7:77#12:active:${fingerprint.slice(0, 12)}`)
  })

  it('has one fingerprint for what looks the same, and another for what does not', () => {
    const { fingerprint } = check(view([active]))
    expect(renderCheck(view([active], { now: start + 1 }), 'beef').fingerprint).toBe(fingerprint)
    expect(check(view([ending])).fingerprint).not.toBe(fingerprint)
    expect(check(view([active], { notices: [refusal] })).fingerprint).not.toBe(fingerprint)
  })

  it('is another one after a press was answered, so that the button can be pressed again', () => {
    const ids = [
      [],
      [answer('answer/1', start, '/access status')],
      [answer('answer/2', start)],
      [answer('answer/2', start), answer('answer/3', start + 1)],
      [answer('answer/3', start + 1)],
    ].map((notices) => check(view([active], { notices })).externalId)
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
    expect(ids[3]).not.toBe(ids[2])
    expect(ids[4]).toBe(ids[3])
  })

  test.each([
    ['active', [active, waiting]],
    ['requested', [waiting]],
    ['denied', [denied]],
    ['extending', [extending]],
  ])('tells state alone on a public repository: %s', (_what, grants) => {
    const shown = JSON.stringify(check(view(grants, { public: true, notices: [refusal] })))
    expect(shown).not.toMatch(/octo|hubot|orders|arn:|AIDA|policy\.yml|2026-/)
  })
})
