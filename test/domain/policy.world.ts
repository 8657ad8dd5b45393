// A review request that is granted, and the pieces that each case changes.
import type { CloudRole } from '../../src/domain/lanes/types.ts'
import { mergePolicy } from '../../src/domain/policy/merge.ts'
import { parseOrganizationPolicy, parseRepositoryPolicy } from '../../src/domain/policy/parse.ts'
import { formatProblem } from '../../src/domain/policy/format-problem.ts'
import type {
  Ask,
  Facts,
  IssueFacts,
  PersonFacts,
  PullRequestFacts,
  Policy,
  PolicyProblem,
  PolicySource,
  ResolvedBinding,
  RoleDefinition,
} from '../../src/domain/policy/types.ts'
import { evaluate } from '../../src/domain/policy/evaluate.ts'
import type { Actor, Subject } from '../../src/domain/subjects.ts'

export const now = Date.UTC(2026, 10, 22, 17, 0, 0)
export const served: ReadonlySet<number> = new Set([500])

const subject: Subject = {
  installationId: 1,
  accountId: 500,
  repositoryId: 900,
  number: 12,
  kind: 'pull_request',
  owner: 'acme',
  repository: 'shop-orders',
}
const requester: Actor = { id: 1, login: 'olivia', type: 'User' }
export const reviewer: Actor = { id: 2, login: 'rania', type: 'User' }
const author: Actor = { id: 3, login: 'arthur', type: 'User' }

export const ask: Ask = {
  trigger: 'review_requested',
  delivery: 'd-1',
  subject,
  actor: requester,
  at: now - 1_000,
  reviewer: { id: reviewer.id, login: reviewer.login },
  cause: 'review-request/900#12/2/1',
  team: undefined,
  label: undefined,
  assignee: undefined,
  wanted: undefined,
}

export const source: PolicySource = {
  organization: { where: 'acme/access:policy.yml', commit: 'c1', blob: 'b1' },
  repository: undefined,
}

export const organizationText = `
version: 1
roles:
  logs-read:
    description: Read the logs
    bindings:
      - aws: { account: "111122223333", allow: [{ actions: [logs:GetLogEvents], resources: ["*"] }] }
    repositories: [shop-*]
    eligible: [team:backend, user:77]
    lease: { default: 30m, max: 2h }
    approval: none
  db-read:
    description: Read the database
    bindings:
      - aws: { account: "111122223333", assume: arn:aws:iam::111122223333:role/orders-read }
    repositories: [shop-orders]
    eligible: [team:backend]
    lease: { default: 1h, max: 4h }
    residual: 1h
    approval: { by: [team:sre], count: 1 }
rules:
  - { name: see the logs, when: { review_requested: {} }, give: logs-read, for: 1h }
identities:
  - { github: 2, aws: [{ account: "111122223333", user: rania }] }
`

/** Throws what is wrong: for documents that are meant to be good. */
export function policyOf(organization = organizationText, repository?: string): Policy {
  const parsed = must(parseOrganizationPolicy(organization, 'policy.yml')).value
  const rules =
    repository === undefined
      ? undefined
      : must(parseRepositoryPolicy(repository, '.github/hallpass.yml')).value
  return must(mergePolicy(parsed, rules, source)).policy
}

function must<Result extends { ok: boolean }>(result: Result): Extract<Result, { ok: true }> {
  if (result.ok) return result as Extract<Result, { ok: true }>
  const { problems } = result as Result & { problems: readonly PolicyProblem[] }
  throw new Error(problems.map(formatProblem).join('\n'))
}

export const principal = {
  cloud: 'aws',
  account: '111122223333',
  userName: 'rania',
  userId: 'AIDARANIA0000EXAMPLE',
} as const

export const resolvedFor = (role: CloudRole, standing = false) =>
  ({ ok: true, role, principal, standing }) satisfies ResolvedBinding

const resolveAll = (roles: Iterable<RoleDefinition>) =>
  [...roles].flatMap(({ bindings }) => bindings.map((binding) => resolvedFor(binding)))

export const goodPull: PullRequestFacts = {
  kind: 'pull_request',
  state: 'open',
  merged: false,
  draft: false,
  author,
  labels: [],
  assignees: [],
  headSha: 'a'.repeat(40),
  headRef: 'topic',
  headRepositoryId: 900,
  baseRef: 'main',
  baseSha: 'b'.repeat(40),
  requestedReviewers: [reviewer],
  requestedTeams: [],
}
export const anIssue: IssueFacts = {
  kind: 'issue',
  state: 'open',
  author,
  labels: [],
  assignees: [],
}

const nothing = { atOnce: 0, lastEndedAt: undefined, secondsInDay: 0 }
export const noUsage = { role: nothing, person: nothing, repository: nothing }

export const personOf = (account: Actor, more: Partial<PersonFacts> = {}): PersonFacts => ({
  account,
  role: 'write',
  teams: new Map(),
  ...more,
})

/** Everything speaks for it. */
export const goodFacts = (policy: Policy): Facts => ({
  now,
  subject,
  repository: {
    id: 900,
    owner: 'acme',
    name: 'shop-orders',
    accountId: 500,
    visibility: 'private',
    archived: false,
    defaultBranch: 'main',
  },
  current: goodPull,
  property: undefined,
  actor: personOf(requester),
  author: personOf(author),
  recipient: personOf(reviewer, { role: 'read', teams: new Map([['backend', 'member']]) }),
  changedPaths: undefined,
  onBase: [],
  resolved: resolveAll(policy.roles.values()),
  held: [],
  used: [],
  usage: [...policy.roles.keys()].map((role) => ({ role, usage: noUsage })),
  freezes: [],
  debtors: [],
  separation: { people: [], unproven: false },
})

export interface Given {
  readonly policy?: Policy
  readonly ask?: Partial<Ask>
  readonly facts?: Partial<Facts>
  readonly accounts?: ReadonlySet<number>
}

/** The sample request with what a case changes. */
export function judged({
  policy = policyOf(),
  ask: more = {},
  facts = {},
  accounts = served,
}: Given) {
  return evaluate({
    ask: { ...ask, ...more },
    policy,
    facts: { ...goodFacts(policy), ...facts },
    accounts,
  })
}
