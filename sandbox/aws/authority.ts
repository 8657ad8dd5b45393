// Who may do what, judged over the stored policies as they stood at an instant.
import type { Role, Session, UserRef } from './entities.ts'
import { evaluate, evaluateWithin, type Question, type Verdict } from './evaluate.ts'
import type { View } from '../versions.ts'
import { contextOf, iso, powersOf, type Principal } from './powers.ts'
import type { State } from './state.ts'
import { trustOf } from './trust.ts'

export interface Answer {
  readonly allowed: boolean
  readonly because: string
}

/** A user, or a session that AssumeRole issued. */
export type Who =
  | { readonly user: UserRef; readonly session?: never }
  | { readonly session: Session; readonly user?: never }

function explain({
  decision,
  by,
  unsupported,
  outside = [],
}: Verdict & { outside?: readonly string[] }) {
  const decided =
    decision === 'allowed'
      ? `allowed by ${by.join(', ')}`
      : decision === 'explicitDeny'
        ? `denied by ${by.join(', ')}`
        : outside.length > 0
          ? `not allowed by ${outside.join(' and ')}`
          : 'no policy allows it'
  return unsupported.length === 0 ? decided : `${decided}; not judged: ${unsupported.join(', ')}`
}

const answer = (verdict: Verdict): Answer => ({
  allowed: verdict.decision === 'allowed',
  because: explain(verdict),
})
const no = (because: string): Answer => ({ allowed: false, because })

/** The user as it stood, or the session's role; a reason when it was not there or was another one. */
function find(state: State, who: Who, at: number, view: View): Principal | string {
  if (who.session) return findSession(state, who.session, at, view)
  const { arn, userId } = who.user
  const user = state.users.get(arn, view)
  if (!user) return `there is no user ${arn}`
  if (userId !== undefined && userId !== user.userId)
    return `${arn} is ${user.userId}, not ${userId}`
  return { kind: 'user', user }
}

function findSession(state: State, session: Session, at: number, view: View): Principal | string {
  if (at < session.issuedAt) return 'the session was not issued yet'
  if (at >= session.expiresAt) return `the session expired at ${iso(session.expiresAt)}`
  const role = state.roles.get(session.roleArn, view)
  return role?.roleId === session.roleId ? { kind: 'session', session, role } : 'the role is gone'
}

export type AssumeQuestion = Who & {
  readonly roleArn: string
  readonly sessionName: string
  readonly externalId?: string | undefined
  readonly at: number
}

/** A user whom the role itself names needs no policy of its own; a role session named so stays in its boundary. */
function byTrustAlone(state: State, principal: Principal, question: Question, view: View) {
  const { identity, limits } = powersOf(state, principal, view)
  const bounded = principal.kind === 'session' ? limits : []
  return (
    evaluate(identity, question).decision !== 'explicitDeny' &&
    limits.every(({ sources }) => evaluate(sources, question).decision !== 'explicitDeny') &&
    bounded.every(({ sources }) => evaluate(sources, question).decision === 'allowed')
  )
}

function judgeAssume(
  state: State,
  asked: AssumeQuestion,
  [principal, role]: [Principal, Role],
  view: View,
): Answer {
  const context = contextOf(principal, asked.at, {
    'sts:RoleSessionName': asked.sessionName,
    'sts:ExternalId': asked.externalId,
  })
  const question = { action: 'sts:AssumeRole', resource: role.arn, context }
  const trust = trustOf(role, principal, question)
  if (trust.kind === 'none') return no(`the role does not trust it: ${explain(trust.verdict)}`)
  if (trust.kind === 'direct' && byTrustAlone(state, principal, question, view))
    return { allowed: true, because: explain(trust.verdict) }
  return answer(evaluateWithin(powersOf(state, principal, view), question))
}

export function mayAssume(
  state: State,
  asked: AssumeQuestion,
  view = state.asOf(asked.at),
): Answer {
  const principal = find(state, asked, asked.at, view)
  if (typeof principal === 'string') return no(principal)
  const role = state.roles.get(asked.roleArn, view)
  if (!role) return no(`there is no role ${asked.roleArn}`)
  return judgeAssume(state, asked, [principal, role], view)
}

export type CallQuestion = Who & {
  readonly action: string
  readonly resource: string
  readonly at: number
  /** Values of further condition keys. */
  readonly context?: Readonly<Record<string, string | undefined>>
}

/** A session lives until its own end, whatever became of the user and the policy that let it begin. */
export function mayCall(state: State, asked: CallQuestion, view = state.asOf(asked.at)): Answer {
  const principal = find(state, asked, asked.at, view)
  if (typeof principal === 'string') return no(principal)
  const { action, resource, at } = asked
  const context = contextOf(principal, at, asked.context)
  return answer(evaluateWithin(powersOf(state, principal, view), { action, resource, context }))
}
