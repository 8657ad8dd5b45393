import type { CloudRole, Principal } from '../lanes/types.ts'
import type { Instant } from '../time.ts'
import type { Actor, Person, RoleName, Subject } from '../subjects.ts'
import type { Offer } from '../grants/types.ts'

/** `team:<slug>` of the subject's organization, or `user:<numeric id>`. */
export type Eligible =
  | { readonly kind: 'team'; readonly slug: string }
  | { readonly kind: 'user'; readonly id: number }

export interface RoleDefinition {
  readonly name: string
  readonly description: string
  readonly bindings: readonly CloudRole[]
  /** Globs over the repository's name, without its owner. */
  readonly repositories: readonly string[]
  /** Empty means nobody. */
  readonly eligible: readonly Eligible[]
  readonly lease: { readonly defaultSeconds: number; readonly maxSeconds: number }
  readonly residualSeconds: number
  readonly approval: 'none' | { readonly by: readonly Eligible[]; readonly count: number }
  /** Both default to false: forks and public repositories grant nothing unless the catalog says so for this role. */
  readonly forks: boolean
  readonly publicRepositories: boolean
}

export type Until = 'reviewed' | 'unrequested' | 'closed'

export interface Rule {
  readonly name: string
  /** Which document it stands in, for reading. */
  readonly from: 'organization' | 'repository'
  readonly when: { readonly reviewRequested: { readonly paths: readonly string[] | undefined } }
  readonly give: string
  readonly forSeconds: number | undefined
  readonly until: readonly Until[]
}

export interface Identity {
  /** GitHub's numeric user id. */
  readonly github: number
  readonly aws: readonly {
    readonly account: string
    readonly user: string
    readonly id: string | undefined
  }[]
}

/** The two documents, validated and merged: the organization's catalog, and rules from both. */
export interface Policy {
  readonly roles: ReadonlyMap<string, RoleDefinition>
  readonly rules: readonly Rule[]
  readonly identities: readonly Identity[]
  /** Numeric repository ids an organization owner enrolled; `undefined` means that globs alone decide (a single-document file). */
  readonly enrolled: ReadonlySet<number> | undefined
  readonly source: PolicySource
}

/** What was read and where: bound into every offer's digest by the documents' content hashes. */
export interface PolicySource {
  readonly organization: DocumentSource
  readonly repository: DocumentSource | undefined
}
export interface DocumentSource {
  /** For people: `acme/access:policy.yml` or a file's path. */
  readonly where: string
  /** The commit it was read at; undefined for a local file. */
  readonly commit: string | undefined
  /** Git's blob hash of the contents. */
  readonly blob: string
}

/** One thing wrong in a document. Lines and columns count from 1. */
export interface PolicyProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  /** What is wrong and what to write instead. */
  readonly message: string
}

/** Facts about the pull request as it is now, read live. */
export interface PullRequestFacts {
  readonly state: 'open' | 'closed'
  readonly merged: boolean
  readonly draft: boolean
  readonly author: Person
  readonly headSha: string
  /** Null when the fork was deleted. */
  readonly headRepositoryId: number | null
  readonly baseRef: string
  readonly requestedReviewers: readonly Person[]
}

export interface RepositoryFacts {
  readonly id: number
  readonly owner: string
  readonly name: string
  readonly accountId: number
  readonly visibility: 'public' | 'private' | 'internal'
  readonly archived: boolean
  readonly defaultBranch: string
}

/** How a principal was resolved for one binding of one role. */
export type ResolvedBinding =
  | {
      readonly ok: true
      readonly role: CloudRole
      readonly principal: Principal
      readonly standing: boolean
    }
  | {
      readonly ok: false
      readonly role: CloudRole
      readonly why: string
      /** The cloud itself would not say, and will not until a person acts. */
      readonly refused?: true
    }

/** Everything that `evaluate` may look at, read live while acting. */
export interface Facts {
  readonly now: Instant
  readonly subject: Subject
  readonly repository: RepositoryFacts
  readonly pull: PullRequestFacts
  readonly actor: Actor
  readonly actorRole: RoleName
  readonly recipient: Actor
  readonly recipientRole: RoleName
  /** Active membership of the recipient, by team slug. A team that does not exist is `unknown`. */
  readonly teams: ReadonlyMap<string, 'member' | 'not-member' | 'unknown'>
  /** Undefined when no rule asks for them. A truncated list refuses. */
  readonly changedPaths:
    | { readonly paths: readonly string[]; readonly truncated: boolean }
    | undefined
  /** By role name. */
  readonly resolved: ReadonlyMap<string, readonly ResolvedBinding[]>
  /** Roles that the recipient holds live from this subject. */
  readonly held: ReadonlySet<string>
}

/** What has to be read before `evaluate` can decide. */
export interface FactsNeeded {
  readonly teams: readonly string[]
  readonly changedPaths: boolean
  readonly roles: readonly RoleDefinition[]
}

/**
 * Stable names of the reasons for saying no. `audience` tells who hears of it:
 * `log` when the cause had no standing to make Hallpass write anything, `people` when somebody can mend it.
 */
export type RefusalCode =
  | 'account-not-served'
  | 'actor-is-bot'
  | 'actor-without-standing'
  | 'too-old'
  | 'subject-closed'
  | 'repository-archived'
  | 'repository-not-enrolled'
  | 'from-fork'
  | 'repository-public'
  | 'not-requested-any-more'
  | 'recipient-is-bot'
  | 'recipient-without-standing'
  | 'not-eligible'
  | 'role-not-offered-here'
  | 'paths-truncated'
  | 'identity-missing'
  | 'cloud-refused'
  | 'already-standing'
  | 'already-held'
  | 'policy-missing'
  | 'policy-broken'
  | 'undecided'

export interface Refusal {
  readonly kind: 'refused'
  readonly code: RefusalCode
  /** Rule and role, where it got that far. */
  readonly rule: string | undefined
  readonly role: string | undefined
  /** One or two sentences for the person who can mend it: what happened, why, what to do. Never lists private team members. */
  readonly reason: string
  readonly audience: 'log' | 'people'
}

export interface Evaluation {
  readonly offers: readonly Offer[]
  readonly refusals: readonly Refusal[]
}
