// The check run `hallpass/policy`, on pull requests that change a policy document where it counts.
import {
  renderClosedPolicyCheck,
  renderPolicyCheck,
  type DocumentChange,
} from '../../domain/messages/policy-check.ts'
import type { RenderedCheck } from '../../domain/messages/types.ts'
import { repositoryDocumentPath } from '../../domain/policy/document-path.ts'
import type { PullRequestFacts, RepositoryFacts } from '../../domain/policy/types.ts'
import type { PinnedPlace } from '../ports.ts'
import { judgeOrganizationChange } from './judge-organization-change.ts'
import { judgeRepositoryChange } from './judge-repository-change.ts'
import { publishRun } from './publish-run.ts'
import type { Publishing } from './publishing.ts'

/**
 * NB: the head, a fork's too, is read as a text and decides nothing. Most pull requests change no policy: all that this
 * costs them is one listing of their files for each head, and nothing where they go into another branch.
 */
export async function publishPolicyCheck(publishing: Publishing): Promise<void> {
  const { current, repository, view } = publishing
  if (current.kind !== 'pull_request') return
  if (current.state !== 'open') return endAsking(publishing)
  const places = placesOf(publishing, current, repository)
  const changed = await changedAmong(publishing, current, places)
  const former = publishing.posted().policyCheck
  // Where it once had something to say, it also says that this is over.
  if (changed.length === 0 && former?.headSha !== current.headSha) return
  const changes: DocumentChange[] = []
  for (const place of changed) changes.push(await place.judge())
  await put(publishing, renderPolicyCheck(view, current.headSha, changes))
}

/** What is closed asks nobody any more. What it said otherwise stays to be read. */
async function endAsking(publishing: Publishing): Promise<void> {
  const { policyCheck } = publishing.posted()
  if (policyCheck?.asks !== true) return
  await put(publishing, renderClosedPolicyCheck(publishing.view, policyCheck.headSha))
}

async function put(publishing: Publishing, rendered: RenderedCheck): Promise<void> {
  await publishRun(publishing, rendered, {
    former: publishing.posted().policyCheck,
    cost: 'rest',
    record: (policyCheck) => publishing.record({ policyCheck }),
  })
}

interface Place {
  readonly path: string
  judge(): Promise<DocumentChange>
}

/** The documents that the pull request could change: those that lie on the branch that it goes into. */
function placesOf(
  publishing: Publishing,
  pull: PullRequestFacts,
  { id, defaultBranch }: RepositoryFacts,
): readonly Place[] {
  const { pinned } = publishing.deps.documents
  const isPinned = (place: PinnedPlace | undefined): place is PinnedPlace =>
    place?.repositoryId === id && place.branch === pull.baseRef
  const judgeRepository = () => judgeRepositoryChange(publishing, pull)
  return [
    ...(isPinned(pinned)
      ? [{ path: pinned.path, judge: () => judgeOrganizationChange(publishing, pinned, pull) }]
      : []),
    ...(defaultBranch === pull.baseRef
      ? [{ path: repositoryDocumentPath, judge: judgeRepository }]
      : []),
  ]
}

async function changedAmong(
  publishing: Publishing,
  { headSha, baseRef }: PullRequestFacts,
  places: readonly Place[],
): Promise<readonly Place[]> {
  if (places.length === 0) return []
  const known = publishing.posted().policyPaths
  if (known?.headSha === headSha && known.baseRef === baseRef)
    return places.filter(({ path }) => known.paths.includes(path))
  const { deps, view } = publishing
  const listed = await deps.github.changedPaths(view.subject, headSha)
  // NB: what is not listed may be changed: it is then compared, which shows whether it is. Kept of both documents,
  // wherever they lie now: the default branch may become another one.
  const both = [deps.documents.pinned?.path, repositoryDocumentPath].filter(
    (path) => path !== undefined,
  )
  const paths = both.filter((path) => listed.truncated || listed.paths.includes(path))
  await publishing.record({ policyPaths: { headSha, baseRef, paths } })
  return places.filter(({ path }) => paths.includes(path))
}
