// A review request that is granted, and the pieces that each case changes; and any other act, for properties.
import fc, { type Arbitrary } from 'fast-check'
import type { CloudRole, Principal } from '../../src/domain/lanes/types.ts'
import { mergePolicy } from '../../src/domain/policy/merge.ts'
import { parseOrganizationPolicy, parseRepositoryPolicy } from '../../src/domain/policy/parse.ts'
import { formatProblem } from '../../src/domain/policy/format-problem.ts'
import type {
  Ask,
  Eligible,
  Facts,
  IssueFacts,
  Limits,
  PersonFacts,
  PullRequestFacts,
  Policy,
  PolicyProblem,
  PolicySource,
  Recipient,
  ResolvedBinding,
  RoleDefinition,
  Rule,
  Standing,
  Trigger,
  When,
} from '../../src/domain/policy/types.ts'
import { evaluate, type Evaluated } from '../../src/domain/policy/evaluate.ts'
import { recipients, untilsOf } from '../../src/domain/policy/to-rule.ts'
import type { Counted, Usage } from '../../src/domain/policy/usage.ts'
import type { Actor, RoleName, Subject, Team } from '../../src/domain/subjects.ts'

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
enrolled: [900]
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

/** Somebody in the directory that knows who receives this. */
export function principalFor(role: CloudRole): Principal {
  switch (role.cloud) {
    case 'aws':
      return { ...principal, account: role.account }
    case 'identity-center':
      return { cloud: role.cloud, store: 'd-1234567890', userName: 'rania', userId: 'r-1' }
    case 'gcp':
      return { cloud: role.cloud, member: 'user:rania@example.com' }
    case 'azure':
      return { cloud: role.cloud, objectId: '0a0a0a0a-0000-4000-8000-000000000001', name: 'Rania' }
    default:
      return role satisfies never
  }
}

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

// Any policy, act and facts, for what holds whatever they are.
// Few ids, names and teams, so that what matters meets often: many of these acts are granted or nearly so.
const sample = policyOf()
const good = goodFacts(sample)
const personId = fc.constantFrom(1, 1, 1, 2, 2, 3)
const team = fc.constantFrom<Team>({ id: 11, slug: 'backend' }, { id: 12, slug: 'sre' })
const slug = team.map((each) => each.slug)
export const triggers = ['review_requested', 'labeled', 'assigned', 'requested'] as const
const roleNames = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const
const label = fc.constantFrom('incident/db', 'Incident/Web', 'ready')
const seconds = fc.constantFrom(60, 900, 3_600, 14_400)
export const mostly = <Usual, Rare>(value: Usual, other: Arbitrary<Rare>, weight = 60) =>
  fc.oneof({ weight, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other })
export const maybe = <Value>(value: Arbitrary<Value>, weight = 1) =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })
/** Mostly not given. */
export const rarely = <Value>(value: Arbitrary<Value>) => maybe(value, 7)

