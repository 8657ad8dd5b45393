import { Hono } from 'hono'
import { randomUUID } from 'node:crypto'
import { cutConnection } from '../wire.ts'
import type { Action, Answer } from './call.ts'
import { AzureFault, badRequest } from './fault.ts'
import { parseFilter, type Filter } from './filter.ts'
import type { Caller, Identities } from './identities.ts'
import { policyAssignmentActions } from './policy-assignments.ts'
import { roleAssignmentActions } from './role-assignments.ts'
import { roleDefinitionActions } from './role-definitions.ts'
import { routeOf, type Route } from './route.ts'
import { scheduleRequestActions } from './schedule-requests.ts'
import { scheduleActions } from './schedules.ts'
import type { State } from './state.ts'
import { ConnectionCut, type Strike, type Trouble } from './trouble.ts'

const actions: Readonly<Record<string, Action>> = {
  ...roleAssignmentActions,
  ...roleDefinitionActions,
  ...scheduleRequestActions,
  ...scheduleActions,
  ...policyAssignmentActions,
}

const publicHost = 'https://management.azure.com'
const aroundScope: readonly (keyof Filter)[] = ['atScope', 'principalId', 'assignedTo']
const filters: Readonly<Record<string, readonly (keyof Filter)[]>> = {
  'roleAssignments.listForScope': aroundScope,
  'roleDefinitions.list': ['roleName', 'type', 'atScopeAndBelow'],
  'roleAssignmentSchedules.listForScope': [...aroundScope, 'roleDefinitionId'],
  'roleAssignmentScheduleInstances.listForScope': [...aroundScope, 'roleDefinitionId'],
  'roleAssignmentScheduleRequests.listForScope': aroundScope,
  'roleManagementPolicyAssignments.listForScope': ['roleDefinitionId'],
}

export const operationOf = (method: string, path: string): string =>
  routeOf(method, path)?.operation ?? `${method} ${path}`

/** The part of Resource Manager that authorizes. */
export function createService(state: State, identities: Identities, trouble: Trouble): Hono {
  const perform = async (request: Request, requestId: string): Promise<Response> => {
    const url = new URL(request.url)
    const route = routeOf(request.method, url.pathname)
    const strike = trouble.strike(route?.operation ?? '')
    await trouble.delay(strike)
    if (strike.instead) throw strike.instead
    const caller = identities.authenticate(request.headers.get('authorization'))
    const action = route && actions[route.operation]
    if (!route || !action)
      throw new AzureFault(404, 'InvalidResourceType', `Nothing is at '${url.pathname}' here.`)
    checkVersion(action, url)
    checkScope(state, route, caller)
    const path = decodeURIComponent(url.pathname)
    // What Azure comes with is known to everybody who signed in.
    const needs = route.scope === '' ? [] : action.needs
    for (const needed of needs) identities.authorize(caller, needed, route.scope, path)
    const body = await request.text()
    const call = { ...callOf(route, caller, url, strike), body, requestId, path }
    const answer = action.run(call)
    if (strike.after) throw strike.after
    return response(answer, url, state.settings.pageSize)
  }

  const callOf = (route: Route, caller: Caller, url: URL, strike: Strike) => ({
    ...route,
    ...{ state, identities, caller, view: strike.view, at: state.now() },
    filter: parseFilter(
      url.searchParams.get('$filter') ?? undefined,
      filters[route.operation] ?? [],
    ),
  })

  const app = new Hono()
  app.all('*', async (c) => {
    const requestId = randomUUID()
    const answer = await perform(c.req.raw, requestId).catch((error: unknown) => {
      if (error instanceof ConnectionCut) return cutConnection()
      if (error instanceof AzureFault) return failure(error)
      throw error
    })
    const correlation = c.req.header('x-ms-correlation-request-id') ?? randomUUID()
    answer.headers.set('x-ms-request-id', requestId)
    answer.headers.set('x-ms-correlation-request-id', correlation)
    answer.headers.set('date', new Date(state.now()).toUTCString())
    return answer
  })
  return app
}

function checkVersion({ apiVersion }: Action, url: URL): void {
  const asked = url.searchParams.get('api-version')
  if (asked === null)
    throw badRequest(
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    )
  if (asked !== apiVersion)
    throw badRequest('InvalidApiVersionParameter', `The api-version '${asked}' is not served here.`)
}

function checkScope(state: State, { scope, operation }: Route, caller: Caller): void {
  if (scope === '' && operation === 'roleDefinitions.get') return
  const tenant = state.places.tenantOf(scope)
  if (tenant === undefined) throw notFound(scope)
  if (tenant === caller.tenantId) return
  throw new AzureFault(
    401,
    'InvalidAuthenticationTokenTenant',
    `The access token is from the wrong issuer. It must match the tenant '${tenant}' associated with this subscription.`,
  )
}

const notFound = (scope: string) =>
  /\/resourceGroups\//i.test(scope)
    ? new AzureFault(
        404,
        'ResourceGroupNotFound',
        `Resource group of '${scope}' could not be found.`,
      )
    : new AzureFault(404, 'SubscriptionNotFound', `The scope '${scope}' could not be found.`)

function response(answer: Answer, url: URL, pageSize: number): Response {
  if ('items' in answer) return page(answer.items, url, pageSize)
  if (answer.body === undefined) return new Response(null, { status: answer.status })
  return Response.json(answer.body, { status: answer.status })
}

/** NB: the next page is told under the public address, as the caller knows it. */
function page(items: readonly (() => object)[], url: URL, size: number): Response {
  const start = Number(url.searchParams.get('$skipToken') ?? 0)
  const next = new URL(url.pathname + url.search, publicHost)
  next.searchParams.set('$skipToken', String(start + size))
  const more = items.length > start + size ? { nextLink: next.href } : {}
  const value = items.slice(start, start + size).map((show) => show())
  return Response.json({ value, ...more })
}

const failure = ({ status, code, message, headers }: AzureFault) =>
  Response.json({ error: { code, message } }, { status, headers })
