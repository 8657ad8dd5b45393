// Who may do what, judged over the stored policies as they stood at an instant.
import type { Role, Session, User, UserRef } from './entities.ts'
import { evaluate, type Question, type Source, type Verdict } from './evaluate.ts'
import type { View } from './history.ts'
import { parsePolicy } from './policy-document.ts'
import type { State } from './state.ts'

export interface Answer {
  readonly allowed: boolean
  readonly because: string
}

const inlineSources = (prefix: string, inline: ReadonlyMap<string, string>): Source[] =>
  [...inline].map(([name, document]) => ({
    id: `${prefix}_${name}`,
    statements: parsePolicy(document, 'identity'),
  }))

export function userSources(state: State, user: User, view: View): Source[] {
  const attached = user.attached.flatMap((arn) => state.policies.get(arn, view) ?? [])
  const groups = user.groups.flatMap((name) => state.groupNamed(user.account, name, view) ?? [])
  return [
    ...inlineSources(`user_${user.name}`, user.inline),
    ...attached.map((p) => ({ id: p.name, statements: parsePolicy(p.document, 'identity') })),
    ...groups.flatMap((group) => inlineSources(`group_${group.name}`, group.inline)),
  ]
}

export const roleSources = (role: Role): Source[] => inlineSources(`role_${role.name}`, role.inline)

const iso = (at: number) => new Date(at).toISOString()

function userContext(user: User, at: number, more: readonly [string, string][] = []) {
  return new Map([
    ['aws:currenttime', iso(at)],
    ['aws:username', user.name],
    ['aws:userid', user.userId],
    ['aws:principalarn', user.arn],
    ['aws:principalaccount', user.account],
    ...more,
  ])
}

function explain({ decision, by, unsupported }: Verdict): string {
  const decided =
    decision === 'allowed'
      ? `allowed by ${by.join(', ')}`
      : decision === 'explicitDeny'
        ? `denied by ${by.join(', ')}`
        : 'no policy allows it'
  return unsupported.length === 0 ? decided : `${decided}; not judged: ${unsupported.join(', ')}`
}

const answer = (verdict: Verdict): Answer => ({
  allowed: verdict.decision === 'allowed',
  because: explain(verdict),
})
const no = (because: string): Answer => ({ allowed: false, because })

/** The user as it stood; a reason when it was not there or was another one. */
function find(state: State, ref: UserRef, view: View): User | string {
  const user = state.users.get(ref.arn, view)
  if (!user) return `there is no user ${ref.arn}`
  if (ref.userId !== undefined && ref.userId !== user.userId)
    return `${ref.arn} is ${user.userId}, not ${ref.userId}`
  return user
}

/** `direct`: the trust policy names the user, whose own policies need not allow it. `delegated`: it names the account. */
function trustOf(role: Role, user: User, question: Question) {
  const principals = {
    direct: [user.arn, '*'],
    delegated: [`arn:aws:iam::${user.account}:root`, user.account],
  }
  const judge = (names: readonly string[]) => {
    const statements = parsePolicy(role.trust, 'trust').filter((s) =>
      s.principals.some((p) => names.includes(p)),
    )
    return evaluate([{ id: `trust of ${role.name}`, statements }], question)
  }
  const all = judge([...principals.direct, ...principals.delegated])
  if (all.decision !== 'allowed') return { kind: 'none', because: explain(all) } as const
  const direct = judge(principals.direct).decision === 'allowed' && user.account === role.account
  return { kind: direct ? 'direct' : 'delegated', because: explain(all) } as const
}

export interface AssumeQuestion {
  readonly user: UserRef
  readonly roleArn: string
  readonly sessionName: string
  readonly at: number
}

export function mayAssume(
  state: State,
  asked: AssumeQuestion,
  view = state.asOf(asked.at),
): Answer {
  const user = find(state, asked.user, view)
  if (typeof user === 'string') return no(user)
  const role = state.roles.get(asked.roleArn, view)
  if (!role) return no(`there is no role ${asked.roleArn}`)
  const context = userContext(user, asked.at, [['sts:rolesessionname', asked.sessionName]])
  const question = { action: 'sts:AssumeRole', resource: role.arn, context }
  const trust = trustOf(role, user, question)
  if (trust.kind === 'none') return no(`the role does not trust it: ${trust.because}`)
  const identity = evaluate(userSources(state, user, view), question)
  if (trust.kind === 'direct' && identity.decision === 'implicitDeny')
    return { allowed: true, because: trust.because }
  return answer(identity)
}

export type CallQuestion = (
  | { readonly user: UserRef; readonly session?: never }
  | { readonly session: Session; readonly user?: never }
) & { readonly action: string; readonly resource: string; readonly at: number }

function maySessionCall(state: State, session: Session, asked: CallQuestion, view: View): Answer {
  if (asked.at < session.issuedAt) return no('the session was not issued yet')
  if (asked.at >= session.expiresAt) return no(`the session expired at ${iso(session.expiresAt)}`)
  const role = state.roles.get(session.roleArn, view)
  if (role?.roleId !== session.roleId) return no('the role is gone')
  const context = new Map([
    ['aws:currenttime', iso(asked.at)],
    ['aws:userid', `${session.roleId}:${session.sessionName}`],
    ['aws:principalarn', role.arn],
    ['aws:principalaccount', role.account],
  ])
  const { action, resource } = asked
  return answer(evaluate(roleSources(role), { action, resource, context }))
}

/** A session lives until its own end, whatever became of the user and the policy that let it begin. */
export function mayCall(state: State, asked: CallQuestion, view = state.asOf(asked.at)): Answer {
  if (asked.session) return maySessionCall(state, asked.session, asked, view)
  const user = find(state, asked.user, view)
  if (typeof user === 'string') return no(user)
  const { action, resource, at } = asked
  const context = userContext(user, at)
  return answer(evaluate(userSources(state, user, view), { action, resource, context }))
}
