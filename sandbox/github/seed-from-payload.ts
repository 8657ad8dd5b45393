// Sets the scene of a recorded `pull_request` payload, ids and all, so that the recording can be delivered as it is.
import type { Account, Installation, PullRequest, Repository, Team, Visibility } from './model.ts'
import { openingActs } from './acts/opening.ts'
import { installationActs } from './acts/installations.ts'
import { accountSeeds, repositorySeeds } from './seeding.ts'
import type { Hub } from './webhooks/announce.ts'
import type { Changes } from './git.ts'
import type { World } from './world.ts'

interface RecordedAccount {
  readonly login: string
  readonly id: number
  readonly type?: string
}
interface RecordedRepository {
  readonly id: number
  readonly name: string
  readonly private: boolean
  readonly default_branch: string
  readonly visibility?: string
  readonly owner: RecordedAccount | null
}
interface RecordedEnd {
  readonly ref: string
  readonly sha: string
  readonly repo: RecordedRepository | null
}
/** What is read of a recorded payload of `pull_request`. */
export interface RecordedPullRequestEvent {
  readonly pull_request: {
    readonly id: number
    readonly number: number
    readonly title: string
    readonly body: string | null
    readonly draft?: boolean
    readonly updated_at: string
    readonly user: RecordedAccount | null
    readonly head: RecordedEnd
    readonly base: RecordedEnd
  }
  readonly repository: RecordedRepository
  readonly organization?: RecordedAccount | { readonly login: string; readonly id: number }
  readonly installation?: { readonly id: number }
  readonly sender: RecordedAccount
  readonly requested_reviewer?: RecordedAccount | null
  readonly requested_team?: { readonly id: number; readonly name: string; readonly slug?: string }
}
export interface RecordedScene {
  readonly owner: Account
  readonly sender: Account
  readonly reviewer: Account | undefined
  readonly team: Team | undefined
  readonly repository: Repository
  readonly pullRequest: PullRequest
  readonly installation: Installation
}
export interface RecordedOptions {
  /** Instead of the recorded one. */
  readonly visibility?: Visibility
  /** What the pull request changes: recordings do not say. */
  readonly files?: Changes
}

export function seedFromPayload(
  hub: Hub,
  payload: RecordedPullRequestEvent,
  options: RecordedOptions = {},
): RecordedScene {
  const { world } = hub
  const recorded = payload.pull_request
  const owner = accountOf(world, payload.repository.owner)
  if (payload.organization) accountOf(world, { type: 'Organization', ...payload.organization })
  const sender = accountOf(world, payload.sender)
  const reviewer = payload.requested_reviewer
    ? accountOf(world, payload.requested_reviewer)
    : undefined
  const repository = repositoryOf(world, payload.repository, recorded.base.sha, options.visibility)
  const team = payload.requested_team && teamOf(world, owner, payload.requested_team)
  const pullRequest = openingActs(hub).openPullRequest(repository, {
    author: accountOf(world, recorded.user),
    pullId: recorded.id,
    number: recorded.number,
    title: recorded.title,
    body: recorded.body ?? '',
    draft: recorded.draft ?? false,
    base: recorded.base.ref,
    head: recorded.head.ref,
    headSha: recorded.head.sha,
    files: options.files ?? { 'README.md': `# ${recorded.title}\n` },
    ...forkOf(world, recorded.head, repository),
  })
  if (reviewer) pullRequest.pull.reviewers.push(reviewer.id)
  if (team) pullRequest.pull.teams.push(team.id)
  pullRequest.updatedAt = Date.parse(recorded.updated_at)
  const installation =
    world.covering(owner.id, repository.id) ??
    installationActs(hub).install(
      owner,
      payload.installation ? { id: payload.installation.id } : {},
    )
  return { owner, sender, reviewer, team, repository, pullRequest, installation }
}

function accountOf(world: World, recorded: RecordedAccount | null): Account {
  if (!recorded) return world.accountOrGhost(0)
  const known = world.accounts.get(recorded.id)
  if (known) return known
  const { login, id } = recorded
  const seeds = accountSeeds(world)
  if (recorded.type === 'Organization') return seeds.addOrganization(login, { id })
  return recorded.type === 'Bot' ? seeds.addBot(login, { id }) : seeds.addUser(login, { id })
}

function teamOf(
  world: World,
  owner: Account,
  recorded: { readonly id: number; readonly name: string; readonly slug?: string },
): Team {
  const { id, name, slug } = recorded
  const known = world.teams.get(id)
  return (
    known ?? accountSeeds(world).addTeam(owner, name, { id, ...(slug !== undefined && { slug }) })
  )
}

function repositoryOf(
  world: World,
  recorded: RecordedRepository,
  baseSha: string,
  visibility: Visibility | undefined,
): Repository {
  const known = world.repositories.get(recorded.id)
  if (known) return known
  const made = repositorySeeds(world).addRepository(
    accountOf(world, recorded.owner),
    recorded.name,
    {
      id: recorded.id,
      visibility: visibility ?? (recorded.private ? 'private' : 'public'),
      defaultBranch: recorded.default_branch,
    },
  )
  world.commit(made, recorded.default_branch, {}, { sha: baseSha, message: 'As recorded' })
  return made
}

function forkOf(world: World, head: RecordedEnd, base: Repository): { from?: Repository } {
  if (!head.repo || head.repo.id === base.id) return {}
  const known = world.repositories.get(head.repo.id)
  const owner = accountOf(world, head.repo.owner)
  return { from: known ?? repositorySeeds(world).fork(base, owner, { id: head.repo.id }) }
}
