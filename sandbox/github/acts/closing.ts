// Closing pull requests, by merging them or not, and opening them again.
import { zeroes } from '../committing.ts'
import type { Account, Commit, PullRequest } from '../model.ts'
import { changesOf } from '../render/pulls.ts'
import { announce, type Hub } from '../webhooks/announce.ts'
import type { Delivery } from '../webhooks/outbox.ts'
import { personOf, type Who, type World } from '../world.ts'
import { aboutPull, touch } from './pulls.ts'
import { tellOfPush } from './pushes.ts'

export function closingActs(hub: Hub) {
  const { world } = hub
  const who = (person: Who) => personOf(world, person)

  return {
    /** A merge is told as a push to the base too. It squashes unless `keepsCommits`. */
    closePullRequest(
      pull: PullRequest,
      by: Who,
      { merged = false, keepsCommits = false } = {},
    ): Delivery[] {
      const person = who(by)
      const before = world.repositoryOf(pull).branches.get(pull.pull.baseRef) ?? zeroes
      const commit = merged && merge(world, pull, person, keepsCommits)
      pull.state = 'closed'
      pull.closedAt = world.now()
      pull.closedById = person.id
      const inside = touch(world, pull)
      const closed = announce<'webhook-pull-request-closed'>(hub, 'pull_request', inside, {
        action: 'closed',
        ...aboutPull(hub, pull, person),
      })
      if (!commit) return closed
      const to = { repository: inside, branch: pull.pull.baseRef }
      return [...closed, ...tellOfPush(hub, to, before, [commit], person)]
    },

    reopenPullRequest(pull: PullRequest, by: Who): Delivery[] {
      if (pull.pull.mergedAt !== null) throw new Error('a merged pull request cannot be reopened')
      pull.state = 'open'
      pull.closedAt = pull.closedById = null
      return announce<'webhook-pull-request-reopened'>(hub, 'pull_request', touch(world, pull), {
        action: 'reopened',
        ...aboutPull(hub, pull, who(by)),
      })
    },
  }
}

/** As one commit on top of the base, through GitHub's own account. */
function merge(world: World, on: PullRequest, by: Account, keepsCommits: boolean): Commit {
  const { pull, title, number } = on
  const changes = Object.fromEntries(
    changesOf(world, on).flatMap(({ path, previous }) => [
      [path, world.commitOf(pull.headSha).files.get(path) ?? null],
      ...(previous === undefined ? [] : [[previous, null]]),
    ]),
  ) as Record<string, Buffer | null>
  const commit = world.commit(world.repositoryOf(on), pull.baseRef, changes, {
    author: by,
    committer: world.webFlow(),
    message: `${title} (#${number})`,
    activity: 'pr_merge',
    ...(keepsCommits && { merges: pull.headSha }),
  })
  pull.mergeSha = commit.sha
  pull.mergedAt = world.now()
  pull.mergedById = by.id
  return commit
}
