import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate, factsNeeded } from '../../src/domain/policy/evaluate.ts'
import type {
  Eligible,
  Facts,
  Policy,
  ResolvedBinding,
  RoleDefinition,
  Rule,
} from '../../src/domain/policy/types.ts'
import type { ReviewRequested } from '../../src/domain/signals.ts'
import { now, policyOf, principal, signal, source } from './policy.world.ts'

// Few ids, names and teams, so that what matters meets often: most of these requests are granted or nearly so.
const personId = fc.integer({ min: 1, max: 4 })
const team = fc.constantFrom('backend', 'sre')
const seconds = fc.integer({ min: 1, max: 200_000 })
const mostly = <Usual, Rare>(value: Usual, other: fc.Arbitrary<Rare>) =>
  fc.oneof({ weight: 20, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other })

const actorOf = (id: fc.Arbitrary<number>) =>
  fc.record({
    id,
    login: fc.string({ maxLength: 12 }),
    type: mostly('User' as const, fc.constantFrom('Bot' as const, 'Mannequin' as const)),
  })
const roleName = mostly(
  'write' as const,
  fc.constantFrom('none' as const, 'read' as const, 'triage' as const, 'admin' as const),
)

const cloudRole = policyOf().roles.get('logs-read')?.bindings[0]
if (cloudRole === undefined) throw new Error('The sample role has no binding.')

const eligible: fc.Arbitrary<Eligible> = fc.oneof(
  fc.record({ kind: fc.constant('user' as const), id: personId }),
  fc.record({ kind: fc.constant('team' as const), slug: team }),
)
const role = (name: string): fc.Arbitrary<RoleDefinition> =>
  fc.record({
    name: fc.constant(name),
    description: fc.constant('x'),
    bindings: mostly([cloudRole], fc.constant([])),
    repositories: mostly(['shop-*'], fc.constantFrom([], ['other'])),
    eligible: fc.array(eligible, { maxLength: 2 }),
    lease: fc.record({ defaultSeconds: seconds, maxSeconds: seconds }),
    residualSeconds: fc.nat(),
    approval: fc.constant('none' as const),
    forks: fc.boolean(),
    publicRepositories: fc.boolean(),
  })
const rule: fc.Arbitrary<Rule> = fc.record({
  name: fc.string({ maxLength: 8 }),
  from: fc.constantFrom('organization' as const, 'repository' as const),
  when: fc.record({
    reviewRequested: fc.record({ paths: fc.constantFrom(undefined, ['services/**']) }),
  }),
  give: fc.constantFrom('a', 'a', 'b', 'b', 'missing'),
  forSeconds: fc.option(seconds, { nil: undefined }),
  until: fc.constant(['closed' as const]),
})
const policies: fc.Arbitrary<Policy> = fc
  .record({
    a: role('a'),
    b: role('b'),
    rules: fc.array(rule, { maxLength: 4 }),
    enrolled: mostly(undefined, fc.constantFrom(new Set([900]), new Set([1]))),
  })
  .map(({ a, b, rules, enrolled }) => ({
    roles: new Map([a, b].map((one) => [one.name, one])),
    rules,
    enrolled,
    identities: [],
    source,
  }))

const membership = fc.constantFrom(
  'member' as const,
  'member' as const,
  'not-member' as const,
  'unknown' as const,
)
const binding: fc.Arbitrary<ResolvedBinding> = mostly(
  { ok: true as const, role: cloudRole, principal, standing: false },
  fc.oneof(
    fc.constant({ ok: true as const, role: cloudRole, principal, standing: true }),
    fc.record({ ok: fc.constant(false as const), role: fc.constant(cloudRole), why: fc.string() }),
  ),
)
const bindings = fc.array(binding, { minLength: 0, maxLength: 2 })
const resolved = fc
  .record({ a: bindings, b: bindings })
  .map((byRole) => new Map(Object.entries(byRole)))

