// Everybody who had a hand in a pull request's head: for approvals that must come from somebody else.
import { GitHubError } from '../../domain/errors.ts'
import type { PullRequestFacts } from '../../domain/policy/types.ts'
import type { Subject } from '../../domain/subjects.ts'
import type { Client } from './client.ts'
import { orUndefined } from './or-undefined.ts'
import { headRepositoryIdOf, pullOrThrow } from './pull-requests.ts'
import { scopeOf } from './scopes.ts'

/** GitHub lists at most this many commits of a pull request (REST, "List commits on a pull request"). */
const commitsMax = 250
const pagesMax = 10
const pageSize = 100

type Head = Pick<PullRequestFacts, 'headSha' | 'headRef' | 'headRepositoryId'>
type Account = { readonly id?: number } | null | undefined

/** Accounts that are named, and whether there may be others. */
interface Hands {
  readonly accounts: readonly Account[]
  readonly whole: boolean
}

export async function readHeadPeople(
  client: Client,
  subject: Subject,
  head: Head,
): Promise<{ people: readonly number[]; unproven: boolean }> {
  const commits = await listCommits(client, subject)
  // Of a fork we see no pushes, and those who may push there are not known.
  const ours = head.headRepositoryId === subject.repositoryId
  const pushes = ours ? await pushesOf(client, subject, head) : { accounts: [], whole: false }
  const pull = await pullOrThrow(client, subject)
  if (
    pull.head.sha !== head.headSha ||
    pull.head.ref !== head.headRef ||
    headRepositoryIdOf(pull) !== head.headRepositoryId
  )
    throw new GitHubError(
      'transient',
      `GitHub: ${subject.owner}/${subject.repository}#${subject.number} was pushed to while its commits were read`,
    )
  const wrote: Hands = {
    accounts: commits.flatMap(({ author, committer }) => [author, committer]),
    whole:
      commits.length === pull.commits &&
      commits.length < commitsMax &&
      commits.some(({ sha }) => sha === head.headSha),
  }
  return gathered([wrote, pushes])
}

function gathered(hands: readonly Hands[]): { people: readonly number[]; unproven: boolean } {
  const ids = hands.flatMap(({ accounts }) => accounts.map((account) => account?.id))
  const people = new Set(ids.filter((id) => id !== undefined))
  const unproven = ids.includes(undefined) || hands.some(({ whole }) => !whole)
  return { people: [...people].toSorted((a, b) => a - b), unproven }
}

async function listCommits(client: Client, subject: Subject) {
  const { owner, repository: repo, number: pull_number } = subject
  const what = `list the commits of ${owner}/${repo}#${pull_number}`
  return client.asInstallation(scopeOf(subject, 'facts'), what, (octokit) =>
    octokit.paginate(octokit.rest.pulls.listCommits, {
      owner,
      repo,
      pull_number,
      per_page: pageSize,
    }),
  )
}

/** Whole only when the repository's activity tells how the head itself came to be there. */
async function pushesOf(client: Client, subject: Subject, head: Head): Promise<Hands> {
  const { owner, repository: repo } = subject
  const ref = `refs/heads/${head.headRef}`
  const what = `list the pushes to ${head.headRef} of ${owner}/${repo}`
  const listed = await orUndefined(
    client.asInstallation(scopeOf(subject, 'contents'), what, async (octokit) => {
      const pages = octokit.paginate.iterator(octokit.rest.repos.listActivities, {
        owner,
        repo,
        ref,
        per_page: pageSize,
      })
      const activities = []
      let read = 0
      for await (const { data, headers } of pages) {
        activities.push(...data)
        read += 1
        const more = headers.link?.includes('rel="next"') === true
        if (read === pagesMax) return { activities, more }
      }
      return { activities, more: false }
    }),
  )
  if (listed === undefined) return { accounts: [], whole: false }
  // Whoever deletes the branch, as after a merge, brings nothing to it.
  const ofRef = listed.activities.filter(
    (activity) => activity.ref === ref && activity.activity_type !== 'branch_deletion',
  )
  return {
    accounts: ofRef.map(({ actor }) => actor),
    whole: !listed.more && ofRef.some(({ after }) => after === head.headSha),
  }
}
