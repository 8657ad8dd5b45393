// Who has access through the Identity Center, and until when: answered from what was stored at that instant.
import type { Answer } from '../authority.ts'
import type { StateChange } from '../history.ts'
import type { View } from '../../versions.ts'
import type { IdentityCenter } from './center.ts'
import type { Assignment, AssignmentRequest, PermissionSet, SsoSession } from './entities.ts'

export interface OpenQuestion {
  readonly user: { readonly userId: string }
  readonly account: string
  readonly permissionSet: { readonly arn: string }
}

export interface AssignmentChange extends StateChange {
  readonly before: Assignment | undefined
  readonly after: Assignment | undefined
}

export interface IdentityCenterJudge {
  /** Whether this user could open a session then. Leaving out `at` asks about now. */
  mayOpen(question: OpenQuestion, at?: number): Answer
  /** Opens one now. Throws when the user may not. */
  openSsoSession(question: OpenQuestion): SsoSession
  /** Whether a session could still be used then. */
  sessionMay(session: SsoSession, at?: number): Answer
  ssoSessions(): readonly SsoSession[]
  assignmentsOf(
    account: string,
    permissionSet: { readonly arn: string },
    at?: number,
  ): readonly Assignment[]
  /** Every change of an assignment, in the order in which they were made. */
  assignmentChanges(): readonly AssignmentChange[]
  assignmentRequests(): readonly AssignmentRequest[]
}

const yes = (because: string): Answer => ({ allowed: true, because })
const no = (because: string): Answer => ({ allowed: false, because })
const iso = (at: number) => new Date(at).toISOString()

/** `PT1H` to `PT12H`, minutes allowed. */
export function durationMs(text: string): number {
  const [, hours = '0', minutes = '0'] = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(text) ?? []
  const total = Number(hours) * 60 + Number(minutes)
  if (total < 60 || total > 720) throw new Error(`A session lasts PT1H to PT12H, not ${text}`)
  return total * 60_000
}

function mayOpen(center: IdentityCenter, asked: OpenQuestion, view: View): Answer {
  const { account, permissionSet } = asked
  const { userId } = asked.user
  const user = center.userById(userId, view)
  if (!user) return no(`there is no user ${userId}`)
  if (!user.enabled) return no(`${user.userName} is disabled`)
  const groups = center.groups.all(view).filter((group) => group.members.includes(userId))
  const ids = new Set([userId, ...groups.map((group) => group.groupId)])
  const found = center.assignments
    .all(view)
    .find(
      (a) =>
        a.account === account && a.permissionSetArn === permissionSet.arn && ids.has(a.principalId),
    )
  return found ? yes(`assigned as ${found.principalType}`) : no('no assignment allows it')
}

function open(center: IdentityCenter, asked: OpenQuestion): SsoSession {
  const { latest } = center.state
  const answer = mayOpen(center, asked, latest)
  const set: PermissionSet | undefined = center.permissionSets.get(asked.permissionSet.arn, latest)
  if (!answer.allowed || !set) throw new Error(`No session: ${answer.because}`)
  const issuedAt = center.state.history.now()
  const session: SsoSession = {
    userId: asked.user.userId,
    account: asked.account,
    permissionSetArn: set.arn,
    issuedAt,
    expiresAt: issuedAt + durationMs(set.sessionDuration),
  }
  center.sessions.push(session)
  center.state.history.note(`session ${set.arn}`, { operation: 'openSsoSession', by: 'outside' })
  center.state.history.changed()
  return session
}

function sessionMay(session: SsoSession, at: number): Answer {
  if (at < session.issuedAt) return no('the session was not issued yet')
  if (at >= session.expiresAt) return no(`the session expired at ${iso(session.expiresAt)}`)
  return yes(`the session lives until ${iso(session.expiresAt)}`)
}

function changesOf(center: IdentityCenter): AssignmentChange[] {
  const upTo = (n: number): View => ({ at: Number.NEGATIVE_INFINITY, upTo: n })
  return center.state.history.changes
    .filter((change) => change.target.startsWith('assignment '))
    .map((change) => ({
      ...change,
      before: center.assignments.get(change.target, upTo(change.n - 1)),
      after: center.assignments.get(change.target, upTo(change.n)),
    }))
}

export function createIdentityCenterJudge(center: IdentityCenter): IdentityCenterJudge {
  const { state } = center
  const settled = <T>(answer: () => T): T => {
    center.settle()
    return answer()
  }
  const viewAt = (at?: number): View => (at === undefined ? state.latest : state.asOf(at))
  return {
    mayOpen: (question, at) => settled(() => mayOpen(center, question, viewAt(at))),
    openSsoSession: (question) => settled(() => open(center, question)),
    sessionMay: (session, at) => sessionMay(session, at ?? state.history.now()),
    ssoSessions: () => center.sessions,
    assignmentsOf: (account, { arn }, at) =>
      settled(() =>
        center.assignments
          .all(viewAt(at))
          .filter((a) => a.account === account && a.permissionSetArn === arn),
      ),
    assignmentChanges: () => settled(() => changesOf(center)),
    assignmentRequests: () => settled(() => center.requests.all(state.latest)),
  }
}
