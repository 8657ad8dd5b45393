// Pushing commits: the branch moves, its open pull requests follow, and GitHub tells of each.
import { iso } from '../answers.ts'
import { diff, type Changes } from '../git.ts'
import type { Account, Commit, PullRequest, Repository } from '../model.ts'
import { repositoryUrl, webUrl } from '../render/repositories.ts'
import { about, announce, type Hooks, type Hub } from '../webhooks/announce.ts'
import type { Delivery } from '../webhooks/outbox.ts'
import { isPullRequest, personOf, type Who, type World } from '../world.ts'
import { aboutPull, touch } from './pulls.ts'

export interface PushTarget {
  readonly repository: Repository
  readonly branch: string
}
export interface PushOptions {
  readonly message?: string
  /** Whose name the commit carries when it is not the pusher's; null for an address that belongs to nobody. */
  readonly author?: Who | null
}

const zeroes = '0'.repeat(40)

export function pushActs(hub: Hub) {
  const { world } = hub
  return {
    /** To a pull request's head branch or to any branch. `push` first, then `synchronize` for every open pull request from it. */
    push(
      to: PullRequest | PushTarget,
      by: Who,
      files: Changes,
      options: PushOptions = {},
    ): Delivery[] {
      const pusher = personOf(world, by)
      const { repository, branch } = targetOf(world, to)
      const before = repository.branches.get(branch) ?? zeroes
      const commit = world.commit(repository, branch, files, {
        message: options.message ?? 'Change files',
        ...authorOf(world, pusher, options.author),
      })
      return [
        ...announce<'webhook-push'>(
          hub,
          'push',
          repository,
          pushPayload(hub, repository, branch, before, commit, pusher),
        ),
        ...follow(hub, repository, branch, before, pusher),
      ]
    },
  }
}

function targetOf(world: World, to: PullRequest | PushTarget): PushTarget {
  if (!('pull' in to)) return to
  const repository = world.repositories.get(to.pull.headRepositoryId)
  if (!repository) throw new Error('the head repository is gone')
  return { repository, branch: to.pull.headRef }
}

function authorOf(world: World, pusher: Account, author: Who | null | undefined) {
  if (author === null) return {}
  return { author: author === undefined ? pusher : personOf(world, author) }
}

function follow(
  hub: Hub,
  repository: Repository,
  branch: string,
  before: string,
  pusher: Account,
): Delivery[] {
  const { world } = hub
  const after = repository.branches.get(branch) ?? before
  return world
    .pullsFrom(repository, branch)
    .filter((pull) => isPullRequest(pull) && pull.state === 'open')
    .flatMap((pull) => {
      pull.pull.headSha = after
      const base = touch(world, pull)
      base.commits.add(after)
      return announce<'webhook-pull-request-synchronize'>(hub, 'pull_request', base, {
        action: 'synchronize',
        before,
        after,
        ...aboutPull(hub, pull, pusher),
      })
    })
}

function pushPayload(
  hub: Hub,
  repository: Repository,
  branch: string,
  before: string,
  commit: Commit,
  pusher: Account,
): Hooks['webhook-push'] {
  const shown = pushedCommit(hub.world, repository, commit)
  return {
    ref: `refs/heads/${branch}`,
    before,
    after: commit.sha,
    base_ref: null,
    created: before === zeroes,
    deleted: false,
    forced: false,
    compare: `${webUrl(hub.world, repository)}/compare/${before}...${commit.sha}`,
    commits: [shown],
    head_commit: shown,
    pusher: { name: pusher.login, email: pusher.email },
    ...about(hub, repository, pusher),
  }
}

function pushedCommit(world: World, repository: Repository, commit: Commit) {
  const [parent] = commit.parents
  const before = parent === undefined ? undefined : world.commits.get(parent)?.files
  const changes = diff(before ?? new Map(), commit.files)
  const paths = (...statuses: string[]) =>
    changes.filter(({ status }) => statuses.includes(status)).map(({ path }) => path)
  const moved = changes.flatMap(({ previous }) => (previous === undefined ? [] : [previous]))
  const login = commit.authorId === null ? undefined : world.account(commit.authorId)?.login
  const person = {
    name: commit.authorName,
    email: commit.authorEmail,
    ...(login !== undefined && { username: login }),
  }
  return {
    id: commit.sha,
    tree_id: commit.treeSha,
    distinct: true,
    message: commit.message,
    timestamp: iso(commit.at),
    url: `${repositoryUrl(world, repository)}/commits/${commit.sha}`,
    author: person,
    committer: person,
    added: paths('added', 'renamed'),
    removed: [...paths('removed'), ...moved],
    modified: paths('modified'),
  }
}
