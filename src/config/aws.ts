import { doubleIn } from './aws-endpoint.ts'
import { readAwsAccounts, type AwsAccountConfig } from './aws-accounts.ts'
import type { Reader } from './reader.ts'

export interface AwsConfig {
  /** False when IAM is somewhere else than at AWS itself: a test double guards nothing real. */
  readonly real: boolean
  /** Undefined: the SDK finds both by itself, from the same environment. */
  readonly endpoint?: string
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** The roles to assume, by account. */
  readonly accounts?: ReadonlyMap<string, AwsAccountConfig>
  /** For how long an IAM read may still show what was before a write, in milliseconds. */
  readonly lagMs: number
}

export function readAws(read: Reader): AwsConfig {
  const accounts = readAwsAccounts(read)
  const everything = read.optional('AWS_ENDPOINT_URL')
  const iam = read.optional('AWS_ENDPOINT_URL_IAM')
  const sts = read.optional('AWS_ENDPOINT_URL_STS') ?? everything
  const double = doubleIn(iam ?? everything)
  return {
    real: double === undefined,
    // A test double for IAM knows the accounts that it plays; AWS's own STS does not.
    ...(double !== undefined && sts === undefined ? { endpoint: double } : {}),
    ...(accounts === undefined ? {} : { accounts }),
    lagMs: read.integer('HALLPASS_AWS_LAG_MS', { fallback: 15_000, min: 0, max: 600_000 }),
  }
}
