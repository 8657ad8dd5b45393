import { reasonOf, type Action, type Call } from './action.ts'
import { mayAssume } from './authority.ts'
import type { Role } from './entities.ts'
import { AwsFault } from './fault.ts'
import { parsePolicy } from './policy-document.ts'
import { issueSession } from './sessions.ts'

const getCallerIdentity: Action = {
  kind: 'read',
  resource: () => '*',
  run({ account, caller }) {
    return caller.kind === 'user'
      ? { UserId: caller.user.userId, Account: account, Arn: caller.user.arn }
      : { UserId: `${caller.roleId}:${caller.sessionName}`, Account: account, Arn: caller.arn }
  },
}

const roleArnPattern = /^arn:aws:iam::\d{12}:role\/[!-~]+$/
const externalIdPattern = /^[\w+=,.@:/-]{2,1224}$/

interface Asked {
  readonly roleArn: string
  readonly sessionName: string
  readonly externalId: string | undefined
}

function askedOf({ params }: Call): Asked {
  const externalId = params.optional('ExternalId')
  const roleArn = params.required('RoleArn')
  if (!roleArnPattern.test(roleArn)) throw new AwsFault('ValidationError', `${roleArn} is invalid`)
  if (externalId !== undefined && !externalIdPattern.test(externalId))
    throw new AwsFault('ValidationError', "Value at 'externalId' failed to satisfy constraint")
  return { roleArn, sessionName: params.name('RoleSessionName', 64), externalId }
}

/** NB: as in AWS, a role that does not exist is refused like one that may not be assumed. */
function permittedRole({ at, caller, state }: Call, asked: Asked): Role {
  const who = caller.kind === 'user' ? { user: caller.user } : { session: caller }
  const answer = mayAssume(state, { ...asked, ...who, at }, state.latest)
  const role = state.roles.get(asked.roleArn, state.latest)
  if (answer.allowed && role) return role
  const arn = caller.kind === 'user' ? caller.user.arn : caller.arn
  throw new AwsFault(
    'AccessDenied',
    `User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${asked.roleArn} (${answer.because})`,
  )
}

/** From a role to a role is for an hour at most. */
const secondsOf = ({ caller, params }: Call, role: Role): number =>
  params.integer('DurationSeconds', {
    min: 900,
    max: caller.kind === 'session' ? 3600 : role.maxSessionSeconds,
    byDefault: 3600,
  })

function sessionPolicy({ params }: Call): string | undefined {
  if (params.optional('PolicyArns.member.1.arn') !== undefined)
    throw new AwsFault('InvalidAction', 'Managed session policies are not simulated.')
  const policy = params.optional('Policy')
  if (policy !== undefined) parsePolicy(policy, 'identity')
  return policy
}

const assumeRole: Action = {
  kind: 'write',
  resource: (call) => call.params.required('RoleArn'),
  run(call) {
    const asked = askedOf(call)
    const role = permittedRole(call, asked)
    const { sessionName } = asked
    const session = issueSession(call.state, {
      role,
      sessionName,
      seconds: secondsOf(call, role),
      user: call.caller.user,
      policy: sessionPolicy(call),
      reason: reasonOf(call),
    })
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
