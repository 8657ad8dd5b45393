// The SDK's clients, loaded at the first call. One of each kind of resource, over gRPC.
import type { protos } from '@google-cloud/resource-manager'
import { CloudError } from '../../domain/errors.ts'
import { field } from '../../domain/field.ts'
import type { Log } from '../../workflows/ports.ts'
import { toCloudError } from './errors.ts'
import { createExchanger, type Exchanger, type SentWith } from './exchange.ts'
import type { GcpPolicy } from './policy.ts'

export interface GcpOptions {
  /** The ledger's instance id, which marks what is ours. */
  readonly instance: string
  /** A test double, spoken to without TLS and without credentials. Left out, it is Google. */
  readonly endpoint?: { readonly host: string; readonly port: number; readonly insecure: true }
  /** Of a service account. Left out, Application Default Credentials: the machine's own identity, workload identity … */
  readonly credentials?: { readonly client_email: string; readonly private_key: string }
  /** For how long a read may still show what was before a write, in milliseconds. */
  readonly lagMs?: number
  /** For how long Google may still allow what was removed, in milliseconds. */
  readonly enforcementMs?: number
  readonly log: Log
}

type Answered<T> = Promise<readonly [T, ...unknown[]]>

/** What the clients of all kinds of resources have in common. */
interface IamClient {
  readonly auth: {
    getClient(): Promise<unknown>
    getCredentials(): Promise<{ client_email?: string }>
    /** What was in the file of credentials. */
    readonly jsonContent: unknown
  }
  initialize(): Promise<unknown>
  close(): Promise<void>
  getIamPolicy(
    request: protos.google.iam.v1.IGetIamPolicyRequest,
    options: SentWith,
  ): Answered<GcpPolicy>
  setIamPolicy(
    request: protos.google.iam.v1.ISetIamPolicyRequest,
    options: SentWith,
  ): Answered<GcpPolicy>
  testIamPermissions(
    request: protos.google.iam.v1.ITestIamPermissionsRequest,
    options: SentWith,
  ): Answered<protos.google.iam.v1.ITestIamPermissionsResponse>
}

type Kind = 'projects' | 'folders' | 'organizations'

/** Never sent: without some, the SDK asks the machine that it runs on. */
const unused = { client_email: 'nobody@test-double.invalid', private_key: 'unused' }

async function connect({ endpoint, credentials }: GcpOptions) {
  const [sdk, grpc] = await Promise.all([
    import('@google-cloud/resource-manager'),
    import('@grpc/grpc-js'),
  ])
  const options = {
    // Trying again is the lane's, below the SDK too.
    'grpc.enable_retries': 0,
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined
      ? {}
      : {
          apiEndpoint: endpoint.host,
          port: endpoint.port,
          sslCreds: grpc.credentials.createInsecure(),
          credentials: credentials ?? unused,
        }),
  }
  const clients: Readonly<Record<Kind, IamClient>> = {
    projects: new sdk.ProjectsClient(options),
    folders: new sdk.FoldersClient(options),
    organizations: new sdk.OrganizationsClient(options),
  }
  return { clients, grpc }
}

export interface Connection {
  readonly exchange: Exchanger
  /** Throws CloudError: `invalid` for what Resource Manager does not have, `denied` without credentials. */
  clientFor(resource: string): Promise<IamClient>
  /** The service account whose credentials these are, where they tell. Throws CloudError('denied') without any. */
  whoAmI(): Promise<string | undefined>
  close(): Promise<void>
}

export function createConnection(options: GcpOptions): Connection {
  let connecting: ReturnType<typeof connect> | undefined
  const connected = () => (connecting ??= connect(options))
  return {
    exchange: createExchanger(options.log, async () => (await connected()).grpc),
    async clientFor(resource) {
      const kind = kindOf(resource)
      const client = (await connected()).clients[kind]
      try {
        await client.initialize()
        refusePersons(client)
        return client
      } catch (error) {
        // NB: a client that found no credentials once never looks again.
        connecting = undefined
        throw toCloudError(error, 'Connecting')
      }
    },
    async whoAmI() {
      const { auth } = (await connected()).clients.projects
      try {
        await auth.getClient()
        refusePersons({ auth })
        return (await auth.getCredentials()).client_email
      } catch (error) {
        connecting = undefined
        throw toCloudError(error, 'Looking for credentials')
      }
    },
    async close() {
      if (connecting === undefined) return
      const { clients } = await connecting
      connecting = undefined
      await Promise.all(Object.values(clients).map((client) => client.close()))
    },
  }
}

/** `gcloud auth application-default login`, with a Google account and by a workforce's own sign-in. */
const typesOfPersons: readonly unknown[] = ['authorized_user', 'external_account_authorized_user']

/**
 * NB: what a person signed in with on this machine is among the Application Default Credentials, also to act as a
 * service account: Hallpass must not act with somebody's own rights by chance.
 */
function refusePersons({ auth: { jsonContent } }: Pick<IamClient, 'auth'>): void {
  const source = field(jsonContent, 'source_credentials')
  if (![jsonContent, source].some((it) => typesOfPersons.includes(field(it, 'type')))) return
  throw new CloudError(
    'denied',
    "Google Cloud: the credentials that were found are a person's, and nothing was sent: give this process a service account's own, such as workload identity, or name its file in GOOGLE_APPLICATION_CREDENTIALS",
  )
}

function kindOf(resource: string): Kind {
  const kind = /^(?<kind>[a-z]+)\/[^/]+$/.exec(resource)?.groups?.['kind']
  if (kind === 'projects' || kind === 'folders' || kind === 'organizations') return kind
  throw new CloudError('invalid', `Google Cloud: ${resource} is no project, folder or organization`)
}
