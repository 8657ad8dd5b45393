// Comments: people's, and the App's own.
import type { Account, Comment, Issue, PullRequest, ReactionContent } from '../model.ts'
import { comment as shownComment } from '../render/issues.ts'
import { announce, type Hub } from '../webhooks/announce.ts'
import type { Delivery } from '../webhooks/outbox.ts'
import { personOf, type Who } from '../world.ts'
import { aboutIssue, stamped } from './issues.ts'
import { requireStanding } from './standing.ts'

/** Writes it down and tells of it. */
export function writeComment(
  hub: Hub,
  on: Issue,
  by: Account,
  body: string,
  viaApp = false,
): { comment: Comment; deliveries: Delivery[] } {
  const { world } = hub
  const at = world.now()
  const comment: Comment = {
    id: world.nextId(),
    repositoryId: on.repositoryId,
    number: on.number,
    userId: by.id,
    body,
    viaApp,
    hidden: null,
    createdAt: at,
    updatedAt: at,
    reactions: [],
  }
  on.comments.push(comment)
  const inside = stamped(world, on)
  const deliveries = announce<'webhook-issue-comment-created'>(hub, 'issue_comment', inside, {
    action: 'created',
    comment: shownComment(world, comment),
    ...aboutIssue(hub, on, by),
  })
  return { comment, deliveries }
}

export function changeComment(hub: Hub, comment: Comment, by: Account, body: string): Delivery[] {
  const { world } = hub
  const from = comment.body
  comment.body = body
  comment.updatedAt = world.now()
  const on = world.issueOf(comment)
  return announce<'webhook-issue-comment-edited'>(hub, 'issue_comment', stamped(world, on), {
    action: 'edited',
    changes: { body: { from } },
    comment: shownComment(world, comment),
    ...aboutIssue(hub, on, by),
  })
}

export function eraseComment(hub: Hub, comment: Comment, by: Account): Delivery[] {
  const { world } = hub
  const on = world.issueOf(comment)
  on.comments = on.comments.filter((one) => one !== comment)
  return announce<'webhook-issue-comment-deleted'>(hub, 'issue_comment', stamped(world, on), {
    action: 'deleted',
    comment: shownComment(world, comment),
    ...aboutIssue(hub, on, by),
  })
}

export function commentActs(hub: Hub) {
  const { world } = hub
  const who = (person: Who) => personOf(world, person)
  /** A comment is changed by its author, or by anybody who may write. */
  const mayChange = (comment: Comment, by: Account) => {
    const least = comment.userId === by.id ? 'read' : 'write'
    requireStanding(world, world.repositoryOf(comment), by, least)
  }
  return {
    /** `viaApp`: written by the person through another App, as `performed_via_github_app` says. */
    comment(on: Issue | PullRequest, by: Who, body: string, { viaApp = false } = {}): Comment {
      requireStanding(world, world.repositoryOf(on), who(by), on.locked ? 'write' : 'read')
      return writeComment(hub, on, who(by), body, viaApp).comment
    },
    editComment(comment: Comment, by: Who, body: string): Delivery[] {
      mayChange(comment, who(by))
      return changeComment(hub, comment, who(by), body)
    },
    deleteComment(comment: Comment, by: Who): Delivery[] {
      mayChange(comment, who(by))
      return eraseComment(hub, comment, who(by))
    },
    /** Folds it away for everybody. No webhook tells of it. */
    hideComment(comment: Comment, by: Who, reason = 'outdated'): void {
      mayChange(comment, who(by))
      comment.hidden = reason
      world.changed()
    },
    /** No webhook tells of it. */
    react(on: Issue | Comment, by: Who, content: ReactionContent): void {
      const userId = who(by).id
      on.reactions = [
        ...on.reactions.filter((one) => one.userId !== userId || one.content !== content),
        { id: world.nextId(), userId, content, at: world.now() },
      ]
      world.changed()
    },
  }
}
