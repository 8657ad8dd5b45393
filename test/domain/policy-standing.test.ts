import { describe, expect, it } from 'vitest'
import type { Offer } from '../../src/domain/grants/types.ts'
import type { CloudRole } from '../../src/domain/lanes/types.ts'
import { isAsked, standingOf, type StandingFacts } from '../../src/domain/policy/standing.ts'
import { offer as anyOffer } from './grants.fixtures.ts'
import {
  anIssue,
  goodFacts,
  goodPull,
  organizationText,
  policyOf,
  principal,
  resolvedFor,
  reviewer,
  served,
} from './policy.world.ts'

const policyWith = (from: string, to: string) => {
  expect(organizationText).toContain(from)
  return policyOf(organizationText.replace(from, to))
}
const policy = policyOf()
const { repository, subject, recipient } = goodFacts(policy)
const role = cloudRoleOf('logs-read')
function cloudRoleOf(name: string): CloudRole {
  const found = policy.roles.get(name)?.bindings[0]
  if (found === undefined) throw new Error(`the policy has no role ${name}`)
  return found
}

const backend = { id: 11, slug: 'backend' }
const offer: Offer = {
  ...anyOffer,
  role: 'logs-read',
  subject,
  recipient: { id: reviewer.id, login: reviewer.login },
  bindings: [{ role, principal }],
}
const good: StandingFacts = {
  repository,
  current: goodPull,
  policy,
  property: undefined,
  accounts: served,
  recipientRole: 'read',
  teams: recipient.teams,
  reviewed: 'not',
  resolved: [resolvedFor(role)],
}

/** What each act leaves on the subject, and what ends that. */
const acts = {
  review: {},
  teamReview: { team: backend },
  label: { trigger: 'labeled', label: 'Incident', until: ['unlabeled', 'closed'] },
  assignment: { trigger: 'assigned', until: ['unassigned', 'closed'] },
  request: { trigger: 'requested', until: ['closed'] },
} as const satisfies Record<string, Partial<Offer>>
const shownPull = {
  ...goodPull,
  requestedTeams: [backend],
  labels: ['incident'],
  assignees: [reviewer],
}
const shownIssue = { ...anIssue, labels: ['incident'], assignees: [reviewer] }

const breakGlass = { notify: [], reviewers: [] }
const glass = (eligible: string) =>
  policyWith(
    '    approval: none',
    `    approval: none\n    break_glass: { eligible: ${eligible}, notify: [team:sre], reviewers: [team:sre] }`,
  )
const byProperty = {
  ...policy,
  enrolled: new Set<number>(),
  enrolledBy: { property: 'hallpass', value: 'yes' },
}

interface Case {
  readonly when: string
  readonly facts: Partial<StandingFacts>
  readonly of?: Partial<Offer>
}
interface Lost extends Case {
  readonly detail: string
  readonly reason?: string
}

describe('stands while nothing has changed', () => {
  it.each(Object.entries(acts))('after a %s', (_, of) => {
    expect(standingOf({ ...offer, ...of }, { ...good, current: shownPull })).toBeUndefined()
  })

  it.each(['label', 'assignment', 'request'] as const)('on an issue, after a %s', (act) => {
    const on: Offer = { ...offer, ...acts[act], subject: { ...subject, kind: 'issue' } }
    expect(standingOf(on, { ...good, current: shownIssue })).toBeUndefined()
  })
})

