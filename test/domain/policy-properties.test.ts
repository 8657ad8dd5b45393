// What every decision keeps to, whatever the policy, the act and the facts.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minuteMs } from '../../src/domain/time.ts'
import type { Offer } from '../../src/domain/grants/types.ts'
import type { CloudRole } from '../../src/domain/lanes/types.ts'
import { directoryOf, sameDirectory } from '../../src/domain/lanes/principals.ts'
import { askOfOffer } from '../../src/domain/policy/ask-of.ts'
import { evaluate, startedRules, type Evaluated } from '../../src/domain/policy/evaluate.ts'
import { actFor, explainRule } from '../../src/domain/policy/explain.ts'
import { factsFromJson, factsToJson, type FactsJson } from '../../src/domain/policy/facts-json.ts'
import { factsNeeded } from '../../src/domain/policy/facts-needed.ts'
import { standingOf } from '../../src/domain/policy/standing.ts'
import type {
  Eligible,
  Facts,
  Hours,
  Limits,
  PersonFacts,
  RoleDefinition,
  Rule,
  Standing,
} from '../../src/domain/policy/types.ts'
import type { Counted } from '../../src/domain/policy/usage.ts'
import type { RoleName } from '../../src/domain/subjects.ts'
import { person, requests } from './policy.world.ts'

interface Offered extends Evaluated {
  readonly offer: Offer
  readonly rule: Rule
  readonly role: RoleDefinition
  /** What the role is given by, where the glass is broken for it. */
  readonly glass: RoleDefinition['breakGlass']
  /** What the same act was offered before. */
  readonly before: readonly Offer[]
}

function offersOf(evaluated: Evaluated): readonly Offered[] {
  const { ask, policy } = evaluated
  const { offers } = evaluate(evaluated)
  return offers.map((offer, index) => {
    const rule = policy.rules.find(({ name }) => name === offer.rule)
    const role = policy.roles.get(offer.role)
    if (rule === undefined || role === undefined) throw new Error('No rule gives that.')
    const breaks = rule.breakGlass || ask.wanted?.breakGlass === true
    const glass = breaks ? role.breakGlass : undefined
    return { ...evaluated, offer, rule, role, glass, before: offers.slice(0, index) }
  })
}

const isNamed = (people: readonly Eligible[], { account, teams }: PersonFacts): boolean =>
  people.some((who) =>
    who.kind === 'user' ? who.id === account.id : teams.get(who.slug) === 'member',
  )
