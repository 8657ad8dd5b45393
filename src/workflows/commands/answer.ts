// Commands that change nothing: what is true here, and what it would take.
import type { CommandOf } from '../../domain/commands/types.ts'
import { latenessMs } from '../../domain/measures/lateness.ts'
import { helpAnswer } from '../../domain/messages/answers/help.ts'
import { rolesAnswer } from '../../domain/messages/answers/roles.ts'
import { whyAnswer } from '../../domain/messages/answers/why.ts'
import { statusAnswer } from '../../domain/messages/answers/status.ts'
import { code } from '../../domain/policy/quote.ts'
import { isAtLeast } from '../../domain/policy/role-order.ts'
import type { Person } from '../../domain/subjects.ts'
import type { Deps } from '../deps.ts'
import { explainAccess } from '../explain-access.ts'
import { grantsHere } from './grants-here.ts'
import { carry, done, openly, refused, type Reply, type Spoken } from './spoken.ts'
import { stagesOf } from './voice.ts'

export const help = (deps: Deps, spoken: Spoken): Promise<Reply> =>
  carry(deps, spoken, {}, openly(helpAnswer()))

/** The report that it makes anew holds the state; the answer says when that was. */
export async function status(deps: Deps, spoken: Spoken): Promise<Reply> {
  const grants = await grantsHere(deps, spoken)
  const now = deps.clock.now()
  const { all } = await deps.ledger.lateness(now - latenessMs)
  return carry(deps, spoken, {}, openly(statusAnswer(grants, now, all)))
}

export async function roles(deps: Deps, spoken: Spoken): Promise<Reply> {
  if (isPublic(spoken)) return carry(deps, spoken, {}, refused(notInPublic))
  const { subject, actor } = spoken.signal
  const explained = await explainAccess(deps, { subject, actor, person: actor, role: undefined })
  return carry(
    deps,
    spoken,
    {},
    explained.kind === 'rules' ? done(rolesAnswer(explained.rules)) : refused(reasonOf(explained)),
  )
}

export async function why(
  deps: Deps,
  spoken: Spoken,
  { login, role }: CommandOf<'why'>,
): Promise<Reply> {
  if (isPublic(spoken)) return carry(deps, spoken, {}, refused(notInPublic))
  const { subject, actor } = spoken.signal
  const person = login === undefined ? actor : await personHere(deps, spoken, login)
  if (person === undefined)
    return carry(
      deps,
      spoken,
      {},
      refused(`${code(login ?? '')} has no part in this: ${whomToAsk}`),
    )
  if (person.id !== actor.id && !(await mayAskOfOthers(deps, spoken, role)))
    return carry(deps, spoken, {}, refused(`Only who approves ${code(role)} may ask about others.`))
  const explained = await explainAccess(deps, { subject, actor, person, role })
  return carry(
    deps,
    spoken,
    {},
    explained.kind === 'rules'
      ? done(whyAnswer(person, role, explained.rules))
      : refused(reasonOf(explained)),
  )
}

const whomToAsk =
  'ask about the author, an assignee, a requested reviewer, or who holds or asked for access here.'

/** By the login that they bear here now. NB: what is judged afterwards is their numeric id. */
async function personHere(deps: Deps, spoken: Spoken, login: string): Promise<Person | undefined> {
  const { current } = spoken.ground
  const grants = await grantsHere(deps, spoken)
  const people: readonly Person[] = [
    spoken.signal.actor,
    current.author,
    ...current.assignees,
    ...(current.kind === 'pull_request' ? current.requestedReviewers : []),
    ...grants.map(({ revision }) => revision.offer.recipient),
  ]
  return people.find((each) => each.login.toLowerCase() === login.toLowerCase())
}

/** Administrators of the repository, and whom the role's approval names. */
async function mayAskOfOthers(deps: Deps, spoken: Spoken, role: string): Promise<boolean> {
  if (isAtLeast(spoken.ground.actorRole, 'admin')) return true
  const { signal, ground } = spoken
  const reading = await deps.policy.read(signal.subject, ground.repository)
  if (reading.kind !== 'policy') return false
  const approval = reading.policy.roles.get(role)?.approval
  if (approval === undefined || approval === 'none') return false
  return (await stagesOf(deps, spoken, approval, reading.policy)).length > 0
}

const isPublic = ({ ground }: Spoken): boolean => ground.repository.visibility === 'public'

const notInPublic =
  'This repository is public: who may have what is not told here. Ask whoever runs Hallpass.'

function reasonOf(
  explained: Exclude<Awaited<ReturnType<typeof explainAccess>>, { kind: 'rules' }>,
): string {
  return explained.kind === 'refused' ? explained.refusal.reason : 'It is not there any more.'
}
