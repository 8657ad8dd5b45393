import type { Subject } from '../../domain/subjects.ts'
import { isOurs } from './authorship.ts'
import type { Client } from './client.ts'
import { orUndefined } from './or-undefined.ts'
import { placeOf } from './repositories.ts'
import { commentsScope } from './scopes.ts'

export async function createComment(
  client: Client,
  subject: Subject,
  body: string,
): Promise<number> {
  const place = await placeOf(client, subject)
  const what = `comment on ${place.owner}/${place.repo}#${subject.number}`
  const { data } = await client.asInstallation(commentsScope(subject), what, (octokit) =>
    octokit.rest.issues.createComment({ ...place, issue_number: subject.number, body }),
  )
  return data.id
}

export async function updateComment(
  client: Client,
  subject: Subject,
  id: number,
  body: string,
): Promise<'updated' | 'missing'> {
  const place = await placeOf(client, subject)
  const what = `edit the comment ${id} on ${place.owner}/${place.repo}#${subject.number}`
  const found = await orUndefined(
    client.asInstallation(commentsScope(subject), what, (octokit) =>
      octokit.rest.issues.updateComment({ ...place, comment_id: id, body }),
    ),
  )
  return found === undefined ? 'missing' : 'updated'
}

/** The oldest comment with the marker that our App itself wrote. */
export async function findComment(
  client: Client,
  subject: Subject,
  marker: string,
  slug: () => Promise<string>,
): Promise<{ id: number; body: string } | undefined> {
  const place = await placeOf(client, subject)
  const what = `list the comments of ${place.owner}/${place.repo}#${subject.number}`
  const comments = await client.asInstallation(commentsScope(subject), what, (octokit) =>
    octokit.paginate(octokit.rest.issues.listComments, {
      ...place,
      issue_number: subject.number,
      per_page: 100,
    }),
  )
  for (const comment of comments) {
    const body = comment.body ?? ''
    if (body.includes(marker) && (await isOurs(client, comment, slug)))
      return { id: comment.id, body }
  }
  return undefined
}