// The policy.
const { account } = principal
const logs: CloudRole = {
  cloud: 'aws',
  mode: 'inline-permissions',
  account,
  allow: [{ actions: ['logs:Get*'], resources: ['*'] }],
}
const bucket: CloudRole = {
  ...logs,
  allow: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::shop-{service}/{service}/*'] }],
}
const reads = (name: string): CloudRole => ({
  cloud: 'aws',
  mode: 'assume-role',
  account,
  roleArn: `arn:aws:iam::${account}:role/${name}`,
})
const storage: CloudRole = {
  cloud: 'gcp',
  mode: 'conditional-binding',
  resource: 'projects/shop-prod',
  role: 'roles/storage.objectViewer',
  only: 'projects/_/buckets/shop-{service}/*',
}
const groups: CloudRole = { cloud: 'aws', mode: 'group', account, group: 'shop-{service}' }
const scopes: CloudRole = {
  cloud: 'azure',
  mode: 'pim',
  scope: '/subscriptions/0a0a0a0a-0000-4000-8000-000000000002/resourcegroups/shop-{service}',
  role: 'Reader',
  roleId: undefined,
}
/** What takes no values. */
const plain: readonly CloudRole[] = [
  { cloud: 'aws', mode: 'role-per-grant', account, policies: ['p'], boundary: undefined },
  { cloud: 'aws', mode: 'managed-policy', account, policyArn: 'p' },
  { cloud: 'identity-center', mode: 'account-assignment', account, permissionSet: 'a/b/c' },
  { ...storage, only: undefined },
  { ...scopes, mode: 'assignment', scope: '/subscriptions/x' },
]
const templates = [
  logs,
  bucket,
  reads('reads'),
  reads('reads-{service}'),
  storage,
  groups,
  scopes,
  ...plain,
]
const fill = (role: CloudRole, service: string): CloudRole =>
  JSON.parse(JSON.stringify(role).replaceAll('{service}', service)) as CloudRole

const eligible: Arbitrary<Eligible> = fc.oneof(
  fc.record({ kind: fc.constant('user' as const), id: personId }),
  fc.record({ kind: fc.constant('team' as const), slug }),
)
const standing: Arbitrary<Standing> = fc.oneof(
  eligible,
  fc.record({ kind: fc.constant('role' as const), atLeast: fc.constantFrom(...roleNames) }),
)
const limits: Arbitrary<Limits> = fc.record({
  // The parser leaves none without it.
  atOnce: maybe(fc.integer({ min: 1, max: 3 }), 2).map((most) => most ?? 20),
  cooldownSeconds: maybe(fc.constant(600), 2),
  dailySeconds: maybe(fc.constantFrom(3_600, 20_000), 3),
})
const role = (name: string): Arbitrary<RoleDefinition> =>
  fc
    .record({
      name: fc.constant(name),
      description: fc.constant('x'),
      bindings: mostly([logs], fc.constantFrom([], [logs, reads('reads')], [logs, ...plain]), 4),
      filledIn: fc.constantFrom(
        [],
        [],
        [],
        [bucket],
        [bucket, reads('reads-{service}')],
        [storage, groups, scopes],
      ),
      repositories: mostly(['shop-*'], fc.constantFrom([], ['other'])),
      eligible: fc.array(eligible, { maxLength: 4, size: 'max' }),
      lease: fc.record({ defaultSeconds: seconds, maxSeconds: seconds }),
      residualSeconds: fc.nat(),
      approval: fc.oneof(
        fc.constant('none' as const),
        fc.record({
          stages: fc.constant([{ by: [{ kind: 'team' as const, slug: 'sre' }], count: 1 }]),
          separate: fc.boolean(),
          lapseSeconds: seconds,
        }),
      ),
      limits,
      breakGlass: maybe(
        fc.record({
          eligible: fc.array(eligible, { minLength: 2, maxLength: 4, size: 'max' }),
          notify: fc.array(eligible, { maxLength: 1 }),
          reviewers: fc.array(eligible, { maxLength: 1 }),
          leaseSeconds: seconds,
        }),
      ),
      forks: fc.boolean(),
      publicRepositories: fc.boolean(),
      max: fc.integer({ min: 1, max: 2 }),
    })
    .map(({ filledIn, max, ...rest }) => ({
      ...rest,
      bindings: [...rest.bindings, ...filledIn],
      parameters:
        filledIn.length === 0 ? [] : [{ name: 'service', exists: 'services/{service}', max }],
    }))

const when: Arbitrary<Omit<When, 'trigger' | 'added'>> = fc.record({
  paths: maybe(
    fc.record({
      include: fc.constantFrom(['services/{service}/**'], ['docs/*', 'services/**']),
      exclude: fc.constantFrom([], ['**/*.md']),
    }),
    3,
  ),
  base: rarely(fc.constantFrom(['main'], ['release/*', 'next'])),
  labels: rarely(fc.constantFrom(['READY'], ['ready', 'incident/*'])),
  author: rarely(fc.array(standing, { maxLength: 2 })),
  actor: rarely(fc.array(standing, { maxLength: 2 })),
  draft: rarely(fc.boolean()),
  hours: rarely(
    fc.array(
      fc.record({
        zone: fc.constant('UTC'),
        days: fc.constantFrom([1, 2, 3, 4, 5], [7], [6, 7]),
        from: fc.constantFrom(0, 540, 1_320),
        until: fc.constantFrom(360, 1_020, 1_080, 1_440),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  ),
})
const usual = {
  review_requested: ['reviewer', 'author'],
  labeled: ['sender', 'author'],
  assigned: ['assignees', 'author'],
  requested: ['commenter', 'author'],
} as const satisfies Record<Trigger, readonly Recipient[]>
const rule = (starts: Trigger): Arbitrary<Rule> =>
  fc
    .record({
      trigger: mostly(starts, fc.constantFrom(...triggers)),
      /** The first is whom it means where nothing is written. */
      to: fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6),
      from: fc.constantFrom('organization' as const, 'repository' as const),
      when,
      added: fc.constantFrom(['incident/*'], ['*', 'incident/*'], ['other']),
      give: mostly('a', fc.constant('missing')),
      second: fc.boolean(),
      forSeconds: maybe(seconds),
      until: fc.array(fc.constantFrom(0, 1, 2, 3, 4), { maxLength: 2 }),
      breakGlass: fc.constantFrom(true, false, false, false),
    })
    .map(({ trigger, added, second, until, ...drawn }) => {
      const to = pick([...usual[trigger], ...recipients[trigger]], drawn.to)
      return {
        name: '',
        from: drawn.from,
        when: { ...drawn.when, trigger, added: trigger === 'labeled' ? added : undefined },
        to,
        give: second && drawn.give === 'a' ? 'b' : drawn.give,
        forSeconds: drawn.forSeconds,
        until: [...new Set(until.map((n) => pick(untilsOf(trigger, to), n)))],
        breakGlass: drawn.breakGlass,
      }
    })
function pick<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length]
  if (item === undefined) throw new Error('There is nothing to pick from.')
  return item
}

const policies = (trigger: Trigger): Arbitrary<Policy> =>
  fc
    .record({
      roles: fc.tuple(role('a'), role('b')),
      rules: fc.array(rule(trigger), { minLength: 1, maxLength: 6, size: 'max' }),
      enrolled: mostly(undefined, fc.constantFrom(new Set([900]), new Set([1]))),
      enrolledBy: mostly(undefined, fc.constant({ property: 'hallpass', value: 'yes' }), 6),
      person: limits,
      repository: limits,
    })
    .map(({ roles, rules, enrolled, enrolledBy, person, repository }) => ({
      ...sample,
      roles: new Map(roles.map((one) => [one.name, one])),
      rules: rules.map((one, index) => fitting(one, `rule ${index}`, roles)),
      enrolled,
      enrolledBy,
      limits: { person, repository, teamMembersMax: 10 },
    }))

/** As the parser would have it, mostly: what a role takes is named by the globs. */
function fitting(rule: Rule, name: string, roles: readonly RoleDefinition[]): Rule {
  const { when, give } = rule
  const takes = roles.some((role) => role.name === give && role.parameters.length > 0)
  const include = takes && when.paths === undefined ? ['services/{service}/**'] : undefined
  const paths = include === undefined ? when.paths : { include, exclude: [] }
  return { ...rule, name, when: { ...when, paths } }
}

// The facts.
const membership = fc.constantFrom('member', 'member', 'member', 'not-member', 'unknown')
export const person = (usual: RoleName): Arbitrary<PersonFacts> =>
  fc
    .record({
      id: personId,
      type: mostly('User' as const, fc.constantFrom('Bot', 'Organization', 'Mannequin')),
      role: mostly(usual, fc.constantFrom(...roleNames), 12),
      backend: membership,
      sre: membership,
    })
    .map(({ id, type, role, ...of }) => ({
      account: { id, login: `login-${id}`, type },
      role,
      teams: new Map(Object.entries(of)),
    }))

const path = fc.constantFrom(
  'services/orders/a.go',
  'services/orders/b.md',
  'services/pay/a.go',
  'docs/a.md',
)
const changedPaths: Arbitrary<Facts['changedPaths']> = mostly('read', fc.constant(undefined)).chain(
  (read) =>
    read === undefined
      ? fc.constant(undefined)
      : fc.record({
          paths: fc
            .tuple(
              fc.array(path, { maxLength: 3 }),
              mostly([], fc.constantFrom(['services/new/a.go'], ['services/no such/a.go'])),
            )
            .map((all) => all.flat()),
          truncated: mostly(false, fc.constant(true)),
        }),
)

type Verdict = (role: CloudRole) => readonly ResolvedBinding[]
const verdicts: Record<string, Verdict> = {
  good: (role) => [{ ok: true, role, principal: principalFor(role), standing: false }],
  standing: (role) => [{ ok: true, role, principal: principalFor(role), standing: true }],
  elsewhere: (role) => [
    { ok: true, role, principal: { ...principal, account: '999999999999' }, standing: false },
  ],
  unread: () => [],
  missing: (role) => [{ ok: false, role, why: 'nobody', problem: 'missing' }],
  ambiguous: (role) => [{ ok: false, role, why: 'two', problem: 'ambiguous' }],
  changed: (role) => [{ ok: false, role, why: 'another', problem: 'changed' }],
  refused: (role) => [{ ok: false, role, why: 'no', problem: 'refused' }],
}
const asGiven = [
  ...new Map(
    templates
      .flatMap((template) => [template, ...['orders', 'pay'].map((name) => fill(template, name))])
      .map((role) => [JSON.stringify(role), role]),
  ).values(),
]
const resolved = fc
  .tuple(...asGiven.map(() => mostly('good', fc.constantFrom(...Object.keys(verdicts)), 15)))
  .map((names) => asGiven.flatMap((role, index) => verdicts[names[index] ?? '']?.(role) ?? []))

const counted: Arbitrary<Counted> = fc.record({
  atOnce: mostly(0, fc.integer({ min: 0, max: 3 }), 5),
  lastEndedAt: mostly(undefined, fc.constantFrom(now - 599_999, now - 600_000), 5),
  secondsInDay: mostly(0, fc.constantFrom(60, 3_540, 3_541), 5),
})
const usage: Arbitrary<Usage> = fc.record({ role: counted, person: counted, repository: counted })
/** What a person and a repository hold is the same whatever role it is read for. */
const usageOfRoles = ([a, b]: readonly [Usage, Counted]): Facts['usage'] => [
  { role: 'a', usage: a },
  { role: 'b', usage: { ...a, role: b } },
]
const freeze: Arbitrary<Facts['freezes'][number]> = fc
  .oneof(
    fc.constant({ kind: 'all' as const }),
    fc.record({ kind: fc.constant('person' as const), personId }),
    fc.record({ kind: fc.constant('role' as const), role: fc.constantFrom('a', 'b') }),
    fc.record({
      kind: fc.constant('repository' as const),
      repositoryId: fc.constantFrom(900, 901),
    }),
  )
  .map((scope) => ({
    id: 'f1',
    scope,
    by: { kind: 'operator', name: 'ops' },
    at: 0,
    because: 'x',
  }))

const people = fc.array(personId, { maxLength: 2 }).map((ids) => ids.map((id) => named(id)))
const named = (id: number) => ({ id, login: `login-${id}` })

const act = fc.record({
  named: personId,
  team: maybe(team),
  label,
  agoMs: mostly(1_000, fc.constantFrom(-60_001, -60_000, 900_000, 900_001), 12),
  /** Whether GitHub still shows what was done. */
  still: mostly(true, fc.constant(false), 7),
  wanted: fc.record({
    role: fc.constantFrom('a', 'b'),
    leaseSeconds: maybe(seconds),
    reason: fc.constantFrom('the shop is down', ' ', undefined),
    breakGlass: fc.constantFrom(true, false, false),
  }),
})
type Act = typeof act extends Arbitrary<infer Value> ? Value : never

const subjectFacts = fc.record({
  state: mostly('open' as const, fc.constant('closed' as const)),
  labels: fc.array(label, { maxLength: 2 }),
  assignees: people,
  author: personId.map(named),
})
const pullFacts = fc.record({
  merged: fc.boolean(),
  draft: fc.boolean(),
  headRepositoryId: mostly(900, fc.constantFrom(null, 7)),
  baseRef: mostly('main', fc.constantFrom('release/1', 'x')),
  requestedReviewers: people,
  requestedTeams: fc.array(team, { maxLength: 1 }),
})

const givenFacts = fc.record({
  // A Sunday afternoon, the night after it, or any time around.
  now: fc.oneof(
    { weight: 6, arbitrary: fc.constant(now) },
    { weight: 2, arbitrary: fc.constant(now + 10 * 3_600_000) },
    { weight: 1, arbitrary: fc.integer({ min: now - 600_000_000, max: now + 600_000_000 }) },
  ),
  repository: fc.record({
    id: mostly(900, fc.constant(901)),
    owner: fc.constant('acme'),
    name: mostly('shop-orders', fc.constantFrom('Shop-Web', 'other')),
    accountId: mostly(500, fc.constant(501)),
    visibility: mostly('private' as const, fc.constantFrom('internal' as const, 'public' as const)),
    archived: mostly(false, fc.constant(true)),
    defaultBranch: fc.constant('main'),
  }),
  property: fc.constantFrom(undefined, 'yes', 'no'),
  actor: person('write'),
  author: person('read'),
  recipient: person('read'),
  changedPaths,
  onBase: mostly(['services/orders', 'services/pay'], fc.constantFrom([], ['services/pay']), 8),
  resolved,
  held: mostly([], fc.constantFrom(['a'], ['b']), 15),
  used: mostly([], fc.constantFrom(['a'], ['b']), 15),
  usage: mostly(
    ['a', 'b'].map((role) => ({ role, usage: noUsage })),
    fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 6, arbitrary: fc.tuple(usage, counted).map(usageOfRoles) },
    ),
    4,
  ),
  freezes: mostly([], fc.array(freeze, { minLength: 1, maxLength: 1 }), 20),
  debtors: mostly([], fc.array(personId, { minLength: 1, maxLength: 1 }), 4),
  separation: fc.record({
    people: fc.array(personId, { maxLength: 1 }),
    unproven: fc.boolean(),
  }),
})
type GivenFacts = typeof givenFacts extends Arbitrary<infer Value> ? Value : never

