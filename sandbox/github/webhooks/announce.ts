// Tells the App what happened, where one of its installations covers the place and subscribed to the event.
import type { components } from '@octokit/openapi-webhooks-types'
import { nodeId } from '../answers.ts'
import type { Account, Installation, Repository } from '../model.ts'
import { organization, simpleUser } from '../render/accounts.ts'
import { repository as shownRepository } from '../render/repositories.ts'
import type { World } from '../world.ts'
import type { Delivery, Outbox } from './outbox.ts'

export type Hooks = components['schemas']

/** An issue's own schema names only the oldest events and permissions of the App it was written through. */
type ShownIssue = Omit<Hooks['webhooks_issue'], 'performed_via_github_app'> & {
  performed_via_github_app: Hooks['integration'] | null
}

/**
 * The payload of that name. Some schemas narrow their issue's `assignees` to objects without any property, which no
 * issue with an assignee satisfies: the schema that issues otherwise have stands in.
 */
export type Payload<Name extends keyof Hooks> = WithIssues<Hooks[Name]>
type WithIssues<T> = {
  [Key in keyof T]: Key extends 'issue' | 'new_issue' | 'old_issue'
    ? ShownIssue
    : Key extends 'changes'
      ? WithIssues<T[Key]>
      : T[Key]
}

/** What people's acts work on. */
export interface Hub {
  readonly world: World
  readonly outbox: Outbox
}

const simpleInstallation = ({ id }: Installation): Hooks['simple-installation'] => ({
  id,
  node_id: nodeId('IntegrationInstallation', id),
})

/** What every payload about a repository carries. */
export function about({ world }: Hub, inside: Repository, sender: Account) {
  const owner = world.accountOrGhost(inside.ownerId)
  const covering = world.covering(owner.id, inside.id)
  return {
    repository: shownRepository(world, inside),
    sender: simpleUser(world, sender),
    ...(owner.type === 'Organization' && { organization: organization(world, owner) }),
    ...(covering && { installation: simpleInstallation(covering) }),
  }
}

/** What every payload about an organization carries. */
export function aboutOrganization({ world }: Hub, owner: Account, sender: Account) {
  const covering = world.covering(owner.id)
  return {
    organization: organization(world, owner),
    sender: simpleUser(world, sender),
    ...(covering && { installation: simpleInstallation(covering) }),
  }
}

/** `Name` types the payload, such as `webhook-pull-request-closed`. One delivery, or none when nobody listens. */
export function announce<Name extends keyof Hooks>(
  { world, outbox }: Hub,
  event: string,
  where: Repository | Account,
  payload: Payload<Name>,
): Delivery[] {
  const repository = 'ownerId' in where ? where : undefined
  const covering = world.covering(repository?.ownerId ?? where.id, repository?.id)
  if (!covering || covering.suspendedAt !== null || !covering.events.includes(event)) return []
  return [post(outbox, event, covering.id, repository?.id ?? null, payload)]
}

/** For events that reach the App whatever it subscribed to. */
export const announceAlways = <Name extends keyof Hooks>(
  { outbox }: Hub,
  event: string,
  installationId: number,
  payload: Payload<Name>,
): Delivery[] => [post(outbox, event, installationId, null, payload)]

function post(
  outbox: Outbox,
  event: string,
  installationId: number,
  repositoryId: number | null,
  payload: unknown,
): Delivery {
  const body = JSON.stringify(payload)
  return outbox.post({ event, body, action: actionOf(payload), installationId, repositoryId })
}

export function actionOf(payload: unknown): string | null {
  const named = typeof payload === 'object' && payload !== null && 'action' in payload
  return named && typeof payload.action === 'string' ? payload.action : null
}
