// Whether a widening of the organization's document was approved by those whom the accepted one names, read live.
import { GitHubError } from '../domain/errors.ts'
import type { BroughtBy, DocumentChanged, PinnedPlace } from './ports.ts'
import { weighApprovals, type ApprovalDeps, type Asked, type Guard } from './weigh-approvals.ts'

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
      newer = brought?.subject.number
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
  const { number } = brought.subject
  return number === newer || blob === brought.blob
    ? undefined
    : `its commit ${shortOf(commit)} holds something else than pull request ${number}, which brought it, when that was approved`
}

const shortOf = (commit: string): string => commit.slice(0, 7)

async function missingOf(
  deps: ApprovalDeps,
  guard: Guard,
  { commit }: DocumentChanged,
  brought: BroughtBy,
  asked: Asked & { readonly here: boolean },
): Promise<string | undefined> {
  const { given, unproven, setAside } = await weighApprovals(deps, guard, brought, asked)
  const { count } = guard.by
  if (given >= count) return undefined
  const which = `pull request ${brought.subject.number}, which brought its commit ${shortOf(commit)}`
  if (unproven) return `GitHub does not tell for certain who had a hand in ${which}, ${notCounted}`
  const without = setAside > 0 ? ', without those who had a hand in it' : ''
  return `${which}, has ${given} of ${count}${without}`
}

const notCounted =
  'so that no approval of it counts: bring it anew, in commits that belong to accounts and from a branch of the same repository, or have an operator accept it with `hallpass policy accept`'

/** NB: logins are compared as GitHub does, without regard to case. */
const isOwnedBy = (where: string, owner: string): boolean =>
  where.toLowerCase().startsWith(`${owner.toLowerCase()}/`)
