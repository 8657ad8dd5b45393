// Calls about IAM users: who they are, what they may do, and whose credentials ours are.
import type {
  EvaluationResult,
  PolicyDetail,
  RoleDetail,
  User,
  UserDetail,
} from '@aws-sdk/client-iam'
import type { CallGuard } from '../../../workflows/ports.ts'
import { allPages, complete, mapFound } from './answers.ts'
import type { Connection } from '../connection.ts'
import { decodeDocument } from '../documents.ts'
import type { Answer } from '../exchange.ts'

export interface IamUser {
  readonly name: string
  readonly userId: string
  readonly arn: string
  /** 12 digits, from the ARN. */
  readonly account: string
  /** ARN of the managed policy that bounds them. NB: lists of users leave it out. */
  readonly boundary: string | undefined
}

/** A user, and the inline policies on it. */
export interface UserWithPolicies extends IamUser {
  readonly policies: readonly { readonly name: string; readonly document: string }[]
}

/** A role, and what is on it. */
export interface RoleWithPolicies {
  readonly name: string
  readonly roleId: string
  readonly arn: string
  readonly path: string
  /** The trust policy, as JSON. */
  readonly trust: string
  readonly policies: UserWithPolicies['policies']
  /** ARNs of managed policies. */
  readonly attached: readonly string[]
  readonly boundary: string | undefined
}

export interface Simulation {
  readonly userArn: string
  readonly actions: readonly string[]
  readonly resource: string
  /** Condition keys and their values: what is not given has no value. */
  readonly context: readonly {
    readonly key: string
    readonly type: 'string' | 'date'
    readonly value: string
  }[]
}

export interface CallerIdentity {
  readonly account: string
  readonly arn: string
  readonly userId: string
}

const accountOf = (arn: string) => arn.split(':')[4] ?? ''

export function toIamUser(user: User | UserDetail | undefined): IamUser {
  const arn = complete(user?.Arn, 'GetUser')
  return {
    name: complete(user?.UserName, 'GetUser'),
    userId: complete(user?.UserId, 'GetUser'),
    arn,
    account: accountOf(arn),
    boundary: user?.PermissionsBoundary?.PermissionsBoundaryArn,
  }
}

const listed = 'GetAccountAuthorizationDetails'

/** What cannot be read is somebody's change: its name still tells whose it is. */
const toPolicies = (details: readonly PolicyDetail[] | undefined) =>
  (details ?? []).map(({ PolicyName, PolicyDocument }) => ({
    name: complete(PolicyName, listed),
    document: decodeDocument(PolicyDocument ?? '') ?? '',
  }))

const toUserWithPolicies = (detail: UserDetail): UserWithPolicies => ({
  ...toIamUser(detail),
  policies: toPolicies(detail.UserPolicyList),
})

const toRoleWithPolicies = (detail: RoleDetail): RoleWithPolicies => ({
  name: complete(detail.RoleName, listed),
  roleId: complete(detail.RoleId, listed),
  arn: complete(detail.Arn, listed),
  path: complete(detail.Path, listed),
  trust: decodeDocument(detail.AssumeRolePolicyDocument ?? '') ?? '',
  policies: toPolicies(detail.RolePolicyList),
  attached: (detail.AttachedManagedPolicies ?? []).map((p) => complete(p.PolicyArn, listed)),
  boundary: detail.PermissionsBoundary?.PermissionsBoundaryArn,
})

export function createUserCalls(connection: Connection) {
  return {
    async getUser(name: string, guard: CallGuard): Promise<Answer<IamUser>> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.GetUserCommand({ UserName: name })
      const what = `GetUser for ${name}`
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, ({ User }) => toIamUser(User))
    },

    /** Every user of the account, without what is on them. */
    async listUsers(guard: CallGuard): Promise<Answer<readonly IamUser[]>> {
      const { iam, iamClient } = await connection.sdk()
      const what = 'ListUsers'
      const pages = await allPages(what, (marker) => {
        const command = new iam.ListUsersCommand(marker)
        return connection.exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(pages, (found) => found.flatMap((p) => (p.Users ?? []).map(toIamUser)))
    },

    /** Every user and every role of the account. */
    async accountDetails(guard: CallGuard): Promise<
      Answer<{
        readonly users: readonly UserWithPolicies[]
        readonly roles: readonly RoleWithPolicies[]
      }>
    > {
      const { iam, iamClient } = await connection.sdk()
      const what = listed
      const pages = await allPages(what, (marker) => {
        const command = new iam.GetAccountAuthorizationDetailsCommand({
          Filter: ['User', 'Role'],
          ...marker,
        })
        return connection.exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(pages, (found) => ({
        users: found.flatMap((page) => (page.UserDetailList ?? []).map(toUserWithPolicies)),
        roles: found.flatMap((page) => (page.RoleDetailList ?? []).map(toRoleWithPolicies)),
      }))
    },

    async simulate(simulation: Simulation, guard: CallGuard): Promise<Answer<EvaluationResult[]>> {
      const { iam, iamClient } = await connection.sdk()
      const what = `SimulatePrincipalPolicy for ${simulation.userArn}`
      const pages = await allPages(what, (marker) => {
        const command = new iam.SimulatePrincipalPolicyCommand({
          PolicySourceArn: simulation.userArn,
          ActionNames: [...simulation.actions],
          ResourceArns: [simulation.resource],
          ContextEntries: simulation.context.map(({ key, type, value }) => ({
            ContextKeyName: key,
            ContextKeyType: type,
            ContextKeyValues: [value],
          })),
          ...marker,
        })
        return connection.exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(pages, (found) => found.flatMap((page) => page.EvaluationResults ?? []))
    },

    async callerIdentity(guard: CallGuard): Promise<CallerIdentity> {
      const { sts, stsClient } = await connection.sdk()
      const command = new sts.GetCallerIdentityCommand({})
      const what = 'GetCallerIdentity'
      const { found } = await connection.exchange(what, guard, (o) => stsClient.send(command, o))
      return {
        account: complete(found?.Account, what),
        arn: complete(found?.Arn, what),
        userId: complete(found?.UserId, what),
      }
    },
  }
}
