// Check runs, with GitHub's limits.
import type { components, operations } from '@octokit/openapi-types'
import { ApiError, invalid, notFound, paged } from '../answers.ts'
import { webUrl } from '../render/repositories.ts'
import type { Check, CheckAction, CheckConclusion, Repository } from '../model.ts'
import { check as shown } from '../render/checks.ts'
import { answer, type RepositoryCall, type Router } from '../routing.ts'
import { about, announce, type Hub } from '../webhooks/announce.ts'
import type { World } from '../world.ts'
import { resolve } from './repositories.ts'

type Schemas = components['schemas']
/** Both calls' bodies, as untrusted as they come: every field that is used is looked at first. */
type CheckBody = Partial<operations['checks/create']['requestBody']['content']['application/json']>

type CheckAnnotation = NonNullable<NonNullable<CheckBody['output']>['annotations']>[number]

const limits = { actions: 3, label: 20, description: 40, identifier: 20, text: 65_535 }
const annotationsMax = 50
const levels = ['notice', 'warning', 'failure']
const messageBytesMax = 64 * 1024
const conclusions: readonly CheckConclusion[] = [
  'success',
  'failure',
  'neutral',
  'cancelled',
  'skipped',
  'timed_out',
  'action_required',
]

export function checkRoutes(router: Router, hub: Hub): void {
  const { world } = router

  router.repository('POST /check-runs', { checks: 'write' }, (call) => {
    const body = call.body as CheckBody
    if (call.repository.archived)
      throw new ApiError(403, 'Repository was archived so is read-only.')
    validate(body)
    if (typeof body.name !== 'string' || body.name === '')
      throw invalid('CheckRun', 'name', 'name is required')
    const sha = String(body.head_sha)
    if (!/^[0-9a-f]{40}$/.test(sha) || !resolve(world, call.repository, sha))
      throw new ApiError(422, `No commit found for SHA: ${sha}`)
    const check = make(world, call.repository, sha, body.name)
    apply(world, check, body)
    world.checks.set(check.id, check)
    tell(hub, check, 'created')
    if (check.status === 'completed') tell(hub, check, 'completed')
    return answer<'checks/create'>(shown(world, check), 201)
  })

  router.repository('PATCH /check-runs/:check_run_id', { checks: 'write' }, (call) => {
    const check = wanted(world, call)
    const body = call.body as CheckBody
    validate(body)
    const before = check.status
    apply(world, check, body)
    if (before !== 'completed' && check.status === 'completed') tell(hub, check, 'completed')
    return answer<'checks/update'>(shown(world, check))
  })

  router.repository('GET /check-runs/:check_run_id', { checks: 'read' }, (call) =>
    answer<'checks/get'>(shown(world, wanted(world, call))),
  )

  router.repository('GET /check-runs/:check_run_id/annotations', { checks: 'read' }, (call) =>
    paged(call.url, wanted(world, call).annotations, (page) => page),
  )

  router.repository('GET /commits/:ref/check-runs', { checks: 'read' }, (call) => {
    const commit = resolve(world, call.repository, call.param('ref'))
    if (!commit) throw new ApiError(422, `No commit found for SHA: ${call.param('ref')}`)
    const all = matching(world, call, commit.sha)
    return paged(call.url, all, (page) => ({
      total_count: all.length,
      check_runs: page.map((one): Schemas['check-run'] => shown(world, one)),
    }))
  })
}

function wanted(world: World, call: RepositoryCall): Check {
  const found = world.checks.get(call.number('check_run_id'))
  if (found?.repositoryId !== call.repository.id) throw notFound()
  return found
}

/** Newest first. `filter=latest`, the default, gives one run for each name. */
function matching(world: World, { repository, url }: RepositoryCall, sha: string): Check[] {
  const { searchParams: asked } = url
  const appId = asked.get('app_id')
  if (appId !== null && Number(appId) !== world.app.id) return []
  const all = [...world.checks.values()].filter(
    (check) =>
      check.repositoryId === repository.id &&
      check.headSha === sha &&
      (asked.get('check_name') ?? check.name) === check.name &&
      (asked.get('status') ?? check.status) === check.status,
  )
  const newest = all.toReversed()
  if (asked.get('filter') === 'all') return newest
  return newest.filter((one, at) => newest.findIndex(({ name }) => name === one.name) === at)
}

function make(world: World, inside: Repository, headSha: string, name: string): Check {
  const same = [...world.checks.values()].find(
    (check) => check.headSha === headSha && check.repositoryId === inside.id,
  )
  return {
    id: world.nextId(),
    repositoryId: inside.id,
    headSha,
    suiteId: same?.suiteId ?? world.nextId(),
    name,
    externalId: '',
    detailsUrl: 'https://example.invalid',
    status: 'queued',
    conclusion: null,
    startedAt: world.now(),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
  }
}

