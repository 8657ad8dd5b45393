// The AWS calls that the adapter makes, each guarded and with its evidence. The SDK is loaded at the first one.
import type { EvaluationResult, IAMClientConfig, User } from '@aws-sdk/client-iam'
import { CloudError } from '../../domain/errors.ts'
import type { Evidence } from '../../domain/lanes/types.ts'
import type { CallGuard, Log } from '../../workflows/ports.ts'
import { decodeDocument } from './documents.ts'
import { createExchanger, guarded, type Answer } from './exchange.ts'

export interface AwsOptions {
  /** The ledger's instance id, which marks what is ours. */
  readonly instance: string
  /** Left out, the SDK finds it itself (`AWS_ENDPOINT_URL_IAM`, `AWS_ENDPOINT_URL_STS`, or AWS). */
  readonly endpoint?: string
  /** Signs the calls. IAM has no regions of its own: `us-east-1` when left out. */
  readonly region?: string
  /** Left out, the SDK finds them itself. */
  readonly credentials?: NonNullable<IAMClientConfig['credentials']>
  /** For how long a read may still show what was before a write, in milliseconds. */
  readonly lagMs?: number
  readonly log: Log
}

/** What Hallpass's own credentials must be allowed to do. `sts:GetCallerIdentity` needs no permission. */
export const apiActions: readonly string[] = [
  'iam:DeleteUserPolicy',
  'iam:GetRole',
  'iam:GetUser',
  'iam:GetUserPolicy',
  'iam:ListUserPolicies',
  'iam:PutUserPolicy',
  'iam:SimulatePrincipalPolicy',
]

export interface IamUser {
  readonly name: string
  readonly userId: string
  readonly arn: string
  /** 12 digits, from the ARN. */
  readonly account: string
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

export type AwsApi = ReturnType<typeof createApi>

async function connect(options: AwsOptions) {
  const [iam, sts] = await Promise.all([
    import('@aws-sdk/client-iam'),
    import('@aws-sdk/client-sts'),
  ])
  const config = {
    region: options.region ?? 'us-east-1',
    // Trying again is the lane's: the SDK would also retry LimitExceeded, which never helps.
    maxAttempts: 1,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  }
  const iamClient = new iam.IAMClient(config)
  iamClient.middlewareStack.add((next) => (args) => guarded.leave(() => next(args)), guarded.at)
  const stsClient = new sts.STSClient(config)
  stsClient.middlewareStack.add((next) => (args) => guarded.leave(() => next(args)), guarded.at)
  return { iam, sts, iamClient, stsClient }
}

function complete<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new CloudError('transient', `AWS: ${what} was answered in part`)
  return value
}

const accountOf = (arn: string) => arn.split(':')[4] ?? ''

function toIamUser(user: User | undefined): IamUser {
  const arn = complete(user?.Arn, 'GetUser')
  return {
    name: complete(user?.UserName, 'GetUser'),
    userId: complete(user?.UserId, 'GetUser'),
    arn,
    account: accountOf(arn),
  }
}

/** Goes on while AWS says that there is more. The evidence is the first page's: nothing is said to be seen too late. */
async function allPages<
  Page extends { readonly IsTruncated?: boolean | undefined; readonly Marker?: string | undefined },
>(
  what: string,
  read: (marker: { Marker?: string }) => Promise<Answer<Page>>,
): Promise<Answer<Page[]>> {
  const first = await read({})
  if (!first.found) return { found: undefined, evidence: first.evidence }
  const pages = [first.found]
  for (let last = first.found; last.IsTruncated;) {
    const next = await read({ Marker: complete(last.Marker, what) })
    if (!next.found) return { found: undefined, evidence: next.evidence }
    pages.push(next.found)
    last = next.found
  }
  return { found: pages, evidence: first.evidence }
}

const mapFound = <T, R>({ found, evidence }: Answer<T>, map: (found: T) => R): Answer<R> => ({
  found: found === undefined ? undefined : map(found),
  evidence,
})

export function createApi(options: AwsOptions) {
  const exchange = createExchanger(options.log)
  let connecting: ReturnType<typeof connect> | undefined
  const connected = () => (connecting ??= connect(options))

  return {
    async getUser(name: string, guard: CallGuard): Promise<Answer<IamUser>> {
      const { iam, iamClient } = await connected()
      const command = new iam.GetUserCommand({ UserName: name })
      const what = `GetUser for ${name}`
      const answer = await exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, ({ User }) => toIamUser(User))
    },

    /** The names of all inline policies. */
    async listUserPolicies(user: string, guard: CallGuard): Promise<Answer<ReadonlySet<string>>> {
      const { iam, iamClient } = await connected()
      const what = `ListUserPolicies for ${user}`
      const pages = await allPages(what, (marker) => {
        const command = new iam.ListUserPoliciesCommand({ UserName: user, ...marker })
        return exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(pages, (found) => new Set(found.flatMap((p) => p.PolicyNames ?? [])))
    },

    /** The document as it was put. */
    async getUserPolicy(user: string, policy: string, guard: CallGuard): Promise<Answer<string>> {
      const { iam, iamClient } = await connected()
      const command = new iam.GetUserPolicyCommand({ UserName: user, PolicyName: policy })
      const what = `GetUserPolicy for ${user}`
      const answer = await exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, (found) => decodeDocument(complete(found.PolicyDocument, what)) ?? '')
    },

    async putUserPolicy(
      put: { readonly user: string; readonly policy: string; readonly document: string },
      guard: CallGuard,
    ): Promise<Evidence> {
      const { iam, iamClient } = await connected()
      const what = `PutUserPolicy for ${put.user}`
      const command = new iam.PutUserPolicyCommand({
        UserName: put.user,
        PolicyName: put.policy,
        PolicyDocument: put.document,
      })
      const { found, evidence } = await exchange(what, guard, (o) => iamClient.send(command, o))
      if (!found) throw new CloudError('missing', `AWS: there is no IAM user ${put.user}`)
      return evidence
    },

    /** `found` tells whether there was one to delete. */
    async deleteUserPolicy(user: string, policy: string, guard: CallGuard): Promise<Answer<true>> {
      const { iam, iamClient } = await connected()
      const command = new iam.DeleteUserPolicyCommand({ UserName: user, PolicyName: policy })
      const what = `DeleteUserPolicy for ${user}`
      const answer = await exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, () => true)
    },

    /** The role's trust policy. */
    async getRoleTrust(role: string, guard: CallGuard): Promise<Answer<string>> {
      const { iam, iamClient } = await connected()
      const command = new iam.GetRoleCommand({ RoleName: role })
      const what = `GetRole for ${role}`
      const answer = await exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(
        answer,
        ({ Role }) => decodeDocument(complete(Role?.AssumeRolePolicyDocument, what)) ?? '',
      )
    },

    async simulate(simulation: Simulation, guard: CallGuard): Promise<Answer<EvaluationResult[]>> {
      const { iam, iamClient } = await connected()
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
        return exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(pages, (found) => found.flatMap((page) => page.EvaluationResults ?? []))
    },

    async callerIdentity(guard: CallGuard): Promise<CallerIdentity> {
      const { sts, stsClient } = await connected()
      const command = new sts.GetCallerIdentityCommand({})
      const what = 'GetCallerIdentity'
      const { found } = await exchange(what, guard, (o) => stsClient.send(command, o))
      return {
        account: complete(found?.Account, what),
        arn: complete(found?.Arn, what),
        userId: complete(found?.UserId, what),
      }
    },
  }
}