const onGitHub: readonly Lost[] = [
  {
    when: 'the repository is gone, or its name is another’s',
    facts: { repository: undefined },
    detail: 'the repository is gone, or another one has its name',
  },
  {
    when: 'the pull request is gone',
    facts: { current: undefined },
    detail: 'the pull request is gone',
  },
  {
    when: 'the issue is gone',
    of: { ...acts.label, subject: { ...subject, kind: 'issue' } },
    facts: { current: undefined },
    detail: 'the issue is gone',
  },
  {
    when: 'the repository went to an account that is not served',
    facts: { repository: { ...repository, accountId: 501 } },
    detail: 'the repository now belongs to an account that is not served',
  },
  {
    when: 'the repository went to another account that is served',
    facts: { repository: { ...repository, accountId: 501 }, accounts: new Set([500, 501]) },
    detail: 'the repository was transferred to another account',
  },
  {
    when: 'the account is served no more',
    facts: { accounts: new Set() },
    detail: 'the repository now belongs to an account that is not served',
  },
  {
    when: 'the repository was archived',
    facts: { repository: { ...repository, archived: true } },
    detail: 'the repository was archived',
  },
  {
    when: 'the pull request was closed',
    facts: { current: { ...goodPull, state: 'closed' } },
    reason: 'closed',
    detail: 'the pull request was closed',
  },
  {
    when: 'the pull request was merged',
    facts: { current: { ...goodPull, state: 'closed', merged: true } },
    reason: 'merged',
    detail: 'the pull request was closed',
  },
  {
    when: 'the issue was closed',
    of: acts.label,
    facts: { current: { ...shownIssue, state: 'closed' } },
    reason: 'closed',
    detail: 'the issue was closed',
  },
  {
    when: 'the recipient left',
    facts: { recipientRole: 'none' },
    detail: 'the recipient has no access to the repository any more',
  },
  {
    when: 'another commit is the head',
    of: { boundHead: 'b'.repeat(40) },
    facts: {},
    reason: 'pushed',
    detail: 'it was bound to a commit, and another one was pushed',
  },
]

const ofTheAct: readonly Lost[] = [
  {
    when: 'the recipient is asked no more',
    facts: { current: { ...goodPull, requestedReviewers: [] } },
    reason: 'unrequested',
    detail: 'the review is not requested any more',
  },
  {
    when: 'their team is asked no more, whoever else is',
    of: acts.teamReview,
    facts: { current: { ...goodPull, requestedTeams: [{ id: 12, slug: 'backend' }] } },
    reason: 'unrequested',
    detail: 'the review is not requested any more',
  },
  {
    when: 'the recipient has reviewed',
    facts: { current: { ...goodPull, requestedReviewers: [] }, reviewed: 'verdict' },
    reason: 'reviewed',
    detail: 'the recipient has reviewed',
  },
  {
    when: 'the label was taken away',
    of: acts.label,
    facts: { current: { ...shownPull, labels: ['incident/db'] } },
    reason: 'unlabeled',
    detail: 'the label was taken away',
  },
  {
    when: 'the label of an issue was taken away',
    of: acts.label,
    facts: { current: { ...shownIssue, labels: [] } },
    reason: 'unlabeled',
    detail: 'the label was taken away',
  },
  {
    when: 'somebody else is assigned',
    of: acts.assignment,
    facts: { current: { ...shownPull, assignees: [{ id: 4, login: reviewer.login }] } },
    reason: 'unassigned',
    detail: 'the recipient is not assigned any more',
  },
  {
    when: 'the one who was assigned and received by a label is assigned no more',
    of: { ...acts.label, until: ['unassigned'] },
    facts: { current: { ...shownIssue, assignees: [] } },
    reason: 'unassigned',
    detail: 'the recipient is not assigned any more',
  },
]

