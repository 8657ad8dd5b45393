// What somebody is to the grants and debts of a subject, by live facts.
import type { Command } from '../../domain/commands/types.ts'
import type { Title } from '../../domain/commands/least-standing.ts'
import { isOwed } from '../../domain/debts/acknowledge.ts'
import { isHeld, waitingOf } from '../../domain/grants/phases.ts'
import type { Grant } from '../../domain/grants/types.ts'
import { isNamed, teamsAmong } from '../../domain/policy/eligible.ts'
import type { Eligible } from '../../domain/policy/types.ts'
import { subjectKey } from '../../domain/subjects.ts'
import type { Deps } from '../deps.ts'
import { readTeams } from '../gather-facts.ts'
import { grantsHere } from './grants-here.ts'
import type { Spoken } from './spoken.ts'
import { stagesOf } from './voice.ts'

export async function hasTitle(
  deps: Deps,
  spoken: Spoken,
  title: Title,
  command: Command,
): Promise<boolean> {
  switch (title) {
    case 'holder':
      return (await grantsHere(deps, spoken)).some((grant) => isHolder(grant, spoken))
    case 'approver': {
      const grants = (await grantsHere(deps, spoken)).filter(
        (grant) => isHeld(grant) || grant.phase === 'requested',
      )
      const found = await Promise.all(grants.map((grant) => approves(deps, spoken, grant)))
      return found.includes(true)
    }
    case 'reviewer':
      return reviews(deps, spoken, command)
    default:
      return title satisfies never
  }
}

const isHolder = (grant: Grant, { signal }: Spoken): boolean =>
  (isHeld(grant) || grant.phase === 'requested') &&
  grant.revision.offer.recipient.id === signal.actor.id

/** Whether its approval names them now, in any stage. */
export async function approves(deps: Deps, spoken: Spoken, grant: Grant): Promise<boolean> {
  const { approval } = (waitingOf(grant) ?? grant).revision.offer
  if (approval === 'none') return false
  const { signal, ground } = spoken
  const reading = await deps.policy.readCatalog(signal.subject, ground.repository)
  const policy = reading.kind === 'policy' ? reading.policy : { onCall: new Map<string, never>() }
  return (await stagesOf(deps, spoken, approval, policy)).length > 0
}

/**
 * Whether a debt names them that is owed here, or, by its code, elsewhere in the repository: whoever reviews may read it,
 * need not write to it, and answers in the review issue.
 */
async function reviews(deps: Deps, spoken: Spoken, command: Command): Promise<boolean> {
  const { subject } = spoken.signal
  const report = await deps.ledger.report(subjectKey(subject))
  const meant = command.verb === 'acknowledge' ? await deps.ledger.debt(command.code) : undefined
  const owed = [...(report?.debts ?? []), ...(meant === undefined ? [] : [meant])].filter(
    (debt) => isOwed(debt) && debt.subject.repositoryId === subject.repositoryId,
  )
  const found = await Promise.all(owed.map(({ reviewers }) => isAmong(deps, spoken, reviewers)))
  return found.includes(true)
}

export async function isAmong(
  deps: Deps,
  { signal }: Spoken,
  people: readonly Eligible[],
): Promise<boolean> {
  const { subject, actor } = signal
  return isNamed(people, actor.id, await readTeams(deps, subject, teamsAmong(people), actor))
}
