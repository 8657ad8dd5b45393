// What bears a Hallpass's mark on a user or a role, as far as it can be read: it may have been changed since it was made.
import { laneOf } from '../../domain/lanes/lane-of.ts'
import { endless, longestSessionSeconds, type Found } from '../../domain/lanes/places.ts'
import type { AwsPrincipal, AwsRole, Binding } from '../../domain/lanes/types.ts'
import type { Instant } from '../../domain/time.ts'
import { assumedRoleOf, endOfDenial, trustedIn, windowEndOf } from './read-document.ts'
import { endPolicy, rolePath } from './role-documents.ts'
import { denialIn } from './sessions.ts'
import type { RoleWithPolicies, UserWithPolicies } from './calls/user-calls.ts'

const marked = /^hallpass-(?<instance>[a-z0-9]+)-(?<grant>[A-Za-z0-9]+)(-\d+)?$/

interface Mark {
  readonly instance: string
  readonly grant: string
}

function markIn(name: string): Mark | undefined {
  const { instance, grant } = marked.exec(name)?.groups ?? {}
  return instance === undefined || grant === undefined ? undefined : { instance, grant }
}

const markedAs = (
  { instance, grant }: Mark,
  of: Pick<Binding, 'name' | 'endsAt' | 'residualSeconds'> & {
    readonly role: AwsRole
    readonly principal: AwsPrincipal
  },
): Found => {
  const lane = laneOf(of)
  const sessionName = `hallpass-${grant}`
  const binding = { ...of, id: of.name, laneId: lane.id, sessionName, startsAt: 0 }
  return { kind: 'marked', instance, binding, lane }
}

export const foundOnUser = (user: UserWithPolicies, account: string): readonly Found[] =>
  user.policies.flatMap(({ name, document }) => {
    const mark = markIn(name)
    if (mark === undefined) return []
    const role = inlineRoleOf(document, account)
    return [
      markedAs(mark, {
        name,
        role,
        principal: { cloud: 'aws', account, userName: user.name, userId: user.userId },
        endsAt: windowEndOf(document) ?? endless,
        residualSeconds: role.mode === 'assume-role' ? longestSessionSeconds : 0,
      }),
    ]
  })

/** Enough to remove it: what else it says may be anybody's. */
function inlineRoleOf(document: string, account: string): AwsRole {
  const roleArn = assumedRoleOf(document)
  return roleArn === undefined
    ? { cloud: 'aws', mode: 'inline-permissions', account, allow: [] }
    : { cloud: 'aws', mode: 'assume-role', account, roleArn }
}

interface Account {
  readonly account: string
  readonly users: readonly UserWithPolicies[]
  readonly now: Instant
}

export function foundOnRole(role: RoleWithPolicies, account: Account): readonly Found[] {
  const mark = role.path.startsWith(rolePath) ? markIn(role.name) : undefined
  return mark === undefined
    ? role.policies.flatMap(({ name }) => expiredDenial(role, name, account))
    : [madeRole(role, mark, account)]
}

/** NB: one that may still stop a session is none that anybody may remove: it is not told. */
function expiredDenial(
  { name: roleName, roleId, arn }: RoleWithPolicies,
  name: string,
  { account, now }: Account,
): readonly Found[] {
  const denial = denialIn(name)
  if (denial === undefined || now < denial.until) return []
  const mark = { instance: denial.instance, grant: 'kill' }
  return [
    markedAs(mark, {
      name,
      role: { cloud: 'aws', mode: 'assume-role', account, roleArn: arn },
      principal: { cloud: 'aws', account, userName: roleName, userId: roleId },
      endsAt: denial.until,
      residualSeconds: 0,
    }),
  ]
}

/** Its user is whom its trust names. Where that cannot be read any more, the role has a lane of its own. */
function madeRole(role: RoleWithPolicies, mark: Mark, { account, users }: Account): Found {
  const { arn, userId } = trustedIn(role.trust)
  const user = users.find((each) =>
    userId === undefined ? each.arn === arn : each.userId === userId,
  )
  const nameInArn = arn?.slice(arn.lastIndexOf('/') + 1)
  const end = role.policies.find(({ name }) => name === endPolicy)?.document
  const ends = [windowEndOf(role.trust), endOfDenial(end ?? '')]
  return markedAs(mark, {
    name: role.name,
    role: {
      cloud: 'aws',
      mode: 'role-per-grant',
      account,
      policies: role.attached,
      boundary: role.boundary,
    },
    principal: {
      cloud: 'aws',
      account,
      userName: user?.name ?? nameInArn ?? role.name,
      userId: user?.userId ?? userId ?? role.roleId,
    },
    endsAt: Math.max(...ends.map((each) => each ?? endless)),
    residualSeconds: 0,
  })
}
