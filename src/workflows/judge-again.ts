// The ground of a grant that waits or runs, judged once more over facts read now: before it is approved, or extended.
import type { Grant, Offer } from '../domain/grants/types.ts'
import { askOfOffer } from '../domain/policy/ask-of.ts'
import { explainRule } from '../domain/policy/explain.ts'
import { evaluate, type Evaluated } from '../domain/policy/evaluate.ts'
import { factsToJson, type DecidedOn } from '../domain/policy/facts-json.ts'
import { factsOfRules } from '../domain/policy/facts-needed.ts'
import { code } from '../domain/policy/quote.ts'
import { policyBroken, policyMissing, told } from '../domain/policy/refuse.ts'
import { isAsked } from '../domain/policy/standing.ts'
import type { StepName } from '../domain/policy/step.ts'
import type { Ask, Facts, Policy, Refusal, Rule, SubjectFacts } from '../domain/policy/types.ts'
import type { Actor } from '../domain/subjects.ts'
import type { Deps } from './deps.ts'
import { gatherRecipient, gatherShared, readGround, readProperty } from './gather-facts.ts'
import { ledgerFacts } from './ledger-facts.ts'
import type { Limited, NewDecision, PolicyText } from './ports.ts'
import { limitedBy } from './start-grant.ts'

export type Again =
  | {
      readonly kind: 'offer'
      /** Of the same cause, role and recipient as the grant's. Its digest tells whether anything else changed. */
      readonly offer: Offer
      /** For the commit that acts on it: counted again there. */
      readonly limits: readonly Limited[]
      /** For the commit that acts on it: what it was decided on. */
      readonly decision: Pick<NewDecision, 'facts' | 'documents'>
    }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }

/** Before an approval counts. What it refuses must not be approved. */
export const judgeAgain = (deps: Deps, grant: Grant): Promise<Again> =>
  judge(deps, grant, { ask: askOfOffer(grant.revision.offer), elapsedSeconds: 0 })

export interface Extending {
  readonly actor: Actor
  readonly leaseSeconds: number
  readonly delivery: string
}

/**
 * Before a longer lease is asked for or approved: the offer is for `leaseSeconds` from its approval on. Who asks for it
 * never counts among those who approve it. Who has write access may be somebody else than who asked first.
 */
export async function judgeExtension(
  deps: Deps,
  grant: Grant,
  { actor, leaseSeconds, delivery }: Extending,
): Promise<Again> {
  const { offer } = grant.revision
  if (offer.breakGlass !== undefined) return refused([glassIsShort(offer)])
  const asked = askOfOffer(offer)
  const wanted = { role: offer.role, leaseSeconds, reason: offer.reason, breakGlass: false }
  const approvedAt = 'approvedAt' in grant ? grant.approvedAt : deps.clock.now()
  const elapsedSeconds = Math.max(0, Math.ceil((deps.clock.now() - approvedAt) / 1000))
  const again = await judge(deps, grant, { ask: { ...asked, delivery, wanted }, elapsedSeconds })
  if (again.kind === 'refused') return again
  // What it was given for may break the glass by now.
  if (again.offer.breakGlass !== undefined) return refused([glassIsShort(again.offer)])
  return { ...again, offer: askedBy(again.offer, actor) }
}

function askedBy(offer: Offer, { id, login }: Actor): Offer {
  const separates = offer.approval !== 'none' && offer.approval.separate
  const separated = separates ? [...new Set([...offer.separated, id])] : offer.separated
  return { ...offer, requester: { id, login }, separated: separated.toSorted((a, b) => a - b) }
}

const refused = (refusals: readonly Refusal[]): Again => ({ kind: 'refused', refusals })

const glassIsShort = ({ rule, role }: Offer): Refusal =>
  told(
    'break-glass-not-allowed',
    `Access that is taken by breaking the glass is not extended. Ask for ${code(role)} with approval instead.`,
    { rule, role },
  )

interface Judging {
  readonly ask: Ask
  /** Of the lease that runs. */
  readonly elapsedSeconds: number
}

