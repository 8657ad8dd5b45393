// The only reader of the environment. A bad value is an error that names the setting and says what to write.
import { resolve } from 'node:path'
import { readAws, type AwsConfig } from './config/aws.ts'
import { readAzure, type AzureConfig } from './config/azure.ts'
import { readGcp, type GcpConfig } from './config/gcp.ts'
import { readMetrics, type MetricsConfig } from './config/metrics.ts'
import { readIdentityCenter, type IdentityCenterConfig } from './config/identity-center.ts'
import { readPreviousKey, readPrivateKey } from './config/private-key.ts'
import { reader, type Environment, type Reader } from './config/reader.ts'
import { nameTold } from './config/told.ts'
import { ConfigError } from './domain/errors.ts'
import { trimmedEnd } from './domain/trim.ts'

export type { Environment }

export interface Config {
  readonly github: GitHubConfig
  readonly policy: PolicyConfig
  readonly store: StoreConfig
  readonly aws: AwsConfig
  readonly identityCenter?: IdentityCenterConfig | undefined
  readonly gcp?: GcpConfig | undefined
  readonly azure?: AzureConfig | undefined
  /** The token of an on-call source, by the name of the setting that the policy gives. */
  readonly onCallToken: (name: string) => string | undefined
  readonly host: string
  readonly port: number
  readonly metrics?: MetricsConfig | undefined
  /** How often lost deliveries are looked for. Undefined: as often as is usual. */
  readonly recoverEveryMs?: number | undefined
  readonly logLevel: LogLevel
}
export interface GitHubConfig {
  readonly appId: number
  /** PEM. */
  readonly privateKey: string
  /** PEM: the App's other key while the key is rotated. */
  readonly privateKeyPrevious?: string | undefined
  /** The current secret, then those that are still accepted. */
  readonly webhookSecrets: readonly string[]
  /** Root of the REST API; undefined for github.com. */
  readonly apiUrl: string | undefined
  /** Whether calls that write are spaced: off only where no limit of GitHub's is in the way. */
  readonly throttle: boolean
  /** Whether all processes share one budget of writes, as GitHub limits them. As `throttle` unless given. */
  readonly writeBudget?: boolean
  /** Numeric ids of the organizations (or users) that this instance serves. */
  readonly accounts: ReadonlySet<number>
}
export type PolicyConfig =
  | { readonly from: 'file'; readonly path: string }
  | {
      readonly from: 'repository'
      readonly repositoryId: number
      readonly branch: string
      readonly path: string
    }
export type StoreConfig =
  | { readonly kind: 'embedded'; readonly directory: string; readonly cloudAccepted: boolean }
  | {
      readonly kind: 'postgres'
      readonly databaseUrl: string
      readonly redisUrl: string | undefined
    }
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Reads everything and reports every bad setting at once. */
export function readConfig(environment: Environment): Config {
  return whole(environment, (read) => {
    const config = read.all<Config>({
      github: () => readGitHub(read),
      policy: () => readPolicy(read),
      store: () => readStore(read),
      aws: () => readAws(read),
      identityCenter: () => readIdentityCenter(read),
      gcp: () => readGcp(read),
      azure: () => readAzure(read),
      onCallToken: () => (name) => (isOnCallToken(name) ? read.optional(name) : undefined),
      host: () => read.optional('HOST') ?? '127.0.0.1',
      port: () => read.integer('PORT', { fallback: 3000, min: 0, max: 65_535 }),
      metrics: () => readMetrics(read),
      recoverEveryMs: () => readRecoverEvery(read),
      logLevel: () => readLogLevel(read),
    })
    read.group(() => refuseSharedPort(config))
    return config
  })
}

const everywhere: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** NB: what is wrong already is undefined here. */
function refuseSharedPort({ host, port, metrics }: Config): void {
  if (metrics === undefined || metrics.port !== port || port === 0) return
  if (host === metrics.host || everywhere.has(host) || everywhere.has(metrics.host))
    throw new ConfigError('METRICS_PORT and PORT are the same. Give each a port of its own.')
}

