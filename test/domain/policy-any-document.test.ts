// Whatever a document says that is accepted, every act can be decided by it, and explained.
import fc, { type Arbitrary } from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate, startedRules, type Evaluated } from '../../src/domain/policy/evaluate.ts'
import { actFor, explainRule } from '../../src/domain/policy/explain.ts'
import { factsNeeded } from '../../src/domain/policy/facts-needed.ts'
import { policyJsonSchema } from '../../src/domain/policy/json-schema.ts'
import { mergePolicy } from '../../src/domain/policy/merge.ts'
import { filled } from '../../src/domain/policy/parameters.ts'
import { parseOrganizationPolicy, parseRepositoryPolicy } from '../../src/domain/policy/parse.ts'
import { recipients, untilsOf } from '../../src/domain/policy/to-rule.ts'
import type { Evaluation, Facts, Policy, Trigger } from '../../src/domain/policy/types.ts'
import { acts, maybe, mostly, principalFor, rarely, source, triggers } from './policy.world.ts'

/** One line that is shown to people. */
const line = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((text) => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}`]/gu, '') || 'x')
const some = <Value>(value: Arbitrary<Value>, maxLength = 3) =>
  fc.array(value, { minLength: 1, maxLength, size: 'max' })
const lease = fc.constantFrom('90s', '30m', '1h')
const duration = fc.constantFrom('1s', '1h30m', '999d9999h99999m999999s')

// Names that objects have already, too.
const team = fc.constantFrom('team:backend', 'team:SRE', 'team:constructor', 'team:_x-')
const user = fc.constantFrom('user:1', 'user:2', 'user:999999999999999')
const eligible = fc.oneof(team, user)
const roleWord = fc.constantFrom('role:read', 'role:triage', 'role:write', 'role:maintain')
const approver = fc.oneof(eligible, fc.constantFrom('on-call:primary', 'on-call:constructor'))
/** A team may have as many members as are needed. */
const approvers = some(approver).map((by) => ['team:sre', ...by])
const stage = fc.record({ by: approvers, count: fc.integer({ min: 1, max: 10 }) })

const glob = fc.oneof(
  fc.constantFrom('services/**', '**', 'constructor', 'incident/*', 'main', 'ready', 'shop-*'),
  some(fc.constantFrom('**', '*', '?[a-z]', '{a,*b}', 'x y', '*.{md,ts}', '[-a]', 'ß', '…'), 4).map(
    (parts) => parts.join('/'),
  ),
)
const limits = fc.record(
  {
    at_once: fc.constantFrom(1, 20, 10_000),
    cooldown: duration,
    daily: fc.constantFrom('1d', '12h'),
  },
  { requiredKeys: [] },
)

// The catalog.
const account = fc.constantFrom('111122223333', '000000000000')
const statement = (resource: string) =>
  fc.record({
    actions: some(fc.constantFrom('s3:GetObject', 'logs:Get*', 's3:*'), 2),
    resources: some(fc.constantFrom(resource, '*', 'arn:aws:s3:::${aws:username}/*'), 2).map(
      (all) => [resource, ...all],
    ),
  })
/** Most of them name the values, so that a parameter is in use. */
const awsWay = (places: string) =>
  account.chain((account) => {
    const owned = (name: string) => `arn:aws:iam::${account}:policy/${name}`
    const policies = some(fc.constantFrom(owned('x'), 'arn:aws:iam::aws:policy/ReadOnlyAccess'), 1)
    return fc
      .oneof(
        fc.record(
          {
            assume: fc.constant(`arn:aws:iam::${account}:role/x/reads-${places}`),
            end_sessions: fc.constant(true),
          },
          { requiredKeys: ['assume'] },
        ),
        fc.record({ allow: some(statement(`arn:aws:s3:::shop-${places}/*`), 2) }),
        fc.record({ group: fc.constant(`shop-${places}`), exclusive: fc.constant(true) }),
        ...(places === 'all'
          ? [
              fc.record({
                role_with: fc.record(
                  { policies, boundary: fc.constant(owned('b')) },
                  { requiredKeys: ['policies'] },
                ),
              }),
              fc.record({ attach: fc.constant(owned('x')), exclusive: fc.constant(true) }),
              fc.record({
                permission_set: fc.constantFrom(setOf('a'), setOf('b')),
                exclusive: fc.constant(true),
              }),
            ]
          : []),
      )
      .map((way) => ({ aws: { account, ...way } }))
  })
const setOf = (letter: string) =>
  `arn:aws:sso:::permissionSet/ssoins-${'1'.repeat(16)}/ps-${letter.repeat(16)}`
const gcpWay = (places: string) =>
  fc
    .tuple(
      fc.constantFrom({ project: 'shop-prod' }, { folder: 12 }, { organization: '34' }),
      fc.constantFrom('roles/cloudsql.viewer', 'roles/storage.objectViewer'),
      places === 'all'
        ? maybe(fc.constant('projects/_/buckets/x*'))
        : fc.constant(`projects/_/buckets/shop-${places}/*`),
    )
    .map(([where, role, only]) => ({ gcp: { ...where, role, only } }))
const azureWay = (places: string) =>
  fc
    .constantFrom({ via: 'pim' }, { via: 'assignment', exclusive: true }, { exclusive: true })
    .chain((how) =>
      fc.constantFrom('Reader', 'acdd72a7-3385-48ef-bd42-f606fba81ae7').map((role) => ({
        azure: { scope: `${subscription}/resourceGroups/shop-${places}`, role, ...how },
      })),
    )
const subscription = '/subscriptions/0A0A0A0A-0000-4000-8000-000000000001'
const binding = (places: string) => fc.oneof(awsWay(places), gcpWay(places), azureWay(places))
/** The names of what a role takes, and the glob over paths that gives it. */
const takes = {
  none: [],
  one: ['service'],
  two: ['service', 'constructor'],
} as const
type Taking = keyof typeof takes
const placesOf = (names: readonly string[]) => names.map((name) => `{${name}}`)

