import { describe, expect, it } from 'vitest'
import type { Offer } from '../../src/domain/grants/types.ts'
import type { CloudRole } from '../../src/domain/lanes/types.ts'
import { standingOf, type StandingFacts } from '../../src/domain/policy/standing.ts'
import { offer as anyOffer } from './grants.fixtures.ts'
import {
  goodFacts,
  organizationText,
  policyOf,
  principal,
  resolvedFor,
  reviewer,
  served,
} from './policy.world.ts'

const policy = policyOf()
const { repository, pull, subject, teams } = goodFacts(policy)
const role = cloudRoleOf('logs-read')
function cloudRoleOf(name: string): CloudRole {
  const found = policy.roles.get(name)?.bindings[0]
  if (found === undefined) throw new Error(`the policy has no role ${name}`)
  return found
}

const offer: Offer = {
  ...anyOffer,
  role: 'logs-read',
  subject,
  recipient: { id: reviewer.id, login: reviewer.login },
  bindings: [{ role, principal }],
}
const good: StandingFacts = {
  repository,
  pull,
  policy,
  accounts: served,
  recipientRole: 'read',
  teams,
  resolved: [resolvedFor(role)],
}
const policyWith = (from: string, to: string) => policyOf(organizationText.replace(from, to))

it('stands while nothing has changed', () => {
  expect(standingOf(offer, good)).toBeUndefined()
})

interface Case {
  readonly when: string
  readonly facts: Partial<StandingFacts>
  readonly detail: string
  readonly of?: Partial<Offer>
  readonly reason?: string
}

const cases: readonly Case[] = [
  {
    when: 'the repository is gone, or its name is another’s',
    facts: { repository: undefined },
    detail: 'the repository is gone, or another one has its name',
  },
  {
    when: 'the pull request is gone',
    facts: { pull: undefined },
    detail: 'the pull request is gone',
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
    when: 'the repository was archived',
    facts: { repository: { ...repository, archived: true } },
    detail: 'the repository was archived',
  },
  {
    when: 'the pull request was closed',
    facts: { pull: { ...pull, state: 'closed' } },
    reason: 'closed',
    detail: 'the pull request was closed',
  },
  {
    when: 'the pull request was merged',
    facts: { pull: { ...pull, state: 'closed', merged: true } },
    reason: 'merged',
    detail: 'the pull request was closed',
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
    detail: 'it was bound to a commit, and another one was pushed',
  },
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
    when: 'the repository was made public',
    facts: { repository: { ...repository, visibility: 'public' } },
    detail: 'the repository was made public',
  },
  {
    when: 'the head is a fork’s',
    facts: { pull: { ...pull, headRepositoryId: 901 } },
    detail: 'the pull request comes from a fork',
  },
  {
    when: 'the head was a fork’s that is gone',
    facts: { pull: { ...pull, headRepositoryId: null } },
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
    when: 'the name in the cloud is another’s',
    facts: {
      resolved: [
        { ...resolvedFor(role), principal: { ...principal, userId: 'AIDAOTHER000EXAMPLE' } },
      ],
    },
    detail: 'the identity map names another cloud identity, or none',
  },
  {
    when: 'the identity map names nobody',
    facts: { resolved: [{ ok: false, role, why: 'no entry' }] },
    detail: 'the identity map names another cloud identity, or none',
  },
]

describe('ground is lost when', () => {
  it.each(cases)('$when', ({ facts, detail, of, reason = 'standing-lost' }) => {
    expect(standingOf({ ...offer, ...of }, { ...good, ...facts })).toEqual({ reason, detail })
  })
})

const kept: readonly Omit<Case, 'detail'>[] = [
  {
    when: 'another commit was pushed, and no rule bound it to one',
    facts: { pull: { ...pull, headSha: 'c'.repeat(40) } },
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
    when: 'the recipient is asked no more: a signal tells that',
    facts: { pull: { ...pull, requestedReviewers: [] } },
  },
  {
    when: 'the recipient is in no team, but eligible by id',
    facts: {
      policy: policyWith('user:77', 'user:2'),
      teams: new Map([['backend', 'not-member']]),
    },
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
      pull: { ...pull, headRepositoryId: 901 },
      policy: policyWith('Read the logs\n', 'Read the logs\n    forks: true\n'),
    },
  },
]

describe('ground is kept although', () => {
  it.each(kept)('$when', ({ facts }) => {
    expect(standingOf(offer, { ...good, ...facts })).toBeUndefined()
  })
})

describe('a policy that cannot be read', () => {
  const unread = { ...good, policy: undefined, teams: new Map(), resolved: undefined }

  it('ends nothing', () => {
    expect(standingOf(offer, unread)).toBeUndefined()
  })

  it('does not hide that the ground on GitHub is lost', () => {
    const facts = { ...unread, recipientRole: 'none' } as const
    expect(standingOf(offer, facts)?.reason).toBe('standing-lost')
  })
})