/** One part's settings alone: what a command needs that looks at nothing else. */
export const readStoreConfig = (environment: Environment): StoreConfig =>
  whole(environment, readStore)
export const readGitHubConfig = (environment: Environment): GitHubConfig =>
  whole(environment, readGitHub)
export const readPolicyConfig = (environment: Environment): PolicyConfig =>
  whole(environment, readPolicy)
export const readAwsConfig = (environment: Environment): AwsConfig => whole(environment, readAws)
export const readIdentityCenterConfig = (
  environment: Environment,
): IdentityCenterConfig | undefined => whole(environment, readIdentityCenter)
export const readGcpConfig = (environment: Environment): GcpConfig | undefined =>
  whole(environment, readGcp)
export const readAzureConfig = (environment: Environment): AzureConfig | undefined =>
  whole(environment, readAzure)

function whole<T>(environment: Environment, of: (read: Reader) => T): T {
  const read = reader(environment)
  const value = read.group(() => of(read))
  if (read.problems.length > 0) throw new ConfigError(read.problems.join('\n'))
  return value as T
}

const appUrl = 'see "Ten minutes to the first grant" in README.md'

function readGitHub(read: Reader): GitHubConfig {
  return read.all({
    appId: () => read.requiredInteger('APP_ID', `the numeric id of your GitHub App (${appUrl})`),
    privateKey: () => readPrivateKey(read, appUrl),
    privateKeyPrevious: () => readPreviousKey(read),
    webhookSecrets: () => readSecrets(read),
    apiUrl: () => readApiUrl(read),
    throttle: () => readThrottle(read),
    accounts: () => readAccounts(read),
  })
}

function readRecoverEvery(read: Reader): number | undefined {
  const name = 'HALLPASS_RECOVER_EVERY_MS'
  if (read.optional(name) === undefined) return undefined
  return read.integer(name, { fallback: 0, min: 1_000, max: 3_600_000 })
}

const secretLengthMin = 16