const role = (taking: Taking) => {
  const names = takes[taking]
  const exists = (name: string) =>
    fc.record(
      {
        exists: fc.constantFrom(`services/{${name}}`, `{${name}}.tf`),
        max: fc.integer({ min: 1, max: 3 }),
      },
      { requiredKeys: ['exists'] },
    )
  return fc
    .record(
      {
        description: line,
        bindings: some(binding(placesOf(names).join('-') || 'all'), 2),
        parameters: fc.record(Object.fromEntries(names.map((name) => [name, exists(name)]))),
        repositories: fc.array(glob, { maxLength: 2 }).map((globs) => ['shop-*', ...globs]),
        eligible: fc.array(eligible, { maxLength: 4, size: 'max' }),
        lease: fc.record({ default: lease, max: fc.constantFrom('1h', '1d') }),
        approval: fc.oneof(
          fc.constant('none'),
          fc.record(
            {
              by: approvers,
              count: fc.integer({ min: 1, max: 10 }),
              separate: fc.boolean(),
              lapses: duration,
            },
            { requiredKeys: ['by', 'count'] },
          ),
          fc.record(
            { stages: some(stage, 5), separate: fc.boolean(), lapses: duration },
            { requiredKeys: ['stages'] },
          ),
        ),
        limits,
        break_glass: fc.record(
          { eligible: some(eligible), notify: some(eligible), reviewers: approvable, lease },
          { requiredKeys: ['eligible', 'notify', 'reviewers'] },
        ),
        forks: fc.boolean(),
        public: fc.boolean(),
      },
      {
        requiredKeys: [
          'description',
          'bindings',
          'repositories',
          'eligible',
          'lease',
          'approval',
          ...(taking === 'none' ? [] : (['parameters'] as const)),
        ],
      },
    )
    .map(({ bindings, ...rest }) => {
      const once = [...new Map(bindings.map((each) => [JSON.stringify(each), each])).values()]
      const sessions = once.some(
        (each) => 'aws' in each && ('assume' in each.aws || 'permission_set' in each.aws),
      )
      return { ...rest, bindings: once, ...(sessions ? { residual: '1h' } : {}) }
    })
}
/** Somebody else is there. */
const approvable = some(eligible).map((people) => ['team:security', ...people])
const given = new Map<string, Taking>([
  ['plain', 'none'],
  ['constructor', 'one'],
  ['a-2', 'two'],
])

