// Comments and reactions, of issues and pull requests alike.
import type { components } from '@octokit/openapi-types'
import { changeComment, eraseComment, writeComment } from '../acts/comments.ts'
import { ApiError, invalid, notFound, paged } from '../answers.ts'
import type { Comment, Issue, Reaction, Repository } from '../model.ts'
import { comment as shownComment, reaction as shownReaction } from '../render/issues.ts'
import { answer, empty, stringIn, type RepositoryCall, type Router } from '../routing.ts'
import type { Hub } from '../webhooks/announce.ts'
import type { World } from '../world.ts'
import { bodyCharactersMax, readOnly, reads, wantedIssue, writes } from './issues.ts'

type Schemas = components['schemas']

export function commentRoutes(router: Router, hub: Hub): void {
  const { world } = router

  router.repository('GET /issues/:issue_number/comments', reads, (call) => {
    const since = Date.parse(call.url.searchParams.get('since') ?? '1970-01-01T00:00:00Z')
    const found = wantedIssue(call).comments.filter(({ updatedAt }) => updatedAt >= since)
    return paged(call.url, found, (page) =>
      page.map((one): Schemas['issue-comment'] => shownComment(world, one)),
    )
  })
  router.repository('POST /issues/:issue_number/comments', writes, (call) => {
    const on = wantedIssue(call)
    requireWritable(call.repository, on)
    const { comment } = writeComment(hub, on, world.bot, commentBody(call.body))
    return answer<'issues/create-comment'>(shownComment(world, comment), 201)
  })

  router.repository('GET /issues/comments/:comment_id', reads, (call) =>
    answer<'issues/get-comment'>(shownComment(world, wantedComment(world, call))),
  )
  // NB: GitHub lets an App that may write issues or pull requests change anybody's comment.
  router.repository('PATCH /issues/comments/:comment_id', writes, (call) => {
    const comment = wantedComment(world, call)
    requireWritable(call.repository, world.issueOf(comment))
    changeComment(hub, comment, world.bot, commentBody(call.body))
    return answer<'issues/update-comment'>(shownComment(world, comment))
  })
  router.repository('DELETE /issues/comments/:comment_id', writes, (call) => {
    const comment = wantedComment(world, call)
    requireWritable(call.repository, world.issueOf(comment))
    eraseComment(hub, comment, world.bot)
    return empty()
  })

  reactionRoutes(router, 'issues/:issue_number', (call) => wantedIssue(call))
  reactionRoutes(router, 'issues/comments/:comment_id', (call) => wantedComment(world, call))
}

function reactionRoutes(
  router: Router,
  place: string,
  wanted: (call: RepositoryCall) => Issue | Comment,
): void {
  const { world } = router
  router.repository(`GET /${place}/reactions`, reads, (call) =>
    paged(call.url, wanted(call).reactions, (page) =>
      page.map((one): Schemas['reaction'] => shownReaction(world, one)),
    ),
  )
  router.repository(`POST /${place}/reactions`, writes, (call) => {
    const { reactions } = wanted(call)
    if (call.repository.archived) throw readOnly()
    const content = reactionContent(call.body)
    const same = reactions.find((one) => one.userId === world.bot.id && one.content === content)
    if (same) return answer<'reactions/create-for-issue-comment'>(shownReaction(world, same))
    const made = { id: world.nextId(), userId: world.bot.id, content, at: world.now() }
    reactions.push(made)
    return answer<'reactions/create-for-issue-comment'>(shownReaction(world, made), 201)
  })
  router.repository(`DELETE /${place}/reactions/:reaction_id`, writes, (call) => {
    const on = wanted(call)
    const id = call.number('reaction_id')
    if (!on.reactions.some((one) => one.id === id)) throw notFound()
    on.reactions = on.reactions.filter((one) => one.id !== id)
    return empty()
  })
}

function wantedComment(world: World, call: RepositoryCall): Comment {
  const found = world.comment(call.repository, call.number('comment_id'))
  if (!found) throw notFound()
  return found
}

function requireWritable(inside: Repository, on: Issue): void {
  if (inside.archived) throw readOnly()
  if (on.locked) throw new ApiError(403, 'Unable to create comment because issue is locked.')
}

function commentBody(body: unknown): string {
  const text = stringIn(body, 'body')
  if (text === undefined || text.trim() === '')
    throw new ApiError(422, 'Validation Failed', [
      { resource: 'IssueComment', field: 'body', code: 'missing_field' },
    ])
  if (text.length > bodyCharactersMax)
    throw invalid(
      'IssueComment',
      'body',
      `body is too long (maximum is ${bodyCharactersMax} characters)`,
    )
  return text
}

const contents: readonly Reaction['content'][] = [
  '+1',
  '-1',
  'laugh',
  'confused',
  'heart',
  'hooray',
  'rocket',
  'eyes',
]
function reactionContent(body: unknown): Reaction['content'] {
  const wanted = stringIn(body, 'content')
  const content = contents.find((one) => one === wanted)
  if (!content) throw invalid('Reaction', 'content', `content is not one of ${contents.join(', ')}`)
  return content
}
