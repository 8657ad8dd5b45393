import { randomBytes } from 'node:crypto'
import { reasonOf, type Action, type Call } from './action.ts'
import { mayAssume } from './authority.ts'
import type { Role, Session } from './entities.ts'
import { AwsFault } from './fault.ts'
import { newAccessKey } from './state.ts'

const getCallerIdentity: Action = {
  kind: 'read',
  resource: () => '*',
  run({ account, caller }) {
    return caller.kind === 'user'
      ? { UserId: caller.user.userId, Account: account, Arn: caller.user.arn }
      : { UserId: `${caller.roleId}:${caller.sessionName}`, Account: account, Arn: caller.arn }
  },
}

interface Asked {
  readonly roleArn: string
  readonly sessionName: string
}

function permittedRole(call: Call, { roleArn, sessionName }: Asked): Role {
  const { at, caller, state } = call
  const refused = (why: string) =>
    new AwsFault(
      'AccessDenied',
      `User is not authorized to perform: sts:AssumeRole on resource: ${roleArn} (${why})`,
    )
  if (caller.kind !== 'user') throw refused('role chaining is not simulated')
  const answer = mayAssume(state, { user: caller.user, roleArn, sessionName, at }, state.latest)
  const role = state.roles.get(roleArn, state.latest)
  if (!answer.allowed || !role) throw refused(answer.because)
  return role
}

function issue(call: Call, role: Role, sessionName: string, seconds: number): Session {
  if (call.caller.kind !== 'user') throw new AwsFault('AccessDenied', 'Not a user')
  const session: Session = {
    kind: 'session',
    ...newAccessKey('ASIA'),
    sessionToken: randomBytes(48).toString('base64'),
    account: role.account,
    arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${sessionName}`,
    sessionName,
    roleArn: role.arn,
    roleId: role.roleId,
    user: call.caller.user,
    issuedAt: call.at,
    expiresAt: call.at + seconds * 1000,
  }
  call.state.keys.set(session.accessKeyId, session)
  call.state.history.note(session.arn, reasonOf(call))
  call.state.history.changed()
  return session
}

const assumeRole: Action = {
  kind: 'write',
  resource: (call) => call.params.required('RoleArn'),
  run(call) {
    const { params } = call
    const roleArn = params.required('RoleArn')
    const sessionName = params.name('RoleSessionName', 64)
    const role = permittedRole(call, { roleArn, sessionName })
    const bounds = { min: 900, max: role.maxSessionSeconds, byDefault: 3600 }
    const seconds = params.integer('DurationSeconds', bounds)
    const session = issue(call, role, sessionName, seconds)
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.sessionToken,
        Expiration: new Date(session.expiresAt).toISOString(),
      },
      AssumedRoleUser: { AssumedRoleId: `${role.roleId}:${sessionName}`, Arn: session.arn },
    }
  },
}

/** They decide for themselves who may call them. */
export const stsActions: Readonly<Record<string, Action>> = {
  GetCallerIdentity: getCallerIdentity,
  AssumeRole: assumeRole,
}
