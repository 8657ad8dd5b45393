// Issues. A pull request answers here too.
import type { components } from '@octokit/openapi-types'
import { openingActs } from '../acts/opening.ts'
import { ApiError, invalid, notFound, paged } from '../answers.ts'
import type { Issue } from '../model.ts'
import { issue as shownIssue, label as shownLabel } from '../render/issues.ts'
import { answer, fieldIn, stringIn, type RepositoryCall, type Router } from '../routing.ts'
import type { Hub } from '../webhooks/announce.ts'
import type { World } from '../world.ts'

type Schemas = components['schemas']

/** Either permission is enough: a pull request is an issue. */
export const reads = { issues: 'read', pull_requests: 'read' } as const
export const writes = { issues: 'write', pull_requests: 'write' } as const
export const bodyCharactersMax = 65_536
const titleCharactersMax = 256

export function issueRoutes(router: Router, hub: Hub): void {
  const { world } = router

  router.repository('GET /issues', reads, (call) =>
    paged(call.url, matching(world, call), (page) =>
      page.map((one): Schemas['issue'] => shownIssue(world, one)),
    ),
  )
  router.repository('POST /issues', { issues: 'write' }, (call) => {
    if (call.repository.archived) throw readOnly()
    const { title, body } = wording(call.body)
    const issue = openingActs(hub).openIssue(call.repository, {
      author: world.bot,
      title,
      ...(body !== undefined && { body }),
      labels: namesIn(call.body, 'labels'),
      // Whoever cannot be assigned is left out without a word, as on GitHub.
      assignees: namesIn(call.body, 'assignees').filter((login) => world.account(login)),
      announced: true,
    })
    return answer<'issues/create'>(shownIssue(world, issue), 201)
  })
  router.repository('GET /issues/:issue_number', reads, (call) => {
    const moved = movedTo(call)
    return moved ?? answer<'issues/get'>(shownIssue(world, wantedIssue(call)))
  })
  router.repository('GET /issues/:issue_number/labels', reads, (call) =>
    paged(call.url, wantedIssue(call).labels, (page) =>
      page.map((one): Schemas['label'] => shownLabel(world, call.repository, one)),
    ),
  )
}

export function wantedIssue(call: RepositoryCall): Issue {
  const number = call.number('issue_number')
  const found = call.repository.issues.get(number)
  if (found) return found
  throw call.repository.gone.get(number) === 'deleted'
    ? new ApiError(410, 'This issue was deleted')
    : notFound()
}

/** A transferred issue's old place redirects to the new one. */
function movedTo({ repository, url, number }: RepositoryCall): Response | undefined {
  const to = repository.gone.get(number('issue_number'))
  if (to === undefined || to === 'deleted') return undefined
  const prefix = url.href.split(/\/repos(?:itories)?\//)[0]
  const location = `${prefix}/repositories/${to.repositoryId}/issues/${to.number}`
  return Response.json(
    { message: 'Moved Permanently', url: location },
    { status: 301, headers: { location } },
  )
}

/** Newest first, pull requests included; open ones unless asked otherwise. */
function matching(world: World, { repository, url }: RepositoryCall): Issue[] {
  const asked = url.searchParams
  const login = asked.get('creator')
  const creator = login === null ? null : world.account(login)?.id
  const state = asked.get('state') ?? 'open'
  const labels = (asked.get('labels') ?? '').split(',').filter((name) => name !== '')
  const has = (issue: Issue, name: string) =>
    issue.labels.some((one) => one.name.toLowerCase() === name.toLowerCase())
  const since = Date.parse(asked.get('since') ?? '1970-01-01T00:00:00Z')
  return [...repository.issues.values()]
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => labels.every((name) => has(issue, name)))
    .filter(({ updatedAt }) => updatedAt >= since)
    .filter(({ authorId }) => creator === null || creator === authorId)
    .toSorted((a, b) => b.createdAt - a.createdAt || b.number - a.number)
}

export const readOnly = () => new ApiError(403, 'Repository was archived so is read-only.')

function wording(sent: unknown): { title: string; body: string | undefined } {
  const title = stringIn(sent, 'title')
  if (title === undefined || title.trim() === '')
    throw new ApiError(422, 'Validation Failed', [
      { resource: 'Issue', field: 'title', code: 'missing_field' },
    ])
  const body = stringIn(sent, 'body')
  const tooLong = (field: string, max: number) =>
    invalid('Issue', field, `${field} is too long (maximum is ${max} characters)`)
  if (title.length > titleCharactersMax) throw tooLong('title', titleCharactersMax)
  if ((body?.length ?? 0) > bodyCharactersMax) throw tooLong('body', bodyCharactersMax)
  return { title, body }
}

/** Labels come as names or as objects that have one. */
function namesIn(sent: unknown, field: string): string[] {
  const list = fieldIn(sent, field)
  if (!Array.isArray(list)) return []
  return list.flatMap(
    (one: unknown) => (typeof one === 'string' ? one : stringIn(one, 'name')) ?? [],
  )
}
