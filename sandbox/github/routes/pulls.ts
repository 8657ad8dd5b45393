// Pull requests: what they are, what they change, who reviews them.
import type { components } from '@octokit/openapi-types'
import { notFound, paged } from '../answers.ts'
import type { PullRequest } from '../model.ts'
import { team, userById } from '../render/accounts.ts'
import { changesOf, pullRequest, review, simplePullRequest } from '../render/pulls.ts'
import { changedFile, commit as shownCommit } from '../render/repositories.ts'
import { answer, type RepositoryCall, type Router } from '../routing.ts'
import { isPullRequest } from '../world.ts'

type Schemas = components['schemas']

/** GitHub lists no more than this many files, and this many commits, and does not say that there are more. */
const filesListedMax = 3000
const commitsListedMax = 250

export function pullRoutes(router: Router): void {
  const { world } = router
  const needs = { pull_requests: 'read' } as const

  router.repository('GET /pulls', needs, ({ repository, url }) => {
    const state = url.searchParams.get('state') ?? 'open'
    const all = [...repository.issues.values()]
      .filter(isPullRequest)
      .filter((pull) => state === 'all' || pull.state === state)
      .toReversed()
    return paged(url, all, (page) =>
      page.map((pull): Schemas['pull-request-simple'] => simplePullRequest(world, pull)),
    )
  })
  router.repository('GET /pulls/:pull_number', needs, (call) =>
    answer<'pulls/get'>(pullRequest(world, wanted(call))),
  )
  router.repository('GET /pulls/:pull_number/files', needs, (call) => {
    const pull = wanted(call)
    const changes = changesOf(world, pull).slice(0, filesListedMax)
    return paged(call.url, changes, (page) =>
      page.map((change): Schemas['diff-entry'] =>
        changedFile(world, call.repository, change, pull.pull.headSha),
      ),
    )
  })
  router.repository('GET /pulls/:pull_number/commits', needs, (call) => {
    const { pull } = wanted(call)
    const commits = world.between(pull.baseSha, pull.headSha).toReversed()
    return paged(call.url, commits.slice(0, commitsListedMax), (page) =>
      page.map((one): Schemas['commit'] => shownCommit(world, call.repository, one)),
    )
  })
  router.repository('GET /pulls/:pull_number/reviews', needs, (call) => {
    const pull = wanted(call)
    return paged(call.url, pull.pull.reviews, (page) =>
      page.map((one): Schemas['pull-request-review'] => review(world, pull, one)),
    )
  })
  router.repository('GET /pulls/:pull_number/requested_reviewers', needs, (call) => {
    const { pull } = wanted(call)
    return answer<'pulls/list-requested-reviewers'>({
      users: pull.reviewers.map((id) => userById(world, id)),
      teams: pull.teams.flatMap((id) => {
        const found = world.teams.get(id)
        return found ? [team(world, found)] : []
      }),
    })
  })
}

function wanted(call: RepositoryCall): PullRequest {
  const found = call.repository.issues.get(call.number('pull_number'))
  if (!found || !isPullRequest(found)) throw notFound()
  return found
}
