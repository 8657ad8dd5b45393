// Ends sessions that run: by a denial on the role that they are of, which names one grant's sessions alone.
import { CloudError } from '../../domain/errors.ts'
import type { AwsAssumeRole, Binding } from '../../domain/lanes/types.ts'
import { secondMs, toIso, floorToSecond, type Instant } from '../../domain/time.ts'
import type { CallGuard, Log } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'

const denialName = /^hallpass-(?<instance>[a-z0-9]+)-kill-[A-Za-z0-9]+-(?<until>\d+)$/

/** Of an inline policy on a role, where it denies sessions: whose it is, and from when on no such session can run. */
export function denialIn(
  name: string,
): { readonly instance: string; readonly until: Instant } | undefined {
  const { instance, until } = denialName.exec(name)?.groups ?? {}
  if (instance === undefined || until === undefined) return undefined
  return { instance, until: Number(until) * secondMs }
}

export const roleNameIn = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1)

/** The last of its sessions began before the end of the binding, and ran for its residual. */
const denialOf = (instance: string, { sessionName, endsAt, residualSeconds }: Binding): string => {
  const until = Math.ceil(endsAt / secondMs) + residualSeconds
  return `hallpass-${instance}-kill-${sessionName.replace(/^hallpass-/, '')}-${until}`
}

/**
 * NB: of any session that can have been opened through it, also one that is opened after this: the removal of what
 * allowed it may not be known everywhere yet.
 */
const documentOf = ({ sessionName, endsAt }: Binding): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: {
        StringLike: { 'aws:userid': `*:${sessionName}` },
        DateLessThan: { 'aws:TokenIssueTime': toIso(floorToSecond(endsAt)) },
      },
    },
  })

export interface Ending {
  readonly instance: string
  readonly role: AwsAssumeRole
  readonly binding: Binding
  /** The cloud's own time at the removal. */
  readonly removedAt: Instant
  /** For how long a change may not be known everywhere, in milliseconds. */
  readonly enforcementMs: number
  readonly log: Log
}

/**
 * After what allowed them was removed. Whether none runs any more once that is enforced everywhere: false where AWS will
 * not take the denial, so that they run out by themselves; and near the binding's own end, when it is told to be over
 * before the denial can be known everywhere. Throws CloudError for what trying again may mend.
 */
export async function endSessions(api: AwsApi, ending: Ending, guard: CallGuard): Promise<boolean> {
  const { instance, role, binding, removedAt, log } = ending
  if (removedAt >= binding.endsAt) return false
  const name = roleNameIn(role.roleArn)
  try {
    await dropExpired(api, ending, guard)
    const denial = {
      role: name,
      policy: denialOf(instance, binding),
      document: documentOf(binding),
    }
    const { found } = await api.putRolePolicy(denial, guard)
    if (found === undefined) throw new CloudError('missing', `AWS: there is no role ${name}`)
  } catch (error) {
    if (!(error instanceof CloudError) || ['transient', 'conflict'].includes(error.kind))
      throw error
    log.warn('aws.sessions-not-ended', {
      binding: binding.id,
      role: role.roleArn,
      kind: error.kind,
      why: error.message,
    })
    return false
  }
  return removedAt + ending.enforcementMs + secondMs <= binding.endsAt
}

/** A role takes 10,240 characters of inline policies: those that deny what cannot run any more make room. */
async function dropExpired(
  api: AwsApi,
  { instance, role, removedAt }: Ending,
  guard: CallGuard,
): Promise<void> {
  const name = roleNameIn(role.roleArn)
  const { found = [] } = await api.listRolePolicies(name, guard)
  for (const policy of found) {
    const denial = denialIn(policy)
    if (denial?.instance === instance && denial.until <= removedAt)
      await api.deleteRolePolicy(name, policy, guard)
  }
}