async function judge(deps: Deps, grant: Grant, { ask, elapsedSeconds }: Judging): Promise<Again> {
  const { offer } = grant.revision
  const ground = await readGround(deps, ask)
  if (ground === undefined) return refused([gone(offer)])
  const reading = await deps.policy.read(ask.subject, ground.repository)
  if (reading.kind === 'missing') return refused([policyMissing(reading.where, reading.why)])
  if (reading.kind === 'broken') return refused([policyBroken(reading.problems)])
  const { policy, documents = [] } = reading
  const rules = policy.rules.filter(
    ({ name, give, when }) =>
      name === offer.rule && give === offer.role && when.trigger === offer.trigger,
  )
  const property = await readProperty(deps, ask.subject, policy)
  const needed = factsOfRules(policy, ask, rules, ground.repository, property)
  const shared = await gatherShared(deps, ask, ground, policy, needed, property)
  const question = {
    cause: ask.cause,
    subject: ask.subject,
    actorId: ask.actor.id,
    recipientId: offer.recipient.id,
    without: [grant.id],
  }
  const [person, ofLedger, without] = await Promise.all([
    gatherRecipient(deps, offer.recipient, policy, needed, shared, offer.bindings),
    ledgerFacts(deps, question, needed),
    notLookedAt(deps, offer, rules, ground.current),
  ])
  const facts = running({ ...shared, ...person, ...ofLedger }, elapsedSeconds)
  const evaluated = { ask, policy, facts, accounts: deps.accounts, rules, without }
  return outcomeOf(evaluated, { offer, documents, elapsedSeconds })
}

function outcomeOf(
  evaluated: Evaluated & { readonly rules: readonly Rule[] },
  {
    offer,
    documents,
    elapsedSeconds,
  }: {
    readonly offer: Offer
    readonly documents: readonly PolicyText[]
    readonly elapsedSeconds: number
  },
): Again {
  const { ask, policy, facts } = evaluated
  const { offers, refusals } = evaluate(evaluated)
  const [fresh] = offers
  if (fresh === undefined)
    return refused(refusals.length > 0 ? refusals : [appliesNoMore(evaluated, offer)])
  return {
    kind: 'offer',
    offer: fresh,
    limits: limitsOfRunning(policy, fresh, elapsedSeconds),
    decision: { facts: { ask, facts: factsToJson(facts) } satisfies DecidedOn, documents },
  }
}

/** Nothing has to pass before what is asked for already: only the next asking waits. */
const limitsOfRunning = (
  policy: Policy,
  offer: Offer,
  elapsedSeconds: number,
): readonly Limited[] =>
  limitedBy(policy, offer).map((limited) => ({
    ...limited,
    limits: { ...limited.limits, cooldownSeconds: undefined },
    leaseSeconds: elapsedSeconds + offer.leaseSeconds,
  }))

function running(facts: Facts, elapsedSeconds: number): Facts {
  const grown = <C extends { readonly secondsInDay: number }>(counted: C) => ({
    ...counted,
    lastEndedAt: undefined,
    secondsInDay: counted.secondsInDay + elapsedSeconds,
  })
  const usage = facts.usage.map((each) => ({
    role: each.role,
    usage: {
      role: grown(each.usage.role),
      person: grown(each.usage.person),
      repository: grown(each.usage.repository),
    },
  }))
  return { ...facts, usage }
}

/**
 * It was asked in time, and has given nothing else. NB: who wrote a first remark is on no list of those who are asked
 * any more; they still review.
 */
async function notLookedAt(
  deps: Deps,
  offer: Offer,
  rules: readonly Rule[],
  current: SubjectFacts,
): Promise<readonly StepName[]> {
  const always: readonly StepName[] = ['age', 'unused', 'debt']
  const to = rules[0]?.to
  const isNamed =
    (offer.trigger === 'review_requested' && to === 'reviewer') ||
    (offer.trigger === 'assigned' && to === 'assignees') ||
    offer.trigger === 'labeled'
  if (!isNamed) return [...always, 'still']
  if (isAsked(offer, current) !== false) return always
  const reviewed = await deps.github.reviewedSince(offer.subject, offer.recipient, offer.askedAt)
  return reviewed === 'commented' ? [...always, 'still'] : always
}

const whereOf = ({ rule, role }: Offer) => ({ rule, role })

const gone = (offer: Offer): Refusal =>
  told(
    'subject-closed',
    'The pull request or issue, or its repository, is not there any more.',
    whereOf(offer),
  )

/** What nobody is told unasked: here somebody waits for it. */
function appliesNoMore(
  evaluated: Evaluated & { readonly rules: readonly Rule[] },
  offer: Offer,
): Refusal {
  const [rule] = evaluated.rules
  const failed = rule && explainRule(evaluated, rule).steps.find(({ holds }) => !holds)
  const why =
    rule === undefined
      ? 'it is not in the policy any more'
      : (failed?.detail ?? 'it does not apply any more')
  return told(
    'no-such-rule',
    `Nothing is given by the rule ${code(offer.rule)} now: ${why}.`,
    whereOf(offer),
  )
}
