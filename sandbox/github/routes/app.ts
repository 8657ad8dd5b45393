// What the App asks as itself: its installations, their tokens, its webhook deliveries.
import type { components } from '@octokit/openapi-types'
import { ApiError, iso, notFound, paged } from '../answers.ts'
import { covers, type TokenRequest } from '../authentication.ts'
import type { Installation, Permissions, Repository } from '../model.ts'
import { app as shownApp, installation as shown } from '../render/accounts.ts'
import { repository as shownRepository } from '../render/repositories.ts'
import { answer, fieldIn, type Call, type Router } from '../routing.ts'
import type { Attempt, Delivery, Outbox } from '../webhooks/outbox.ts'
import type { World } from '../world.ts'

type Schemas = components['schemas']

export function appRoutes(router: Router): void {
  const { world, authentication } = router

  router.app('GET /app', () =>
    answer<'apps/get-authenticated'>({
      ...shownApp(world),
      installations_count: world.installations.size,
    }),
  )
  router.app('GET /app/installations', ({ url }) =>
    paged(url, [...world.installations.values()], (page) =>
      page.map((one): Schemas['installation'] => shown(world, one)),
    ),
  )
  router.app('GET /app/installations/:installation_id', (call) =>
    answer<'apps/get-installation'>(shown(world, wanted(world, call))),
  )
  router.app('POST /app/installations/:installation_id/access_tokens', (call) => {
    const installation = wanted(world, call)
    const token = authentication.issue(installation, tokenRequest(world, installation, call.body))
    const narrowed = token.repositoryIds
    const repositories = [...(narrowed ?? [])].flatMap((id) => world.repositories.get(id) ?? [])
    const selected = narrowed || installation.repositories !== 'all'
    return answer<'apps/create-installation-access-token'>(
      {
        token: token.token,
        expires_at: iso(token.expiresAt),
        permissions: token.permissions,
        repository_selection: selected ? 'selected' : 'all',
        ...(narrowed && { repositories: repositories.map((one) => shownRepository(world, one)) }),
      },
      201,
    )
  })

  const installationOf = (accountId: number | undefined, repositoryId?: number) => {
    const found = accountId === undefined ? undefined : world.covering(accountId, repositoryId)
    if (!found) throw notFound()
    return answer<'apps/get-repo-installation'>(shown(world, found))
  }
  router.app('GET /repos/:owner/:repo/installation', ({ param }) => {
    const repository = world.repository(param('owner'), param('repo'))
    return installationOf(repository?.ownerId, repository?.id)
  })
  router.app('GET /orgs/:org/installation', ({ param }) =>
    installationOf(world.account(param('org'))?.id),
  )
  router.app('GET /users/:username/installation', ({ param }) =>
    installationOf(world.account(param('username'))?.id),
  )
  router.installation('GET /installation/repositories', ({ caller, url }) => {
    const all = [...world.repositories.values()].filter((one) => covers(caller, one))
    return paged(url, all, (page) => ({
      total_count: all.length,
      repository_selection: caller.installation.repositories === 'all' ? 'all' : 'selected',
      repositories: page.map((one): Schemas['repository'] => shownRepository(world, one)),
    }))
  })
}

function wanted(world: World, call: Call): Installation {
  const found = world.installations.get(call.number('installation_id'))
  if (!found) throw notFound()
  return found
}

const unreachable = () =>
  new ApiError(
    422,
    'There is at least one repository that does not exist or is not accessible to the parent installation.',
  )

function tokenRequest(world: World, installation: Installation, body: unknown): TokenRequest {
  const ids = fieldIn(body, 'repository_ids')
  const names = fieldIn(body, 'repositories')
  const permissions = fieldIn(body, 'permissions') as Permissions | undefined
  if (!Array.isArray(ids) && !Array.isArray(names)) return { permissions, repositoryIds: undefined }
  const owner = world.accountOrGhost(installation.accountId).login
  const chosen: (Repository | undefined)[] = [
    ...(Array.isArray(ids) ? ids : []).map((id) => world.repositories.get(Number(id))),
    ...(Array.isArray(names) ? names : []).map((name) => world.repository(owner, String(name))),
  ]
  const repositoryIds = new Set<number>()
  for (const repository of chosen) {
    const reachable =
      repository?.ownerId === installation.accountId &&
      (installation.repositories === 'all' || installation.repositories.has(repository.id))
    if (!repository || !reachable) throw unreachable()
    repositoryIds.add(repository.id)
  }
  return { permissions, repositoryIds }
}

export function deliveryRoutes(router: Router, outbox: Outbox): void {
  router.app('GET /app/hook/deliveries', ({ url }) => {
    const all = outbox.deliveries
      .flatMap((delivery) => delivery.attempts.map((attempt) => ({ delivery, attempt })))
      .toSorted((a, b) => b.attempt.id - a.attempt.id)
    const cursor = Number(url.searchParams.get('cursor') ?? Number.MAX_SAFE_INTEGER)
    const size = Math.min(Number(url.searchParams.get('per_page') ?? 30) || 30, 100)
    const rest = all.filter(({ attempt }) => attempt.id <= cursor)
    const next = rest[size]
    const more = new URL(url)
    more.searchParams.set('cursor', String(next?.attempt.id))
    return Response.json(
      rest.slice(0, size).map(({ delivery, attempt }) => deliveryItem(delivery, attempt)),
      next ? { headers: { link: `<${more.href}>; rel="next"` } } : {},
    )
  })
  router.app('GET /app/hook/deliveries/:delivery_id', ({ number }) => {
    const found = outbox.attempt(number('delivery_id'))
    if (!found) throw notFound()
    const { delivery, attempt } = found
    return answer<'apps/get-webhook-delivery'>({
      ...deliveryItem(delivery, attempt),
      url: outbox.webhookUrl ?? '',
      request: {
        headers: delivery.headers,
        payload: JSON.parse(delivery.body) as Record<string, unknown>,
      },
      response: { headers: {}, payload: null },
    })
  })
  router.app('POST /app/hook/deliveries/:delivery_id/attempts', ({ number }) => {
    const found = outbox.attempt(number('delivery_id'))
    if (!found) throw notFound()
    outbox.redeliver(found.delivery.id)
    return Response.json({}, { status: 202 })
  })
}

function deliveryItem(delivery: Delivery, attempt: Attempt) {
  return {
    id: attempt.id,
    guid: delivery.id,
    delivered_at: iso(attempt.at),
    redelivery: attempt.redelivery,
    duration: attempt.duration,
    status: attempt.status,
    status_code: attempt.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
  } satisfies Schemas['hook-delivery-item']
}
