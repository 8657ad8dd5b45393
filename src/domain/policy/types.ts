import type { CloudRole } from '../lanes/types.ts'
import type { Instant } from '../time.ts'
import type { Actor, Person, RoleName, Subject, Team } from '../subjects.ts'

export type * from './facts.ts'
export type * from './refusals.ts'

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
  readonly approval: Approval
  /** What a rule fills in from the changed paths; `{name}` stands for it in the bindings. */
  readonly parameters: readonly Parameter[]
  readonly limits: Limits
  /** Undefined: nobody may break the glass for it. */
  readonly breakGlass: RoleBreakGlass | undefined
  /** Both default to false: forks and public repositories grant nothing unless the catalog says so for this role. */
  readonly forks: boolean
  readonly publicRepositories: boolean
}

/** `on-call:<name>` is whoever the policy's source of that name says now. */
export type Approver = Eligible | { readonly kind: 'on-call'; readonly name: string }

/** Who has to say yes, one stage after the other. Each person counts once. */
export interface Stage {
  readonly by: readonly Approver[]
  readonly count: number
}
export type Approval =
  | 'none'
  | {
      readonly stages: readonly Stage[]
      /** Whether recipient, requester, author and pushers never count. */
      readonly separate: boolean
      /** How long a request waits, in seconds. */
      readonly lapseSeconds: number
    }

/** A value matches `[A-Za-z0-9_-]{1,64}`, and `exists` with the value filled in is on the base branch and the default one. */
export interface Parameter {
  readonly name: string
  /** A path with `{name}` in it, such as `services/{service}`. */
  readonly exists: string
  /** How many values one request may touch. */
  readonly max: number
}

/** Undefined: no such limit. Times in seconds. */
export interface Limits {
  /** How many may be held or asked for at once. */
  readonly atOnce: number | undefined
  /** How long after one ended the next may be asked for. */
  readonly cooldownSeconds: number | undefined
  /** The longest total of leases that began in the last 24 hours. */
  readonly dailySeconds: number | undefined
}

export interface RoleBreakGlass {
  readonly eligible: readonly Eligible[]
  readonly notify: readonly Eligible[]
  readonly reviewers: readonly Eligible[]
  readonly leaseSeconds: number
}

/** What starts a rule. */
export type Trigger = 'review_requested' | 'labeled' | 'assigned' | 'requested'

/** Who receives what a rule gives. */
export type Recipient = 'reviewer' | 'author' | 'assignees' | 'sender' | 'commenter'

/** What ends a grant before its lease. Closing the subject ends it in any case. */
export type Until =
  | 'reviewed'
  | 'unrequested'
  | 'unlabeled'
  | 'unassigned'
  | 'closed'
  | 'merged'
  | 'pushed'

export interface Rule {
  readonly name: string
  /** Which document it stands in, for reading. */
  readonly from: 'organization' | 'repository'
  readonly when: When
  readonly to: Recipient
  readonly give: string
  readonly forSeconds: number | undefined
  readonly until: readonly Until[]
  /** Whether the act breaks the glass: no approval, for those whom the role's `break_glass` names. */
  readonly breakGlass: boolean
}

/** What starts a rule, and under which conditions: all that are given must hold. */
export interface When {
  readonly trigger: Trigger
  /** Globs over the added label's name: for `labeled` alone. */
  readonly added: readonly string[] | undefined
  /** One changed path at least that `include` covers and `exclude` does not. Binds the offer to the head. */
  readonly paths:
    | { readonly include: readonly string[]; readonly exclude: readonly string[] }
    | undefined
  /** Globs over the base branch's name. */
  readonly base: readonly string[] | undefined
  /** Globs over label names: each must cover a label that is on the subject now. */
  readonly labels: readonly string[] | undefined
  readonly author: readonly Standing[] | undefined
  readonly actor: readonly Standing[] | undefined
  readonly draft: boolean | undefined
  readonly hours: readonly Hours[] | undefined
}

