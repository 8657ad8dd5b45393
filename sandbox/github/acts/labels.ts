// Labels and assignees of issues and pull requests. What changes nothing is told to nobody.
import type { Account, Issue, Label, PullRequest, Repository } from '../model.ts'
import { simpleUser } from '../render/accounts.ts'
import { label as shownLabel } from '../render/issues.ts'
import { about, announce, type Hub } from '../webhooks/announce.ts'
import type { Delivery } from '../webhooks/outbox.ts'
import { isPullRequest, personOf, type Who } from '../world.ts'
import { aboutIssue, stamped } from './issues.ts'
import { aboutPull } from './pulls.ts'
import { requireStanding } from './standing.ts'

/** `pull_request.labeled` on a pull request, `issues.labeled` on an issue, never both. */
export function tellOfLabel(
  hub: Hub,
  on: Issue,
  by: Account,
  label: Label,
  action: 'labeled' | 'unlabeled',
): Delivery[] {
  const inside = stamped(hub.world, on)
  const shown = shownLabel(hub.world, inside, label)
  if (isPullRequest(on)) {
    const payload = { ...aboutPull(hub, on, by), label: shown }
    return action === 'labeled'
      ? announce<'webhook-pull-request-labeled'>(hub, 'pull_request', inside, {
          action,
          ...payload,
        })
      : announce<'webhook-pull-request-unlabeled'>(hub, 'pull_request', inside, {
          action,
          ...payload,
        })
  }
  const payload = { ...aboutIssue(hub, on, by), label: shown }
  return action === 'labeled'
    ? announce<'webhook-issues-labeled'>(hub, 'issues', inside, { action, ...payload })
    : announce<'webhook-issues-unlabeled'>(hub, 'issues', inside, { action, ...payload })
}

export function tellOfAssignee(
  hub: Hub,
  on: Issue,
  by: Account,
  person: Account,
  action: 'assigned' | 'unassigned',
): Delivery[] {
  const inside = stamped(hub.world, on)
  const assignee = simpleUser(hub.world, person)
  if (isPullRequest(on)) {
    const payload = { ...aboutPull(hub, on, by), assignee }
    return action === 'assigned'
      ? announce<'webhook-pull-request-assigned'>(hub, 'pull_request', inside, {
          action,
          ...payload,
        })
      : announce<'webhook-pull-request-unassigned'>(hub, 'pull_request', inside, {
          action,
          ...payload,
        })
  }
  const payload = { ...aboutIssue(hub, on, by), assignee }
  return action === 'assigned'
    ? announce<'webhook-issues-assigned'>(hub, 'issues', inside, { action, ...payload })
    : announce<'webhook-issues-unassigned'>(hub, 'issues', inside, { action, ...payload })
}

export function labelActs(hub: Hub) {
  const { world } = hub
  const permitted = (on: Issue, by: Who): Account => {
    const person = personOf(world, by)
    requireStanding(world, world.repositoryOf(on), person, 'triage')
    return person
  }
  return {
    addLabel(on: Issue | PullRequest, by: Who, name: string): Delivery[] {
      const person = permitted(on, by)
      const label = world.label(world.repositoryOf(on), name)
      if (on.labels.includes(label)) return []
      on.labels.push(label)
      return tellOfLabel(hub, on, person, label, 'labeled')
    },
    removeLabel(on: Issue | PullRequest, by: Who, name: string): Delivery[] {
      const person = permitted(on, by)
      const label = world.label(world.repositoryOf(on), name)
      if (!on.labels.includes(label)) throw new Error(`#${on.number} has no label ${name}`)
      on.labels = on.labels.filter((one) => one !== label)
      return tellOfLabel(hub, on, person, label, 'unlabeled')
    },
    /** Wherever it was put on, it reads otherwise from now on, without any `labeled`. */
    renameLabel(inside: Repository, by: Who, from: string, to: string): Delivery[] {
      const person = personOf(world, by)
      requireStanding(world, inside, person, 'write')
      const label = world.label(inside, from)
      inside.labels.delete(from.toLowerCase())
      inside.labels.set(to.toLowerCase(), label)
      label.name = to
      world.changed()
      return announce<'webhook-label-edited'>(hub, 'label', inside, {
        action: 'edited',
        label: shownLabel(world, inside, label),
        changes: { name: { from } },
        ...about(hub, inside, person),
      })
    },
    assign(on: Issue | PullRequest, by: Who, person: Who): Delivery[] {
      const actor = permitted(on, by)
      const assignee = personOf(world, person)
      if (on.assignees.includes(assignee.id)) return []
      on.assignees.push(assignee.id)
      return tellOfAssignee(hub, on, actor, assignee, 'assigned')
    },
    unassign(on: Issue | PullRequest, by: Who, person: Who): Delivery[] {
      const actor = permitted(on, by)
      const assignee = personOf(world, person)
      if (!on.assignees.includes(assignee.id)) return []
      on.assignees = on.assignees.filter((id) => id !== assignee.id)
      return tellOfAssignee(hub, on, actor, assignee, 'unassigned')
    },
  }
}
