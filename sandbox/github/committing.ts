// Adds commits to branches, and notes who moved them.
import { applyChanges, makeCommit, type Changes } from './git.ts'
import type { Account, Activity, Commit, Repository } from './model.ts'
import type { World } from './world.ts'

export const zeroes = '0'.repeat(40)

export interface CommitOptions {
  readonly author?: Account | undefined
  /** The author unless set; null for an address that belongs to nobody. */
  readonly committer?: Account | null | undefined
  /** Whoever moved the branch: the author unless set. */
  readonly actor?: Account | undefined
  readonly message?: string
  readonly sha?: string
  /** Where a branch that is not there yet begins. */
  readonly from?: string
  /** The commit to build on, instead of the branch's head. */
  readonly onto?: string | undefined
  /** A second parent. */
  readonly merges?: string
  readonly activity?: Activity['type']
  /** False: the caller notes what moved the branch. */
  readonly noted?: boolean
}

export function commitTo(
  world: World,
  repository: Repository,
  branch: string,
  changes: Changes,
  options: CommitOptions,
): Commit {
  const before = repository.branches.get(branch)
  const parent = options.onto ?? before ?? options.from
  const files = parent === undefined ? new Map<string, Buffer>() : world.commitOf(parent).files
  const made = makeCommit(
    {
      parents: [parent, options.merges].filter((sha) => sha !== undefined),
      message: options.message ?? 'Change files',
      ...names(options),
      at: world.now(),
      files: applyChanges(files, changes),
    },
    world.commits.size,
    options.sha,
  )
  world.commits.set(made.sha, made)
  repository.commits.add(made.sha)
  repository.branches.set(branch, made.sha)
  repository.pushedAt = repository.updatedAt = world.now()
  const actor = options.actor ?? options.author ?? null
  if (options.noted !== false)
    noteActivity(world, repository, branch, before, actor, options.activity)
  world.changed()
  return made
}

function names({ author, committer = author }: CommitOptions) {
  return {
    authorId: author?.id ?? null,
    committerId: committer?.id ?? null,
    authorName: author?.name ?? author?.login ?? 'Nobody',
    authorEmail: author?.email ?? `${author?.login ?? 'nobody'}@example.invalid`,
  }
}

/** Where the branch is now, against where it was. */
export function noteActivity(
  world: World,
  repository: Repository,
  branch: string,
  before: string | undefined,
  actor: Account | null,
  type: Activity['type'] = before === undefined ? 'branch_creation' : 'push',
): void {
  repository.activities.push({
    id: world.nextId(),
    branch,
    before: before ?? zeroes,
    after: repository.branches.get(branch) ?? zeroes,
    type,
    actorId: actor?.id ?? null,
    at: world.now(),
  })
}
