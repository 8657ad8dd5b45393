// What policy would make of an act that asks: by the very steps that decide, over what the simulation knows.
import { standingRefusal } from '../../domain/policy/act-steps.ts'
import { explainRule, type ExplainedRule } from '../../domain/policy/explain.ts'
import { factsNeeded } from '../../domain/policy/facts-needed.ts'
import type { Offer } from '../../domain/grants/types.ts'
import type { Ask, Policy, Refusal } from '../../domain/policy/types.ts'
import type { Person } from '../../domain/subjects.ts'
import { decideAsk } from '../decide-ask.ts'
import type { ReadingDeps } from '../deps.ts'
import { gatherRecipient, gatherShared, readGround, readProperty } from '../gather-facts.ts'
import { ledgerFacts } from '../ledger-facts.ts'

export interface SimulatedAsk {
  readonly offers: readonly Offer[]
  readonly refusals: readonly {
    readonly refusal: Refusal
    readonly recipient: Person | undefined
  }[]
  /** Each rule that such an act could start, step by step, for each recipient. */
  readonly rules: readonly (ExplainedRule & { readonly recipient: Person })[]
}

export async function simulateAsk(
  deps: ReadingDeps,
  policy: Policy,
  ask: Ask,
): Promise<SimulatedAsk> {
  const ground = await readGround(deps, ask)
  if (ground === undefined) throw new Error('A simulation has its ground')
  const unheard = standingRefusal(ask, ground, deps.accounts)
  if (unheard !== undefined)
    return { offers: [], refusals: [{ refusal: unheard, recipient: undefined }], rules: [] }
  const decide = await decideAsk(deps, ask, ground, { kind: 'policy', policy }, [])
  const { decided = [], refused, recipients = [] } = await decide()
  const whom = recipients.length > 0 ? recipients : [ask.actor]
  const rules = await Promise.all(whom.map((person) => explained(deps, policy, ask, person)))
  return { offers: decided.map(({ offer }) => offer), refusals: refused, rules: rules.flat() }
}

async function explained(
  deps: ReadingDeps,
  policy: Policy,
  ask: Ask,
  { id, login }: Person,
): Promise<SimulatedAsk['rules']> {
  const recipient = { id, login }
  const ground = await readGround(deps, ask)
  if (ground === undefined) return []
  const property = await readProperty(deps, ask.subject, policy)
  const needed = factsNeeded(policy, ask, ground.repository, property)
  const shared = await gatherShared(deps, ask, ground, policy, needed, property)
  const { cause, subject, actor } = ask
  const question = { cause, subject, actorId: actor.id, recipientId: id }
  const facts = {
    ...shared,
    ...(await gatherRecipient(deps, recipient, policy, needed, shared)),
    ...(await ledgerFacts(deps, question, needed)),
  }
  const evaluated = { ask, policy, facts, accounts: deps.accounts }
  return policy.rules
    .filter(({ when }) => when.trigger === ask.trigger)
    .map((rule) => ({ ...explainRule(evaluated, rule), recipient }))
}
