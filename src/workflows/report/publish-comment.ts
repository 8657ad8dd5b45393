// The one comment of a subject: made once there is something to say, and edited in place from then on.
import { commentMarker, renderComment, shouldComment } from '../../domain/messages/report.ts'
import type { Publishing } from './publishing.ts'
import { costOf } from './cost-of.ts'

/** A comment that somebody deletes is made once more, and no more. */
const commentsMadeMax = 2

export async function publishComment(publishing: Publishing): Promise<void> {
  const { deps, view } = publishing
  const { commentId: known, commentBody, commentsMade } = publishing.posted()
  if (known === null && !shouldComment(view)) return
  const body = renderComment(view)
  if (known !== null && commentBody === body) return
  const { github } = deps
  const { subject } = view
  const cost = costOf(view.grants)
  const recorded = (commentId: number, made: number) =>
    publishing.record({ commentId, commentBody: body, commentsMade: made })
  if (known !== null) {
    await publishing.mayWrite(cost)
    if ((await github.updateComment(subject, known, body)) === 'updated')
      return recorded(known, commentsMade)
  }
  if (commentsMade >= commentsMadeMax) return publishing.record({ commentBody: body })
  // A crash between creating it and recording its id leaves one behind: that one is ours to go on with.
  const left = await github.findComment(subject, commentMarker(view))
  if (left !== undefined) {
    await publishing.mayWrite(cost)
    if ((await github.updateComment(subject, left.id, body)) === 'updated')
      return recorded(left.id, commentsMade + 1)
  }
  await publishing.mayWrite(cost)
  return recorded(await github.createComment(subject, body), commentsMade + 1)
}
