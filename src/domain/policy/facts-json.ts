// Facts as JSON holds them: kept with the decision that was made on them, and read from a file.
import type { Ask, Facts, PersonFacts, Teams } from './types.ts'

type PersonJson = Omit<PersonFacts, 'teams'> & {
  readonly teams: Readonly<Record<string, string>>
}
export type FactsJson = Omit<Facts, 'actor' | 'author' | 'recipient'> & {
  readonly actor: PersonJson
  readonly author: PersonJson
  readonly recipient: PersonJson
}

/** What one decision was made on. */
export interface DecidedOn {
  readonly ask: Ask
  readonly facts: FactsJson
}

export const factsToJson = (facts: Facts): FactsJson => ({
  ...facts,
  actor: personToJson(facts.actor),
  author: personToJson(facts.author),
  recipient: personToJson(facts.recipient),
})

const personToJson = ({ account, role, teams }: PersonFacts): PersonJson => ({
  account,
  role,
  teams: Object.fromEntries(teams),
})

export const factsFromJson = (json: FactsJson): Facts => ({
  ...json,
  actor: personFromJson(json.actor),
  author: personFromJson(json.author),
  recipient: personFromJson(json.recipient),
})

/** A membership that is no word of ours is unknown. */
const personFromJson = ({ account, role, teams }: PersonJson): PersonFacts => ({
  account,
  role,
  teams: new Map(
    Object.entries(teams).map(([slug, state]) => [
      slug,
      state === 'member' || state === 'not-member' ? state : 'unknown',
    ]),
  ) satisfies Teams,
})
