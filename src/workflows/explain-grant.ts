// A recorded decision, and what the same steps make of the same facts and policy now: the same, unless Hallpass has changed.
import { narrower } from '../domain/access-diff/policies.ts'
import { revisionOf } from '../domain/grants/revision.ts'
import type { Grant } from '../domain/grants/types.ts'
import { evaluate, type Evaluated } from '../domain/policy/evaluate.ts'
import { explainRule, type ExplainedRule } from '../domain/policy/explain.ts'
import { factsFromJson, type DecidedOn } from '../domain/policy/facts-json.ts'
import { mergePolicy } from '../domain/policy/merge.ts'
import { parseOrganizationPolicy, parseRepositoryPolicy } from '../domain/policy/parse.ts'
import type { DocumentSource, Policy, Refusal } from '../domain/policy/types.ts'
import type { StepName } from '../domain/policy/step.ts'
import { toIso } from '../domain/time.ts'
import type { LedgerDeps } from './deps.ts'
import { summaryOf, type GrantSummary } from './grant-summary.ts'
import type { PolicyText, RecordedDecision } from './ports.ts'

export interface ExplainedGrant {
  readonly grant: GrantSummary
  /** Why policy offered it, as recorded. */
  readonly because: string
  readonly revisions: readonly ExplainedRevision[]
}

export interface ExplainedRevision {
  readonly revision: number
  /** ISO 8601 in UTC. */
  readonly at: string
  readonly decidedOn: DecidedOn
  readonly documents: readonly (PolicyText & Pick<DocumentSource, 'where' | 'commit'>)[]
  /** Each rule that gives the role, step by step. */
  readonly rules: readonly ExplainedRule[]
  readonly again: Again
}

/**
 * `same`: it would be decided alike now. `differs`: it was offered then, and would not be now, or otherwise.
 * `unknown`: this version does not understand what was recorded.
 */
export interface Again {
  readonly kind: 'same' | 'differs' | 'unknown'
  readonly why: string
  readonly refusals: readonly Refusal[]
}

/** Undefined: there is no such grant. */
export async function explainGrant(
  { ledger }: Pick<LedgerDeps, 'ledger'>,
  id: string,
): Promise<ExplainedGrant | undefined> {
  const [row, decisions] = await Promise.all([ledger.grant(id), ledger.decision(id)])
  if (row === undefined) return undefined
  const { grant } = row
  return {
    grant: summaryOf(grant),
    because: grant.revision.offer.because,
    revisions: decisions.map((decision) => explained(grant, decision)),
  }
}

function explained(grant: Grant, decision: RecordedDecision): ExplainedRevision {
  const { revision, at } = decision
  const decidedOn = decision.facts as DecidedOn
  const documents = placed(grant, decision.documents)
  const base = { revision, at: toIso(at), decidedOn, documents }
  const policy = policyOf(grant, documents)
  if (typeof policy === 'string')
    return { ...base, rules: [], again: { kind: 'unknown', why: policy, refusals: [] } }
  const facts = factsFromJson(decidedOn.facts)
  const { ask } = decidedOn
  // What was offered then was offered to an account that was served.
  const accounts = new Set([facts.repository.accountId])
  const without: readonly StepName[] = revision === 1 ? [] : notOfExtensions
  const evaluated = { ask, policy, facts, accounts, without }
  const { role } = grant.revision.offer
  const rules = policy.rules
    .filter(({ give, when }) => give === role && when.trigger === ask.trigger)
    .map((rule) => explainRule(evaluated, rule))
  return { ...base, rules, again: decidedAgain(grant, revision, evaluated) }
}

/** What runs is judged anew only for what can have changed. */
const notOfExtensions: readonly StepName[] = ['age', 'unused', 'debt', 'still']

function decidedAgain(grant: Grant, number: number, evaluated: Evaluated): Again {
  const { offers, refusals } = evaluate(evaluated)
  const { revision } = grant
  const offer = offers.find(({ role }) => role === revision.offer.role)
  if (offer === undefined)
    return {
      kind: 'differs',
      why: 'It was offered then. Over the same policy and facts, this version of Hallpass would not offer it.',
      refusals,
    }
  // An extension keeps parts of the offer before it, so only a first revision compares as a whole.
  const comparable = number === 1 && revision.number === 1
  const same = !comparable || revisionOf(offer, 1, revision.code).digest === revision.digest
  return same
    ? {
        kind: 'same',
        why: 'Decided again over the same policy and facts, it is offered as well.',
        refusals: [],
      }
    : {
        kind: 'differs',
        why: 'Decided again over the same policy and facts, another offer is made than the one that was recorded: this version of Hallpass reads them otherwise.',
        refusals: [],
      }
}

type Placed = ExplainedRevision['documents'][number]

/** Where each was read is kept with the grant's latest offer; of contents before that, only their hash is. */
function placed(grant: Grant, documents: readonly PolicyText[]): readonly Placed[] {
  const { organization, repository } = grant.revision.offer.policy
  return documents.map((document) => {
    const source = [organization, repository].find((each) => each?.blob === document.blob)
    const accepted = organization.heldBackTo === document.blob ? organization.where : undefined
    return {
      ...document,
      where: source?.where ?? accepted ?? `blob ${document.blob}`,
      commit: source?.commit,
    }
  })
}

/** The documents of an organization come first: the one that was read, and the accepted one where it was held back. */
function policyOf(grant: Grant, documents: readonly Placed[]): Policy | string {
  const organizations = []
  let rules
  for (const { text, where } of documents) {
    const organization = parseOrganizationPolicy(text, where)
    const repository = organization.ok ? undefined : parseRepositoryPolicy(text, where)
    if (organization.ok) organizations.push(organization.value)
    else if (repository?.ok === true) rules = repository.value
    else return `This version of Hallpass does not understand ${where} any more.`
  }
  const [read, accepted] = organizations
  if (read === undefined) return 'No policy was recorded with this decision.'
  const whole = accepted === undefined ? read : { ...read, ...narrower(accepted, read) }
  const merged = mergePolicy(whole, rules, grant.revision.offer.policy)
  return merged.ok ? merged.policy : 'Its two documents do not fit together any more.'
}