function askOf(
  trigger: Trigger,
  { named: id, team, label, wanted }: Act,
  done: Pick<Ask, 'actor' | 'at' | 'subject'>,
): Ask {
  const asked = { ...ask, ...done, trigger, reviewer: undefined }
  switch (trigger) {
    case 'review_requested':
      return team === undefined ? { ...asked, reviewer: named(id) } : { ...asked, team }
    case 'labeled':
      return { ...asked, label }
    case 'assigned':
      return { ...asked, assignee: named(id) }
    case 'requested':
      return { ...asked, wanted }
    default:
      return trigger satisfies never
  }
}

/** With what was done, so that most acts are still so. */
function shown(current: Facts['current'], ask: Ask): Facts['current'] {
  const { reviewer, team, label, assignee } = ask
  const labels = [...current.labels, ...(label === undefined ? [] : [label.toUpperCase()])]
  const assignees = [...current.assignees, ...(assignee === undefined ? [] : [assignee])]
  if (current.kind === 'issue') return { ...current, labels, assignees }
  return {
    ...current,
    labels,
    assignees,
    requestedReviewers: [
      ...current.requestedReviewers,
      ...(reviewer === undefined ? [] : [reviewer]),
    ],
    requestedTeams: [...current.requestedTeams, ...(team === undefined ? [] : [team])],
  }
}

