// The SDK's clients, loaded at the first call, with the guard in front of whatever leaves.
import type { IAMClientConfig } from '@aws-sdk/client-iam'
import type { Log } from '../../workflows/ports.ts'
import { assuming, type AssumedRole } from './assume.ts'
import { createExchanger, guarded, type Exchanger } from './exchange.ts'

/** How an account is reached that the process's own credentials do not belong to. */
export interface AccountAccess {
  readonly roleArn: string
  /** What the role's trust policy asks for. NB: it is not told to anybody. */
  readonly externalId?: string
}

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
  /** By account. The credentials above act in their own account, and assume these roles. */
  readonly accounts?: ReadonlyMap<string, AccountAccess>
  readonly log: Log
}

async function connect(options: AwsOptions, assumed: AssumedRole | undefined) {
  const [iam, sts] = await Promise.all([
    import('@aws-sdk/client-iam'),
    import('@aws-sdk/client-sts'),
  ])
  const own = {
    region: options.region ?? 'us-east-1',
    // Reads are tried again by the exchange, all else by the lane: the SDK would also retry writes, and LimitExceeded, which never helps.
    maxAttempts: 1,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  }
  const config = assumed === undefined ? own : { ...own, credentials: assuming(assumed, own) }
  const iamClient = new iam.IAMClient(config)
  iamClient.middlewareStack.add((next) => (args) => guarded.leave(() => next(args)), guarded.at)
  const stsClient = new sts.STSClient(config)
  stsClient.middlewareStack.add((next) => (args) => guarded.leave(() => next(args)), guarded.at)
  return { iam, sts, iamClient, stsClient }
}

export interface Connection {
  readonly exchange: Exchanger
  sdk(): ReturnType<typeof connect>
}

export function createConnection(options: AwsOptions, assumed?: AssumedRole): Connection {
  let connecting: ReturnType<typeof connect> | undefined
  return {
    exchange: createExchanger(options.log),
    sdk: () => (connecting ??= connect(options, assumed)),
  }
}