/**
 * A completed run cannot be reopened: a `status` of `queued` or `in_progress` for it is answered with 200 and leaves it
 * completed with the conclusion it had, while the other fields change. A new conclusion replaces the old one.
 */
function apply(world: World, check: Check, body: CheckBody): void {
  const conclusion = conclusions.find((one) => one === body.conclusion)
  if (conclusion) {
    check.status = 'completed'
    check.conclusion = conclusion
    check.completedAt = body.completed_at ? Date.parse(body.completed_at) : world.now()
  } else if (check.status !== 'completed' && body.status) check.status = body.status
  if (body.name !== undefined) check.name = body.name
  if (body.external_id !== undefined) check.externalId = body.external_id
  if (body.details_url !== undefined) check.detailsUrl = body.details_url
  if (body.started_at !== undefined) check.startedAt = Date.parse(body.started_at)
  if (body.actions) check.actions = body.actions
  const { output } = body
  if (!output) return
  check.title = output.title ?? check.title
  check.summary = output.summary ?? check.summary
  check.text = output.text ?? check.text
  const added = (output.annotations ?? []).map((one) => kept(world, check, one))
  check.annotations = [...check.annotations, ...added]
}

function validate(body: CheckBody): void {
  if (body.conclusion !== undefined && !conclusions.some((one) => one === body.conclusion))
    throw invalid('CheckRun', 'conclusion', `${body.conclusion} is not a conclusion`)
  if (body.status === 'completed' && body.conclusion === undefined)
    throw invalid('CheckRun', 'conclusion', 'a completed run needs a conclusion')
  if (body.status && !['queued', 'in_progress', 'completed'].includes(body.status))
    throw invalid('CheckRun', 'status', `${body.status} is not a status`)
  const { output, actions = [] } = body
  for (const field of ['summary', 'text'] as const)
    if ((output?.[field]?.length ?? 0) > limits.text)
      throw invalid('CheckRun', field, `exceeds a maximum of ${limits.text} characters`)
  if ((output?.annotations?.length ?? 0) > annotationsMax)
    throw invalid('CheckRun', 'annotations', `exceeds a maximum of ${annotationsMax}`)
  if (actions.length > limits.actions)
    throw invalid('CheckRun', 'actions', `exceeds a maximum of ${limits.actions}`)
  for (const action of actions) validateAction(action)
  for (const annotation of output?.annotations ?? []) validateAnnotation(annotation)
}

function validateAction(action: CheckAction): void {
  for (const field of ['label', 'description', 'identifier'] as const)
    if (typeof action[field] !== 'string' || action[field] === '')
      throw invalid('CheckRun', `actions.${field}`, `${field} is required`)
    else if (action[field].length > limits[field])
      throw invalid('CheckRun', `actions.${field}`, `exceeds a maximum of ${limits[field]}`)
}

function validateAnnotation(one: CheckAnnotation): void {
  const wrong = (field: string, why: string) => invalid('CheckRun', `annotations.${field}`, why)
  if (typeof one.path !== 'string' || one.path === '') throw wrong('path', 'path is required')
  for (const field of ['start_line', 'end_line'] as const)
    if (!Number.isInteger(one[field]) || one[field] < 1)
      throw wrong(field, `${field} must be a line's number`)
  if (one.end_line < one.start_line) throw wrong('end_line', 'end_line is before start_line')
  if (one.start_column !== undefined && one.start_line !== one.end_line)
    throw wrong('start_column', 'columns are for annotations of one line')
  if (!levels.includes(one.annotation_level))
    throw wrong('annotation_level', `annotation_level is not one of ${levels.join(', ')}`)
  if (typeof one.message !== 'string' || one.message === '')
    throw wrong('message', 'message is required')
  if (Buffer.byteLength(one.message) > messageBytesMax)
    throw wrong('message', `exceeds a maximum of ${messageBytesMax} bytes`)
}

function kept(world: World, check: Check, one: CheckAnnotation): Schemas['check-annotation'] {
  const inside = world.repositoryOf(check)
  return {
    path: one.path,
    start_line: one.start_line,
    end_line: one.end_line,
    start_column: one.start_column ?? null,
    end_column: one.end_column ?? null,
    annotation_level: one.annotation_level,
    title: one.title ?? null,
    message: one.message,
    raw_details: one.raw_details ?? null,
    blob_href: `${webUrl(world, inside)}/blob/${check.headSha}/${one.path}`,
  }
}

function tell(hub: Hub, check: Check, action: 'created' | 'completed'): void {
  const inside = hub.world.repositoryOf(check)
  const payload = {
    check_run: shown(hub.world, check),
    ...about(hub, inside, hub.world.bot),
  }
  if (action === 'created')
    announce<'webhook-check-run-created'>(hub, 'check_run', inside, { action, ...payload })
  else announce<'webhook-check-run-completed'>(hub, 'check_run', inside, { action, ...payload })
}
