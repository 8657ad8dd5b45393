// The SDK's clients, loaded at the first call, with the guard in front of whatever leaves.
import type { IAMClientConfig } from '@aws-sdk/client-iam'
import { CloudError } from '../../domain/errors.ts'
import type { Log } from '../../workflows/ports.ts'
import { createExchanger, guarded, type Answer, type Exchanger } from './exchange.ts'

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

export interface Connection {
  readonly exchange: Exchanger
  sdk(): ReturnType<typeof connect>
}

export function createConnection(options: AwsOptions): Connection {
  let connecting: ReturnType<typeof connect> | undefined
  return {
    exchange: createExchanger(options.log),
    sdk: () => (connecting ??= connect(options)),
  }
}

/** A field that AWS always sends. Without it the answer proves nothing. */
export function complete<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new CloudError('transient', `AWS: ${what} was answered in part`)
  return value
}

/** Goes on while AWS says that there is more. The evidence is the first page's: nothing is said to be seen too late. */
export async function allPages<
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

export const mapFound = <T, R>(
  { found, evidence }: Answer<T>,
  map: (found: T) => R,
): Answer<R> => ({
  found: found === undefined ? undefined : map(found),
  evidence,
})
