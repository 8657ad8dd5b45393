// Which role to assume in which AWS account. NB: an external id is told to nobody: no message repeats what was written.
import { ConfigError } from '../domain/errors.ts'
import type { Reader } from './reader.ts'

export interface AwsAccountConfig {
  readonly roleArn: string
  readonly externalId?: string
}

const setting = 'HALLPASS_AWS_ACCOUNTS'
const example =
  '{ "111122223333": { "role": "arn:aws:iam::111122223333:role/hallpass", "external_id": "…" } }'

/** By account. Undefined: the credentials are used as they are, in their own account alone. */
export function readAwsAccounts(read: Reader): ReadonlyMap<string, AwsAccountConfig> | undefined {
  const text = read.optional(setting)
  if (text === undefined) return undefined
  const entries = Object.entries(objectIn(parse(text), setting))
  const problems: string[] = []
  const accounts = new Map<string, AwsAccountConfig>()
  for (const [account, written] of entries) {
    try {
      accounts.set(account, readAccount(account, written))
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(error.message)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  return accounts
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // NB: the parser's own message repeats a part of the text.
    throw new ConfigError(`${setting} is not JSON. Write for example ${example}.`)
  }
}

function objectIn(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw new ConfigError(`${what} is not an object. Write for example ${example}.`)
}

function readAccount(account: string, written: unknown): AwsAccountConfig {
  if (!/^\d{12}$/.test(account))
    throw new ConfigError(`${setting}: an account is named by its 12 digits, in quotes.`)
  const where = `${setting}: account ${account}`
  const { role, external_id: externalId, ...more } = objectIn(written, where)
  const unknown = Object.keys(more)
  if (unknown.length > 0)
    throw new ConfigError(
      `${where} has ${unknown.join(', ')}, and takes only role and external_id.`,
    )
  if (typeof role !== 'string' || !/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(role))
    throw new ConfigError(
      `${where}: role is not a role's ARN. Write for example arn:aws:iam::${account}:role/hallpass.`,
    )
  if (role.split(':')[4] !== account)
    throw new ConfigError(`${where}: the role is in another account. Name one of that account.`)
  if (externalId === undefined) return { roleArn: role }
  if (typeof externalId !== 'string' || !/^[\w+=,.@:/-]{2,1224}$/.test(externalId))
    throw new ConfigError(
      `${where}: external_id takes 2 to 1224 letters, digits and any of + = , . @ : / - _.`,
    )
  return { roleArn: role, externalId }
}
