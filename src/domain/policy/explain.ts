// Why somebody would receive a role here, or would not: the steps that decide, one by one.
import type { Actor, Person, Subject } from '../subjects.ts'
import type { Instant } from '../time.ts'
import { actFindings, findings, ruleAsked, type Evaluated } from './evaluate.ts'
import { covers } from './conditions.ts'
import { leaseSecondsOf } from './lease-of.ts'
import { matchStepsMax } from './path-match.ts'
import { breaksGlass } from './rule-steps.ts'
import { whatItIs, type StepName } from './step.ts'
import type { Approval, Ask, RoleDefinition, Rule, SubjectFacts } from './types.ts'

export interface ExplainedStep {
  readonly name: StepName
  /** What was looked at. */
  readonly what: string
  readonly holds: boolean
  /** What was found, or the refusal. */
  readonly detail: string
}
export interface ExplainedRule {
  readonly rule: Rule
  /** Whether all steps hold: the act would give the role, or ask for its approval. */
  readonly holds: boolean
  readonly steps: readonly ExplainedStep[]
  /** Steps of which nothing is known, since the rule stopped at another. */
  readonly notLookedAt: readonly Pick<ExplainedStep, 'name' | 'what'>[]
  /** What it takes. Undefined when the catalog lacks the role. */
  readonly takes: { readonly leaseSeconds: number; readonly approval: Approval } | undefined
}

/** Where one of these fails, nothing that only the rule or its role looks at is read. */
const reading: readonly StepName[] = ['trigger', 'catalog']
/** What says nothing once another step fails: it was not even read. */
const idleAfter: Partial<Record<StepName, readonly StepName[]>> = {
  unused: reading,
  paths: reading,
  author: reading,
  actor: reading,
  'path-list': reading,
  values: [...reading, 'paths', 'path-list'],
  eligible: reading,
  limits: reading,
  identity: [...reading, 'paths', 'path-list', 'values', 'eligible'],
}

/** The act is the one that `evaluated` holds, or what would start the rule: see `actFor`. */
export function explainRule(evaluated: Evaluated, rule: Rule): ExplainedRule {
  const asked = ruleAsked({ ...evaluated, others: [], budget: { left: matchStepsMax } }, rule)
  const all = lastOfEach([...actFindings(evaluated), ...findings(asked, evaluated.without ?? [])])
  const failed = new Set(all.flatMap(({ name, finding }) => (finding.holds ? [] : [name])))
  const isIdle = (name: StepName) => idleAfter[name]?.some((other) => failed.has(other)) === true
  const steps = all
    .filter(({ name }) => !isIdle(name))
    .map(({ name, finding: { holds, detail } }) => ({ name, what: whatItIs[name], holds, detail }))
  const notLookedAt = all
    .filter(({ name }) => isIdle(name))
    .map(({ name }) => ({ name, what: whatItIs[name] }))
  const { role, ask } = asked
  const takes = role && whatItTakes(ask, rule, role)
  return { rule, holds: failed.size === 0, steps, notLookedAt, takes }
}

/** The catalog is looked at twice, and the second time says what can be done. */
const lastOfEach = <F extends { readonly name: StepName }>(all: readonly F[]): readonly F[] =>
  all.filter(({ name }, index) => !all.slice(index + 1).some((later) => later.name === name))

const whatItTakes = (ask: Ask, rule: Rule, role: RoleDefinition): ExplainedRule['takes'] => ({
  leaseSeconds: leaseSecondsOf(ask, rule, role),
  approval: breaksGlass(rule, ask) ? 'none' : role.approval,
})

export interface Supposed {
  readonly subject: Subject
  readonly current: SubjectFacts
  /** Who would ask. */
  readonly actor: Actor
  /** Who would receive. */
  readonly person: Person
  readonly now: Instant
}

/** Whether who receives is whoever does the act: what another would do for them says nothing. */
export const isOwnAct = ({ when, to }: Rule): boolean =>
  when.trigger === 'requested' || to === 'sender'

/** The act that would start this rule for this person, if it were done now. */
export function actFor(rule: Rule, { subject, current, actor, person, now }: Supposed): Ask {
  const { trigger, added = [] } = rule.when
  const label = current.labels.find((each) => added.some((glob) => covers(glob, each)))
  const wanted = {
    role: rule.give,
    leaseSeconds: undefined,
    reason: rule.breakGlass ? 'to see whether it could be' : undefined,
    breakGlass: rule.breakGlass,
  }
  return {
    trigger,
    delivery: '',
    subject,
    actor,
    at: now,
    cause: '',
    reviewer: trigger === 'review_requested' ? person : undefined,
    team: undefined,
    label: trigger === 'labeled' ? label : undefined,
    assignee: trigger === 'assigned' ? person : undefined,
    wanted: trigger === 'requested' ? wanted : undefined,
  }
}
