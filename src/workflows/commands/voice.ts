// What somebody's word counts for: the stages that name them now, read live.
import { approvingTeams, sourcesOf, stagesNaming } from '../../domain/policy/approvers.ts'
import type { Approval, Policy } from '../../domain/policy/types.ts'
import { isAtLeast } from '../../domain/policy/role-order.ts'
import { isNamed, teamsAmong } from '../../domain/policy/eligible.ts'
import type { Voice } from '../../domain/grants/commands.ts'
import type { GivenApproval } from '../../domain/grants/types.ts'
import type { Deps } from '../deps.ts'
import { readTeams } from '../gather-facts.ts'
import type { Spoken } from './spoken.ts'

export async function stagesOf(
  deps: Deps,
  { signal }: Spoken,
  approval: Approval,
  { onCall: sources }: Pick<Policy, 'onCall'>,
): Promise<readonly number[]> {
  const { subject, actor } = signal
  const asked = sourcesOf(approval).flatMap((name) => {
    const source = sources.get(name)
    return source === undefined ? [] : [[name, source] as const]
  })
  const [teams, answers] = await Promise.all([
    readTeams(deps, subject, approvingTeams(approval, sources), actor),
    Promise.all(
      asked.map(async ([name, source]) => [name, await deps.onCall.who(source)] as const),
    ),
  ])
  return stagesNaming(approval, actor.id, teams, { sources, now: new Map(answers) })
}

export async function voiceOf(
  deps: Deps,
  spoken: Spoken,
  code: string,
  approval: Approval,
  policy: Pick<Policy, 'onCall'>,
): Promise<Voice> {
  const { id, login, type } = spoken.signal.actor
  return {
    code,
    by: { id, login },
    isBot: type !== 'User',
    stages: await stagesOf(deps, spoken, approval, policy),
    writesHead: writesHead(spoken),
  }
}

/**
 * Whether those who said yes before are still people who may: an approver who was put out takes their yes along. Somebody
 * whose shift is over was on call when they said it: that counts on.
 */
export async function stand(
  deps: Deps,
  { signal: { subject } }: Spoken,
  approval: Approval,
  given: readonly GivenApproval[],
): Promise<boolean> {
  const all = await Promise.all(
    given.map(async ({ by, stage }) => {
      const { by: named = [] } = (approval === 'none' ? [] : approval.stages)[stage] ?? {}
      const people = named.flatMap((entry) => (entry.kind === 'on-call' ? [] : [entry]))
      const [role, teams] = await Promise.all([
        deps.github.roleOf(subject, by),
        readTeams(deps, subject, teamsAmong(people), by),
      ])
      return role !== 'none' && (people.length < named.length || isNamed(people, by.id, teams))
    }),
  )
  return all.every(Boolean)
}

/** NB: who may write to a fork is not ours to read, so anybody might. */
function writesHead({ ground: { current, repository, actorRole } }: Spoken): boolean {
  if (current.kind === 'issue') return false
  return current.headRepositoryId !== repository.id || isAtLeast(actorRole, 'write')
}
