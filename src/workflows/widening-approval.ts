// Whether a widening of the organization's document was approved by those whom the accepted one names, read live.
import { GitHubError } from '../domain/errors.ts'
import { approvingTeams, sourcesOf, stagesNaming } from '../domain/policy/approvers.ts'
import type { Policy, RepositoryFacts, Stage } from '../domain/policy/types.ts'
import type { Person, Subject } from '../domain/subjects.ts'
import type { Deps } from './deps.ts'
import { readTeams } from './gather-facts.ts'
import type { BroughtBy, DocumentChanged, PinnedPlace } from './ports.ts'

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
    /** The contents that were accepted, and those that were read at the commit. */
    readonly since: string
    readonly until: string
    readonly commit: string | undefined
    /** `owner/repository:path`. */
    readonly where: string
  },
  asked: Asked,
): Promise<string | undefined> {
  const { pinned, since, until, commit, where } = change
  if (pinned === undefined || commit === undefined)
    return 'nobody can tell who approved a local file'
  try {
    const changes = await deps.github.documentChanges(pinned, since, commit)
    // NB: none of them is it where the newest one left other contents than those that were read.
    if (changes?.[0]?.blob !== until) return 'GitHub does not show which commits changed it since'
    const here = isOwnedBy(where, asked.repository.owner)
    let newer: number | undefined
    for (const change of changes) {
      const brought = await deps.github.mergedBy(pinned, change.commit)
      const against =
        otherThanApproved(change, brought, newer) ??
        (brought && (await missingOf(deps, guard, change, brought, { ...asked, here })))
      if (against !== undefined) return against
      newer = brought?.number
    }
    return undefined
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error
    deps.log.warn('policy.approval-unread', { document: where, error })
    return 'GitHub did not answer who approved it'
  }
}

/**
 * What a pull request brought last is what its approved head held. NB: whoever may push can lead the branch back to one
 * of its commits that it had gone on from, or put one of their own on top that GitHub takes for its merge.
 */
function otherThanApproved(
  { commit, blob }: DocumentChanged,
  brought: BroughtBy | undefined,
  newer: number | undefined,
): string | undefined {
  if (brought === undefined) return `no merged pull request brought its commit ${shortOf(commit)}`
  const { number } = brought
  return number === newer || blob === brought.blob
    ? undefined
    : `its commit ${shortOf(commit)} holds something else than pull request ${number}, which brought it, when that was approved`
}

const shortOf = (commit: string): string => commit.slice(0, 7)

async function missingOf(
  deps: ApprovalDeps,
  guard: Guard,
  { commit }: DocumentChanged,
  { number, author, approvals }: BroughtBy,
  asked: Asked & { readonly here: boolean },
): Promise<string | undefined> {
  const others = approvals.filter(({ id }) => id !== author.id)
  const count = (await approversAmong(deps, others, guard, asked)).length
  const { by } = guard
  return count >= by.count
    ? undefined
    : `pull request ${number}, which brought its commit ${shortOf(commit)}, has ${count} of ${by.count}`
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