// The rules.
const time = fc.constantFrom('00:00', '06:30', '18:00', '23:59')
const hours = fc.record(
  {
    zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Etc/GMT+12'),
    days: some(fc.constantFrom('mon', 'sat-mon', 'mon-sun')),
    from: time,
    until: fc.constantFrom('12:00', '24:00'),
  },
  { requiredKeys: ['zone', 'from', 'until'] },
)
const conditions = {
  base: rarely(some(glob)),
  labels: rarely(some(glob)),
  author: rarely(some(fc.oneof(eligible, roleWord))),
  actor: rarely(some(fc.oneof(eligible, roleWord))),
  draft: rarely(fc.boolean()),
  hours: rarely(some(hours)),
}
const pathsFor = (taking: Taking) => {
  const include =
    taking === 'none'
      ? some(glob)
      : fc
          .array(glob, { maxLength: 2 })
          .map((globs) => [...globs, ['services', ...placesOf(takes[taking]), '**'].join('/')])
  const written = fc.oneof(
    include,
    fc.record(
      { include, exclude: fc.array(glob, { maxLength: 2 }) },
      { requiredKeys: ['include'] },
    ),
  )
  return taking === 'none' ? rarely(written) : written
}
const rule = (trigger: Trigger, give: string) => {
  const when = fc.record({ ...conditions, paths: pathsFor(given.get(give) ?? 'none') })
  const added = some(glob).map((globs) => ['incident/*', ...globs])
  const labels =
    given.get(give) === 'none'
      ? fc.oneof(
          added,
          fc.tuple(added, when).map(([names, rest]) => ({ names, ...rest })),
        )
      : fc.tuple(added, when).map(([names, rest]) => ({ names, ...rest }))
  const breakable = ['labeled', 'requested'].includes(trigger)
  const left = trigger === 'labeled' ? [] : [undefined]
  return fc.constantFrom(...recipients[trigger], ...left).chain((to) =>
    fc
      .record({
        name: line,
        when: fc.record({ [trigger]: trigger === 'labeled' ? labels : when }),
        to: fc.constant(to),
        give: fc.constant(give),
        for: rarely(lease),
        until: rarely(some(fc.constantFrom(...(to ? untilsOf(trigger, to) : always)))),
        break_glass: breakable ? rarely(fc.boolean()) : fc.constant(undefined),
      })
      .map((one) => (one.break_glass === true ? { ...one, for: undefined } : one)),
  )
}
const always = ['closed', 'merged', 'pushed'] as const
const rules = fc
  .array(
    fc.oneof(
      ...triggers.flatMap((trigger) => [...given.keys()].map((give) => rule(trigger, give))),
    ),
    { minLength: 1, maxLength: 8, size: 'max' },
  )
  .map((all) => all.map((one, index) => ({ ...one, name: `${one.name} ${index}` })))

// What stands beside them.
const onCallSource = fc.oneof(
  fc.record({ people: some(fc.constantFrom(1, 2, 3)) }),
  fc.record({
    people: fc.dictionary(line, fc.constantFrom(1, 2)),
    url: fc.constantFrom('https://on-call.example/x?y', 'http://localhost:1/'),
    token: fc.constantFrom('HALLPASS_ON_CALL_X', undefined),
    select: fc.constantFrom('*', 'a.*.constructor'),
    fallback: fc.array(eligible, { maxLength: 2 }),
  }),
)
const identity = fc.record({
  name: maybe(line),
  aws: maybe(
    fc.constantFrom(
      [{ account: '111122223333', user: 'u' }],
      [{ account: '000000000000', user: 'v', id: 'AIDA12345678' }],
    ),
  ),
  identity_center: maybe(
    fc.constantFrom({ user: 'ü' }, { user: 'v', id: subscription.slice(15).toLowerCase() }),
  ),
  gcp: maybe(fc.constant({ email: 'V@example.com' })),
  azure: maybe(fc.record({ object_id: fc.constant(subscription.slice(15)), name: maybe(line) })),
})
const templates = (name: string) =>
  fc.record({
    aws: fc.constant([{ account: '111122223333', user: `x-{${name}}` }]),
    identity_center: maybe(fc.constant(`{${name}}`)),
    gcp: maybe(fc.constant(name === 'name_id' ? '{name_id}' : `x.{${name}}@example.com`)),
  })
