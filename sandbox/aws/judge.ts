// What may be asked about the simulated AWS by whoever judges from outside: answered from what was stored at that instant.
import {
  mayAssume,
  mayCall,
  type Answer,
  type AssumeQuestion,
  type CallQuestion,
} from './authority.ts'
import type { IamRecord, Role, Session, User, UserRef } from './entities.ts'
import type { StateChange } from './history.ts'
import type { RequestRecord } from './request-log.ts'
import { filedBy, type State } from './state.ts'

/** Leaving out `at` asks about now. */
type Timeless<T> = T extends unknown ? Omit<T, 'at'> & { readonly at?: number } : never

/** A change of a user, group, role or managed policy. */
export interface IamChange extends StateChange {
  readonly before: IamRecord | undefined
  readonly after: IamRecord | undefined
}

export interface Judge {
  /** Whether AssumeRole would succeed: by the caller's policies and the role's trust, as they stood at that instant. */
  mayAssume(question: Timeless<AssumeQuestion>): Answer
  /** Whether a user, or a session that AssumeRole issued, could do this at that instant. */
  mayCall(question: Timeless<CallQuestion>): Answer
  /** Inline policies of a user, group or role, by name. */
  policiesOf(owner: UserRef, at?: number): readonly { name: string; document: string }[]
  /** ARNs of the managed policies on a user, group or role. */
  attachmentsOf(owner: { readonly arn: string }, at?: number): readonly string[]
  /** ARNs of the users, groups and roles that a managed policy is attached to. */
  attachedTo(policyArn: string, at?: number): readonly string[]
  membersOf(group: { account: string; name: string }, at?: number): readonly User[]
  /** The roles whose path begins so, such as `/hallpass/`. */
  rolesUnder(where: { account: string; path: string }, at?: number): readonly Role[]
  /** A user, group, role or managed policy as it stood. */
  recordOf(arn: string, at?: number): IamRecord | undefined
  /** Every session ever issued, in order. */
  sessions(): readonly Session[]
  /** Every change of state, in order. */
  readonly history: readonly StateChange[]
  /** Those of users, groups, roles and managed policies, each with the record before and after it. */
  iamChanges(): readonly IamChange[]
  /** Every request that arrived, in order: who signed it, what it asked, what came of it. */
  readonly requests: readonly Readonly<RequestRecord>[]
  /** Resolves once `predicate` holds: asked now and after each change of state. */
  waitFor(predicate: () => boolean): Promise<void>
}

export function createJudge(state: State): Judge {
  const now = () => state.history.now()
  const viewAt = (at: number | undefined) => (at === undefined ? state.latest : state.asOf(at))

  return {
    mayAssume: (question) => mayAssume(state, { ...question, at: question.at ?? now() }),
    mayCall: (question) => mayCall(state, { ...question, at: question.at ?? now() }),
    policiesOf({ arn, userId }, at) {
      const found = state.owner(arn, viewAt(at))
      if (!found) return []
      if (userId !== undefined && (found.kind !== 'user' || found.userId !== userId)) return []
      return [...found.inline].map(([name, document]) => ({ name, document }))
    },
    attachmentsOf: ({ arn }, at) => state.owner(arn, viewAt(at))?.attached ?? [],
    attachedTo(policyArn, at) {
      const [key, view] = [filedBy.policy(policyArn), viewAt(at)]
      return [state.users, state.groups, state.roles]
        .flatMap((table): readonly { arn: string }[] => table.filed(key, view))
        .map(({ arn }) => arn)
    },
    membersOf: ({ account, name }, at) =>
      state.users.filed(filedBy.group(account, name), viewAt(at)),
    rolesUnder: ({ account, path }, at) =>
      state.roles
        .filed(filedBy.account(account), viewAt(at))
        .filter((role) => role.path.startsWith(path)),
    recordOf: (arn, at) => state.owner(arn, viewAt(at)) ?? state.policies.get(arn, viewAt(at)),
    sessions: () => state.sessions,
    history: state.history.changes,
    iamChanges: () =>
      state.history.changes.filter((change): change is IamChange =>
        change.target.startsWith('arn:aws:iam:'),
      ),
    requests: state.requests,
    waitFor: (predicate) => state.history.waitFor(predicate),
  }
}