const inThePolicy: readonly Lost[] = [
  {
    when: 'the role left the catalog',
    facts: { policy: { ...policy, roles: new Map() } },
    detail: 'the policy does not offer the role any more',
  },
  {
    when: 'the role is offered elsewhere only',
    facts: { policy: policyWith('[shop-*]', '[pay-*]') },
    detail: 'the policy does not offer the role to this repository any more',
  },
  {
    when: 'the repository is enrolled no more',
    facts: { policy: { ...policy, enrolled: new Set([901]) } },
    detail: 'the policy does not offer the role to this repository any more',
  },
  {
    when: 'the property that enrolls has another value',
    facts: {
      policy: byProperty,
      property: 'no',
    },
    detail: 'the policy does not offer the role to this repository any more',
  },
  {
    when: 'the property that enrolls was taken away',
    facts: {
      policy: byProperty,
    },
    detail: 'the policy does not offer the role to this repository any more',
  },
  {
    when: 'the repository was made public',
    facts: { repository: { ...repository, visibility: 'public' } },
    detail: 'the repository was made public',
  },
  {
    when: 'the head is a fork’s',
    facts: { current: { ...goodPull, headRepositoryId: 901 } },
    detail: 'the pull request comes from a fork',
  },
  {
    when: 'the head was a fork’s that is gone',
    facts: { current: { ...goodPull, headRepositoryId: null } },
    detail: 'the pull request comes from a fork',
  },
  {
    when: 'the recipient left the team',
    facts: { teams: new Map([['backend', 'not-member']]) },
    detail: 'the recipient is not eligible for the role any more',
  },
  {
    when: 'there is no such team',
    facts: { teams: new Map([['backend', 'unknown']]) },
    detail: 'the recipient is not eligible for the role any more',
  },
  {
    when: 'nobody is eligible',
    facts: { policy: policyWith('[team:backend, user:77]', '[]') },
    detail: 'the recipient is not eligible for the role any more',
  },
  {
    when: 'the recipient left the team that was asked, and is eligible by id',
    of: acts.teamReview,
    facts: {
      current: shownPull,
      policy: policyWith('user:77', 'user:2'),
      teams: new Map([['backend', 'not-member']]),
    },
    detail: 'the recipient is not in the team any more that was asked',
  },
  {
    when: 'nobody may break the glass for it any more',
    of: { breakGlass },
    facts: {},
    detail: 'the recipient is not eligible for the role any more',
  },
  {
    when: 'others may break the glass for it, whoever may hold it',
    of: { breakGlass },
    facts: { policy: glass('[user:1]') },
    detail: 'the recipient is not eligible for the role any more',
  },
  {
    when: 'the name in the cloud is another’s',
    facts: {
      resolved: [
        { ...resolvedFor(role), principal: { ...principal, userId: 'AIDAOTHER000EXAMPLE' } },
      ],
    },
    detail: 'the identity map names another cloud identity, or none',
  },
  {
    when: 'the same id is of another account',
    facts: {
      resolved: [{ ...resolvedFor(role), principal: { ...principal, account: '999999999999' } }],
    },
    detail: 'the identity map names another cloud identity, or none',
  },
  {
    when: 'the identity map names nobody',
    facts: { resolved: [{ ok: false, role, why: 'no entry', problem: 'missing' }] },
    detail: 'the identity map names another cloud identity, or none',
  },
  {
    when: 'the clouds know one of two identities',
    of: {
      bindings: [
        { role, principal },
        { role, principal: { ...principal, account: '222233334444' } },
      ],
    },
    facts: {},
    detail: 'the identity map names another cloud identity, or none',
  },
]

describe('ground is lost when', () => {
  it.each([...onGitHub, ...ofTheAct, ...inThePolicy])(
    '$when',
    ({ facts, detail, of, reason = 'standing-lost' }) => {
      expect(standingOf({ ...offer, ...of }, { ...good, ...facts })).toEqual({ reason, detail })
    },
  )
})

