import { ConfigError } from '../domain/errors.ts'
import { doubleIn } from './aws-endpoint.ts'
import type { Reader } from './reader.ts'

export interface IdentityCenterConfig {
  /** Where the organization's Identity Center is. */
  readonly region: string
  /** False when it is somewhere else than at AWS itself: a test double guards nothing real. */
  readonly real: boolean
  /** Undefined: the SDK finds both by itself, from the same environment. */
  readonly endpoint?: string
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** The role that is assumed. Undefined: the credentials are used as they are. */
  readonly assume?: { readonly roleArn: string; readonly externalId?: string }
  /** For how long a read may still show what was before a write, in milliseconds. */
  readonly lagMs: number
  /** For how long sessions may still be opened after a removal has succeeded, in milliseconds. */
  readonly enforcementMs: number
}

/** Undefined: this Hallpass is not connected to one. */
export function readIdentityCenter(read: Reader): IdentityCenterConfig | undefined {
  const region = read.optional('HALLPASS_IDENTITY_CENTER_REGION')
  const assume = readRole(read)
  if (region === undefined) {
    if (assume === undefined) return undefined
    throw new ConfigError(
      'HALLPASS_IDENTITY_CENTER_REGION is missing: the region of the Identity Center whose role HALLPASS_IDENTITY_CENTER_ROLE names. Set both, or neither.',
    )
  }
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new ConfigError(
      'HALLPASS_IDENTITY_CENTER_REGION is not an AWS region. Write for example eu-central-1.',
    )
  const everything = read.optional('AWS_ENDPOINT_URL')
  const center = read.optional('AWS_ENDPOINT_URL_SSO_ADMIN')
  const double = doubleIn(center ?? everything)
  const store = read.optional('AWS_ENDPOINT_URL_IDENTITYSTORE') ?? everything
  return {
    region,
    real: double === undefined,
    // A test double of the one knows the people of the other.
    ...(double !== undefined && store === undefined ? { endpoint: double } : {}),
    ...(assume === undefined ? {} : { assume }),
    lagMs: milliseconds(read, 'HALLPASS_IDENTITY_CENTER_LAG_MS'),
    enforcementMs: milliseconds(read, 'HALLPASS_IDENTITY_CENTER_ENFORCEMENT_MS'),
  }
}

const milliseconds = (read: Reader, name: string): number =>
  read.integer(name, { fallback: 15_000, min: 0, max: 600_000 })

function readRole(read: Reader): IdentityCenterConfig['assume'] {
  const roleArn = read.optional('HALLPASS_IDENTITY_CENTER_ROLE')
  const externalId = read.optional('HALLPASS_IDENTITY_CENTER_EXTERNAL_ID')
  if (roleArn === undefined) {
    if (externalId === undefined) return undefined
    throw new ConfigError(
      'HALLPASS_IDENTITY_CENTER_EXTERNAL_ID is set without HALLPASS_IDENTITY_CENTER_ROLE: it goes with the role that is assumed. Set both, or neither.',
    )
  }
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(roleArn))
    throw new ConfigError(
      "HALLPASS_IDENTITY_CENTER_ROLE is not a role's ARN. Write for example arn:aws:iam::111122223333:role/hallpass-identity-center.",
    )
  return { roleArn, ...(externalId === undefined ? {} : { externalId }) }
}
