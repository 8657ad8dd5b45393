// What people do to issues: close, reopen, delete and transfer them.
import type { Account, Issue, Repository } from '../model.ts'
import { issue as shownIssue } from '../render/issues.ts'
import { repository as shownRepository } from '../render/repositories.ts'
import { about, announce, type Hub } from '../webhooks/announce.ts'
import type { Delivery } from '../webhooks/outbox.ts'
import { isPullRequest, personOf, type Who, type World } from '../world.ts'
import { requireStanding } from './standing.ts'

/** Stamps the act's time. */
export function stamped(world: World, issue: Issue): Repository {
  issue.updatedAt = world.now()
  world.changed()
  return world.repositoryOf(issue)
}

/** The parts of every issue's payload. */
export const aboutIssue = (hub: Hub, issue: Issue, by: Account) => ({
  issue: shownIssue(hub.world, issue),
  ...about(hub, hub.world.repositoryOf(issue), by),
})

export function issueActs(hub: Hub) {
  const { world } = hub
  /** Of an issue that is no pull request, for whoever has the role; its author needs none where `own` says so. */
  const permitted = (on: Issue, by: Who, least: 'triage' | 'write' | 'admin', own = false) => {
    if (isPullRequest(on)) throw new Error(`#${on.number} is a pull request`)
    const person = personOf(world, by)
    const author = own && on.authorId === person.id
    requireStanding(world, world.repositoryOf(on), person, author ? 'read' : least)
    return person
  }
  return {
    closeIssue(on: Issue, by: Who, reason: 'completed' | 'not_planned' = 'completed'): Delivery[] {
      const person = permitted(on, by, 'triage', true)
      on.state = 'closed'
      on.stateReason = reason
      on.closedAt = world.now()
      on.closedById = person.id
      return announce<'webhook-issues-closed'>(hub, 'issues', stamped(world, on), {
        action: 'closed',
        ...aboutIssue(hub, on, person),
      })
    },
    reopenIssue(on: Issue, by: Who): Delivery[] {
      const person = permitted(on, by, 'triage', true)
      on.state = 'open'
      on.stateReason = 'reopened'
      on.closedAt = on.closedById = null
      return announce<'webhook-issues-reopened'>(hub, 'issues', stamped(world, on), {
        action: 'reopened',
        ...aboutIssue(hub, on, person),
      })
    },
    /** With its comments, for good: it answers 410 from now on. */
    deleteIssue(on: Issue, by: Who): Delivery[] {
      const person = permitted(on, by, 'admin')
      const inside = stamped(world, on)
      const payload = { action: 'deleted' as const, ...aboutIssue(hub, on, person) }
      inside.issues.delete(on.number)
      inside.gone.set(on.number, 'deleted')
      world.changed()
      return announce<'webhook-issues-deleted'>(hub, 'issues', inside, payload)
    },
    /** To another repository of the same owner, under a number of its own. The old one answers 301 from now on. */
    transferIssue(on: Issue, by: Who, to: Repository): { issue: Issue; deliveries: Delivery[] } {
      const person = permitted(on, by, 'write')
      const inside = stamped(world, on)
      requireStanding(world, to, person, 'write')
      if (to.ownerId !== inside.ownerId) throw new Error('issues stay with their owner')
      const issue = moved(world, on, to)
      const transferred = { action: 'transferred' as const, ...aboutIssue(hub, on, person) }
      const opened = { action: 'opened' as const, ...aboutIssue(hub, issue, person) }
      inside.issues.delete(on.number)
      inside.gone.set(on.number, { repositoryId: to.id, number: issue.number })
      const changes = { new_issue: opened.issue, new_repository: shownRepository(world, to) }
      const before = {
        old_issue: transferred.issue,
        old_repository: shownRepository(world, inside),
      }
      world.changed()
      return {
        issue,
        deliveries: [
          ...announce<'webhook-issues-transferred'>(hub, 'issues', inside, {
            ...transferred,
            changes,
          }),
          ...announce<'webhook-issues-opened'>(hub, 'issues', to, { ...opened, changes: before }),
        ],
      }
    },
  }
}

/** Labels that the other repository has go along, the others are dropped. */
function moved(world: World, on: Issue, to: Repository): Issue {
  const number = to.nextNumber++
  const issue: Issue = {
    ...on,
    id: world.nextId(),
    repositoryId: to.id,
    number,
    labels: on.labels.flatMap(({ name }) => to.labels.get(name.toLowerCase()) ?? []),
    comments: on.comments.map((one) => ({ ...one, repositoryId: to.id, number })),
  }
  to.issues.set(number, issue)
  return issue
}
