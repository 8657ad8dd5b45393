import { randomBytes } from 'node:crypto'
import { mayAssume, type Who } from './authority.ts'
import type { Role, Session } from './entities.ts'
import type { Reason } from './history.ts'
import { newAccessKey, type State } from './state.ts'

interface NewSession {
  readonly role: Role
  readonly sessionName: string
  readonly seconds: number
  readonly user: Session['user']
  readonly policy?: string | undefined
  readonly reason: Reason
}

export function issueSession(state: State, asked: NewSession): Session {
  const { role, sessionName, policy, user } = asked
  const at = state.history.now()
  const session: Session = {
    kind: 'session',
    ...newAccessKey('ASIA'),
    sessionToken: randomBytes(48).toString('base64'),
    account: role.account,
    arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${sessionName}`,
    sessionName,
    roleArn: role.arn,
    roleId: role.roleId,
    user,
    ...(policy === undefined ? {} : { policy }),
    issuedAt: at,
    expiresAt: at + asked.seconds * 1000,
  }
  state.keys.set(session.accessKeyId, session)
  state.sessions.push(session)
  state.history.note(session.arn, asked.reason, { after: session })
  state.history.changed()
  return session
}

export type SessionQuestion = Who & {
  readonly roleArn: string
  readonly sessionName: string
  readonly externalId?: string
  /** 3600 when left out. */
  readonly seconds?: number
}

/** What AssumeRole would have answered, without a client. Throws when it would have refused. */
export function openSession(state: State, asked: SessionQuestion): Session {
  const answer = mayAssume(state, { ...asked, at: state.history.now() }, state.latest)
  const role = state.roles.get(asked.roleArn, state.latest)
  if (!answer.allowed || !role) throw new Error(`No session: ${answer.because}`)
  const given = asked.session?.user ?? state.users.get(asked.user?.arn ?? '', state.latest)
  if (!given) throw new Error('No session: nobody asks for it')
  return issueSession(state, {
    role,
    sessionName: asked.sessionName,
    seconds: asked.seconds ?? 3600,
    user: { arn: given.arn, userId: given.userId },
    reason: { operation: 'openSession', by: 'outside' },
  })
}
