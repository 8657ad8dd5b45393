// What `hallpass doctor` looks at, each with the way to mend it.
import { createAws } from '../adapters/aws/create-aws.ts'
import { createLog } from '../adapters/log/create-log.ts'
import { connectGitHub, readerOf } from '../compose.ts'
import { refuseUnguardedCloud } from './clouds.ts'
import { lookAtAccess, offeredBy } from './doctor-access.ts'
import { lookAtDatabase, lookAtQueue } from './doctor-store.ts'
import {
  readAwsConfig,
  readAzureConfig,
  readConfig,
  readGcpConfig,
  readGitHubConfig,
  readIdentityCenterConfig,
  readPolicyConfig,
  readStoreConfig,
  type Environment,
  type GitHubConfig,
} from '../config.ts'
import type { AzureConfig } from '../config/azure.ts'
import type { AwsConfig } from '../config/aws.ts'
import type { GcpConfig } from '../config/gcp.ts'
import type { IdentityCenterConfig } from '../config/identity-center.ts'
import type { MetricsConfig } from '../config/metrics.ts'
import { ConfigError } from '../domain/errors.ts'
import type { CloudRole } from '../domain/lanes/types.ts'
import { Ailment, type Examination } from '../entrypoints/cli/doctor.ts'
import type { DocumentReading } from '../workflows/ports.ts'
import { lookAtApp, lookAtKeys, lookAtPolicy } from '../entrypoints/cli/doctor-github.ts'

const silent = createLog('silent')

export function examinations(environment: Environment): readonly Examination[] {
  /** Every part reads its own settings: one that is missing keeps no other from being looked at. */
  const given = <T>(read: (environment: Environment) => T): T => {
    try {
      return read(environment)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      throw new Ailment(
        'not looked at: a setting that it needs is missing or wrong',
        'mend the settings first',
        { cause: error },
      )
    }
  }
  let reading: Promise<DocumentReading> | undefined
  /** Read once: whoever looks at it sees the same. */
  const document = async () =>
    (reading ??= readerOf(given(readPolicyConfig), () =>
      connectGitHub(given(readGitHubConfig), silent),
    ).read({}))
  const offered = async () => {
    try {
      return offeredBy(await document())
    } catch (error) {
      if (error instanceof Ailment) throw error
      return undefined
    }
  }
  return [
    {
      name: 'settings',
      look: async () => lookAtSettings(environment),
      mend: 'set what is named, in the environment or in .env (see .env.example)',
    },
    {
      name: 'database',
      look: async () => lookAtDatabase(given(readStoreConfig)),
      mend: 'check DATABASE_URL, and that the server is up and lets this machine in',
    },
    {
      name: 'queue',
      look: async () => lookAtQueue(given(readStoreConfig)),
      mend: 'check REDIS_URL and the password in it, and that Redis is up and lets this machine in',
    },
    {
      name: 'github',
      look: async () => lookAtGitHub(given(readGitHubConfig)),
      mend: 'check that APP_ID and PRIVATE_KEY are those of one App, and that GitHub can be reached from here',
    },
    {
      name: 'policy',
      look: async () => lookAtPolicy(await document(), (name) => environment[name]),
      mend: 'mend what is named; `hallpass validate` checks a file before it gets there',
    },
    {
      name: 'aws',
      look: async () => lookAtAws(given(readAwsConfig), await offered().catch(() => undefined)),
      mend: 'give this process AWS credentials by any way the AWS SDK knows (a role, AWS_PROFILE, AWS_ACCESS_KEY_ID), and see that AWS can be reached from here',
    },
    ...ifSet(environment, 'HALLPASS_IDENTITY_CENTER_REGION', {
      name: 'identity-center',
      look: async () => lookAtIdentityCenter(given(readIdentityCenterConfig)),
      mend: "check HALLPASS_IDENTITY_CENTER_REGION, and that the credentials, or the role that they assume, are of the organization's management account or of one that administers Identity Center for it",
    }),
    ...ifSet(environment, 'HALLPASS_GCP', {
      name: 'gcp',
      look: async () => lookAtGcp(given(readGcpConfig)),
      mend: "give this process Google credentials by any way that Application Default Credentials know (the machine's own service account, workload identity, GOOGLE_APPLICATION_CREDENTIALS)",
    }),
    ...ifSet(environment, 'HALLPASS_AZURE', {
      name: 'azure',
      look: async () => lookAtAzure(given(readAzureConfig)),
      mend: 'give this process an identity of its own: a workload identity, a managed identity, or AZURE_TENANT_ID and AZURE_CLIENT_ID with a certificate or a secret; what a person signed in with here is not used',
    }),
    {
      name: 'access',
      look: async () => lookAtAccess(environment, await offered()),
      mend: 'see what is wrong with the cloud that is named',
    },
  ]
}

