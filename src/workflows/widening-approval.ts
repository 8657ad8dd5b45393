// Whether a widening of the organization's document was approved by those whom the accepted one names, read live.
import { GitHubError } from '../domain/errors.ts'
import { approvingTeams, sourcesOf, stagesNaming } from '../domain/policy/approvers.ts'
import type { Policy, RepositoryFacts, Stage } from '../domain/policy/types.ts'
import type { Person, Subject } from '../domain/subjects.ts'
import type { Deps } from './deps.ts'
import { readTeams } from './gather-facts.ts'
import type { PinnedPlace } from './ports.ts'

export type ApprovalDeps = Pick<Deps, 'github' | 'onCall' | 'log'>

/** Who has to approve, as the accepted document says. */
export interface Guard {
  readonly by: Stage
  readonly onCall: Policy['onCall']
}

/** Through whom teams are read. */
export interface Asked {
  readonly subject: Subject
  readonly repository: RepositoryFacts
}

/** What is missing, for people; undefined when nothing is. NB: whatever cannot be told is missing. */
export async function missingApproval(
  deps: ApprovalDeps,
  guard: Guard,
  change: {
    readonly pinned: PinnedPlace | undefined
    readonly since: string
    readonly commit: string | undefined
    /** `owner/repository:path`. */
    readonly where: string
  },
  asked: Asked,
): Promise<string | undefined> {
  const { pinned, since, commit, where } = change
  if (pinned === undefined || commit === undefined)
    return 'nobody can tell who approved a local file'
  try {
    const commits = await deps.github.documentChanges(pinned, since, commit)
    if (commits === undefined || commits.length === 0)
      return 'GitHub does not show which commits changed it since'
    const here = isOwnedBy(where, asked.repository.owner)
    for (const each of commits) {
      const against = await missingOf(deps, guard, pinned, each, { ...asked, here })
      if (against !== undefined) return against
    }
    return undefined
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error
    deps.log.warn('policy.approval-unread', { document: where, error })
    return 'GitHub did not answer who approved it'
  }
}

async function missingOf(
  deps: ApprovalDeps,
  guard: Guard,
  pinned: PinnedPlace,
  commit: string,
  asked: Asked & { readonly here: boolean },
): Promise<string | undefined> {
  const short = commit.slice(0, 7)
  const brought = await deps.github.mergedBy(pinned, commit)
  if (brought === undefined) return `no merged pull request brought its commit ${short}`
  const { number, author, approvals } = brought
  const others = approvals.filter(({ id }) => id !== author.id)
  const count = (await approversAmong(deps, others, guard, asked)).length
  const { by } = guard
  return count >= by.count
    ? undefined
    : `pull request ${number}, which brought its commit ${short}, has ${count} of ${by.count}`
}

/**
 * Those whom the guard names now. `here`: whether the subject's organization is the document's. NB: a team of another
 * organization that has the same name is another team.
 */
export async function approversAmong(
  deps: ApprovalDeps,
  approvals: readonly Person[],
  { by, onCall: sources }: Guard,
  { subject, here }: Asked & { readonly here: boolean },
): Promise<readonly Person[]> {
  const people = [...new Map(approvals.map((person) => [person.id, person])).values()]
  if (people.length === 0) return []
  const approval = { stages: [by], separate: true, lapseSeconds: 0 }
  const now = new Map(
    await Promise.all(
      sourcesOf(approval).map(async (name) => {
        const source = sources.get(name)
        return [name, source === undefined ? [] : await deps.onCall.who(source)] as const
      }),
    ),
  )
  const slugs = here ? approvingTeams(approval, sources) : []
  const named = people.map(async (person) => {
    const teams = await readTeams(deps, subject, slugs, person)
    return stagesNaming(approval, person.id, teams, { sources, now }).length > 0 ? [person] : []
  })
  return (await Promise.all(named)).flat()
}

/** NB: logins are compared as GitHub does, without regard to case. */
const isOwnedBy = (where: string, owner: string): boolean =>
  where.toLowerCase().startsWith(`${owner.toLowerCase()}/`)
