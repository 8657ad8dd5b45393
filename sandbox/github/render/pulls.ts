// Pull requests and reviews as the API and the webhooks show them.
import type { components } from '@octokit/openapi-types'
import type { components as hooks } from '@octokit/openapi-webhooks-types'
import { iso, isoOrNull, nodeId } from '../answers.ts'
import { diff, type FileChange } from '../git.ts'
import type { PullRequest, Repository, Review } from '../model.ts'
import type { World } from '../world.ts'
import { team, userById, userOrNull } from './accounts.ts'
import { association } from './association.ts'
import { issueWebUrl, label } from './issues.ts'
import { repository, repositoryUrl } from './repositories.ts'

type Schemas = components['schemas']
type Hooks = hooks['schemas']

/** What changed between the base and the head. */
export const changesOf = (world: World, { pull }: PullRequest): FileChange[] =>
  diff(
    world.mergeBase(pull.baseSha, pull.headSha)?.files ?? new Map(),
    world.commitOf(pull.headSha).files,
  )

function end(world: World, inside: Repository, ref: string, sha: string) {
  return {
    label: `${world.accountOrGhost(inside.ownerId).login}:${ref}`,
    ref,
    sha,
    user: userById(world, inside.ownerId),
    repo: repository(world, inside),
  }
}

function urls(world: World, inside: Repository, shown: PullRequest) {
  const api = repositoryUrl(world, inside)
  const url = `${api}/pulls/${shown.number}`
  const issue = `${api}/issues/${shown.number}`
  const html = issueWebUrl(world, inside, shown)
  const listed = {
    comments: `${issue}/comments`,
    commits: `${url}/commits`,
    statuses: `${api}/statuses/${shown.pull.headSha}`,
    review_comments: `${url}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
  }
  const link = (href: string) => ({ href })
  return {
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    comments_url: listed.comments,
    commits_url: listed.commits,
    statuses_url: listed.statuses,
    review_comments_url: listed.review_comments,
    review_comment_url: listed.review_comment,
    _links: {
      self: link(url),
      html: link(html),
      issue: link(issue),
      comments: link(listed.comments),
      commits: link(listed.commits),
      statuses: link(listed.statuses),
      review_comments: link(listed.review_comments),
      review_comment: link(listed.review_comment),
    },
  }
}

/** As lists show it: without the counts. */
export function simplePullRequest(world: World, shown: PullRequest) {
  const { pull } = shown
  const inside = world.repositoryOf(shown)
  const head = world.repositories.get(pull.headRepositoryId) ?? inside
  const assignees = shown.assignees.map((id) => userById(world, id))
  return {
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    number: shown.number,
    ...urls(world, inside, shown),
    state: shown.state,
    locked: shown.locked,
    active_lock_reason: null,
    title: shown.title,
    body: shown.body,
    user: userById(world, shown.authorId),
    labels: shown.labels.map((one) => label(world, inside, one)),
    milestone: null,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.reviewers.map((id) => userById(world, id)),
    requested_teams: pull.teams.flatMap((id) => {
      const found = world.teams.get(id)
      return found ? [team(world, found)] : []
    }),
    head: end(world, head, pull.headRef, pull.headSha),
    base: end(world, inside, pull.baseRef, pull.baseSha),
    author_association: association(world, inside, shown.authorId),
    auto_merge: null,
    draft: pull.draft,
    merge_commit_sha: pull.mergeSha,
    merged_at: isoOrNull(pull.mergedAt),
    created_at: iso(shown.createdAt),
    updated_at: iso(shown.updatedAt),
    closed_at: isoOrNull(shown.closedAt),
  }
}

export function pullRequest(world: World, shown: PullRequest) {
  const { pull } = shown
  const changes = changesOf(world, shown)
  return {
    ...simplePullRequest(world, shown),
    merged: pull.mergedAt !== null,
    merged_by: userOrNull(world, pull.mergedById),
    mergeable: shown.state === 'open' ? true : null,
    rebaseable: null,
    mergeable_state: shown.state === 'open' ? 'clean' : 'unknown',
    maintainer_can_modify: false,
    comments: shown.comments.length,
    review_comments: 0,
    commits: world.between(pull.baseSha, pull.headSha).length,
    additions: changes.reduce((sum, change) => sum + change.additions, 0),
    deletions: changes.reduce((sum, change) => sum + change.deletions, 0),
    changed_files: changes.length,
  } satisfies Schemas['pull-request'] & Hooks['pull-request-webhook']
}

export function review(world: World, on: PullRequest, shown: Review) {
  const inside = world.repositoryOf(on)
  const pullUrl = `${repositoryUrl(world, inside)}/pulls/${on.number}`
  const html = `${issueWebUrl(world, inside, on)}#pullrequestreview-${shown.id}`
  return {
    id: shown.id,
    node_id: nodeId('PullRequestReview', shown.id),
    user: userById(world, shown.userId),
    body: shown.body,
    state: shown.state,
    html_url: html,
    pull_request_url: pullUrl,
    _links: { html: { href: html }, pull_request: { href: pullUrl } },
    submitted_at: iso(shown.at),
    commit_id: shown.commitSha,
    author_association: association(world, inside, shown.userId),
  } satisfies Schemas['pull-request-review']
}

export function minimalPullRequest(world: World, shown: PullRequest) {
  const { pull } = shown
  const inside = world.repositoryOf(shown)
  const repo = { id: inside.id, url: repositoryUrl(world, inside), name: inside.name }
  return {
    id: pull.id,
    number: shown.number,
    url: `${repo.url}/pulls/${shown.number}`,
    head: { ref: pull.headRef, sha: pull.headSha, repo },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo },
  } satisfies Schemas['pull-request-minimal']
}
