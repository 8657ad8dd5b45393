// Check runs as the API and the webhooks show them.
import type { components } from '@octokit/openapi-types'
import type { components as hooks } from '@octokit/openapi-webhooks-types'
import { iso, isoOrNull, nodeId } from '../answers.ts'
import type { Check } from '../model.ts'
import type { World } from '../world.ts'
import { app } from './accounts.ts'
import { minimalPullRequest } from './pulls.ts'
import { repositoryUrl, webUrl } from './repositories.ts'

type Schemas = components['schemas']
type Hooks = hooks['schemas']

export function check(world: World, shown: Check) {
  const inside = world.repositoryOf(shown)
  const url = `${repositoryUrl(world, inside)}/check-runs/${shown.id}`
  // Empty for pull requests from forks, as on GitHub.
  const pulls = world
    .pulls()
    .filter(
      ({ repositoryId, state, pull }) =>
        repositoryId === inside.id &&
        pull.headRepositoryId === inside.id &&
        pull.headSha === shown.headSha &&
        state === 'open',
    )
  return {
    id: shown.id,
    node_id: nodeId('CheckRun', shown.id),
    name: shown.name,
    head_sha: shown.headSha,
    external_id: shown.externalId,
    url,
    html_url: `${webUrl(world, inside)}/runs/${shown.id}`,
    details_url: shown.detailsUrl,
    status: shown.status,
    conclusion: shown.conclusion,
    started_at: iso(shown.startedAt),
    completed_at: isoOrNull(shown.completedAt),
    output: {
      title: shown.title,
      summary: shown.summary,
      text: shown.text,
      annotations_count: shown.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: shown.suiteId },
    app: app(world),
    pull_requests: pulls.map((pull) => minimalPullRequest(world, pull)),
  } satisfies Schemas['check-run'] & Hooks['check-run-with-simple-check-suite']
}
