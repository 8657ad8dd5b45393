import type { Subject } from '../../domain/subjects.ts'
import type { Reaction } from '../../workflows/ports.ts'
import type { Client } from './client.ts'
import { locate } from './repositories.ts'
import { commentsScope } from './scopes.ts'

/** GitHub keeps one of each kind for each account: reacting again changes nothing. */
export async function react(
  client: Client,
  subject: Subject,
  comment_id: number,
  content: Reaction,
): Promise<void> {
  const place = await locate(client, subject)
  const what = `react to the comment ${comment_id} on ${place.owner}/${place.repo}#${subject.number}`
  await client.asInstallation(commentsScope(subject), what, (octokit) =>
    octokit.rest.reactions.createForIssueComment({ ...place, comment_id, content }),
  )
}
