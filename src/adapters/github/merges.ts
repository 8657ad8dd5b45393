// Who approved what a branch holds now: the pull request that brought a commit, and the reviews of its merged head.
import type { PullRequestFacts } from '../../domain/policy/types.ts'
import type { Person, Subject } from '../../domain/subjects.ts'
import type { BroughtBy, PinnedPlace } from '../../workflows/ports.ts'
import type { Client } from './client.ts'
import { blobAt } from './documents.ts'
import { orUndefined } from './or-undefined.ts'
import { authorOf, personOf } from './persons.ts'
import { inPlace, type PlacedRepository } from './placed-repository.ts'
import { headRepositoryIdOf } from './pull-requests.ts'
import { locate } from './repositories.ts'
import { listReviews, verdicts, type Review } from './reviews.ts'
import { scopeOf } from './scopes.ts'

export async function readMergedBy(
  client: Client,
  place: PinnedPlace,
  commit: string,
): Promise<BroughtBy | undefined> {
  const found = await inPlace(client, place.repositoryId, [], async (repository) => {
    const pull = await pullThatBrought(client, repository, place, commit)
    if (pull === undefined) return undefined
    const author = authorOf(pull.user)
    const { number } = pull
    const head = {
      headSha: pull.head.sha,
      headRef: pull.head.ref,
      headRepositoryId: headRepositoryIdOf(pull),
    }
    const [blob, reviews] = await Promise.all([
      blobAt(client, { ...repository, path: place.path }, head.headSha),
      listReviews(client, repository, number),
    ])
    const { installationId, owner, repo } = repository
    const { repositoryId } = place
    const accountId = pull.base.repo.owner.id
    const named = { installationId, accountId, repositoryId, owner, repository: repo }
    const subject: Subject = { ...named, number, kind: 'pull_request' }
    const approvals = approvalsIn(reviews, head.headSha, author)
    return { subject, author, head, blob, approvals }
  })
  return found?.value
}

export async function readApprovals(
  client: Client,
  subject: Subject,
  { headSha, author }: Pick<PullRequestFacts, 'headSha' | 'author'>,
): Promise<readonly Person[]> {
  const { owner, repo } = await locate(client, subject)
  const { installationId, repositoryId, number } = subject
  const reviews = await listReviews(client, { installationId, repositoryId, owner, repo }, number)
  return approvalsIn(reviews, headSha, author)
}

/** Undefined when there are several: which of them brought it is then not known. */
async function pullThatBrought(
  client: Client,
  repository: PlacedRepository,
  place: PinnedPlace,
  commit_sha: string,
) {
  const { owner, repo } = repository
  const what = `list the pull requests of ${owner}/${repo}@${commit_sha}`
  const pulls = await orUndefined(
    client.asInstallation(scopeOf(repository, 'contents'), what, (octokit) =>
      octokit.paginate(octokit.rest.repos.listPullRequestsAssociatedWithCommit, {
        owner,
        repo,
        commit_sha,
        per_page: 100,
      }),
    ),
  )
  const merged = (pulls ?? []).filter(
    ({ base, merged_at }) =>
      typeof merged_at === 'string' &&
      base.ref === place.branch &&
      base.repo.id === place.repositoryId,
  )
  const brought = []
  for (const pull of merged) {
    const exactly = pull.merge_commit_sha === commit_sha || pull.head.sha === commit_sha
    if (exactly || (await holdsCommit(client, repository, pull.number, commit_sha)))
      brought.push(pull)
  }
  return brought.length === 1 ? brought[0] : undefined
}

async function holdsCommit(
  client: Client,
  { owner, repo, ...at }: PlacedRepository,
  pull_number: number,
  commit: string,
): Promise<boolean> {
  const what = `list the commits of ${owner}/${repo}#${pull_number}`
  const commits = await client.asInstallation(scopeOf(at, 'facts'), what, (octokit) =>
    octokit.paginate(octokit.rest.pulls.listCommits, { owner, repo, pull_number, per_page: 100 }),
  )
  return commits.some(({ sha }) => sha === commit)
}

function approvalsIn(
  reviews: readonly Review[],
  headSha: string,
  author: Person,
): readonly Person[] {
  const latest = new Map<number, Review>()
  const inOrder = reviews
    .filter(({ state }) => verdicts.has(state))
    .toSorted((a, b) => Date.parse(a.submitted_at ?? '') - Date.parse(b.submitted_at ?? ''))
  for (const review of inOrder) if (review.user) latest.set(review.user.id, review)
  return [...latest.values()].flatMap(({ user, state, commit_id }) =>
    user?.type === 'User' && user.id !== author.id && state === 'APPROVED' && commit_id === headSha
      ? [personOf(user)]
      : [],
  )
}