/** Nothing is said of a cloud that is not connected. */
const ifSet = (
  environment: Environment,
  setting: string,
  examination: Examination,
): readonly Examination[] => ((environment[setting] ?? '').trim() === '' ? [] : [examination])

function lookAtSettings(environment: Environment): string {
  const config = readConfig(environment)
  refuseUnguardedCloud(config)
  const { size } = config.github.accounts
  return `${size} ${size === 1 ? 'account' : 'accounts'} served, ${metricsOf(config.metrics)}`
}

const metricsOf = (metrics: MetricsConfig | undefined): string =>
  metrics === undefined
    ? 'nothing is measured (METRICS_PORT)'
    : `measured on ${metrics.host}, port ${metrics.port}`

async function lookAtGitHub(config: GitHubConfig): Promise<string> {
  const { privateKey, privateKeyPrevious, ...rest } = config
  const signIn = (key: string) => () => connectGitHub({ ...rest, privateKey: key }, silent).whoAmI()
  const keys = await lookAtKeys({
    first: signIn(privateKey),
    previous: privateKeyPrevious === undefined ? undefined : signIn(privateKeyPrevious),
  })
  const github = connectGitHub(config, silent)
  const app = await lookAtApp({
    app: () => github.whoAmI(),
    installations: () => github.installations(),
    accounts: config.accounts,
  })
  return app + keys
}

async function lookAtAws(
  aws: AwsConfig,
  offered: readonly CloudRole[] | undefined,
): Promise<string> {
  if (offered?.every(({ cloud }) => cloud !== 'aws') === true)
    return 'not needed: the policy offers nothing in AWS'
  const cloud = createAws({ instance: 'doctor', ...aws, log: silent })
  const own = await cloud.whoAmI()
  const found = [`${own.arn} in account ${own.account}`]
  const wrong: string[] = []
  for (const account of cloud.accounts) {
    try {
      found.push((await cloud.whoAmI({ account })).arn)
    } catch (error) {
      wrong.push(`account ${account}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (wrong.length === 0) return found.join('\n                 ')
  throw new Ailment(
    wrong.join('\n'),
    `check the roles in HALLPASS_AWS_ACCOUNTS, and that each one's trust policy lets ${own.arn} assume it with that external id`,
  )
}

async function lookAtIdentityCenter(config: IdentityCenterConfig | undefined): Promise<string> {
  if (config === undefined) return 'not connected'
  const { createIdentityCenter } =
    await import('../adapters/aws/identity-center/create-identity-center.ts')
  const cloud = createIdentityCenter({ instance: 'doctor', ...config, log: silent })
  const found = await cloud.whoAmI()
  return `${found.map(({ arn }) => arn).join(', ')} in ${config.region}`
}

/** What they may do differs from resource to resource: here it is whose credentials these are. */
async function lookAtGcp(config: GcpConfig | undefined): Promise<string> {
  if (config === undefined) return 'not connected'
  const { endpoint } = config
  if (endpoint !== undefined) return `a test double at ${endpoint.host}:${endpoint.port}`
  const { createGcp } = await import('../adapters/gcp/create-gcp.ts')
  const cloud = createGcp({ instance: 'doctor', ...config, log: silent })
  return (await cloud.whoAmI()) ?? 'credentials that do not name their account'
}

/** What it may do differs from scope to scope: here it is whose identity this is. */
async function lookAtAzure(config: AzureConfig | undefined): Promise<string> {
  if (config === undefined) return 'not connected'
  if (config.endpoint !== undefined) return `a test double at ${config.endpoint}`
  const { createAzure } = await import('../adapters/azure/create-azure.ts')
  const cloud = createAzure({ instance: 'doctor', ...config, log: silent })
  const { objectId, tenantId } = await cloud.whoAmI()
  return `${objectId} in tenant ${tenantId}`
}