export const acts = (trigger: Trigger): Arbitrary<Omit<Evaluated, 'policy'>> =>
  fc
    .record({
      act,
      issue:
        trigger === 'review_requested'
          ? mostly(false, fc.constant(true))
          : fc.nat({ max: 2 }).map((n) => n === 0),
      subject: subjectFacts,
      pull: pullFacts,
      facts: givenFacts,
      /** Whom such an act mostly means. */
      meant: fc.constantFrom('usual', 'usual', 'author', 'any'),
      accounts: mostly(new Set([500]), fc.constantFrom(new Set([501]), new Set([500, 501]))),
    })
    .map(({ act, issue, subject, pull, facts, meant, accounts }) => {
      const ask = askOf(trigger, act, {
        actor: facts.actor.account,
        at: facts.now - act.agoMs,
        subject: { ...good.subject, kind: issue ? 'issue' : 'pull_request' },
      })
      const current = issue ? { ...anIssue, ...subject } : { ...goodPull, ...subject, ...pull }
      const { id, login } = {
        usual: ask.reviewer ?? ask.assignee ?? facts.actor.account,
        author: current.author,
        any: facts.recipient.account,
      }[meant]
      const given: GivenFacts = {
        ...facts,
        author: { ...facts.author, account: { ...facts.author.account, ...current.author } },
        recipient: { ...facts.recipient, account: { ...facts.recipient.account, id, login } },
      }
      return {
        ask,
        facts: {
          ...good,
          ...given,
          subject: ask.subject,
          current: act.still ? shown(current, ask) : current,
        },
        accounts,
      }
    })
/** Commands twice as often: they say the most. */
export const requests: Arbitrary<Evaluated> = fc.oneof(
  ...[...triggers, 'requested' as const].map((trigger) =>
    fc
      .tuple(policies(trigger), acts(trigger))
      .map(([policy, asked]): Evaluated => ({ ...asked, policy })),
  ),
)
