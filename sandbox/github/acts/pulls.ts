// What people do to pull requests: the state changes, and GitHub tells of it.
import type { Account, PullRequest, Repository, Review, Team } from '../model.ts'
import { pullRequest, review as shownReview } from '../render/pulls.ts'
import { teamMembers } from '../roles.ts'
import { about, announce, type Hooks, type Hub } from '../webhooks/announce.ts'
import type { Delivery } from '../webhooks/outbox.ts'
import { personOf, type Who, type World } from '../world.ts'

export type ReviewState = 'approved' | 'changes_requested' | 'commented'
const storedStates = {
  approved: 'APPROVED',
  changes_requested: 'CHANGES_REQUESTED',
  commented: 'COMMENTED',
} as const satisfies Record<ReviewState, Review['state']>

/** Stamps the act's time. */
export function touch(world: World, pull: PullRequest): Repository {
  pull.updatedAt = world.now()
  world.changed()
  return world.repositoryOf(pull)
}

/** The parts of every pull request's payload. */
export function aboutPull(hub: Hub, pull: PullRequest, by: Account) {
  return {
    number: pull.number,
    pull_request: pullRequest(hub.world, pull),
    ...about(hub, hub.world.repositoryOf(pull), by),
  }
}

export function pullActs(hub: Hub) {
  const { world } = hub
  const who = (person: Who) => personOf(world, person)

  return {
    /** Answers the reviewer's request, and their teams', without a `review_request_removed`. */
    submitReview(pull: PullRequest, by: Who, state: ReviewState, body = ''): Delivery[] {
      const reviewer = who(by)
      const submitted: Review = {
        id: world.nextId(),
        userId: reviewer.id,
        state: storedStates[state],
        body,
        commitSha: pull.pull.headSha,
        at: world.now(),
      }
      pull.pull.reviews.push(submitted)
      pull.pull.reviewers = pull.pull.reviewers.filter((id) => id !== reviewer.id)
      pull.pull.teams = pull.pull.teams.filter((id) => !isIn(world, id, reviewer))
      const { number: _, ...payload } = aboutPull(hub, pull, reviewer)
      const review: Hooks['webhooks_review'] = { ...shownReview(world, pull, submitted), state }
      return announce<'webhook-pull-request-review-submitted'>(
        hub,
        'pull_request_review',
        touch(world, pull),
        { action: 'submitted', ...payload, review },
      )
    },

    closePullRequest(pull: PullRequest, by: Who, { merged = false } = {}): Delivery[] {
      const person = who(by)
      if (merged) merge(world, pull, person)
      pull.state = 'closed'
      pull.closedAt = world.now()
      pull.closedById = person.id
      return announce<'webhook-pull-request-closed'>(hub, 'pull_request', touch(world, pull), {
        action: 'closed',
        ...aboutPull(hub, pull, person),
      })
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

const isIn = (world: World, teamId: number, person: Account) => {
  const team = world.teams.get(teamId)
  return team !== undefined && teamMembers(world, team).get(person.id)?.state === 'active'
}

function merge(
  world: World,
  { pull, title, repositoryId, number }: PullRequest,
  by: Account,
): void {
  const inside = world.repositoryOf({ repositoryId })
  const head = world.commitOf(pull.headSha).files
  const base = world.commits.get(pull.baseSha)?.files ?? new Map<string, Buffer>()
  const gone = [...base.keys()].filter((path) => !head.has(path)).map((path) => [path, null])
  const changes = Object.fromEntries([...head, ...gone]) as Record<string, Buffer | null>
  const message = `${title} (#${number})`
  pull.mergeSha = world.commit(inside, pull.baseRef, changes, { author: by, message }).sha
  pull.mergedAt = world.now()
  pull.mergedById = by.id
}