const beside = {
  limits: fc.record(
    { person: limits, repository: limits, team: fc.integer({ min: 1, max: 100 }) },
    { requiredKeys: [] },
  ),
  on_call: fc.record({ primary: onCallSource, constructor: onCallSource }),
  identities: fc
    .array(identity, { maxLength: 1 })
    .map((all) => all.map((one) => ({ github: 1, ...one }))),
  identity_sources: fc.record(
    { saml: templates('name_id'), template: templates('login') },
    { requiredKeys: [] },
  ),
  policy_changes: fc.record({
    widening: fc.record({ by: approvable, count: fc.integer({ min: 1, max: 10 }) }),
  }),
  enrolled: fc.oneof(
    fc.constantFrom([900], [1, 900]),
    fc.record({
      property: fc.constantFrom('hallpass', '__proto__'),
      value: fc.constantFrom('yes', 'no'),
    }),
  ),
}
const roles = fc.record(
  Object.fromEntries([...given].map(([name, taking]) => [name, role(taking)])),
)
const organizations = fc.record(
  { version: fc.constant(1), roles, rules, ...beside },
  { requiredKeys: ['version', 'roles', 'on_call', 'enrolled'] },
)
const repositories = fc.record({ version: fc.constant(1), rules })

/** Undefined when one of them is refused. */
function policyOf(organization: string, repository: string): Policy | undefined {
  const parsed = parseOrganizationPolicy(organization, 'policy.yml')
  const own = parseRepositoryPolicy(repository, 'hallpass.yml')
  if (!parsed.ok || !own.ok) return undefined
  const merged = mergePolicy(parsed.value, own.value, source)
  return merged.ok ? merged.policy : undefined
}

// The facts: what somebody else wrote may be anything.
const problems = ['missing', 'ambiguous', 'changed', 'refused'] as const
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('__proto__', 'constructor', '`@everyone`\n# x', '{service}', '$&', '..'),
)
const path = fc.oneof(
  fc.constantFrom('services/orders/a.go', 'services/orders/x/b.md', 'services/pay/x', 'docs/a'),
  fc.array(anything, { maxLength: 3 }).map((parts) => ['services', ...parts].join('/')),
  anything,
)
const instant = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: -1e14, max: 1e14 }))
const strange = fc.record({
  paths: fc.array(path, { maxLength: 4 }),
  truncated: rarely(fc.constant(true)),
  labels: fc.array(fc.oneof(fc.constantFrom('ready', 'incident/db'), anything), { maxLength: 2 }),
  label: rarely(anything),
  login: maybe(anything),
  baseRef: maybe(anything),
  role: fc.oneof(fc.constantFrom(...given.keys()), anything),
  reason: maybe(anything),
  leaseSeconds: maybe(fc.integer({ min: 1, max: 1e12 })),
  at: rarely(instant),
  now: rarely(instant),
  counted: fc.record({
    atOnce: fc.constantFrom(0, 0, 0, 25, 1e9),
    lastEndedAt: rarely(fc.integer({ min: 0, max: 1e13 })),
    secondsInDay: fc.constantFrom(0, 0, 0, 50_000, 1e12),
  }),
  verdicts: fc.array(mostly('good' as const, fc.constantFrom('standing', 'unread', ...problems)), {
    minLength: 4,
    maxLength: 4,
  }),
  why: anything,
})
type Strange = typeof strange extends Arbitrary<infer Value> ? Value : never
type Acting = Omit<Evaluated, 'policy'>

function resolvedBy(policy: Policy, { verdicts, why }: Strange): Facts['resolved'] {
  const values = new Map([
    ['service', ['orders', 'pay']],
    ['constructor', ['x']],
  ])
  const all = [...policy.roles.values()].flatMap(({ bindings }) => filled(bindings, values))
  return all.flatMap((role, index): Facts['resolved'] => {
    const verdict = verdicts[index % verdicts.length] ?? 'unread'
    const standing = verdict === 'standing'
    if (verdict === 'unread') return []
    if (verdict === 'good' || standing)
      return [{ ok: true, role, principal: principalFor(role), standing }]
    // A cloud's own answer is put into our words where it is understood.
    const said = verdict === 'refused' ? 'AWS: GetUser failed (403).' : why
    return [{ ok: false, role, why: said, problem: verdict }]
  })
}

