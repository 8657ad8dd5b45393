// How a repository's branches came to where they are: who moved them, and which pull requests brought a commit.
import type { components } from '@octokit/openapi-types'
import { ApiError, iso, nodeId, paged } from '../answers.ts'
import type { Activity, Commit, PullRequest } from '../model.ts'
import { userOrNull } from '../render/accounts.ts'
import { simplePullRequest } from '../render/pulls.ts'
import { commit as shownCommit } from '../render/repositories.ts'
import type { RepositoryCall, Router } from '../routing.ts'
import { isPullRequest, type World } from '../world.ts'
import { resolve } from './repositories.ts'

type Schemas = components['schemas']
const dayMs = 86_400_000
const periods: Readonly<Record<string, number>> = {
  day: dayMs,
  week: 7 * dayMs,
  month: 30 * dayMs,
  quarter: 90 * dayMs,
  year: 365 * dayMs,
}

export function historyRoutes(router: Router): void {
  const { world } = router

  router.repository('GET /activity', { contents: 'read' }, (call) =>
    byCursor(call.url, activities(world, call), (one) => shown(world, one)),
  )

  router.repository('GET /commits', { contents: 'read' }, ({ repository, url }) => {
    const { searchParams: asked } = url
    const ref = asked.get('sha') ?? repository.defaultBranch
    const tip = resolve(world, repository, ref)
    if (!tip) throw new ApiError(404, `No commit found for SHA: ${ref}`)
    const path = asked.get('path')
    const all = path === null ? world.between('', tip.sha) : changing(world, tip, path)
    return paged(url, all, (page) => page.map((one) => shownCommit(world, repository, one)))
  })

  router.repository(
    'GET /commits/:ref/pulls',
    { contents: 'read', pull_requests: 'read' },
    (call) => {
      const commit = resolve(world, call.repository, call.param('ref'))
      if (!commit) throw new ApiError(422, `No commit found for SHA: ${call.param('ref')}`)
      return paged(call.url, thatBrought(world, call, commit.sha), (page) =>
        page.map((pull): Schemas['pull-request-simple'] => simplePullRequest(world, pull)),
      )
    },
  )
}

/**
 * Newest first, simplified as `git log -- path` does: where a commit has the path as one of its parents has it, only
 * that parent's history is gone on with, so that a merge is told only where it made what neither side had.
 */
function changing(world: World, tip: Commit, path: string): Commit[] {
  const met = new Set<string>()
  const told: Commit[] = []
  let here = [tip]
  while (here.length > 0) {
    const next: Commit[] = []
    for (const commit of here) {
      if (met.has(commit.sha)) continue
      met.add(commit.sha)
      const parents = commit.parents.map((sha) => world.commitOf(sha))
      const same = parents.find((parent) => isSame(parent.files.get(path), commit.files.get(path)))
      if (same === undefined && (parents.length > 0 || commit.files.has(path))) told.push(commit)
      next.push(...(same === undefined ? parents : [same]))
    }
    here = next
  }
  return told.toSorted((a, b) => b.at - a.at)
}

const isSame = (one: Buffer | undefined, other: Buffer | undefined): boolean =>
  one === undefined || other === undefined ? one === other : one.equals(other)

/** On the default branch only what was merged; elsewhere open ones too. */
function thatBrought(world: World, { repository }: RepositoryCall, sha: string): PullRequest[] {
  const tip = repository.branches.get(repository.defaultBranch) ?? ''
  const landed = world.between('', tip).some((commit) => commit.sha === sha)
  return [...repository.issues.values()].filter(isPullRequest).filter(({ pull }) => {
    const brings =
      pull.mergeSha === sha ||
      world.between(pull.baseSha, pull.headSha).some((commit) => commit.sha === sha)
    return brings && (!landed || pull.mergedAt !== null)
  })
}

/** Newest first unless asked otherwise. */
function activities(world: World, { repository, url }: RepositoryCall): Activity[] {
  const asked = url.searchParams
  const ref = asked.get('ref')?.replace(/^refs\/heads\//, '')
  const login = asked.get('actor')
  const actor = login === null ? undefined : (world.account(login)?.id ?? null)
  const period = periods[asked.get('time_period') ?? ''] ?? Number.POSITIVE_INFINITY
  const found = repository.activities.filter(
    (one) =>
      (ref === undefined || one.branch === ref) &&
      (actor === undefined || one.actorId === actor) &&
      (asked.get('activity_type') ?? one.type) === one.type &&
      one.at >= world.now() - period,
  )
  return asked.get('direction') === 'asc' ? found : found.toReversed()
}

const shown = (world: World, one: Activity): Schemas['activity'] => ({
  id: one.id,
  node_id: nodeId('PushedRef', one.id),
  before: one.before,
  after: one.after,
  ref: `refs/heads/${one.branch}`,
  timestamp: iso(one.at),
  activity_type: one.type,
  actor: userOrNull(world, one.actorId),
})

/** Paged by `after`: pages of numbers do not exist here. */
function byCursor<T extends { readonly id: number }>(
  url: URL,
  all: readonly T[],
  show: (one: T) => unknown,
): Response {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 30) || 30, 100)
  const after = url.searchParams.get('after')
  const begin = after === null ? 0 : all.findIndex(({ id }) => String(id) === after) + 1
  const page = all.slice(begin, begin + size)
  const next = new URL(url)
  next.searchParams.set('after', String(page.at(-1)?.id))
  const more = begin + size < all.length
  return Response.json(
    page.map((one) => show(one)),
    more ? { headers: { link: `<${next.href}>; rel="next"` } } : {},
  )
}