function readSecrets(read: Reader): readonly string[] {
  const current = read.required(
    'WEBHOOK_SECRET',
    'the secret that you entered in the App, at least 16 random characters (`openssl rand -hex 32`)',
  )
  const previous = (read.optional('WEBHOOK_SECRET_PREVIOUS') ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
  const secrets = [current, ...previous]
  const names = ['WEBHOOK_SECRET', ...previous.map(() => 'WEBHOOK_SECRET_PREVIOUS')]
  secrets.forEach((secret, index) => {
    if (secret === 'development' || secret.length < secretLengthMin)
      throw new ConfigError(
        `${names[index]} is too weak: anybody who guesses it can ask for access. Use at least ${secretLengthMin} random characters (\`openssl rand -hex 32\`), here and in the App's settings.`,
      )
  })
  return secrets
}

function readApiUrl(read: Reader): string | undefined {
  const url = read.optional('GITHUB_API_URL')
  const host = read.optional('GHE_HOST')
  if (url === undefined && host === undefined) return undefined
  const text = url ?? `${read.optional('GHE_PROTOCOL') ?? 'https'}://${host}/api/v3`
  const name = url === undefined ? 'GHE_HOST' : 'GITHUB_API_URL'
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new ConfigError(
      `${name} is not an address. Write for example ${url === undefined ? 'github.example.com' : 'https://github.example.com/api/v3'}.`,
    )
  return trimmedEnd(text, '/')
}

/** NB: github.com locks out an App that writes in bursts, and then access can neither be given nor told of. */
function readThrottle(read: Reader): boolean {
  const value = read.optional('HALLPASS_GITHUB_THROTTLE')
  if (value === undefined) return true
  if (value !== 'off')
    throw new ConfigError(
      'HALLPASS_GITHUB_THROTTLE takes only the value "off": a GitHub Enterprise Server without rate limits needs no spacing.',
    )
  if (read.optional('GITHUB_API_URL') === undefined && read.optional('GHE_HOST') === undefined)
    throw new ConfigError(
      'HALLPASS_GITHUB_THROTTLE=off is for a GitHub of your own (GITHUB_API_URL or GHE_HOST): github.com limits how fast an App may write. Leave it out.',
    )
  return false
}

function readAccounts(read: Reader): ReadonlySet<number> {
  const text = read.required(
    'HALLPASS_ACCOUNTS',
    'the numeric ids of the organizations to serve, with commas between (`gh api orgs/NAME --jq .id`)',
  )
  const ids = text.split(',').map((part) => part.trim())
  for (const id of ids)
    if (!/^[1-9]\d{0,14}$/.test(id))
      throw new ConfigError(
        `HALLPASS_ACCOUNTS: ${quoted(id)} is not a numeric id. Names can change hands, so write the id: \`gh api orgs/NAME --jq .id\`.`,
      )
  return new Set(ids.map(Number))
}

const quoted = (id: string): string => {
  const told = nameTold(id)
  return told === undefined ? 'what it holds' : `"${told}"`
}

function readPolicy(read: Reader): PolicyConfig {
  const file = read.optional('HALLPASS_POLICY_FILE')
  const repository = read.optional('HALLPASS_POLICY_REPOSITORY')
  if (file !== undefined && repository !== undefined)
    throw new ConfigError(
      'HALLPASS_POLICY_FILE and HALLPASS_POLICY_REPOSITORY are both set: keep the one that holds the policy.',
    )
  if (file !== undefined) return { from: 'file', path: resolve(file) }
  if (repository === undefined)
    throw new ConfigError(
      'HALLPASS_POLICY_REPOSITORY or HALLPASS_POLICY_FILE is missing: the numeric id of the repository that holds the policy (`gh api repos/OWNER/NAME --jq .id`), or the path of a local file.',
    )
  return {
    from: 'repository',
    repositoryId: read.requiredInteger('HALLPASS_POLICY_REPOSITORY', 'a numeric repository id'),
    branch: read.optional('HALLPASS_POLICY_BRANCH') ?? 'main',
    path: read.optional('HALLPASS_POLICY_PATH') ?? 'policy.yml',
  }
}

function readStore(read: Reader): StoreConfig {
  const databaseUrl = read.optional('DATABASE_URL')
  const redisUrl = read.optional('REDIS_URL')
  if (databaseUrl === undefined && redisUrl !== undefined)
    throw new ConfigError(
      'REDIS_URL is set without DATABASE_URL: Redis only carries nudges, the ledger needs Postgres. Set DATABASE_URL too, or neither.',
    )
  if (databaseUrl !== undefined) {
    checkUrl('DATABASE_URL', databaseUrl, /^postgres(ql)?:$/, 'postgres://user@host:5432/hallpass')
    if (redisUrl !== undefined)
      checkUrl('REDIS_URL', redisUrl, /^(rediss?|redis\+sentinel|unix):$/, 'redis://host:6379')
    return { kind: 'postgres', databaseUrl, redisUrl }
  }
  return {
    kind: 'embedded',
    directory: resolve(read.optional('HALLPASS_DATA_DIR') ?? 'data'),
    cloudAccepted: readAccepted(read),
  }
}

function readAccepted(read: Reader): boolean {
  const value = read.optional('HALLPASS_EMBEDDED_CLOUD')
  if (value === undefined) return false
  if (value === 'accept') return true
  throw new ConfigError(
    'HALLPASS_EMBEDDED_CLOUD takes only the value "accept": it lets the embedded database guard real cloud accounts.',
  )
}

function checkUrl(name: string, value: string, protocol: RegExp, example: string): void {
  // NB: the value may hold a password, so it never enters the message.
  if (!URL.canParse(value) || !protocol.test(new URL(value).protocol))
    throw new ConfigError(`${name} is not an address of that kind. Write for example ${example}.`)
}

/** NB: a policy names the setting: it must not be able to name any other. */
const isOnCallToken = (name: string): boolean => /^HALLPASS_ON_CALL_[A-Z0-9_]+$/.test(name)

const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent']

function readLogLevel(read: Reader): LogLevel {
  const value = read.optional('LOG_LEVEL') ?? 'info'
  const level = logLevels.find((known) => known === value)
  if (level === undefined)
    throw new ConfigError(`LOG_LEVEL must be one of ${logLevels.join(', ')}.`)
  return level
}
