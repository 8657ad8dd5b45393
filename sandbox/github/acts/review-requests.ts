// Asking people and teams for their review, and taking it back. Whoever asks need not be who takes it back.
import type { Account, PullRequest, Team } from '../model.ts'
import { simpleUser, team as shownTeam } from '../render/accounts.ts'
import { announce, type Hub } from '../webhooks/announce.ts'
import type { Delivery } from '../webhooks/outbox.ts'
import { personOf, type Who } from '../world.ts'
import { aboutPull, touch } from './pulls.ts'

/** A delivery names exactly one of a person and a team. */
export function tellOfRequest(
  hub: Hub,
  pull: PullRequest,
  by: Account,
  of: Account | Team,
  action: 'review_requested' | 'review_request_removed',
): Delivery[] {
  const inside = touch(hub.world, pull)
  const asked = isTeam(of)
    ? { requested_team: shownTeam(hub.world, of) }
    : { requested_reviewer: simpleUser(hub.world, of) }
  const payload = { ...aboutPull(hub, pull, by), ...asked }
  return action === 'review_requested'
    ? announce<'webhook-pull-request-review-requested'>(hub, 'pull_request', inside, {
        action,
        ...payload,
      })
    : announce<'webhook-pull-request-review-request-removed'>(hub, 'pull_request', inside, {
        action,
        ...payload,
      })
}

export function ask({ pull }: PullRequest, of: Account | Team): void {
  const asked = isTeam(of) ? pull.teams : pull.reviewers
  if (!asked.includes(of.id)) asked.push(of.id)
}

function stopAsking({ pull }: PullRequest, of: Account | Team): void {
  if (isTeam(of)) pull.teams = pull.teams.filter((id) => id !== of.id)
  else pull.reviewers = pull.reviewers.filter((id) => id !== of.id)
}

export const isTeam = (one: Who | Team): one is Team => typeof one === 'object' && 'slug' in one

export function reviewRequestActs(hub: Hub) {
  const { world } = hub
  const found = (one: Who | Team) => (isTeam(one) ? one : personOf(world, one))
  const request = (pull: PullRequest, by: Who, of: Who | Team): Delivery[] => {
    ask(pull, found(of))
    return tellOfRequest(hub, pull, personOf(world, by), found(of), 'review_requested')
  }
  const remove = (pull: PullRequest, by: Who, of: Who | Team): Delivery[] => {
    stopAsking(pull, found(of))
    return tellOfRequest(hub, pull, personOf(world, by), found(of), 'review_request_removed')
  }

  return {
    requestReview: (pull: PullRequest, by: Who, reviewer: Who): Delivery[] =>
      request(pull, by, reviewer),

    /** Several at once: one delivery for each, all of the same moment. */
    requestReviews: (pull: PullRequest, by: Who, of: readonly (Who | Team)[]): Delivery[] =>
      of.flatMap((one) => request(pull, by, one)),

    /**
     * `assigns`: what the team's code review assignment does in the same moment and the same person's name. The team is
     * taken back, and these members are asked in its place.
     */
    requestTeamReview(
      pull: PullRequest,
      by: Who,
      team: Team,
      { assigns = [] }: { readonly assigns?: readonly Who[] } = {},
    ): Delivery[] {
      const asked = request(pull, by, team)
      if (assigns.length === 0) return asked
      const taken = remove(pull, by, team)
      return [...asked, ...taken, ...assigns.flatMap((one) => request(pull, by, one))]
    },

    /** Of a person or a team. */
    removeReviewRequest: remove,
  }
}
