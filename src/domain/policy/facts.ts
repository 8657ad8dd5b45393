// What is true now, read live: all that a decision may look at besides the policy and the act.
import type { CloudRole, Principal } from '../lanes/types.ts'
import type { Freeze } from '../grants/freeze.ts'
import type { Instant } from '../time.ts'
import type { Actor, Person, RoleName, Subject, Team } from '../subjects.ts'
import type { RoleDefinition, Rule } from './types.ts'
import type { Usage } from './usage.ts'

/** What pull requests and issues have in common. */
interface AnySubjectFacts {
  readonly state: 'open' | 'closed'
  readonly author: Person
  readonly labels: readonly string[]
  readonly assignees: readonly Person[]
}
export interface IssueFacts extends AnySubjectFacts {
  readonly kind: 'issue'
}
/** The subject as it is now, read live. */
export type SubjectFacts = PullRequestFacts | IssueFacts

export interface PullRequestFacts extends AnySubjectFacts {
  readonly kind: 'pull_request'
  readonly merged: boolean
  readonly draft: boolean
  readonly headSha: string
  readonly headRef: string
  /** Null when the fork was deleted. */
  readonly headRepositoryId: number | null
  readonly baseRef: string
  readonly baseSha: string
  readonly requestedReviewers: readonly Person[]
  readonly requestedTeams: readonly Team[]
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
      /** As the policy writes it, filled in. */
      readonly role: CloudRole
      /** As the cloud would give it, where that is not as it is written. */
      readonly given?: CloudRole
      readonly principal: Principal
      readonly standing: boolean
    }
  | {
      readonly ok: false
      readonly role: CloudRole
      readonly why: string
      readonly problem: IdentityProblem
    }

/**
 * `missing`: nobody is known. `ambiguous`: several are. `changed`: another identity than the one that this person had
 * before. `refused`: the cloud itself would not say, and will not until a person acts.
 */
export type IdentityProblem = 'missing' | 'ambiguous' | 'changed' | 'refused'

/** Active membership by team slug. A team that does not exist is `unknown`, and so is one that was not read. */
export type Teams = ReadonlyMap<string, Membership>
export type Membership = 'member' | 'not-member' | 'unknown'

/** A person as they are now. */
export interface PersonFacts {
  readonly account: Actor
  /** On the subject's repository. */
  readonly role: RoleName
  readonly teams: Teams
}

/** Everything that `evaluate` may look at for one recipient, read live while acting. Plain data but for the teams. */
export interface Facts {
  readonly now: Instant
  readonly subject: Subject
  readonly repository: RepositoryFacts
  readonly current: SubjectFacts
  /** The repository's value of the property that enrolls, where the policy names one. */
  readonly property: string | undefined
  readonly actor: PersonFacts
  readonly author: PersonFacts
  readonly recipient: PersonFacts
  /** Undefined when no rule asks for them. A truncated list refuses. */
  readonly changedPaths:
    | { readonly paths: readonly string[]; readonly truncated: boolean }
    | undefined
  /** Of the paths that the parameters' values have to exist at, those that are on the base branch and the default one. */
  readonly onBase: readonly string[]
  /** Each cloud role, filled in, once. */
  readonly resolved: readonly ResolvedBinding[]
  /** Roles that the recipient holds live, or has asked for, from this subject. */
  readonly held: readonly string[]
  /** Roles that this very act has given to the recipient already. */
  readonly used: readonly string[]
  readonly usage: readonly { readonly role: string; readonly usage: Usage }[]
  readonly freezes: readonly Freeze[]
  /** Numeric ids of those who broke the glass and were not reviewed yet. */
  readonly debtors: readonly number[]
  /** Who had a hand in the head. `unproven`: there may be others. */
  readonly separation: { readonly people: readonly number[]; readonly unproven: boolean }
}

/** What has to be read before `evaluate` can decide, for each of the people that the rules look at. */
export interface FactsNeeded {
  /** Those that this act may start here, whatever their conditions. */
  readonly rules: readonly Rule[]
  readonly roles: readonly RoleDefinition[]
  readonly teams: {
    readonly actor: readonly string[]
    readonly author: readonly string[]
    readonly recipient: readonly string[]
  }
  readonly changedPaths: boolean
  readonly separation: boolean
}
