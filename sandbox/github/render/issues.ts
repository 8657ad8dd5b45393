// Issues, comments and reactions as the API and the webhooks show them.
import type { components } from '@octokit/openapi-types'
import type { components as hooks } from '@octokit/openapi-webhooks-types'
import { iso, isoOrNull, nodeId } from '../answers.ts'
import type { Comment, Issue, Label, Reaction, Repository } from '../model.ts'
import type { World } from '../world.ts'
import { userById, userOrNull, writtenThrough } from './accounts.ts'
import { association } from './association.ts'
import { repositoryUrl, webUrl } from './repositories.ts'

type Schemas = components['schemas']
type Hooks = hooks['schemas']

export function label(world: World, inside: Repository, shown: Label) {
  return {
    id: shown.id,
    node_id: nodeId('Label', shown.id),
    url: `${repositoryUrl(world, inside)}/labels/${encodeURIComponent(shown.name)}`,
    name: shown.name,
    description: '',
    color: 'ededed',
    default: false,
    archived_at: null,
    archived_by: null,
  } satisfies Schemas['label'] & Hooks['webhooks_label']
}

function rollup(url: string, reactions: readonly Reaction[]) {
  const count = (content: Reaction['content']) =>
    reactions.filter((reaction) => reaction.content === content).length
  return {
    url: `${url}/reactions`,
    total_count: reactions.length,
    '+1': count('+1'),
    '-1': count('-1'),
    laugh: count('laugh'),
    confused: count('confused'),
    heart: count('heart'),
    hooray: count('hooray'),
    rocket: count('rocket'),
    eyes: count('eyes'),
  } satisfies Schemas['reaction-rollup']
}

export const issueWebUrl = (world: World, inside: Repository, shown: Issue) =>
  `${webUrl(world, inside)}/${shown.pull ? 'pull' : 'issues'}/${shown.number}`

export function issue(world: World, shown: Issue) {
  const inside = world.repositoryOf(shown)
  const url = `${repositoryUrl(world, inside)}/issues/${shown.number}`
  const assignees = shown.assignees.map((id) => userById(world, id))
  return {
    id: shown.id,
    node_id: nodeId('Issue', shown.id),
    number: shown.number,
    url,
    repository_url: repositoryUrl(world, inside),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: issueWebUrl(world, inside, shown),
    title: shown.title,
    body: shown.body,
    user: userById(world, shown.authorId),
    state: shown.state,
    state_reason: shown.stateReason,
    locked: shown.locked,
    active_lock_reason: null,
    labels: shown.labels.map((one) => label(world, inside, one)),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: shown.comments.length,
    author_association: association(world, inside, shown.authorId),
    reactions: rollup(url, shown.reactions),
    performed_via_github_app: writtenThrough(world, world.accountOrGhost(shown.authorId), false),
    closed_by: userOrNull(world, shown.closedById),
    closed_at: isoOrNull(shown.closedAt),
    created_at: iso(shown.createdAt),
    updated_at: iso(shown.updatedAt),
    ...(shown.pull && { draft: shown.pull.draft, pull_request: pullLinks(world, inside, shown) }),
  } satisfies Schemas['issue']
}

function pullLinks(world: World, inside: Repository, shown: Issue) {
  const html = issueWebUrl(world, inside, shown)
  return {
    url: `${repositoryUrl(world, inside)}/pulls/${shown.number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: isoOrNull(shown.pull?.mergedAt ?? null),
  }
}

export function comment(world: World, shown: Comment) {
  const inside = world.repositoryOf(shown)
  const on = world.issueOf(shown)
  const url = `${repositoryUrl(world, inside)}/issues/comments/${shown.id}`
  return {
    id: shown.id,
    node_id: nodeId('IssueComment', shown.id),
    url,
    html_url: `${issueWebUrl(world, inside, on)}#issuecomment-${shown.id}`,
    issue_url: `${repositoryUrl(world, inside)}/issues/${shown.number}`,
    body: shown.body,
    user: userById(world, shown.userId),
    author_association: association(world, inside, shown.userId),
    created_at: iso(shown.createdAt),
    updated_at: iso(shown.updatedAt),
    performed_via_github_app: writtenThrough(
      world,
      world.accountOrGhost(shown.userId),
      shown.viaApp,
    ),
    minimized: shown.hidden === null ? null : { reason: shown.hidden },
    reactions: rollup(url, shown.reactions),
  } satisfies Schemas['issue-comment'] & Hooks['webhooks_issue_comment']
}

export function reaction(world: World, shown: Reaction) {
  return {
    id: shown.id,
    node_id: nodeId('Reaction', shown.id),
    user: userById(world, shown.userId),
    content: shown.content,
    created_at: iso(shown.at),
  } satisfies Schemas['reaction']
}
