// The state of the simulated GitHub, and how to find things in it. Changed by routes and by people's acts.
import { commitTo, type CommitOptions } from './committing.ts'
import type { Changes } from './git.ts'
import { between, mergeBase } from './history.ts'
import type {
  Account,
  Check,
  Comment,
  Commit,
  Installation,
  Issue,
  Label,
  Permissions,
  PullRequest,
  Repository,
  Team,
  Token,
} from './model.ts'

export interface AppIdentity {
  readonly id: number
  readonly slug: string
  readonly permissions: Permissions
  readonly events: readonly string[]
  readonly createdAt: number
}

export class World {
  readonly now: () => number
  readonly app: AppIdentity
  /** `http://127.0.0.1:<port>`, known once it listens. */
  url = 'http://127.0.0.1'
  readonly accounts = new Map<number, Account>()
  readonly teams = new Map<number, Team>()
  readonly repositories = new Map<number, Repository>()
  readonly installations = new Map<number, Installation>()
  readonly tokens = new Map<string, Token>()
  readonly checks = new Map<number, Check>()
  readonly commits = new Map<string, Commit>()
  /** `owner/name` in lower case to repository id, of repositories that were renamed or transferred. */
  readonly formerNames = new Map<string, number>()
  readonly #logins = new Map<string, number>()
  readonly #watchers = new Set<() => void>()
  #lastId = 1_000_000
  readonly bot: Account
  readonly appOwner: Account

  constructor(now: () => number, app: Omit<AppIdentity, 'createdAt'>) {
    this.now = now
    this.app = { ...app, createdAt: now() }
    this.appOwner = this.addAccount(`${app.slug}-makers`, 'Organization')
    this.bot = this.addAccount(`${app.slug}[bot]`, 'Bot')
  }

  /** A fresh id, or the wanted one where nothing of that kind has it. */
  nextId(wanted?: number, taken?: { has(id: number): boolean }): number {
    if (wanted === undefined) {
      do this.#lastId += 1
      while (taken?.has(this.#lastId))
      return this.#lastId
    }
    if (taken?.has(wanted)) throw new Error(`id ${wanted} is taken`)
    return wanted
  }

  addAccount(login: string, type: Account['type'], known: Partial<Account> = {}): Account {
    if (this.account(login)) throw new Error(`${login} is taken`)
    const account: Account = {
      id: this.nextId(known.id, this.accounts),
      login,
      type,
      name: known.name ?? null,
      email: known.email ?? null,
      createdAt: this.now(),
      members: new Map(),
      baseRole: known.baseRole ?? 'read',
      saml: null,
    }
    this.accounts.set(account.id, account)
    this.#logins.set(login.toLowerCase(), account.id)
    return account
  }

  /** The old login becomes free, as on GitHub. */
  renameAccount(account: Account, login: string): void {
    if (this.account(login)) throw new Error(`${login} is taken`)
    this.#logins.delete(account.login.toLowerCase())
    account.login = login
    this.#logins.set(login.toLowerCase(), account.id)
    this.changed()
  }

  removeAccount(account: Account): void {
    this.#logins.delete(account.login.toLowerCase())
    this.accounts.delete(account.id)
    this.changed()
  }

  account(who: string | number): Account | undefined {
    const id = typeof who === 'string' ? this.#logins.get(who.toLowerCase()) : who
    return id === undefined ? undefined : this.accounts.get(id)
  }

  /** Deleted accounts live on as GitHub's ghost. */
  accountOrGhost(id: number): Account {
    return (
      this.accounts.get(id) ??
      this.account('ghost') ??
      this.addAccount('ghost', 'User', { id: 10137 })
    )
  }

  repository(owner: string, name: string): Repository | undefined {
    const account = this.account(owner)
    if (!account) return undefined
    const wanted = name.toLowerCase()
    for (const repository of this.repositories.values())
      if (repository.ownerId === account.id && repository.name.toLowerCase() === wanted)
        return repository
    return undefined
  }

  repositoryOf(thing: { readonly repositoryId: number }): Repository {
    const repository = this.repositories.get(thing.repositoryId)
    if (!repository) throw new Error(`repository ${thing.repositoryId} is gone`)
    return repository
  }

  fullName(repository: Repository): string {
    return `${this.accountOrGhost(repository.ownerId).login}/${repository.name}`
  }

  team(organizationId: number, slug: string): Team | undefined {
    for (const team of this.teams.values())
      if (team.organizationId === organizationId && team.slug === slug.toLowerCase()) return team
    return undefined
  }

  /** The repository's label of that name in any case, made where there is none. */
  label(repository: Repository, name: string): Label {
    const known = repository.labels.get(name.toLowerCase())
    if (known) return known
    const made = { id: this.nextId(), name }
    repository.labels.set(name.toLowerCase(), made)
    return made
  }

  comment(repository: Repository, id: number): Comment | undefined {
    for (const issue of repository.issues.values()) {
      const found = issue.comments.find((comment) => comment.id === id)
      if (found) return found
    }
    return undefined
  }

  issueOf(comment: Comment): Issue {
    const issue = this.repositoryOf(comment).issues.get(comment.number)
    if (!issue) throw new Error(`issue ${comment.number} is gone`)
    return issue
  }

  /** Pull requests that come from a branch. */
  pullsFrom(repository: Repository, branch: string): PullRequest[] {
    return this.pulls().filter(
      ({ pull }) => pull.headRepositoryId === repository.id && pull.headRef === branch,
    )
  }

  pulls(): PullRequest[] {
    return [...this.repositories.values()].flatMap(({ issues }) =>
      [...issues.values()].filter(isPullRequest),
    )
  }

  commitOf(sha: string): Commit {
    const commit = this.commits.get(sha)
    if (!commit) throw new Error(`no commit ${sha}`)
    return commit
  }

  /** Adds a commit on top of a branch, which is begun when there is none. */
  commit = (
    repository: Repository,
    branch: string,
    changes: Changes,
    options: CommitOptions = {},
  ): Commit => commitTo(this, repository, branch, changes, options)

  /** What the head has and the base has not, newest first. */
  between = (base: string, head: string): Commit[] => between(this.commits, base, head)
  /** The nearest commit that both have. */
  mergeBase = (base: string, head: string): Commit | undefined =>
    mergeBase(this.commits, base, head)

  /** The account in whose name GitHub commits what people do on its pages. */
  webFlow(): Account {
    const known = this.account('web-flow')
    if (known) return known
    return this.addAccount('web-flow', 'User', {
      id: 19_864_447,
      name: 'GitHub',
      email: 'noreply@github.com',
    })
  }

  covering(accountId: number, repositoryId?: number): Installation | undefined {
    return [...this.installations.values()].find(
      (installation) =>
        installation.accountId === accountId &&
        (repositoryId === undefined ||
          installation.repositories === 'all' ||
          installation.repositories.has(repositoryId)),
    )
  }

  /** Tells whoever waits for the state to change. */
  changed(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  subscribe(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }
}

export const isPullRequest = (issue: Issue): issue is PullRequest => issue.pull !== undefined

/** A user by login or as it was returned when it was added. */
export type Who = Account | string
export function personOf(world: World, who: Who): Account {
  const account = typeof who === 'string' ? world.account(who) : who
  if (!account) throw new Error(`there is no account ${JSON.stringify(who)}`)
  return account
}
