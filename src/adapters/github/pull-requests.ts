import { GitHubError } from '../../domain/errors.ts'
import type { PullRequestFacts } from '../../domain/policy/types.ts'
import type { Subject } from '../../domain/subjects.ts'
import type { Client } from './client.ts'
import { orUndefined } from './or-undefined.ts'
import { authorOf, personOf } from './persons.ts'
import { scopeOf } from './scopes.ts'

/** GitHub lists at most this many files of a pull request (REST, "List pull requests files"). */
const filesMax = 3000
const pageSize = 100

type Pull = NonNullable<Awaited<ReturnType<typeof getPull>>>

export async function readPullRequest(
  client: Client,
  subject: Subject,
): Promise<PullRequestFacts | undefined> {
  const pull = await getPull(client, subject)
  if (pull === undefined) return undefined
  return {
    kind: 'pull_request',
    state: pull.state,
    merged: pull.merged,
    draft: pull.draft ?? false,
    author: authorOf(pull.user),
    labels: pull.labels.map(({ name }) => name),
    assignees: (pull.assignees ?? []).map(personOf),
    headSha: pull.head.sha,
    headRef: pull.head.ref,
    headRepositoryId: headRepositoryIdOf(pull),
    baseRef: pull.base.ref,
    baseSha: pull.base.sha,
    requestedReviewers: (pull.requested_reviewers ?? []).map(personOf),
    requestedTeams: (pull.requested_teams ?? []).map(({ id, slug }) => ({ id, slug })),
  }
}

/** Null once the fork is deleted, whatever the types say. */
export const headRepositoryIdOf = (pull: {
  readonly head: { readonly repo: { readonly id: number } | null }
}): number | null => {
  const head = pull.head.repo
  return head?.id ?? null
}

/**
 * Paths that the pull request changes; of a rename both. `headSha` holds the list to one head: when a push came in
 * between, or comes while the pages are read, GitHubError `transient` is thrown.
 */
export async function readChangedPaths(
  client: Client,
  subject: Subject,
  headSha?: string,
): Promise<{ paths: readonly string[]; truncated: boolean }> {
  const head = headSha ?? (await pullOrThrow(client, subject)).head.sha
  const files = await listFiles(client, subject)
  const after = await pullOrThrow(client, subject)
  if (after.head.sha !== head)
    throw new GitHubError(
      'transient',
      `GitHub: ${nameOf(subject)} was pushed to while its files were read`,
    )
  const paths = new Set<string>()
  for (const file of files) {
    paths.add(file.filename)
    if (file.previous_filename !== undefined) paths.add(file.previous_filename)
  }
  const truncated = files.length < after.changed_files || files.length >= filesMax
  return { paths: [...paths], truncated }
}

async function listFiles(client: Client, subject: Subject) {
  const { owner, repository: repo, number: pull_number } = subject
  const what = `list the files of ${nameOf(subject)}`
  return client.asInstallation(scopeOf(subject, 'facts'), what, (octokit) =>
    octokit.paginate(octokit.rest.pulls.listFiles, {
      owner,
      repo,
      pull_number,
      per_page: pageSize,
    }),
  )
}

export async function pullOrThrow(client: Client, subject: Subject): Promise<Pull> {
  const pull = await getPull(client, subject)
  if (pull !== undefined) return pull
  throw new GitHubError('missing', `GitHub: ${nameOf(subject)} is not there any more`)
}

/** Undefined when it is gone, or when the name leads to another repository by now. */
async function getPull(client: Client, subject: Subject) {
  const { owner, repository: repo, number: pull_number } = subject
  const found = await orUndefined(
    client.asInstallation(scopeOf(subject, 'facts'), `read ${nameOf(subject)}`, (octokit) =>
      octokit.rest.pulls.get({ owner, repo, pull_number }),
    ),
  )
  const base = found?.data.base.repo
  if (base?.id !== subject.repositoryId || base.owner.id !== subject.accountId) return undefined
  return found?.data
}

const nameOf = (subject: Subject): string =>
  `the pull request ${subject.owner}/${subject.repository}#${subject.number}`
