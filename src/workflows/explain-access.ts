// What one person could receive here, and what it would take: decided by the same steps over the same facts, and given to nobody.
import { actFor, explainRule, isOwnAct, type ExplainedRule } from '../domain/policy/explain.ts'
import { factsOfRules } from '../domain/policy/facts-needed.ts'
import { policyBroken, policyMissing } from '../domain/policy/refuse.ts'
import { isOfferedIn } from '../domain/policy/offered.ts'
import type { StepName } from '../domain/policy/step.ts'
import type { Policy, Refusal, Rule } from '../domain/policy/types.ts'
import type { Actor, Person, Subject } from '../domain/subjects.ts'
import type { Deps } from './deps.ts'
import {
  gatherRecipient,
  gatherShared,
  readGround,
  readProperty,
  readTeams,
} from './gather-facts.ts'
import { ledgerFacts } from './ledger-facts.ts'

export interface Explaining {
  readonly subject: Subject
  /** Who would do for others what has to be done for them. Where who acts receives, everybody acts for themselves. */
  readonly actor: Actor
  /** Who would receive. */
  readonly person: Person
  /** One role; undefined for all that are offered here, of which no cloud is asked. */
  readonly role: string | undefined
}
export type Explained =
  | { readonly kind: 'rules'; readonly rules: readonly ExplainedRule[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'gone' }

export async function explainAccess(deps: Deps, question: Explaining): Promise<Explained> {
  const ground = await readGround(deps, question)
  if (ground === undefined) return { kind: 'gone' }
  const reading = await deps.policy.read(question.subject, ground.repository)
  if (reading.kind === 'missing')
    return { kind: 'refused', refusal: policyMissing(reading.where, reading.why) }
  if (reading.kind === 'broken') return { kind: 'refused', refusal: policyBroken(reading.problems) }
  const { policy } = reading
  const property = await readProperty(deps, question.subject, policy)
  const rules = rulesFor(policy, question, (rule) => {
    const role = policy.roles.get(rule.give)
    return role !== undefined && isOfferedIn(role, ground.repository, policy, property)
  })
  const needed = factsOfRules(policy, { team: undefined }, rules, ground.repository, property)
  const shared = await gatherShared(deps, question, ground, policy, needed, property)
  const { person, actor, subject } = question
  // Without roles no cloud is asked.
  const asked = question.role === undefined ? { ...needed, roles: [] } : needed
  const [recipient, ofLedger, themselves] = await Promise.all([
    gatherRecipient(deps, person, policy, { ...asked, teams: needed.teams }, shared),
    ledgerFacts(deps, { cause: '', subject, actorId: actor.id, recipientId: person.id }, needed),
    readTeams(deps, subject, needed.teams.actor, person),
  ])
  const facts = { ...shared, ...recipient, ...ofLedger }
  const asking = { ...facts, actor: { ...recipient.recipient, teams: themselves } }
  const without = question.role === undefined ? [...ofSupposed, 'identity' as const] : ofSupposed
  const explained = rules.map((rule) => {
    const forThemselves = isOwnAct(rule)
    const supposed = { ...question, actor: forThemselves ? asking.actor.account : actor }
    const ask = actFor(rule, { ...supposed, current: ground.current, now: facts.now })
    const judged = { policy, facts: forThemselves ? asking : facts, accounts: deps.accounts }
    return explainRule({ ask, ...judged, without, supposed: true }, rule)
  })
  return { kind: 'rules', rules: explained }
}

/** It would be done now, and would start the rule. */
const ofSupposed: readonly StepName[] = ['age', 'trigger']

/** About one role: all that would give it. Otherwise: what is offered here at all. */
const rulesFor = (
  policy: Policy,
  { role }: Explaining,
  isOffered: (rule: Rule) => boolean,
): readonly Rule[] =>
  policy.rules.filter((rule) => (role === undefined ? isOffered(rule) : rule.give === role))
