// What an approver approves: every field of an offer, and whether changing it voids what was approved.
import { describe, expect, test } from 'vitest'
import { revisionOf } from '../../src/domain/grants/revision.ts'
import type { Offer } from '../../src/domain/grants/types.ts'
import { byTwo, hubot, inline, principal, staged, start } from './grants.fixtures.ts'

const digestOf = (of: Offer) => revisionOf(of, 1, 'x').digest

const [binding] = byTwo.bindings
if (!binding) throw new Error('one binding')
const full: Offer = {
  ...byTwo,
  approval: staged(2, 1),
  team: { id: 6, slug: 'sre' },
  label: 'Needs-Access',
  parameters: { service: ['orders'] },
  reason: 'it burns',
  breakGlass: {
    notify: [{ kind: 'team', slug: 'security' }],
    reviewers: [
      { kind: 'user', id: 4 },
      { kind: 'user', id: 5 },
    ],
  },
  boundHead: 'c0ffee',
}
const { organization } = full.policy
const [first, second] = staged(2, 1).stages
if (!first || !second || !full.breakGlass) throw new Error('two stages')
const approval = { ...staged(2, 1) }

type Changes = Readonly<Record<string, Partial<Offer>>>

/** Leaving out a field of the offer does not compile. */
const changes: Readonly<
  Record<keyof Offer, { readonly voids?: Changes; readonly keeps?: Changes }>
> = {
  cause: { keeps: { cause: { cause: 'label:1' } } },
  askedAt: { keeps: { 'time of asking': { askedAt: start + 1 } } },
  trigger: { keeps: { trigger: { trigger: 'labeled' } } },
  rule: { keeps: { 'rule’s name': { rule: 'x' } } },
  role: { voids: { role: { role: 'orders-db-write' } } },
  description: { keeps: { description: { description: 'x' } } },
  subject: {
    voids: {
      subject: { subject: { ...full.subject, number: 13 } },
      kind: { subject: { ...full.subject, kind: 'issue' } },
      repository: { subject: { ...full.subject, repositoryId: 78 } },
      account: { subject: { ...full.subject, accountId: 7 } },
    },
    keeps: {
      'repository’s name': { subject: { ...full.subject, owner: 'x', repository: 'y' } },
      installation: { subject: { ...full.subject, installationId: 1 } },
    },
  },
  recipient: {
    voids: { recipient: { recipient: { id: 5, login: 'octocat' } } },
    keeps: { login: { recipient: { id: 1, login: 'renamed' } } },
  },
  requester: { keeps: { requester: { requester: hubot } } },
  bindings: {
    voids: {
      principal: { bindings: [{ ...binding, principal: { ...principal, userId: 'AIDAX' } }] },
      'cloud account': { bindings: [{ ...binding, principal: { ...principal, account: '9' } }] },
      'cloud role': { bindings: [{ ...binding, role: inline }] },
      resource: {
        bindings: [
          {
            ...binding,
            role: {
              cloud: 'aws',
              mode: 'inline-permissions',
              account: '111122223333',
              allow: [{ actions: ['s3:GetObject'], resources: ['*'] }],
            },
          },
        ],
      },
      'number of bindings': { bindings: [binding, binding] },
    },
    keeps: {
      'user name': { bindings: [{ ...binding, principal: { ...principal, userName: 'new' } }] },
    },
  },
  leaseSeconds: { voids: { lease: { leaseSeconds: 7201 } } },
  residualSeconds: { voids: { residual: { residualSeconds: 0 } } },
  selfExpiring: { voids: { 'self expiry': { selfExpiring: false } } },
  approval: {
    voids: {
      approval: { approval: 'none' },
      quorum: { approval: { ...approval, stages: [{ ...first, count: 1 }, second] } },
      approvers: { approval: { ...approval, stages: [{ ...first, by: [] }, second] } },
      'on-call': {
        approval: {
          ...approval,
          stages: [first, { ...second, by: [{ kind: 'on-call', name: 'x' }] }],
        },
      },
      'order of stages': { approval: { ...approval, stages: [second, first] } },
      'number of stages': { approval: { ...approval, stages: [first] } },
      separation: { approval: { ...approval, separate: false } },
    },
    keeps: {
      'time to approve': { approval: { ...approval, lapseSeconds: 1 } },
      'order of approvers': {
        approval: { ...approval, stages: [{ ...first, by: [...first.by, ...first.by] }, second] },
      },
    },
  },
  separated: {
    voids: { 'separated person': { separated: [1, 3, 5] }, 'separated nobody': { separated: [] } },
    keeps: { 'order of separated': { separated: [3, 1, 1] } },
  },
  separationUnproven: { voids: { 'unproven separation': { separationUnproven: true } } },
  team: {
    voids: { team: { team: { id: 7, slug: 'sre' } }, 'no team': { team: undefined } },
    keeps: { 'team’s name': { team: { id: 6, slug: 'renamed' } } },
  },
  label: {
    voids: { label: { label: 'other' }, 'no label': { label: undefined } },
    keeps: { 'label’s case': { label: 'needs-access' } },
  },
  // What they fill in stands in the bindings.
  parameters: { keeps: { parameters: { parameters: {} } } },
  reason: { keeps: { reason: { reason: 'another' } } },
  breakGlass: {
    voids: {
      'no glass': { breakGlass: undefined },
      'whom to tell': { breakGlass: { ...full.breakGlass, notify: [] } },
      reviewers: { breakGlass: { ...full.breakGlass, reviewers: [{ kind: 'user', id: 4 }] } },
    },
    keeps: {
      'order of reviewers': {
        breakGlass: { ...full.breakGlass, reviewers: full.breakGlass.reviewers.toReversed() },
      },
    },
  },
  until: {
    voids: { ends: { until: ['closed'] }, pushed: { until: [...full.until, 'pushed'] } },
    keeps: { 'order of ends': { until: ['closed', 'reviewed', 'unrequested'] } },
  },
  boundHead: { voids: { head: { boundHead: 'abc' }, 'no head': { boundHead: undefined } } },
  policy: {
    voids: {
      'organization’s policy': {
        policy: { ...full.policy, organization: { ...organization, blob: 'b2' } },
      },
      'repository’s policy': {
        policy: { ...full.policy, repository: { where: 'x', commit: 'c', blob: 'b2' } },
      },
    },
    keeps: {
      'commit or file name': {
        policy: { ...full.policy, organization: { where: 'moved', commit: 'c9', blob: 'b1' } },
      },
    },
  },
  because: { keeps: { sentence: { because: 'y' } } },
}

const all = (kind: 'voids' | 'keeps') =>
  Object.values(changes).flatMap((each) => Object.entries(each[kind] ?? {}))

describe('the digest', () => {
  test.each(all('voids'))('is another one for another %s', (_what, change) => {
    expect(digestOf({ ...full, ...change })).not.toBe(digestOf(full))
  })
  test.each(all('keeps'))('stays for another %s', (_what, change) => {
    expect(digestOf({ ...full, ...change })).toBe(digestOf(full))
  })
  test('tells every two changes apart', () => {
    const digests = all('voids').map(([, change]) => digestOf({ ...full, ...change }))
    expect(new Set(digests).size).toBe(digests.length)
  })
})