const kept: readonly Case[] = [
  {
    when: 'another commit was pushed, and no rule bound it to one',
    facts: { current: { ...goodPull, headSha: 'c'.repeat(40) } },
  },
  {
    when: 'nothing was pushed to the commit that it is bound to',
    of: { boundHead: goodPull.headSha },
    facts: {},
  },
  {
    when: 'the recipient has another role in the repository',
    facts: { recipientRole: 'admin' },
  },
  {
    when: 'the IAM user was renamed',
    facts: {
      resolved: [{ ...resolvedFor(role), principal: { ...principal, userName: 'rania.new' } }],
    },
  },
  {
    when: 'the recipient already has it without Hallpass, too',
    facts: { resolved: [resolvedFor(role, true)] },
  },
  {
    when: 'the recipient is in no team, but eligible by id',
    facts: {
      policy: policyWith('user:77', 'user:2'),
      teams: new Map([['backend', 'not-member']]),
    },
  },
  {
    when: 'the recipient may not hold it, and broke the glass as they may',
    of: { breakGlass },
    facts: { policy: glass('[user:2]'), teams: new Map([['backend', 'not-member']]) },
  },
  {
    when: 'the repository is public, and the role is for those',
    facts: {
      repository: { ...repository, visibility: 'public' },
      policy: policyWith('Read the logs\n', 'Read the logs\n    public: true\n'),
    },
  },
  {
    when: 'the head is a fork’s, and the role is for those',
    facts: {
      current: { ...goodPull, headRepositoryId: 901 },
      policy: policyWith('Read the logs\n', 'Read the logs\n    forks: true\n'),
    },
  },
  {
    when: 'the property enrolls it, and no list does',
    facts: {
      policy: byProperty,
      property: 'yes',
    },
  },
  {
    when: 'the cloud did not tell who the recipient is',
    facts: { resolved: undefined },
  },
  {
    when: 'the recipient is asked no more, and whether they reviewed was not read',
    facts: { current: { ...goodPull, requestedReviewers: [] }, reviewed: undefined },
  },
  {
    when: 'the recipient wrote a remark, and is on no list any more',
    facts: { current: { ...goodPull, requestedReviewers: [] }, reviewed: 'commented' },
  },
  {
    when: 'the recipient reviewed before, and is asked again',
    facts: { reviewed: 'verdict' },
  },
  {
    when: 'the recipient reviewed, and a review does not end it',
    of: { until: ['closed'] },
    facts: { current: { ...goodPull, requestedReviewers: [] }, reviewed: 'verdict' },
  },
  {
    when: 'the recipient is asked no more, and that does not end it',
    of: { until: ['reviewed', 'closed'] },
    facts: { current: { ...goodPull, requestedReviewers: [] } },
  },
  {
    when: 'the team was renamed on the list of who is asked',
    of: acts.teamReview,
    facts: { current: { ...goodPull, requestedTeams: [{ id: 11, slug: 'back-end' }] } },
  },
  {
    when: 'the label was taken away, and that does not end it',
    of: { ...acts.label, until: ['closed'] },
    facts: {},
  },
  {
    when: 'the recipient is assigned no more, and that does not end it',
    of: { ...acts.assignment, until: ['closed'] },
    facts: {},
  },
  {
    when: 'nobody is asked, labelled or assigned, and it came by a command',
    of: acts.request,
    facts: { current: { ...goodPull, requestedReviewers: [] } },
  },
]

describe('ground is kept although', () => {
  it.each(kept)('$when', ({ facts, of }) => {
    expect(standingOf({ ...offer, ...of }, { ...good, ...facts })).toBeUndefined()
  })
})

describe('a policy that cannot be read', () => {
  const unread = { ...good, policy: undefined, teams: new Map(), resolved: undefined }

  it('ends nothing', () => {
    expect(standingOf(offer, unread)).toBeUndefined()
  })

  it.each([...onGitHub, ...ofTheAct])(
    'does not hide that $when',
    ({ facts, of, reason = 'standing-lost' }) => {
      expect(standingOf({ ...offer, ...of }, { ...unread, ...facts })?.reason).toBe(reason)
    },
  )

  it.each(inThePolicy)('does not tell that $when', ({ facts, of }) => {
    const { policy: _, ...rest } = facts
    const current = rest.current ?? (of?.team === undefined ? goodPull : shownPull)
    expect(standingOf({ ...offer, ...of }, { ...unread, ...rest, current })).toBeUndefined()
  })
})

describe('a review is asked of the recipient', () => {
  it.each<[string, Partial<Offer>, StandingFacts['current'], boolean | undefined]>([
    ['by name', acts.review, goodPull, true],
    ['by name, and no more', acts.review, { ...goodPull, requestedReviewers: [] }, false],
    ['by their team', acts.teamReview, shownPull, true],
    ['by name, which is not by their team', acts.teamReview, goodPull, false],
    ['never, on an issue', acts.review, anIssue, undefined],
    ['never, by a label', acts.label, shownPull, undefined],
  ])('%s', (_, of, current, expected) => {
    expect(current && isAsked({ ...offer, ...of }, current)).toBe(expected)
  })
})
