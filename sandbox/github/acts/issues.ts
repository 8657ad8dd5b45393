// What people do to issues and to what issues and pull requests share: labels, assignees, comments.
import type { Account, Comment, Issue, Label, PullRequest, Repository } from '../model.ts'
import { simpleUser } from '../render/accounts.ts'
import {
  comment as shownComment,
  issue as shownIssue,
  label as shownLabel,
} from '../render/issues.ts'
import { about, announce, type Hub } from '../webhooks/announce.ts'
import type { Delivery } from '../webhooks/outbox.ts'
import { isPullRequest, personOf, type Who, type World } from '../world.ts'
import { aboutPull } from './pulls.ts'

function stamped(world: World, issue: Issue): Repository {
  issue.updatedAt = world.now()
  world.changed()
  return world.repositoryOf(issue)
}

const aboutIssue = (hub: Hub, issue: Issue, by: Account) => ({
  issue: shownIssue(hub.world, issue),
  ...about(hub, hub.world.repositoryOf(issue), by),
})

/** Writes it down and tells of it; people's comments and the App's own come through here. */
export function writeComment(
  hub: Hub,
  on: Issue,
  by: Account,
  body: string,
  viaApp: boolean,
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
    createdAt: at,
    updatedAt: at,
    reactions: [],
  }
  on.comments.push(comment)
  const deliveries = announce<'webhook-issue-comment-created'>(
    hub,
    'issue_comment',
    stamped(world, on),
    {
      action: 'created',
      comment: shownComment(world, comment),
      ...aboutIssue(hub, on, by),
    },
  )
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

export function setLabel(
  hub: Hub,
  on: Issue,
  by: Account,
  label: Label,
  added: boolean,
): Delivery[] {
  const { world } = hub
  const inside = stamped(world, on)
  const shown = shownLabel(world, inside, label)
  if (isPullRequest(on)) {
    const payload = { ...aboutPull(hub, on, by), label: shown }
    return added
      ? announce<'webhook-pull-request-labeled'>(hub, 'pull_request', inside, {
          action: 'labeled',
          ...payload,
        })
      : announce<'webhook-pull-request-unlabeled'>(hub, 'pull_request', inside, {
          action: 'unlabeled',
          ...payload,
        })
  }
  const payload = { ...aboutIssue(hub, on, by), label: shown }
  return added
    ? announce<'webhook-issues-labeled'>(hub, 'issues', inside, { action: 'labeled', ...payload })
    : announce<'webhook-issues-unlabeled'>(hub, 'issues', inside, {
        action: 'unlabeled',
        ...payload,
      })
}

function setAssignee(
  hub: Hub,
  on: Issue,
  by: Account,
  person: Account,
  added: boolean,
): Delivery[] {
  const { world } = hub
  const inside = stamped(world, on)
  const assignee = simpleUser(world, person)
  if (isPullRequest(on)) {
    const payload = { ...aboutPull(hub, on, by), assignee }
    return added
      ? announce<'webhook-pull-request-assigned'>(hub, 'pull_request', inside, {
          action: 'assigned',
          ...payload,
        })
      : announce<'webhook-pull-request-unassigned'>(hub, 'pull_request', inside, {
          action: 'unassigned',
          ...payload,
        })
  }
  const payload = { ...aboutIssue(hub, on, by), assignee }
  return added
    ? announce<'webhook-issues-assigned'>(hub, 'issues', inside, { action: 'assigned', ...payload })
    : announce<'webhook-issues-unassigned'>(hub, 'issues', inside, {
        action: 'unassigned',
        ...payload,
      })
}

export function issueActs(hub: Hub) {
  const { world } = hub
  const who = (person: Who) => personOf(world, person)
  return {
    addLabel(on: Issue | PullRequest, by: Who, name: string): Delivery[] {
      const label = { id: world.nextId(), name }
      on.labels = [...on.labels.filter((one) => one.name !== name), label]
      return setLabel(hub, on, who(by), label, true)
    },
    removeLabel(on: Issue | PullRequest, by: Who, name: string): Delivery[] {
      const label = on.labels.find((one) => one.name === name)
      if (!label) throw new Error(`#${on.number} has no label ${name}`)
      on.labels = on.labels.filter((one) => one !== label)
      return setLabel(hub, on, who(by), label, false)
    },
    assign(on: Issue | PullRequest, by: Who, person: Who): Delivery[] {
      const { id } = who(person)
      if (!on.assignees.includes(id)) on.assignees.push(id)
      return setAssignee(hub, on, who(by), who(person), true)
    },
    unassign(on: Issue | PullRequest, by: Who, person: Who): Delivery[] {
      on.assignees = on.assignees.filter((id) => id !== who(person).id)
      return setAssignee(hub, on, who(by), who(person), false)
    },
    /** `viaApp`: written by the person through another App, as `performed_via_github_app` says. */
    comment(on: Issue | PullRequest, by: Who, body: string, { viaApp = false } = {}): Comment {
      return writeComment(hub, on, who(by), body, viaApp).comment
    },
    editComment: (comment: Comment, by: Who, body: string): Delivery[] =>
      changeComment(hub, comment, who(by), body),
    deleteComment: (comment: Comment, by: Who): Delivery[] => eraseComment(hub, comment, who(by)),
    closeIssue(on: Issue, by: Who): Delivery[] {
      on.state = 'closed'
      on.closedAt = world.now()
      on.closedById = who(by).id
      return announce<'webhook-issues-closed'>(hub, 'issues', stamped(world, on), {
        action: 'closed',
        ...aboutIssue(hub, on, who(by)),
      })
    },
    reopenIssue(on: Issue, by: Who): Delivery[] {
      on.state = 'open'
      on.closedAt = on.closedById = null
      return announce<'webhook-issues-reopened'>(hub, 'issues', stamped(world, on), {
        action: 'reopened',
        ...aboutIssue(hub, on, who(by)),
      })
    },
  }
}