/** A condition on a person: one of them must hold. `role` is the least role on the repository. */
export type Standing = Eligible | { readonly kind: 'role'; readonly atLeast: RoleName }

/** A time window, by the wall clock of `zone` (an IANA name). `until` before `from` runs past midnight. */
export interface Hours {
  readonly zone: string
  /** 1 is Monday, 7 is Sunday: the day on which the window begins. */
  readonly days: readonly number[]
  /** Minutes after midnight. */
  readonly from: number
  readonly until: number
}

/** Who is on call: a list, or an HTTP endpoint that answers JSON. */
export type OnCallSource =
  | { readonly kind: 'list'; readonly people: readonly number[] }
  | {
      readonly kind: 'http'
      readonly url: string
      /** The setting that holds the bearer token; undefined sends none. */
      readonly tokenFrom: string | undefined
      /** Where the names stand in the answer: member names and `*`, joined by dots. */
      readonly select: string
      /** GitHub's numeric user ids by those names. */
      readonly people: Readonly<Record<string, number>>
      /** Who approves while the source does not answer. Empty: nobody. */
      readonly fallback: readonly Eligible[]
    }

/** Where an identity comes from that the map does not hold. `{login}`, `{name_id}` and `{name_id_local}` are filled in. */
export interface IdentityTemplate {
  /** The key of the directory that it leads into: an AWS account, `identity-center` or `gcp`. */
  readonly account: string
  readonly user: string
}

export interface Identity {
  /** GitHub's numeric user id. */
  readonly github: number
  readonly aws: readonly {
    readonly account: string
    readonly user: string
    readonly id: string | undefined
  }[]
  /** In IAM Identity Center. */
  readonly identityCenter?: { readonly user: string; readonly id: string | undefined }
  readonly gcp?: { readonly email: string }
  readonly azure?: { readonly objectId: string; readonly name: string | undefined }
}

/** The two documents, validated and merged: the organization's catalog, and rules from both. */
export interface Policy {
  readonly roles: ReadonlyMap<string, RoleDefinition>
  readonly rules: readonly Rule[]
  readonly identities: readonly Identity[]
  /** Numeric repository ids an organization owner enrolled; `undefined` means that globs alone decide (a single-document file). */
  readonly enrolled: ReadonlySet<number> | undefined
  /** A custom property that only an organization owner sets: the other way to enroll. */
  readonly enrolledBy: { readonly property: string; readonly value: string } | undefined
  /** Of one person over all roles, and of one repository over all people. */
  readonly limits: {
    readonly person: Limits
    readonly repository: Limits
    /** How many members of a team that is asked for a review may receive at once. */
    readonly teamMembersMax: number
  }
  readonly onCall: ReadonlyMap<string, OnCallSource>
  readonly identitySources: {
    readonly saml: readonly IdentityTemplate[]
    readonly template: readonly IdentityTemplate[]
  }
  /** Who has to approve a change that widens what the policy gives. Undefined: nobody. */
  readonly widening: Stage | undefined
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
  /** While a widening waits: the blob of the contents that were accepted. Only what both give is given. */
  readonly heldBackTo?: string
}

/** One thing wrong in a document. Lines and columns count from 1. */
export interface PolicyProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  /** What is wrong and what to write instead. */
  readonly message: string
}

/** What asks for access: one human act, whatever it was. */
export interface Ask {
  readonly trigger: Trigger
  readonly delivery: string
  readonly subject: Subject
  readonly actor: Actor
  readonly at: Instant
  readonly cause: string
  /** For `review_requested`, one of these two. */
  readonly reviewer: Person | undefined
  readonly team: Team | undefined
  /** For `labeled`. */
  readonly label: string | undefined
  /** For `assigned`. */
  readonly assignee: Person | undefined
  /** For `requested`: what a command asked for. */
  readonly wanted: Wanted | undefined
}
export interface Wanted {
  readonly role: string
  readonly leaseSeconds: number | undefined
  readonly reason: string | undefined
  readonly breakGlass: boolean
}
