// What policy makes of one act for everybody whom it may be for.
import type { NewEvent } from '../domain/log/types.ts'
import { evaluate, startedRules } from '../domain/policy/evaluate.ts'
import { factsNeeded } from '../domain/policy/facts-needed.ts'
import { recipientsOf } from '../domain/policy/recipients.ts'
import { nobodyEligible, teamTooLarge } from '../domain/policy/refuse.ts'
import type { Ask, Facts, FactsNeeded, Policy, Rule } from '../domain/policy/types.ts'
import type { Person, Team } from '../domain/subjects.ts'
import type { ReadingDeps } from './deps.ts'
import {
  gatherRecipient,
  gatherShared,
  readProperty,
  type Ground,
  type RecipientFacts,
  type SharedFacts,
} from './gather-facts.ts'
import { ledgerFacts } from './ledger-facts.ts'
import type { PolicyReading } from './ports.ts'
import type { Outcome } from './record-outcome.ts'
import type { Refused } from './refused-request.ts'
import type { Decided } from './start-grant.ts'
import { eligibleMembers } from './team-members.ts'

/** Reads GitHub and the clouds once. What it returns decides over what the ledger says then, as often as it is asked. */
export async function decideAsk(
  deps: ReadingDeps,
  ask: Ask,
  ground: Ground,
  { policy, documents = [], heldBack }: Extract<PolicyReading, { kind: 'policy' }>,
  events: readonly NewEvent[],
): Promise<() => Promise<Outcome>> {
  const property = await readProperty(deps, ask.subject, policy)
  const needed = factsNeeded(policy, ask, ground.repository, property)
  const shared = await gatherShared(deps, ask, ground, policy, needed, property)
  const { recipients, refused } = await whom(deps, ask, policy, needed, shared)
  const facts = factsOfNobody(deps, shared)
  const { accounts } = deps
  // A cloud is not asked for what this act does not start: its silence would keep waiting what does not need it.
  const { rules } = startedRules({ ask, policy, facts, accounts, rules: needed.rules })
  const people = await Promise.all(
    recipients.map((person) => gatherRecipient(deps, person, policy, { ...needed, rules }, shared)),
  )
  return async () => {
    const settled = await settle(deps, ask, policy, needed, shared, people)
    const all = [...refused, ...settled.refused]
    return {
      policy: 'read',
      basis: { policy, documents, heldBack },
      ...settled,
      refused: all,
      recipients,
      events,
    }
  }
}

interface Whom {
  readonly recipients: readonly Person[]
  readonly refused: readonly Refused[]
}

async function whom(
  deps: ReadingDeps,
  ask: Ask,
  policy: Policy,
  needed: FactsNeeded,
  shared: SharedFacts,
): Promise<Whom> {
  const { rules } = needed
  if (ask.team !== undefined && rules.some(({ to }) => to === 'reviewer'))
    return ofTeam(deps, ask, ask.team, policy, needed, shared)
  const recipients = everyRecipient(rules, ask, shared, [])
  // Who asks by a command is answered, even when no rule is for anybody.
  const asking = ask.trigger === 'requested' && recipients.length === 0
  return { recipients: asking ? [ask.actor] : recipients, refused: [] }
}

function everyRecipient(
  rules: readonly Rule[],
  ask: Ask,
  { current }: SharedFacts,
  members: readonly Person[],
): readonly Person[] {
  const all = rules.flatMap((rule) => recipientsOf(rule, ask, current, members))
  return [...new Map(all.map(({ id, login }) => [id, { id, login }])).values()].toSorted(
    (a, b) => a.id - b.id,
  )
}

/** NB: too many of them, and nobody receives: the first ten would be an accident. */
async function ofTeam(
  deps: ReadingDeps,
  ask: Ask,
  team: Team,
  policy: Policy,
  needed: FactsNeeded,
  shared: SharedFacts,
): Promise<Whom> {
  const facts = factsOfNobody(deps, shared)
  const rules = needed.rules.filter(({ to }) => to === 'reviewer')
  const started = startedRules({ ask, policy, facts, accounts: deps.accounts, rules })
  const none = { recipients: [], refused: started.refusals.map(toNobody) }
  const others = everyRecipient(
    needed.rules.filter(({ to }) => to !== 'reviewer'),
    ask,
    shared,
    [],
  )
  const rest = { ...none, recipients: others }
  if (started.rules.length === 0) return rest
  const members = await eligibleMembers(
    deps,
    ask.subject,
    team,
    shared.current,
    policy,
    started.rules,
  )
  const max = policy.limits.teamMembersMax
  const against =
    members.length === 0
      ? nobodyEligible(team)
      : members.length > max
        ? teamTooLarge(team, members.length, max)
        : undefined
  if (against !== undefined) return { ...rest, refused: [...none.refused, toNobody(against)] }
  return { recipients: everyRecipient(needed.rules, ask, shared, members), refused: none.refused }
}

const toNobody = (refusal: Refused['refusal']): Refused => ({ refusal, recipient: undefined })

/** For what is the same whoever receives. */
const factsOfNobody = (deps: ReadingDeps, shared: SharedFacts): Facts => ({
  ...shared,
  now: deps.clock.now(),
  recipient: { ...shared.actor, role: 'none', teams: new Map() },
  resolved: [],
  held: [],
  used: [],
  usage: [],
  freezes: [],
  debtors: [],
})

interface Settled {
  readonly decided: readonly Decided[]
  readonly refused: readonly Refused[]
}

/** One after the other: what the former are offered counts against the limits of the later. */
async function settle(
  deps: ReadingDeps,
  ask: Ask,
  policy: Policy,
  needed: FactsNeeded,
  shared: SharedFacts,
  people: readonly RecipientFacts[],
): Promise<Settled> {
  const decided: Decided[] = []
  const refused: Refused[] = []
  for (const person of people) {
    const { account } = person.recipient
    const question = {
      cause: ask.cause,
      subject: ask.subject,
      actorId: ask.actor.id,
      recipientId: account.id,
    }
    const facts = { ...shared, ...person, ...(await ledgerFacts(deps, question, needed)) }
    const others = decided.map(({ offer }) => offer)
    const evaluation = evaluate({ ask, policy, facts, accounts: deps.accounts, others })
    decided.push(...evaluation.offers.map((offer) => ({ ask, offer, facts })))
    refused.push(...evaluation.refusals.map((refusal) => ({ refusal, recipient: account })))
  }
  return { decided, refused }
}
