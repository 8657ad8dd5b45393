// Calls about IAM users: who they are, what they may do, and whose credentials ours are.
import type { EvaluationResult, User, UserDetail } from '@aws-sdk/client-iam'
import type { CallGuard } from '../../workflows/ports.ts'
import { allPages, complete, mapFound, type Connection } from './connection.ts'
import { decodeDocument } from './documents.ts'
import type { Answer } from './exchange.ts'

export interface IamUser {
  readonly name: string
  readonly userId: string
  readonly arn: string
  /** 12 digits, from the ARN. */
  readonly account: string
}

/** A user, and what is written into it. */
export interface UserWithPolicies extends IamUser {
  readonly policies: readonly { readonly name: string; readonly document: string }[]
}

export interface IamRole {
  readonly arn: string
  /** The trust policy, as JSON. */
  readonly trust: string
  /** MaxSessionDuration. */
  readonly sessionSecondsMax: number
}

/** What AWS takes for a role that says nothing else. */
const sessionSecondsByDefault = 3600

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

function toIamUser(user: User | UserDetail | undefined): IamUser {
  const arn = complete(user?.Arn, 'GetUser')
  return {
    name: complete(user?.UserName, 'GetUser'),
    userId: complete(user?.UserId, 'GetUser'),
    arn,
    account: accountOf(arn),
  }
}

const toUserWithPolicies = (detail: UserDetail): UserWithPolicies => ({
  ...toIamUser(detail),
  policies: (detail.UserPolicyList ?? []).map(({ PolicyName, PolicyDocument }) => ({
    name: complete(PolicyName, 'GetAccountAuthorizationDetails'),
    // What cannot be read is somebody's change: its name still tells whose it is.
    document: decodeDocument(PolicyDocument ?? '') ?? '',
  })),
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

    async getRole(role: string, guard: CallGuard): Promise<Answer<IamRole>> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.GetRoleCommand({ RoleName: role })
      const what = `GetRole for ${role}`
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, ({ Role }) => ({
        arn: complete(Role?.Arn, what),
        trust: decodeDocument(complete(Role?.AssumeRolePolicyDocument, what)) ?? '',
        sessionSecondsMax: Role?.MaxSessionDuration ?? sessionSecondsByDefault,
      }))
    },

    /** Every user of the account. */
    async usersWithPolicies(guard: CallGuard): Promise<Answer<UserWithPolicies[]>> {
      const { iam, iamClient } = await connection.sdk()
      const what = 'GetAccountAuthorizationDetails'
      const pages = await allPages(what, (marker) => {
        const command = new iam.GetAccountAuthorizationDetailsCommand({
          Filter: ['User'],
          ...marker,
        })
        return connection.exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(pages, (found) =>
        found.flatMap((page) => (page.UserDetailList ?? []).map(toUserWithPolicies)),
      )
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
