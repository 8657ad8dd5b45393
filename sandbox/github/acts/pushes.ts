// Pushing commits: the branch moves, its open pull requests follow, and GitHub tells of each.
import { iso } from '../answers.ts'
import { noteActivity, zeroes, type CommitOptions } from '../committing.ts'
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
/** Whose names a commit carries. Null: an address that belongs to nobody. */
export interface CommitNames {
  readonly message?: string
  /** The pusher unless set. */
  readonly author?: Who | null
  /** The author unless set. */
  readonly committer?: Who | null
  /** Made on GitHub's pages, which then is the committer. */
  readonly viaWeb?: boolean
  /** A second parent. */
  readonly merges?: string
}
export interface PushOptions extends CommitNames {
  /** Pushed before the one of `files`, oldest first, in the same push. */
  readonly earlier?: readonly (CommitNames & { readonly files: Changes })[]
  /** Puts the new commits in the place of the branch's newest one. */
  readonly force?: boolean
}

export function pushActs(hub: Hub) {
  const { world } = hub
  return {
    /** To a pull request's head branch or to any branch, begun from the default one where it is new. `push` first, then `synchronize` for every open pull request from it. */
    push(
      to: PullRequest | PushTarget,
      by: Who,
      files: Changes,
      options: PushOptions = {},
    ): Delivery[] {
      const pusher = personOf(world, by)
      const { repository, branch } = targetOf(world, to)
      const before = repository.branches.get(branch)
      let head = options.force && before ? world.commitOf(before).parents[0] : before
      head ??= repository.branches.get(repository.defaultBranch)
      const commits = [...(options.earlier ?? []), { ...options, files }].map((one) => {
        const names = namesOf(world, pusher, one)
        const made = world.commit(repository, branch, one.files, {
          ...names,
          onto: head,
          noted: false,
          ...(one.merges !== undefined && { merges: one.merges }),
        })
        head = made.sha
        return made
      })
      noteActivity(
        world,
        repository,
        branch,
        before,
        pusher,
        options.force ? 'force_push' : undefined,
      )
      return tellOfPush(hub, { repository, branch }, before ?? zeroes, commits, pusher)
    },

    /** GitHub's button: merges the base into the head branch, in the person's name and through GitHub's own account. */
    updateBranch(pull: PullRequest, by: Who): Delivery[] {
      const author = personOf(world, by)
      const base = world.repositoryOf(pull)
      const tip = base.branches.get(pull.pull.baseRef) ?? pull.pull.baseSha
      const { repository, branch } = targetOf(world, pull)
      const before = pull.pull.headSha
      const theirs = diff(
        world.mergeBase(tip, before)?.files ?? new Map(),
        world.commitOf(tip).files,
      )
      const content = world.commitOf(tip).files
      const changes = Object.fromEntries(
        theirs.map(({ path }) => [path, content.get(path) ?? null]),
      )
      const message = `Merge branch '${pull.pull.baseRef}' into ${branch}`
      const names = { author, committer: world.webFlow(), actor: author }
      const made = world.commit(repository, branch, changes, { ...names, message, merges: tip })
      pull.pull.baseSha = tip
      return tellOfPush(hub, { repository, branch }, before, [made], author)
    },

    deleteBranch(repository: Repository, by: Who, branch: string): Delivery[] {
      const pusher = personOf(world, by)
      const before = repository.branches.get(branch) ?? zeroes
      repository.branches.delete(branch)
      noteActivity(world, repository, branch, before, pusher, 'branch_deletion')
      world.changed()
      return announce<'webhook-push'>(
        hub,
        'push',
        repository,
        pushPayload(hub, { repository, branch }, before, [], pusher),
      )
    },
  }
}

/** `push`, then `synchronize` for every open pull request from the branch. */
export function tellOfPush(
  hub: Hub,
  to: PushTarget,
  before: string,
  commits: readonly Commit[],
  pusher: Account,
): Delivery[] {
  const payload = pushPayload(hub, to, before, commits, pusher)
  return [
    ...announce<'webhook-push'>(hub, 'push', to.repository, payload),
    ...follow(hub, to.repository, to.branch, before, pusher),
  ]
}

function namesOf(world: World, pusher: Account, names: CommitNames): CommitOptions {
  const found = (one: Who | null | undefined) => (one ? personOf(world, one) : undefined)
  const author = names.author === undefined ? pusher : found(names.author)
  const named = names.committer === null ? null : (found(names.committer) ?? author ?? null)
  const committer = names.viaWeb ? world.webFlow() : named
  return { author, committer, message: names.message ?? 'Change files' }
}

function targetOf(world: World, to: PullRequest | PushTarget): PushTarget {
  if (!('pull' in to)) return to
  const repository = world.repositories.get(to.pull.headRepositoryId)
  if (!repository) throw new Error('the head repository is gone')
  return { repository, branch: to.pull.headRef }
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
      for (const { sha } of world.between(pull.pull.baseSha, after)) base.commits.add(sha)
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
  { repository, branch }: PushTarget,
  before: string,
  pushed: readonly Commit[],
  pusher: Account,
): Hooks['webhook-push'] {
  const commits = pushed.map((commit) => pushedCommit(hub.world, repository, commit))
  const after = pushed.at(-1)?.sha ?? zeroes
  const kept = pushed.length === 0 || hub.world.between(after, before).length === 0
  return {
    ref: `refs/heads/${branch}`,
    before,
    after,
    base_ref: null,
    created: before === zeroes,
    deleted: after === zeroes,
    forced: !kept,
    compare: `${webUrl(hub.world, repository)}/compare/${before}...${after}`,
    commits,
    head_commit: commits.at(-1) ?? null,
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
  const person = (id: number | null) => {
    const login = id === null ? undefined : world.account(id)?.login
    const { authorName: name, authorEmail: email } = commit
    return { name, email, ...(login !== undefined && { username: login }) }
  }
  return {
    id: commit.sha,
    tree_id: commit.treeSha,
    distinct: true,
    message: commit.message,
    timestamp: iso(commit.at),
    url: `${repositoryUrl(world, repository)}/commits/${commit.sha}`,
    author: person(commit.authorId),
    committer: person(commit.committerId),
    added: paths('added', 'renamed'),
    removed: [...paths('removed'), ...moved],
    modified: paths('modified'),
  }
}
