// What the simulated GitHub keeps. Times are milliseconds by the sandbox's clock; ids are GitHub's numeric ones.
import type { components } from '@octokit/openapi-types'

type Schemas = components['schemas']

export type BaseRole = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin'
/** A role as it was given: `name` is what `role_name` says, `base` what it amounts to. They differ for custom roles. */
export interface Role {
  readonly name: string
  readonly base: BaseRole
}
export type Permissions = Schemas['app-permissions']
export type Visibility = 'public' | 'private' | 'internal'

export interface Membership<R extends string> {
  role: R
  state: 'active' | 'pending'
  /** Organizations only: shown to everybody. Unset, the membership is private. */
  publicly?: boolean
}

export interface Account {
  readonly id: number
  login: string
  readonly type: 'User' | 'Organization' | 'Bot'
  name: string | null
  email: string | null
  readonly createdAt: number
  /** Organizations only. */
  readonly members: Map<number, Membership<'admin' | 'member'>>
  /** Organizations only: what every active member gets on every repository. */
  baseRole: BaseRole
  /** Organizations only: the identities of its SAML provider, where it has one. */
  saml: SamlIdentity[] | null
}

export interface SamlIdentity {
  readonly guid: string
  readonly nameId: string
  /** Null while nobody has linked it to their account. */
  readonly userId: number | null
}

export interface Team {
  readonly id: number
  readonly organizationId: number
  name: string
  slug: string
  privacy: 'closed' | 'secret'
  readonly parentId: number | null
  readonly members: Map<number, Membership<'member' | 'maintainer'>>
  /** By repository id. Child teams inherit. */
  readonly roles: Map<number, Role>
  readonly createdAt: number
}

export interface Commit {
  readonly sha: string
  readonly treeSha: string
  readonly parents: readonly string[]
  readonly message: string
  /** Null when the e-mail address belongs to no account. */
  readonly authorId: number | null
  readonly committerId: number | null
  readonly authorName: string
  readonly authorEmail: string
  readonly at: number
  /** The whole tree. */
  readonly files: ReadonlyMap<string, Buffer>
}

export interface Repository {
  readonly id: number
  ownerId: number
  name: string
  visibility: Visibility
  archived: boolean
  defaultBranch: string
  readonly parentId: number | null
  /** Direct collaborators, by user id. */
  readonly roles: Map<number, Role>
  /** Branch to head. */
  readonly branches: Map<string, string>
  /** Commits that can be read here: its own, and those of pull requests from forks. */
  readonly commits: Set<string>
  readonly issues: Map<number, Issue>
  /** Issues that were here: deleted, or transferred to where they are now. */
  readonly gone: Map<number, 'deleted' | { readonly repositoryId: number; readonly number: number }>
  /** By name in lower case. */
  readonly labels: Map<string, Label>
  /** Custom properties' values by name. */
  readonly properties: Map<string, string | readonly string[]>
  /** What moved its branches, oldest first. */
  readonly activities: Activity[]
  nextNumber: number
  readonly createdAt: number
  updatedAt: number
  pushedAt: number
}

export interface Activity {
  readonly id: number
  readonly branch: string
  readonly before: string
  readonly after: string
  readonly type: Schemas['activity']['activity_type']
  readonly actorId: number | null
  readonly at: number
}

/** One of a repository's labels; whoever renames it renames it everywhere. */
export interface Label {
  readonly id: number
  name: string
}

export type ReactionContent = Schemas['reaction']['content']
export interface Reaction {
  readonly id: number
  readonly userId: number
  readonly content: ReactionContent
  readonly at: number
}

export interface Comment {
  readonly id: number
  readonly repositoryId: number
  readonly number: number
  readonly userId: number
  body: string
  /** A person wrote it through an App that is not ours. */
  readonly viaApp: boolean
  /** Why people hid it, where they did. */
  hidden: string | null
  readonly createdAt: number
  updatedAt: number
  reactions: Reaction[]
}

export interface Review {
  readonly id: number
  readonly userId: number
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED'
  readonly body: string
  readonly commitSha: string
  readonly at: number
}

/** An issue; a pull request is an issue whose `pull` is set. */
export interface Issue {
  readonly id: number
  readonly repositoryId: number
  readonly number: number
  title: string
  body: string | null
  readonly authorId: number
  state: 'open' | 'closed'
  locked: boolean
  labels: Label[]
  assignees: number[]
  comments: Comment[]
  reactions: Reaction[]
  readonly createdAt: number
  updatedAt: number
  closedAt: number | null
  closedById: number | null
  stateReason: 'completed' | 'not_planned' | 'reopened' | null
  readonly pull: Pull | undefined
}
export interface Pull {
  readonly id: number
  readonly headRepositoryId: number
  readonly headRef: string
  headSha: string
  baseRef: string
  baseSha: string
  draft: boolean
  mergedAt: number | null
  mergedById: number | null
  mergeSha: string | null
  reviewers: number[]
  teams: number[]
  reviews: Review[]
}
export type PullRequest = Issue & { readonly pull: Pull }

export type CheckStatus = 'queued' | 'in_progress' | 'completed'
export type CheckConclusion = NonNullable<Schemas['check-run']['conclusion']>
export interface CheckAction {
  readonly label: string
  readonly description: string
  readonly identifier: string
}
export interface Check {
  readonly id: number
  readonly repositoryId: number
  readonly headSha: string
  readonly suiteId: number
  name: string
  externalId: string
  detailsUrl: string
  status: CheckStatus
  conclusion: CheckConclusion | null
  startedAt: number
  completedAt: number | null
  title: string | null
  summary: string | null
  text: string | null
  annotations: readonly Schemas['check-annotation'][]
  actions: readonly CheckAction[]
}

export interface Installation {
  readonly id: number
  readonly accountId: number
  /** Repository ids, or every one of the account. */
  repositories: 'all' | Set<number>
  permissions: Permissions
  events: readonly string[]
  readonly createdAt: number
  suspendedAt: number | null
}

export interface Token {
  readonly token: string
  readonly installationId: number
  readonly expiresAt: number
  readonly permissions: Permissions
  /** Undefined: everything that the installation covers. */
  readonly repositoryIds: ReadonlySet<number> | undefined
}
