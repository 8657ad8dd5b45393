// Opening issues and pull requests: silently to set a scene, or announced as somebody's act.
import type { Changes } from '../git.ts'
import type { Account, Issue, Pull, PullRequest, Repository, Team } from '../model.ts'
import { issue as shownIssue } from '../render/issues.ts'
import { about, announce, type Hub } from '../webhooks/announce.ts'
import { isPullRequest, personOf, type Who, type World } from '../world.ts'
import { tellOfAssignee, tellOfLabel } from './labels.ts'
import { aboutPull } from './pulls.ts'
import { ask, isTeam, tellOfRequest } from './review-requests.ts'

export interface IssueOptions {
  readonly author: Who
  readonly id?: number
  readonly number?: number
  readonly title?: string
  readonly body?: string
  readonly labels?: readonly string[]
  readonly assignees?: readonly Who[]
  /**
   * Also send `opened`, then `labeled` for each label and `assigned` for each assignee, in the author's name: an issue
   * form applies its labels and assignees whoever submits it.
   */
  readonly announced?: boolean
}
export interface PullRequestOptions extends IssueOptions {
  /** The head branch, begun from the base where it does not exist. `feature-<number>` unless set. */
  readonly head?: string
  /** The fork it comes from. */
  readonly from?: Repository
  /** The default branch unless set. */
  readonly base?: string
  readonly draft?: boolean
  /** What the pull request changes, committed by its author. */
  readonly files?: Changes
  /** Whoever pushed it: its author unless set. */
  readonly pusher?: Who
  /** The head commit's name where a recorded one is wanted. */
  readonly headSha?: string
  /** Asked from the beginning, as CODEOWNERS does whoever opens it; in the author's name where it is announced. */
  readonly reviewers?: readonly (Who | Team)[]
  /** The pull request's own id; `id` is its issue's. */
  readonly pullId?: number
}

export function openingActs(hub: Hub) {
  const { world } = hub
  return {
    openIssue(inside: Repository, options: IssueOptions): Issue {
      const issue = addIssue(world, inside, options, undefined)
      if (options.announced) {
        const author = personOf(world, options.author)
        announce<'webhook-issues-opened'>(hub, 'issues', inside, {
          action: 'opened',
          issue: shownIssue(world, issue),
          ...about(hub, inside, author),
        })
        tellOfDetails(hub, issue, author)
      }
      return issue
    },

    openPullRequest(inside: Repository, options: PullRequestOptions): PullRequest {
      const pull = addIssue(world, inside, options, makePull(world, inside, options))
      if (!isPullRequest(pull)) throw new Error('not a pull request')
      const reviewers = (options.reviewers ?? []).map((one) =>
        isTeam(one) ? one : personOf(world, one),
      )
      for (const one of reviewers) ask(pull, one)
      if (options.announced) {
        const author = personOf(world, options.author)
        announce<'webhook-pull-request-opened'>(hub, 'pull_request', inside, {
          action: 'opened',
          ...aboutPull(hub, pull, author),
        })
        tellOfDetails(hub, pull, author)
        for (const one of reviewers) tellOfRequest(hub, pull, author, one, 'review_requested')
      }
      return pull
    },
  }
}

function tellOfDetails(hub: Hub, issue: Issue, author: Account): void {
  for (const label of issue.labels) tellOfLabel(hub, issue, author, label, 'labeled')
  for (const id of issue.assignees)
    tellOfAssignee(hub, issue, author, hub.world.accountOrGhost(id), 'assigned')
}

function makePull(world: World, inside: Repository, options: PullRequestOptions): Pull {
  const baseRef = options.base ?? inside.defaultBranch
  const baseSha = inside.branches.get(baseRef)
  if (baseSha === undefined) throw new Error(`there is no branch ${baseRef}`)
  const from = options.from ?? inside
  const headRef = options.head ?? `feature-${options.number ?? inside.nextNumber}`
  if (options.files || !from.branches.has(headRef))
    world.commit(from, headRef, options.files ?? {}, {
      author: personOf(world, options.author),
      message: options.title ?? 'Change something',
      from: baseSha,
      ...(options.pusher !== undefined && { actor: personOf(world, options.pusher) }),
      ...(options.headSha !== undefined && { sha: options.headSha }),
    })
  const headSha = from.branches.get(headRef) ?? baseSha
  for (const { sha } of world.between(baseSha, headSha)) inside.commits.add(sha)
  return {
    id: world.nextId(options.pullId),
    headRepositoryId: from.id,
    headRef,
    headSha,
    baseRef,
    baseSha,
    draft: options.draft ?? false,
    mergedAt: null,
    mergedById: null,
    mergeSha: null,
    reviewers: [],
    teams: [],
    reviews: [],
  }
}

function addIssue(
  world: World,
  inside: Repository,
  options: IssueOptions,
  pull: Pull | undefined,
): Issue {
  const number = options.number ?? inside.nextNumber
  if (inside.issues.has(number)) throw new Error(`#${number} is taken`)
  inside.nextNumber = Math.max(inside.nextNumber, number + 1)
  const at = world.now()
  const issue: Issue = {
    id: world.nextId(options.id),
    repositoryId: inside.id,
    number,
    title: options.title ?? 'Change something',
    body: options.body ?? null,
    authorId: personOf(world, options.author).id,
    state: 'open',
    locked: false,
    labels: (options.labels ?? []).map((name) => world.label(inside, name)),
    assignees: (options.assignees ?? []).map((person) => personOf(world, person).id),
    comments: [],
    reactions: [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    closedById: null,
    stateReason: null,
    pull,
  }
  inside.issues.set(number, issue)
  world.changed()
  return issue
}
