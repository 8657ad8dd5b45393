// Whether somebody already has this without us, by IAM's own simulation over what is stored.
import type { EvaluationResult } from '@aws-sdk/client-iam'
import { CloudError } from '../../domain/errors.ts'
import type {
  AwsAssumeRole,
  AwsInlinePermissions,
  AwsPrincipal,
  AwsRole,
} from '../../domain/lanes/types.ts'
import { toIso } from '../../domain/time.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { isAmong, isMembership, type Membership } from './memberships.ts'
import { requirePrincipal } from './principals.ts'
import { trustsUser } from './trust.ts'
import type { IamUser, Simulation } from './calls/user-calls.ts'

/** No session of ours is called so: a policy that still allows it is somebody else's. */
const foreignSessionName = 'standing-check'

/** Asks IAM about one user. */
interface Probe {
  readonly user: IamUser
  readonly instance: string
  /** Every result of one simulation; each action must be answered. */
  readonly simulate: (
    actions: readonly string[],
    resource: string,
    context?: Simulation['context'],
  ) => Promise<readonly EvaluationResult[]>
}

/** An inline policy is called `user_<user>_<policy>` in a simulation, and in AWS's documentation by its bare name. */
function isOurs(sourcePolicyId: string | undefined, { instance, user }: Probe): boolean {
  const mark = `hallpass-${instance}-`
  return (
    sourcePolicyId?.startsWith(mark) === true ||
    sourcePolicyId?.startsWith(`user_${user.name}_${mark}`) === true
  )
}

function allowedByOthers(result: EvaluationResult, probe: Probe): boolean {
  if (result.EvalDecision !== 'allowed') return false
  const matched = result.MatchedStatements ?? []
  return matched.length === 0 || matched.some((m) => !isOurs(m.SourcePolicyId, probe))
}

const actionIn = (results: readonly EvaluationResult[], action: string) =>
  results.find((r) => r.EvalActionName?.toLowerCase() === action.toLowerCase())

async function mayAssumeAlready(role: AwsAssumeRole, probe: Probe): Promise<boolean> {
  const name = { key: 'sts:RoleSessionName', type: 'string', value: foreignSessionName } as const
  const results = await probe.simulate(['sts:AssumeRole'], role.roleArn, [name])
  return actionIn(results, 'sts:AssumeRole')?.EvalDecision === 'allowed'
}

/**
 * Only a role whose every action on every resource is allowed by others counts as standing. IAM simulates no
 * wildcards in actions: a role that has one is never found standing.
 */
async function hasAllAlready(role: AwsInlinePermissions, probe: Probe): Promise<boolean> {
  const actions = role.allow.flatMap((allow) => allow.actions)
  if (actions.length === 0 || actions.some((action) => /[*?]/.test(action))) return false
  for (const allow of role.allow)
    for (const resource of allow.resources) {
      const results = await probe.simulate(allow.actions, resource)
      const found = allow.actions.map((action) => actionIn(results, action))
      if (!found.every((result) => result && allowedByOthers(result, probe))) return false
    }
  return role.allow.some((allow) => allow.actions.length > 0 && allow.resources.length > 0)
}

export async function isStanding(
  api: AwsApi,
  asked: { role: AwsRole; principal: AwsPrincipal; instance: string },
  guard: CallGuard,
): Promise<boolean> {
  const { user, evidence } = await requirePrincipal(api, asked.principal, guard)
  // The simulation has no clock of its own: a dated policy of somebody else's counts while its time is running.
  const time = { key: 'aws:CurrentTime', type: 'date', value: toIso(evidence.cloudAt) } as const
  const probe: Probe = {
    user,
    instance: asked.instance,
    async simulate(actions, resource, context = []) {
      const simulation = { userArn: user.arn, actions, resource, context: [time, ...context] }
      const { found } = await api.simulate(simulation, guard)
      if (found) return found
      throw new CloudError('missing', `AWS: the IAM user ${user.name} went away`)
    },
  }
  const { role } = asked
  if (role.mode === 'inline-permissions') return hasAllAlready(role, probe)
  if (role.mode === 'assume-role')
    return (await trustsUser(api, role, user, guard)) || (await mayAssumeAlready(role, probe))
  return isMembership(role) && isIn(api, role, user, guard)
}

/** NB: nothing tells why: one of Hallpass's own memberships counts here like any other. */
async function isIn(
  api: AwsApi,
  role: Membership,
  { name }: IamUser,
  guard: CallGuard,
): Promise<boolean> {
  const { found } =
    role.mode === 'group' ? await api.groupsOf(name, guard) : await api.attachedToUser(name, guard)
  return found !== undefined && isAmong(found, role)
}
