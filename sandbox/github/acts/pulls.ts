// What people do to pull requests: the state changes, and GitHub tells of it.
import type { Account, PullRequest, Repository, Review } from '../model.ts'
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
    /** To another base branch. */
    retarget(pull: PullRequest, by: Who, base: string): Delivery[] {
      const inside = touch(world, pull)
      const tip = inside.branches.get(base)
      if (tip === undefined) throw new Error(`there is no branch ${base}`)
      const changes = {
        base: { ref: { from: pull.pull.baseRef }, sha: { from: pull.pull.baseSha } },
      }
      pull.pull.baseRef = base
      pull.pull.baseSha = tip
      return announce<'webhook-pull-request-edited'>(hub, 'pull_request', inside, {
        action: 'edited',
        changes,
        ...aboutPull(hub, pull, who(by)),
      })
    },

    convertToDraft(pull: PullRequest, by: Who): Delivery[] {
      pull.pull.draft = true
      const inside = touch(world, pull)
      return announce<'webhook-pull-request-converted-to-draft'>(hub, 'pull_request', inside, {
        action: 'converted_to_draft',
        ...aboutPull(hub, pull, who(by)),
      })
    },

    markReady(pull: PullRequest, by: Who): Delivery[] {
      pull.pull.draft = false
      const inside = touch(world, pull)
      return announce<'webhook-pull-request-ready-for-review'>(hub, 'pull_request', inside, {
        action: 'ready_for_review',
        ...aboutPull(hub, pull, who(by)),
      })
    },

    /** The person's newest review counts no more. */
    dismissReview(pull: PullRequest, by: Who, of: Who): Delivery[] {
      const found = pull.pull.reviews.findLast(({ userId }) => userId === who(of).id)
      if (!found) throw new Error(`${who(of).login} has not reviewed #${pull.number}`)
      found.state = 'DISMISSED'
      const inside = touch(world, pull)
      const { number: _, ...payload } = aboutPull(hub, pull, who(by))
      const review = { ...shownReview(world, pull, found), state: 'dismissed' as const }
      return announce<'webhook-pull-request-review-dismissed'>(hub, 'pull_request_review', inside, {
        action: 'dismissed',
        ...payload,
        review,
      })
    },

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
  }
}

const isIn = (world: World, teamId: number, person: Account) => {
  const team = world.teams.get(teamId)
  return team !== undefined && teamMembers(world, team).get(person.id)?.state === 'active'
}