const ranks: readonly RoleName[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin']
const rank = (role: RoleName): number => ranks.indexOf(role)
const fits = (standings: readonly Standing[] | undefined, who: PersonFacts): boolean =>
  standings === undefined ||
  standings.some((standing) =>
    standing.kind === 'role' ? rank(who.role) >= rank(standing.atLeast) : isNamed([standing], who),
  )
/** For a glob that is a name, or ends with its only `*`. */
const covers = (glob: string, name: string): boolean => {
  if (!glob.endsWith('*')) return glob.toLowerCase() === name.toLowerCase()
  const start = glob.slice(0, -1).toLowerCase()
  return name.toLowerCase().startsWith(start) && !name.slice(start.length).includes('/')
}
const includes = (people: readonly { readonly id: number }[], id: number | undefined): boolean =>
  people.some((each) => each.id === id)

function receives({ ask, facts: { current, recipient }, rule: { to } }: Offered): boolean {
  const { id } = recipient.account
  switch (to) {
    case 'reviewer':
      if (ask.team !== undefined) return recipient.teams.get(ask.team.slug) === 'member'
      if (ask.trigger === 'review_requested') return ask.reviewer?.id === id
      return current.kind === 'pull_request' && includes(current.requestedReviewers, id)
    case 'author':
      return current.author.id === id
    case 'assignees':
      return ask.trigger === 'assigned' ? ask.assignee?.id === id : includes(current.assignees, id)
    case 'sender':
      return ask.actor.id === id
    case 'commenter':
      return ask.trigger === 'requested' && ask.actor.id === id
    default:
      return to satisfies never
  }
}

function isStillSo({ ask, facts: { current } }: Offered): boolean {
  switch (ask.trigger) {
    case 'review_requested':
      return (
        current.kind === 'pull_request' &&
        (ask.team === undefined
          ? includes(current.requestedReviewers, ask.reviewer?.id)
          : includes(current.requestedTeams, ask.team.id))
      )
    case 'labeled':
      return current.labels.some((label) => covers(ask.label ?? '', label))
    case 'assigned':
      return includes(current.assignees, ask.assignee?.id)
    case 'requested':
      return true
    default:
      return ask.trigger satisfies never
  }
}

function isStarted({ ask, rule }: Offered): boolean {
  const { trigger, added } = rule.when
  if (trigger !== ask.trigger) return false
  if (trigger === 'labeled') return (added ?? []).some((glob) => covers(glob, ask.label ?? ''))
  if (trigger !== 'requested') return true
  return ask.wanted?.role === rule.give && (!rule.breakGlass || ask.wanted.breakGlass)
}

/** Those that a rule on paths is about. */
const touched = ({ rule: { when }, facts: { changedPaths, current } }: Offered) =>
  current.kind === 'issue' || changedPaths === undefined || changedPaths.truncated
    ? []
    : changedPaths.paths.filter(
        (path) =>
          (path.startsWith('services/') ||
            (path.startsWith('docs/') && when.paths?.include.includes('docs/*') === true)) &&
          !(path.endsWith('.md') && when.paths?.exclude.includes('**/*.md') === true),
      )
function valuesOf(offered: Offered): readonly string[] {
  if (!(offered.rule.when.paths?.include ?? []).includes('services/{service}/**')) return []
  const all = touched(offered).map((path) => path.split('/')[1] ?? '')
  return [...new Set(all)].toSorted()
}
function givenBy(offered: Offered): readonly CloudRole[] {
  const { role } = offered
  return role.bindings.flatMap((binding) => {
    const text = JSON.stringify(binding)
    if (!text.includes('{service}')) return [binding]
    return valuesOf(offered).map(
      (value) => JSON.parse(text.replaceAll('{service}', value)) as CloudRole,
    )
  })
}

/** The windows of today and of yesterday, as instants. */
const isWithin = ({ days, from, until }: Hours, at: number): boolean =>
  [0, 1].some((ago) => {
    const midnight = at - (at % (1_440 * minuteMs)) - ago * 1_440 * minuteMs
    const day = new Date(midnight).getUTCDay()
    const length = until > from ? until - from : until - from + 1_440
    const begins = midnight + from * minuteMs
    return days.includes(day === 0 ? 7 : day) && begins <= at && at < begins + length * minuteMs
  })

/** What was not read is more than any limit. */
const unread: Counted = { atOnce: Infinity, lastEndedAt: Infinity, secondsInDay: Infinity }
const isWithinLimit = (
  { atOnce, cooldownSeconds, dailySeconds }: Limits,
  counted: Counted = unread,
  more: readonly Offer[],
  now: number,
): boolean =>
  (atOnce === undefined || counted.atOnce + more.length <= atOnce) &&
  (cooldownSeconds === undefined ||
    counted.lastEndedAt === undefined ||
    now - counted.lastEndedAt >= cooldownSeconds * 1_000) &&
  (dailySeconds === undefined || counted.secondsInDay + total(more) <= dailySeconds)
const total = (offers: readonly Offer[]): number =>
  offers.reduce((sum, { leaseSeconds }) => sum + leaseSeconds, 0)

function isWithinLimits({ policy, facts, role, offer, before }: Offered): boolean {
  const usage = facts.usage.find((each) => each.role === role.name)?.usage
  const all = [...before, offer]
  return (
    isWithinLimit(role.limits, usage?.role, [offer], facts.now) &&
    isWithinLimit(policy.limits.person, usage?.person, all, facts.now) &&
    isWithinLimit(policy.limits.repository, usage?.repository, all, facts.now)
  )
}

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

/** What is true of all that is offered. */
const promises: Readonly<Record<string, (offered: Offered) => boolean>> = {
  'by an act in a repository of an account that is served': ({ ask, facts, accounts }) =>
    facts.repository.id === ask.subject.repositoryId &&
    facts.repository.accountId === ask.subject.accountId &&
    accounts.has(facts.repository.accountId),
  'by a person who may write': ({ ask, facts }) =>
    ask.actor.type === 'User' && rank(facts.actor.role) >= rank('write'),
  'by an act that starts the rule': isStarted,
  'by an act of just now': ({ ask, facts: { now } }) =>
    now - ask.at <= 15 * minuteMs && ask.at - now <= minuteMs,
  'while it is so on GitHub': isStillSo,
  'while the subject is open and not archived': ({ facts: { current, repository } }) =>
    current.state === 'open' && !repository.archived,
  'to whom the rule is for': receives,
  'to a person with access': ({ facts: { recipient } }) =>
    recipient.account.type === 'User' && recipient.role !== 'none',
  'to those alone who may hold it': ({ facts: { recipient, actor }, role, rule, ask, glass }) =>
    rule.breakGlass || ask.wanted?.breakGlass === true
      ? glass !== undefined && isNamed(glass.eligible, recipient) && isNamed(glass.eligible, actor)
      : isNamed(role.eligible, recipient),
  'to no author as a reviewer': ({ facts, rule }) =>
    rule.to !== 'reviewer' || facts.recipient.account.id !== facts.current.author.id,
  'to nobody who has it, has asked for it, or was given it by this act': ({ facts, offer }) =>
    !facts.held.includes(offer.role) && !facts.used.includes(offer.role),
  'to nobody whom a freeze covers': ({ facts, offer }) =>
    facts.freezes.every(({ scope }) => {
      if (scope.kind === 'person') return scope.personId !== offer.recipient.id
      if (scope.kind === 'role') return scope.role !== offer.role
      return scope.kind === 'repository' && scope.repositoryId !== facts.repository.id
    }),
  'to nobody whom it would bring past a limit': isWithinLimits,
  'where the role is offered': ({ policy, facts: { repository, property }, role }) =>
    role.repositories.some((glob) => covers(glob, repository.name)) &&
    ((policy.enrolled === undefined && policy.enrolledBy === undefined) ||
      policy.enrolled?.has(repository.id) === true ||
      (policy.enrolledBy !== undefined && policy.enrolledBy.value === property)),
  'where forks and the public may have it': ({ facts: { current, repository }, role }) =>
    (current.kind === 'issue' || current.headRepositoryId === repository.id || role.forks) &&
    (repository.visibility !== 'public' || role.publicRepositories),
  'when all conditions hold': ({ facts, rule: { when } }) => {
    const pull = facts.current.kind === 'pull_request' ? facts.current : undefined
    return (
      (when.base === undefined ||
        when.base.some((glob) => pull !== undefined && covers(glob, pull.baseRef))) &&
      (when.draft === undefined || pull?.draft === when.draft) &&
      (when.labels ?? []).every((glob) =>
        facts.current.labels.some((label) => covers(glob, label)),
      ) &&
      fits(when.author, facts.author) &&
      fits(when.actor, facts.actor) &&
      (when.hours === undefined || when.hours.some((hours) => isWithin(hours, facts.now)))
    )
  },
  'for changes that the rule is about, and bound to them': (offered) => {
    const { rule, offer, facts } = offered
    const { current } = facts
    const isBound = rule.when.paths !== undefined || rule.until.includes('pushed')
    const head = current.kind === 'pull_request' ? current.headSha : undefined
    return (
      (rule.when.paths === undefined || touched(offered).length > 0) &&
      offer.boundHead === (isBound ? head : undefined)
    )
  },
  'with values that are few, plain and on the base branch': (offered) => {
    const { offer, role, facts } = offered
    const [parameter] = role.parameters
    if (parameter === undefined) return same(offer.parameters, {})
    const values = valuesOf(offered)
    return (
      same(offer.parameters, { service: values }) &&
      values.length > 0 &&
      values.length <= parameter.max &&
      values.every((value) => /^[\w-]+$/.test(value) && facts.onBase.includes(`services/${value}`))
    )
  },
  'as all that the role gives, filled in, to whom the clouds know': (offered) => {
    const { offer, facts } = offered
    return (
      offer.bindings.length > 0 &&
      same(
        offer.bindings.map(({ role }) => role),
        givenBy(offered),
      ) &&
      offer.bindings.every(
        ({ role, principal }) =>
          sameDirectory(directoryOf(principal), directoryOf(role)) &&
          facts.resolved.some(
            (each) =>
              each.ok && !each.standing && same([each.role, each.principal], [role, principal]),
          ),
      )
    )
  },
  'for no longer than anybody allows or asked': ({ offer, role, rule, glass, ask }) => {
    const asked = ask.wanted?.leaseSeconds
    const max = glass?.leaseSeconds ?? role.lease.maxSeconds
    const unasked = glass?.leaseSeconds ?? rule.forSeconds ?? role.lease.defaultSeconds
    return (
      offer.leaseSeconds > 0 &&
      offer.leaseSeconds === (asked ?? Math.min(unasked, max)) &&
      offer.leaseSeconds <= max
    )
  },
  'with the approval of the role, by nobody who had a hand in it': (offered) => {
    const { offer, role, glass, ask, facts } = offered
    if (glass !== undefined) return offer.approval === 'none'
    const people = [
      ...facts.separation.people,
      offer.recipient.id,
      ask.actor.id,
      facts.current.author.id,
    ]
    const separates = role.approval !== 'none' && role.approval.separate
    return (
      same(offer.approval, role.approval) &&
      same(new Set(offer.separated).size, offer.separated.length) &&
      (separates
        ? people.every((id) => offer.separated.includes(id)) &&
          offer.separationUnproven === facts.separation.unproven
        : offer.separated.length === 0)
    )
  },
  'without approval for a reason, a review and no debt alone': ({ offer, glass, ask, facts }) => {
    if (glass === undefined) return offer.breakGlass === undefined
    const { notify, reviewers } = glass
    return (
      same(offer.breakGlass, { notify, reviewers }) &&
      !facts.debtors.includes(offer.recipient.id) &&
      !facts.debtors.includes(ask.actor.id) &&
      (ask.trigger !== 'requested' || (offer.reason ?? '').trim() !== '')
    )
  },
  'with what was asked': ({ offer, ask, facts, rule }) =>
    same(
      [offer.cause, offer.askedAt, offer.trigger, offer.label, offer.reason, offer.until],
      [ask.cause, ask.at, ask.trigger, ask.label, ask.wanted?.reason, rule.until],
    ) &&
    same(offer.requester, { id: ask.actor.id, login: ask.actor.login }) &&
    offer.recipient.id === facts.recipient.account.id &&
    offer.team?.id === (rule.to === 'reviewer' ? ask.team?.id : undefined),
}

/** What has to occur often enough: a property over acts that are all refused would prove nothing. */
const kinds: Readonly<Record<string, (offered: Offered) => boolean>> = {
  'a review of a person': ({ ask, rule }) => ask.reviewer !== undefined && rule.to === 'reviewer',
  'a review of a team': ({ ask, rule }) => ask.team !== undefined && rule.to === 'reviewer',
  'a label on a pull request': ({ ask, facts }) =>
    ask.label !== undefined && facts.current.kind === 'pull_request',
  'a label on an issue': ({ ask, facts }) =>
    ask.label !== undefined && facts.current.kind === 'issue',
  'an assignment': ({ ask, rule }) => ask.assignee !== undefined && rule.to === 'assignees',
  'a command': ({ ask, rule }) => ask.wanted !== undefined && rule.to === 'commenter',
  'a time that was asked for': ({ ask }) => ask.wanted?.leaseSeconds !== undefined,
  'an author': ({ rule }) => rule.to === 'author',
  'a sender': ({ rule }) => rule.to === 'sender',
  'broken glass': ({ glass }) => glass !== undefined,
  'one value': ({ offer }) => offer.parameters['service']?.length === 1,
  'two values': ({ offer }) => offer.parameters['service']?.length === 2,
  'a commit': ({ offer }) => offer.boundHead !== undefined,
  separation: ({ offer }) => offer.separated.length > 0,
  'a base branch': ({ rule }) => rule.when.base !== undefined,
  'labels that are there': ({ rule }) => rule.when.labels !== undefined,
  'an author who fits': ({ rule }) => rule.when.author !== undefined,
  'an actor who fits': ({ rule }) => rule.when.actor !== undefined,
  'a draft, or none': ({ rule }) => rule.when.draft !== undefined,
  hours: ({ rule }) => rule.when.hours !== undefined,
  'a limit': ({ role, policy }) =>
    [role.limits, policy.limits.person, policy.limits.repository].some(
      ({ atOnce, dailySeconds }) => atOnce !== undefined || dailySeconds !== undefined,
    ),
  'several roles': ({ before }) => before.length > 0,
}

const audible = ({ ask, facts: { repository, actor }, accounts }: Evaluated): boolean =>
  ask.actor.type === 'User' &&
  rank(actor.role) >= rank('write') &&
  repository.id === ask.subject.repositoryId &&
  repository.accountId === ask.subject.accountId &&
  accounts.has(repository.accountId)

describe('a decision', () => {
  it('offers only what everything speaks for', () => {
    const seen = new Set<string>()
    const note = (offered: Offered) => {
      for (const [kind, is] of Object.entries(kinds)) if (is(offered)) seen.add(kind)
    }
    fc.assert(
      fc.property(requests, (evaluated) => {
        const broken = offersOf(evaluated).flatMap((offered) => {
          note(offered)
          return Object.entries(promises).flatMap(([name, isKept]) =>
            isKept(offered) ? [] : [name],
          )
        })
        expect(broken).toEqual([])
      }),
      { numRuns: 5_000 },
    )
    expect(Object.keys(kinds).filter((kind) => !seen.has(kind))).toEqual([])
  })

  it('says one thing of a role, something to a command, and nothing to people without standing', () => {
    fc.assert(
      fc.property(requests, (evaluated) => {
        const { offers, refusals } = evaluate(evaluated)
        const offered = offers.map(({ role }) => role)
        expect(new Set(offered).size).toBe(offered.length)
        expect(refusals.filter(({ role }) => role !== undefined && offered.includes(role))).toEqual(
          [],
        )
        const said = refusals.map(({ role, code, audience }) =>
          JSON.stringify([role, code, audience]),
        )
        expect(new Set(said).size).toBe(said.length)
        if (evaluated.ask.trigger === 'requested')
          expect(offers.length + refusals.length).toBeGreaterThan(0)
        if (audible(evaluated)) return
        expect(offers).toEqual([])
        expect(refusals.map(({ audience }) => audience)).toEqual(['log'])
      }),
      { numRuns: 700 },
    )
  })

  it('takes the first rule that can give a role', () => {
    fc.assert(
      fc.property(requests, (evaluated) => {
        const { policy } = evaluated
        for (const { rule, before } of offersOf(evaluated)) {
          const rivals = policy.rules.filter(({ give }) => give === rule.give)
          const rules = rivals.slice(0, rivals.indexOf(rule))
          expect(evaluate({ ...evaluated, rules, others: before }).offers).toEqual([])
        }
      }),
      { numRuns: 700 },
    )
  })

  it('is the same over the same, and changes nothing that it was given', () => {
    fc.assert(
      fc.property(requests, (evaluated) => {
        const decide = () => ({
          evaluation: evaluate(evaluated),
          started: startedRules(evaluated),
          explained: evaluated.policy.rules.map((rule) => explainRule(evaluated, rule)),
        })
        const before = structuredClone(evaluated)
        const first = decide()
        expect(decide()).toEqual(first)
        expect(evaluated).toEqual(before)
      }),
      { numRuns: 150 },
    )
  })

  it('is the same over the facts as they are kept with it', () => {
    fc.assert(
      fc.property(requests, (evaluated) => {
        const kept = JSON.stringify(factsToJson(evaluated.facts))
        const facts = factsFromJson(JSON.parse(kept) as FactsJson)
        expect(evaluate({ ...evaluated, facts })).toEqual(evaluate(evaluated))
      }),
      { numRuns: 200 },
    )
  })
})

/** As if nothing else had been read. */
function onlyNeeded({ policy, ask, facts }: Evaluated): Facts {
  const needed = factsNeeded(policy, ask, facts.repository, facts.property)
  const among = (who: PersonFacts, slugs: readonly string[]): PersonFacts => ({
    ...who,
    teams: new Map([...who.teams].filter(([slug]) => slugs.includes(slug))),
  })
  const names = needed.roles.map(({ name }) => name)
  const shapes = needed.roles.flatMap(({ bindings }) => bindings.map(shapeOf))
  const knowsAuthor = needed.rules.some(({ when }) => when.author !== undefined)
  const author = among(facts.author, needed.teams.author)
  return {
    ...facts,
    actor: among(facts.actor, needed.teams.actor),
    author: knowsAuthor ? author : { ...author, role: 'none' },
    recipient: among(facts.recipient, needed.teams.recipient),
    changedPaths: needed.changedPaths ? facts.changedPaths : undefined,
    onBase: needed.changedPaths ? facts.onBase : [],
    resolved: facts.resolved.filter(({ role }) => shapes.includes(shapeOf(role))),
    used: facts.used.filter((name) => names.includes(name)),
    usage: facts.usage.filter(({ role }) => names.includes(role)),
    separation: needed.separation ? facts.separation : { people: [], unproven: false },
  }
}
const shapeOf = (role: CloudRole): string =>
  JSON.stringify(role).replaceAll(/\{service\}|orders|pay/g, '*')
const isOffered = ({ policy, facts: { repository } }: Evaluated, { give }: Rule): boolean =>
  policy.roles.get(give)?.repositories.some((glob) => covers(glob, repository.name)) === true

describe('what has to be read beforehand', () => {
  it('is all that an offer is decided by', () => {
    fc.assert(
      fc.property(requests, (evaluated) => {
        const read = { ...evaluated, facts: onlyNeeded(evaluated) }
        expect(evaluate(read).offers).toEqual(evaluate(evaluated).offers)
      }),
      { numRuns: 1_200 },
    )
  })

  // A repository's rule that names what is not offered there is refused before anything is read for it.
  it('is all that a refusal of what is offered is decided by', () => {
    fc.assert(
      fc.property(requests, (evaluated) => {
        const { policy, facts } = evaluated
        const rules = policy.rules.filter((rule) => isOffered(evaluated, rule))
        const of = {
          ...evaluated,
          policy: { ...policy, rules, enrolled: undefined, enrolledBy: undefined },
        }
        expect(evaluate({ ...of, facts: onlyNeeded(of) })).toEqual(evaluate({ ...of, facts }))
      }),
      { numRuns: 600 },
    )
  })
})

describe('an explanation', () => {
  it('says of each rule what would be decided by it, and why', () => {
    fc.assert(
      fc.property(requests, (evaluated) => {
        for (const rule of evaluated.policy.rules) {
          const { holds, steps, takes } = explainRule(evaluated, rule)
          const { offers, refusals } = evaluate({ ...evaluated, rules: [rule] })
          const failed = steps.find((step) => !step.holds)
          expect([holds, failed === undefined]).toEqual([offers.length === 1, holds])
          for (const { leaseSeconds, approval } of offers)
            expect(takes).toEqual({ leaseSeconds, approval })
          const told = refusals.filter(({ code }) => code !== 'no-such-rule')
          expect(told.map(({ reason }) => reason)).toEqual(
            told.length === 0 ? [] : [failed?.detail],
          )
        }
      }),
      { numRuns: 500 },
    )
  })

  it('of what would start a rule supposes an act that does, where there is one', () => {
    fc.assert(
      fc.property(requests, (evaluated) => {
        const { policy, facts } = evaluated
        const { subject, current, now } = facts
        const [actor, person] = [facts.actor.account, facts.recipient.account]
        for (const rule of policy.rules) {
          const ask = actFor(rule, { subject, current, actor, person, now })
          const { steps } = explainRule({ ...evaluated, ask, without: ['age'] }, rule)
          const { added = [], trigger } = rule.when
          const isThere = current.labels.some((label) => added.some((glob) => covers(glob, label)))
          expect(steps.find(({ name }) => name === 'trigger')?.holds).toBe(
            trigger !== 'labeled' || isThere,
          )
        }
      }),
      { numRuns: 250 },
    )
  })
})

it('what an act starts for anybody is all that it may give to somebody', () => {
  fc.assert(
    fc.property(requests, (evaluated) => {
      const { facts } = evaluated
      const nobody = {
        ...facts,
        recipient: { ...facts.actor, role: 'none', teams: new Map() },
        resolved: [],
        held: [],
        used: [],
        usage: [],
        freezes: [],
        debtors: [],
      } as const
      const { rules } = startedRules({ ...evaluated, facts: nobody })
      expect(startedRules(evaluated).rules).toEqual(rules)
      expect(evaluate({ ...evaluated, rules }).offers).toEqual(evaluate(evaluated).offers)
    }),
    { numRuns: 600 },
  )
})

it('several recipients of one act together stay within the limits', () => {
  let most = 0
  const people = fc.array(person('read'), { minLength: 1, maxLength: 4, size: 'max' })
  fc.assert(
    fc.property(requests, people, (evaluated, recipients) => {
      const { policy, facts } = evaluated
      const given = recipients.reduce<readonly Offer[]>((others, recipient) => {
        const { offers } = evaluate({ ...evaluated, facts: { ...facts, recipient }, others })
        return [...others, ...offers]
      }, [])
      most = Math.max(most, given.length)
      const usageOf = (role: string) => facts.usage.find((each) => each.role === role)?.usage
      for (const { role, recipient } of given) {
        const usage = usageOf(role)
        const { atOnce, dailySeconds } = policy.roles.get(role)?.limits ?? {}
        const ofRole = given.filter((offer) => offer.role === role)
        const ofPerson = given.filter((offer) => offer.recipient.id === recipient.id)
        const both = ofRole.filter((offer) => ofPerson.includes(offer))
        expect(ofRole.length + (usage?.role.atOnce ?? 0)).toBeLessThanOrEqual(atOnce ?? 0)
        expect(total(both) + (usage?.role.secondsInDay ?? 0)).toBeLessThanOrEqual(
          dailySeconds ?? Infinity,
        )
        const { limits } = policy
        expect(isWithinLimit(limits.person, usage?.person, ofPerson, facts.now)).toBe(true)
        expect(isWithinLimit(limits.repository, usage?.repository, given, facts.now)).toBe(true)
      }
    }),
    { numRuns: 1_200 },
  )
  expect(most).toBeGreaterThan(2)
})

describe('what was offered', () => {
  it('stands on the facts that it was offered on', () => {
    fc.assert(
      fc.property(requests, (evaluated) => {
        const { policy, facts, accounts } = evaluated
        const { repository, current, property, recipient, resolved } = facts
        for (const offer of evaluate(evaluated).offers)
          expect(
            standingOf(offer, {
              repository,
              current,
              policy,
              property,
              accounts,
              recipientRole: recipient.role,
              teams: recipient.teams,
              reviewed: 'not',
              resolved,
            }),
          ).toBeUndefined()
      }),
      { numRuns: 1_200 },
    )
  })

  it('is offered again by the act as the offer tells it', () => {
    fc.assert(
      fc.property(requests, (evaluated) => {
        for (const { offer, rule, before } of offersOf(evaluated)) {
          const again = {
            ...evaluated,
            ask: askOfOffer(offer),
            rules: [rule],
            others: before,
            // Whom an act names is not told where somebody else received.
            without: ['still'] as const,
          }
          const { because: _, ...rest } = offer
          expect(evaluate(again).offers).toMatchObject([rest])
        }
      }),
      { numRuns: 1_500 },
    )
  })
})
