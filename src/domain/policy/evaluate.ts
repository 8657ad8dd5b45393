// What policy makes of one act for one recipient, over facts that were read for it. Pure: the same input gives the same answer.
import type { Offer } from '../grants/types.ts'
import { actSteps } from './act-steps.ts'
import { code } from './quote.ts'
import { nearest } from './nearest.ts'
import { offerOf } from './offer.ts'
import { originSteps } from './origin-steps.ts'
import { matchPaths, matchStepsMax, type PathMatch } from './path-match.ts'
import { readyBindings } from './identity-step.ts'
import { told } from './refuse.ts'
import { requestSteps } from './request-steps.ts'
import { offeredStep, roleSteps } from './role-steps.ts'
import { ruleSteps } from './rule-steps.ts'
import type { Asked, Finding, RoleAsked, RuleAsked, StepName } from './step.ts'
import type { Ask, Evaluation, Facts, Policy, Refusal, Rule } from './types.ts'

export interface Evaluated {
  readonly ask: Ask
  readonly policy: Policy
  readonly facts: Facts
  /** Numeric ids of the accounts that are served. */
  readonly accounts: ReadonlySet<number>
  /** What the same act is offered already to others: it counts against limits. */
  readonly others?: readonly Offer[]
  /** Steps that are not looked at: of what runs already, or waits. */
  readonly without?: readonly StepName[]
  /** Of these rules alone. All of the policy's when left out. */
  readonly rules?: readonly Rule[]
  /** Nobody did the act: it is explained what would come of it. */
  readonly supposed?: boolean
}

/** No rule applies: no offers and no refusals. Otherwise each role is offered once or refused with its reasons. */
export function evaluate(evaluated: Evaluated): Evaluation {
  const { ask, policy, rules = policy.rules, others = [], without = [] } = evaluated
  const unheard = actFindings(evaluated).find(({ finding }) => !finding.holds)
  if (unheard !== undefined) return answered([], refusalOf(unheard.finding))
  const budget = { left: matchStepsMax }
  const offers = new Map<string, Offer>()
  const refusals: Refusal[] = []
  for (const rule of rules) {
    // The first rule that yields an offer of a role wins it.
    if (offers.has(rule.give)) continue
    const asked = { ...evaluated, others: [...others, ...offers.values()], budget }
    const outcome = judge(ruleAsked(asked, rule), without)
    if ('offer' in outcome) offers.set(rule.give, outcome.offer)
    else refusals.push(...refusalOf(outcome.finding))
  }
  if (offers.size === 0 && refusals.length === 0 && ask.trigger === 'requested')
    return answered([], [noSuchRule(evaluated)])
  return answered([...offers.values()], refusals)
}

/** A role that is offered is not refused as well, and nothing is said twice. */
function answered(offers: readonly Offer[], refusals: readonly Refusal[]): Evaluation {
  const offered = new Set(offers.map(({ role }) => role))
  const seen = new Set<string>()
  const said = refusals.filter(({ role, code: what, audience }) => {
    const key = JSON.stringify([role, what, audience])
    if (seen.has(key) || (role !== undefined && offered.has(role))) return false
    seen.add(key)
    return true
  })
  return { offers, refusals: said }
}

const refusalOf = (finding: Finding): readonly Refusal[] =>
  finding.holds || finding.refusal === undefined ? [] : [finding.refusal]

interface StepFound {
  readonly name: StepName
  readonly finding: Finding
}

export function actFindings({ ask, facts, accounts }: Evaluated): readonly StepFound[] {
  const ground = { repository: facts.repository, actorRole: facts.actor.role }
  return actSteps.map(({ name, look }) => ({ name, finding: look(ask, ground, accounts) }))
}

/** Paths are matched when first asked for, and once. */
export function ruleAsked(asked: Asked, rule: Rule): RuleAsked {
  const role = asked.policy.roles.get(rule.give)
  let known: PathMatch | undefined
  const match = () => (known ??= matchPaths(rule, role, asked.facts, asked.budget))
  return { ...asked, rule, role, match }
}

type Outcome = { readonly offer: Offer } | { readonly finding: Finding }

function judge(asked: RuleAsked, without: readonly StepName[]): Outcome {
  for (const { finding } of findings(asked, without)) if (!finding.holds) return { finding }
  const { role } = asked
  if (role === undefined) return { finding: offeredStep.look(asked) }
  const full: RoleAsked = { ...asked, role }
  const ready = readyBindings(full)
  return ready.ok
    ? { offer: offerOf(full, ready.bindings) }
    : { finding: { holds: false, detail: ready.refusal.reason, refusal: ready.refusal } }
}

/** Which rules this act starts here for whoever it is, and what stands against the others. */
export function startedRules(evaluated: Evaluated): {
  readonly rules: readonly Rule[]
  readonly refusals: readonly Refusal[]
} {
  const { policy, without = [] } = evaluated
  const budget = { left: matchStepsMax }
  const rules: Rule[] = []
  const refusals: Refusal[] = []
  for (const rule of evaluated.rules ?? policy.rules) {
    const asked = ruleAsked({ ...evaluated, others: [], budget }, rule)
    const failed = general.find(({ name, look }) => !without.includes(name) && !look(asked).holds)
    if (failed === undefined) rules.push(rule)
    else refusals.push(...refusalOf(failed.look(asked)))
  }
  return { rules, refusals: answered([], refusals).refusals }
}

/** What is the same for all recipients. */
const general = [...ruleSteps, ...originSteps, ...requestSteps].filter(
  ({ name }) => !['recipient', 'unused', 'receiver', 'not-author'].includes(name),
)

/** Each step in its order, looked at when it is asked for. */
export function* findings(asked: RuleAsked, without: readonly StepName[]): Generator<StepFound> {
  for (const { name, look } of [...ruleSteps, ...originSteps, ...requestSteps, offeredStep])
    if (!without.includes(name)) yield { name, finding: look(asked) }
  const { role } = asked
  if (role === undefined) return
  for (const { name, look } of roleSteps)
    if (!without.includes(name)) yield { name, finding: look({ ...asked, role }) }
}

function noSuchRule({ ask, policy }: Evaluated): Refusal {
  const wanted = ask.wanted?.role ?? ''
  const known = policy.rules.filter(({ when }) => when.trigger === 'requested')
  const near = nearest(wanted, new Set(known.map(({ give }) => give)))
  const exists = known.some(({ give }) => give === wanted)
  const hint =
    exists || near === undefined
      ? `\`/access why\` with the role's name says what stands in the way.`
      : `Did you mean ${code(near)}?`
  return told(
    'no-such-rule',
    `No rule gives ${code(wanted)} here to who asks for it. ${hint} \`/access roles\` lists what can be asked for.`,
  )
}