/** The act, with what was drawn for it in place of what is tame. */
function strangely({ ask, facts, accounts }: Acting, policy: Policy, drawn: Strange): Evaluated {
  const { login, reason, leaseSeconds } = drawn
  const named = <Who extends { readonly login: string }>(who: Who): Who =>
    login === undefined ? who : { ...who, login }
  const current = { ...facts.current, labels: [...facts.current.labels, ...drawn.labels] }
  const usage = { role: drawn.counted, person: drawn.counted, repository: drawn.counted }
  const wanted = { ...ask.wanted, role: drawn.role, reason, leaseSeconds, breakGlass: false }
  return {
    ask: {
      ...ask,
      actor: named(ask.actor),
      at: drawn.at ?? ask.at,
      label: ask.label && (drawn.label ?? ask.label),
      reviewer: ask.reviewer && named(ask.reviewer),
      wanted: ask.wanted && { ...wanted, breakGlass: ask.wanted.breakGlass },
    },
    policy,
    facts: {
      ...facts,
      now: drawn.now ?? facts.now,
      current:
        current.kind === 'issue' ? current : { ...current, baseRef: drawn.baseRef ?? 'main' },
      recipient: { ...facts.recipient, account: named(facts.recipient.account) },
      changedPaths: { paths: drawn.paths, truncated: drawn.truncated === true },
      onBase: ['services/orders', 'services/pay', 'services/x', 'orders.tf', 'pay.tf', 'x.tf'],
      resolved: resolvedBy(policy, drawn),
      usage: [...policy.roles.keys()].map((role) => ({ role, usage })),
    },
    accounts,
  }
}

/** All that is made of the act, and of those that would start the rules. */
function decided(evaluated: Evaluated): readonly Evaluation[] {
  const { ask, policy, facts, accounts } = evaluated
  const { subject, current, now, actor, recipient } = facts
  const supposing = { subject, current, actor: actor.account, person: recipient.account, now }
  const supposed = policy.rules.map((rule) =>
    evaluate({ ask: actFor(rule, supposing), policy, facts, accounts, rules: [rule] }),
  )
  factsNeeded(policy, ask, facts.repository, facts.property)
  const { refusals } = startedRules(evaluated)
  return [...supposed, evaluate(evaluated), { offers: [], refusals }]
}
/** Every step is looked at, whatever the ones before it found. */
const explained = (evaluated: Evaluated): readonly string[] =>
  evaluated.policy.rules
    .flatMap((rule) => explainRule(evaluated, rule).steps)
    .map(({ detail }) => detail)

const keysIn = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => [key, ...keysIn(inner)])
/** The names that the schema knows, but for those that a document chooses. */
const schemaKeys = (node: unknown): readonly string[] =>
  typeof node !== 'object' || node === null
    ? []
    : Object.entries(node).flatMap(([key, inner]) =>
        key === 'properties'
          ? [...Object.keys(inner as object), ...Object.values(inner as object).flatMap(schemaKeys)]
          : schemaKeys(inner),
      )

it('whatever a document says that is accepted, every act is decided and explained', () => {
  const seen = new Set<string>()
  const count = { drawn: 0, accepted: 0, offers: 0 }
  const doings = fc.array(fc.tuple(fc.oneof(...triggers.map(acts)), strange), {
    minLength: 8,
    maxLength: 8,
  })
  fc.assert(
    fc.property(organizations, repositories, doings, (organization, repository, acting) => {
      const texts = [organization, repository].map((document) => JSON.stringify(document))
      const [text = '', own = ''] = texts
      const policy = policyOf(text, own)
      count.drawn += 1
      if (policy === undefined) return
      count.accepted += 1
      for (const key of texts.flatMap((each) => keysIn(JSON.parse(each)))) seen.add(key)
      for (const [act, drawn] of acting) {
        const evaluated = strangely(act, policy, drawn)
        const all = decided(evaluated)
        count.offers += all.flatMap(({ offers }) => offers).length
        const said = [
          ...all.flatMap(({ offers }) => offers.map(({ because }) => because)),
          ...all.flatMap(({ refusals }) => refusals.map(({ reason }) => reason)),
          ...explained(evaluated),
        ]
        expect(said.filter((sentence) => /^\s*$|[\n\p{C}\p{Zl}\p{Zp}]/u.test(sentence))).toEqual([])
      }
    }),
    { numRuns: 60 },
  )
  // Documents that are all refused, or say little, would prove nothing.
  expect(count.accepted).toBeGreaterThan(count.drawn / 2)
  expect(count.offers).toBeGreaterThan(0)
  expect(schemaKeys(policyJsonSchema()).filter((key) => !seen.has(key))).toEqual([])
})
