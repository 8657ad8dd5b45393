import { GitHubError } from '../../domain/errors.ts'
import type { IssueFacts } from '../../domain/policy/types.ts'
import type { Subject } from '../../domain/subjects.ts'
import { botLogin, isOurs } from './authorship.ts'
import type { Client } from './client.ts'
import { orUndefined } from './or-undefined.ts'
import { authorOf, personOf } from './persons.ts'
import { locate, readRepository } from './repositories.ts'
import { scopeOf } from './scopes.ts'

/** REST, "Create an issue": GitHub answers 422 to more. */
const titleMax = 256
const bodyMax = 65_536

/**
 * Undefined when it is gone, is a pull request, or lies in another repository: a transferred issue leads there.
 * An issue names its repository and not its id, so the name must be the one that the id has after the reading.
 */
export async function readIssue(client: Client, subject: Subject): Promise<IssueFacts | undefined> {
  const { owner, repository: repo, number: issue_number } = subject
  const what = `read the issue ${owner}/${repo}#${issue_number}`
  const found = await orUndefined(
    client.asInstallation(scopeOf(subject, 'facts'), what, (octokit) =>
      octokit.rest.issues.get({ owner, repo, issue_number }),
    ),
  )
  const issue = found?.data
  if (issue === undefined || issue.pull_request || issue.number !== issue_number) return undefined
  const place = await readRepository(client, subject)
  if (place === undefined) return undefined
  const path = `/repos/${place.owner}/${place.name}`
  if (!issue.repository_url.toLowerCase().endsWith(path.toLowerCase())) return undefined
  return {
    kind: 'issue',
    state: issue.state === 'open' ? 'open' : 'closed',
    author: authorOf(issue.user),
    labels: issue.labels.flatMap((label) =>
      typeof label === 'string' ? label : (label.name ?? []),
    ),
    assignees: (issue.assignees ?? []).map(personOf),
  }
}

export async function createIssue(
  client: Client,
  subject: Subject,
  { title, body }: { readonly title: string; readonly body: string },
): Promise<number> {
  if (title === '' || title.length > titleMax || body.length > bodyMax)
    throw new GitHubError('invalid', 'GitHub: the issue has no title, or is too long')
  const place = await locate(client, subject)
  const what = `open an issue in ${place.owner}/${place.repo}`
  const { data } = await client.asInstallation(scopeOf(subject, 'issues'), what, (octokit) =>
    octokit.rest.issues.create({ ...place, title, body }),
  )
  return data.number
}

/** The newest issue with the marker that our App itself opened. */
export async function findIssue(
  client: Client,
  subject: Subject,
  marker: string,
  slug: () => Promise<string>,
): Promise<number | undefined> {
  const place = await locate(client, subject)
  const creator = await botLogin(slug)
  const what = `list the issues of ${place.owner}/${place.repo}`
  return client.asInstallation(scopeOf(subject, 'issues'), what, async (octokit) => {
    const pages = octokit.paginate.iterator(octokit.rest.issues.listForRepo, {
      ...place,
      creator,
      state: 'all',
      sort: 'created',
      direction: 'desc',
      per_page: 100,
    })
    for await (const { data } of pages)
      for (const issue of data) {
        const holds = !issue.pull_request && (issue.body ?? '').includes(marker)
        if (holds && (await isOurs(client, issue, slug))) return issue.number
      }
    return undefined
  })
}
