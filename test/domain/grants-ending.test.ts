// What each signal ends, and for whom.
import { describe, expect, it, test } from 'vitest'
import { endingOf } from '../../src/domain/grants/ending-of.ts'
import type { Offer } from '../../src/domain/grants/types.ts'
import type { Until } from '../../src/domain/policy/types.ts'
import type { Signal } from '../../src/domain/signals.ts'
import {
  grantAfter,
  hubot,
  octocat,
  offer,
  request,
  second,
  sre,
  start,
  subject,
} from './grants.fixtures.ts'

const everything: readonly Until[] = [
  'reviewed',
  'unrequested',
  'unlabeled',
  'unassigned',
  'closed',
  'merged',
  'pushed',
]
const team = { id: 6, slug: 'backend' }
const base = {
  delivery: 'd',
  subject,
  actor: { ...sre, type: 'User' },
  at: start + second,
} as const
const by = { kind: 'person', person: sre } as const

type Case = readonly [what: string, signal: Signal, of: Partial<Offer>, reason: string | undefined]

const removed = (reviewer: typeof sre): Signal => ({
  ...base,
  type: 'ReviewRequestRemoved',
  reviewer,
})
const teamRemoved = (id: number): Signal => ({
  ...base,
  type: 'TeamReviewRequestRemoved',
  team: { id, slug: 'backend' },
})
const reviewed = (reviewer: typeof sre): Signal => ({
  ...base,
  type: 'ReviewSubmitted',
  reviewer,
  state: 'approved',
})
const unlabeled = (label: string): Signal => ({ ...base, type: 'LabelRemoved', label })
const unassigned = (assignee: typeof sre): Signal => ({ ...base, type: 'Unassigned', assignee })
const closed = (merged: boolean): Signal => ({ ...base, type: 'PullRequestClosed', merged })
const pushed: Signal = { ...base, type: 'PullRequestPushed', headSha: 'b' }
const cause = 'c'

const cases: readonly Case[] = [
  ['the request taken back', removed(octocat), {}, 'unrequested'],
  ['the request of another taken back', removed(hubot), {}, undefined],
  ['the person’s request taken back, the team’s not', removed(octocat), { team }, undefined],
  ['the team’s request taken back', teamRemoved(6), { team }, 'unrequested'],
  ['another team’s request taken back', teamRemoved(7), { team }, undefined],
  ['a team’s request taken back, the person’s not', teamRemoved(6), {}, undefined],
  ['the review', reviewed(octocat), {}, 'reviewed'],
  ['the review of a member', reviewed(octocat), { team }, 'reviewed'],
  ['the review of another', reviewed(hubot), {}, undefined],
  ['the label taken off', unlabeled('incident'), { label: 'incident' }, 'unlabeled'],
  [
    'the label taken off in other letters',
    unlabeled('INCIDENT'),
    { label: 'Incident' },
    'unlabeled',
  ],
  ['another label taken off', unlabeled('bug'), { label: 'incident' }, undefined],
  ['a label taken off that was not the cause', unlabeled('bug'), {}, undefined],
  ['the assignment taken back', unassigned(octocat), {}, 'unassigned'],
  ['the assignment of another taken back', unassigned(hubot), {}, undefined],
  ['closing', closed(false), {}, 'closed'],
  ['merging', closed(true), {}, 'merged'],
  ['closing the issue', { ...base, type: 'IssueClosed' }, {}, 'closed'],
  ['a push', pushed, {}, 'pushed'],
  ['a push past its commit', pushed, { boundHead: 'a' }, 'pushed'],
  ['a push of its very commit', pushed, { boundHead: 'b' }, undefined],
  [
    'a review asked for',
    { ...base, type: 'ReviewRequested', reviewer: octocat, cause },
    {},
    undefined,
  ],
  [
    'a team’s review asked for',
    { ...base, type: 'TeamReviewRequested', team, cause },
    {},
    undefined,
  ],
  ['a label', { ...base, type: 'LabelAdded', label: 'x', cause }, {}, undefined],
  ['an assignment', { ...base, type: 'Assigned', assignee: octocat, cause }, {}, undefined],
  [
    'a command',
    {
      ...base,
      type: 'CommandWritten',
      commentId: 1,
      lines: ['revoke'],
      ignored: 0,
      throughApp: false,
      cause,
    },
    {},
    undefined,
  ],
  [
    'a button',
    {
      ...base,
      type: 'ButtonPressed',
      button: 'revoke',
      checkId: 1,
      headSha: 'a',
      code: undefined,
      cause,
    },
    {},
    undefined,
  ],
]

const grantOf = (of: Partial<Offer>) =>
  grantAfter([request({ ...offer, until: everything, ...of }), start])

test.each(cases)('%s', (_what, signal, of, reason) => {
  const command = endingOf(signal, grantOf(of))
  expect(command).toEqual(
    reason === undefined ? undefined : expect.objectContaining({ type: 'end', reason, by }),
  )
})

const ends = cases.filter(([, , , reason]) => reason !== undefined)

describe('what its rule does not name', () => {
  test.each(ends)('%s', (_what, signal, of, reason) => {
    const command = endingOf(signal, grantOf({ ...of, until: [] }))
    // Nothing is held from what is closed, nor past the commit that it was bound to.
    const anyhow = ['closed', 'merged'].includes(reason ?? '') || of.boundHead !== undefined
    expect(command).toEqual(anyhow ? expect.objectContaining({ type: 'end', reason }) : undefined)
  })
})

describe('what is older than the request', () => {
  test.each(ends)('%s ends nothing', (_what, signal, of) => {
    expect(endingOf({ ...signal, at: start - 1 }, grantOf(of))).toBeUndefined()
  })
})

describe('what waits', () => {
  const waiting = (of: Partial<Offer>) =>
    grantAfter([
      request({
        ...offer,
        until: everything,
        approval: {
          stages: [{ by: [{ kind: 'user', id: 4 }], count: 1 }],
          separate: true,
          lapseSeconds: 60,
        },
        ...of,
      }),
      start,
    ])
  test.each(ends)('is withdrawn by %s', (_what, signal, of) => {
    expect(endingOf(signal, waiting(of))).toMatchObject({ type: 'withdraw', by })
  })
  it('says that it was bound to a commit', () => {
    expect(endingOf(pushed, waiting({ boundHead: 'a' }))).toMatchObject({
      because: 'it was bound to a commit, and another one was pushed',
    })
  })
})