const facts = (recipientId: number): fc.Arbitrary<Facts> =>
  fc.record({
    now: mostly(now, fc.integer({ min: now - 3_600_000, max: now + 3_600_000 })),
    subject: fc.constant(signal.subject),
    repository: fc.record({
      id: mostly(900, fc.nat()),
      owner: fc.constant('acme'),
      name: mostly('shop-orders', fc.constant('other')),
      accountId: mostly(500, fc.nat()),
      visibility: mostly(
        'private' as const,
        fc.constantFrom('internal' as const, 'public' as const),
      ),
      archived: mostly(false, fc.boolean()),
      defaultBranch: fc.constant('main'),
    }),
    pull: fc.record({
      state: mostly('open' as const, fc.constant('closed' as const)),
      merged: fc.boolean(),
      draft: fc.boolean(),
      author: actorOf(personId),
      headSha: fc.constant('a'.repeat(40)),
      headRepositoryId: mostly(900, fc.constantFrom(null, 7)),
      baseRef: fc.constant('main'),
      requestedReviewers: mostly([{ id: recipientId, login: 'x' }], fc.constant([])),
    }),
    actor: fc.constant(signal.actor),
    actorRole: roleName,
    recipient: mostly({ id: recipientId, login: 'x', type: 'User' as const }, actorOf(personId)),
    recipientRole: roleName,
    teams: fc
      .record({ backend: membership, sre: membership })
      .map((of) => new Map(Object.entries(of))),
    changedPaths: fc.option(
      fc.record({ paths: fc.constantFrom(['services/a'], ['docs/a']), truncated: fc.boolean() }),
      { nil: undefined },
    ),
    resolved,
    held: mostly(new Set<string>(), fc.constant(new Set(['a']))),
  })

const requests = personId.chain((id) =>
  fc.record({
    policy: policies,
    facts: facts(id),
    signal: actorOf(personId).map((actor): ReviewRequested => ({
      ...signal,
      actor,
      reviewer: { id, login: 'x' },
    })),
    served: mostly(new Set([500]), fc.constant(new Set<number>())),
  }),
)

it('offers only what everything speaks for, whatever the facts', () => {
  let offered = 0
  fc.assert(
    fc.property(requests, ({ policy, facts: given, signal: asked, served }) => {
      const { offers } = evaluate(asked, policy, given, served)
      offered += offers.length
      for (const offer of offers) {
        const definition = policy.roles.get(offer.role)
        const may = (definition?.eligible ?? []).some((who) =>
          who.kind === 'user'
            ? who.id === asked.reviewer.id
            : given.teams.get(who.slug) === 'member',
        )
        expect(may).toBe(true)
        expect(offer.recipient.id).toBe(asked.reviewer.id)
        expect(offer.leaseSeconds).toBeLessThanOrEqual(definition?.lease.maxSeconds ?? 0)
        expect(offer.leaseSeconds).toBeGreaterThan(0)
        expect(offer.bindings).toHaveLength(definition?.bindings.length ?? 0)
        expect(offer.bindings.length).toBeGreaterThan(0)
        expect(offer.separated).toEqual(
          expect.arrayContaining([asked.reviewer.id, asked.actor.id, given.pull.author.id]),
        )
        expect([asked.actor.type, given.recipient.type]).toEqual(['User', 'User'])
        expect(['write', 'maintain', 'admin']).toContain(given.actorRole)
        expect([given.pull.state, given.repository.archived]).toEqual(['open', false])
        expect(served.has(given.repository.accountId)).toBe(true)
        expect(policy.enrolled?.has(given.repository.id) ?? true).toBe(true)
        const glob = given.repository.name === 'shop-orders' ? 'shop-*' : given.repository.name
        expect(definition?.repositories).toContain(glob)
        expect(definition?.forks === true || given.pull.headRepositoryId === 900).toBe(true)
        expect(
          definition?.publicRepositories === true || given.repository.visibility !== 'public',
        ).toBe(true)
        expect(given.held.has(offer.role)).toBe(false)
      }
      expect(new Set(offers.map((offer) => offer.role)).size).toBe(offers.length)
    }),
    { numRuns: 3_000 },
  )
  // A property over requests that are all refused would prove nothing.
  expect(offered).toBeGreaterThan(50)
})

it('answers the same to the same, and changes nothing that it was given', () => {
  fc.assert(
    fc.property(requests, ({ policy, facts: given, signal: asked, served }) => {
      const before = structuredClone({ policy, given, asked })
      const first = evaluate(asked, policy, given, served)
      expect(evaluate(asked, policy, given, served)).toEqual(first)
      expect({ policy, given, asked }).toEqual(before)
    }),
    { numRuns: 300 },
  )
})

it('asks beforehand for every team, path and role that an offer was decided by', () => {
  fc.assert(
    fc.property(requests, ({ policy, facts: given, signal: asked, served }) => {
      const needed = factsNeeded(policy, asked, given.repository.name)
      const roles = needed.roles.map(({ name }) => name)
      const read: Facts = {
        ...given,
        teams: new Map([...given.teams].filter(([slug]) => needed.teams.includes(slug))),
        changedPaths: needed.changedPaths ? given.changedPaths : undefined,
        resolved: new Map([...given.resolved].filter(([name]) => roles.includes(name))),
      }
      expect(evaluate(asked, policy, read, served).offers).toEqual(
        evaluate(asked, policy, given, served).offers,
      )
    }),
    { numRuns: 1_000 },
  )
})
