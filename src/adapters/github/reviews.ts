// Whether somebody who was asked for a review has given it: GitHub takes them off its list with their first remark.
import type { Reviewed } from '../../domain/policy/standing.ts'
import type { Person, Subject } from '../../domain/subjects.ts'
import type { Instant } from '../../domain/time.ts'
import type { Client } from './client.ts'
import type { PlacedRepository } from './placed-repository.ts'
import { scopeOf } from './scopes.ts'

/** A later remark takes no verdict back; a later request for changes, and a dismissal, do. */
export const verdicts: ReadonlySet<string> = new Set(['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'])

export async function readReviewedSince(
  client: Client,
  subject: Subject,
  person: Person,
  since: Instant,
): Promise<Reviewed> {
  const { installationId, repositoryId, owner, repository: repo, number } = subject
  const reviews = await listReviews(client, { installationId, repositoryId, owner, repo }, number)
  // GitHub's times are whole seconds: one of the same second counts.
  const theirs = reviews.filter(
    ({ user, submitted_at }) =>
      user?.id === person.id && Date.parse(submitted_at ?? '') + 1_000 > since,
  )
  if (theirs.some(({ state }) => verdicts.has(state))) return 'verdict'
  return theirs.length > 0 ? 'commented' : 'not'
}

export type Review = Awaited<ReturnType<typeof listReviews>>[number]

export async function listReviews(
  client: Client,
  { owner, repo, ...at }: PlacedRepository,
  pull_number: number,
) {
  const what = `list the reviews of ${owner}/${repo}#${pull_number}`
  return client.asInstallation(scopeOf(at, 'facts'), what, (octokit) =>
    octokit.paginate(octokit.rest.pulls.listReviews, { owner, repo, pull_number, per_page: 100 }),
  )
}
