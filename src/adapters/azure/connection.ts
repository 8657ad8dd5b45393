// The SDK's client, loaded at the first call, with the guard in front of whatever leaves.
import type { AuthorizationManagementClient } from '@azure/arm-authorization'
import type { TokenCredential } from '@azure/core-auth'
import type { HttpClient } from '@azure/core-rest-pipeline'
import type * as Identity from '@azure/identity'
import { CloudError } from '../../domain/errors.ts'
import { trimmedEnd } from '../../domain/trim.ts'
import type { Log } from '../../workflows/ports.ts'
import { createExchanger, guardedPolicy, type Exchanger } from './exchange.ts'

export interface AzureOptions {
  /** The ledger's instance id, which marks what is ours. */
  readonly instance: string
  /** Root of a Resource Manager that is not Azure's own, such as `http://127.0.0.1:4000`. */
  readonly endpoint?: string
  /** Left out, it is found among those that a server has, see `findCredential`. */
  readonly credential?: TokenCredential
  /** Which of several managed identities this process is. */
  readonly clientId?: string
  /** For how long a read may still show what was before a write, in milliseconds. */
  readonly lagMs?: number
  /** For how long Azure may still allow what was removed, in milliseconds. */
  readonly enforcementMs?: number
  /** How long to wait before each look at a request that Azure is still working on, in milliseconds. */
  readonly pollWaitsMs?: readonly number[]
  readonly log: Log
}

const publicHost = 'https://management.azure.com'
export const tokenScope = `${publicHost}/.default`

export interface Connection {
  readonly exchange: Exchanger
  readonly credential: () => Promise<TokenCredential>
  readonly sdk: () => Promise<AuthorizationManagementClient>
}

export function createConnection(options: AzureOptions): Connection {
  let connecting: ReturnType<typeof connect> | undefined
  let finding: Promise<TokenCredential> | undefined
  const credential = () => (finding ??= findCredential(options))
  return {
    exchange: createExchanger(options.log),
    credential,
    sdk: () => (connecting ??= connect(options, credential)),
  }
}

async function connect(
  { endpoint }: AzureOptions,
  credential: () => Promise<TokenCredential>,
): Promise<AuthorizationManagementClient> {
  const [arm, pipeline] = await Promise.all([
    import('@azure/arm-authorization'),
    import('@azure/core-rest-pipeline'),
  ])
  // Only a call that is not made here addresses the subscription that a client is made for.
  const client = new arm.AuthorizationManagementClient(await credential(), '-', {
    // Trying again is the lane's, within its claim.
    retryOptions: { maxRetries: 0 },
    ...(endpoint === undefined
      ? {}
      : { httpClient: towards(endpoint, pipeline.createDefaultHttpClient()) }),
  })
  // After the token was added: what fetches one may take long.
  client.pipeline.addPolicy(guardedPolicy, { afterPhase: 'Sign' })
  return client
}

/**
 * NB: the SDK refuses to send its token without TLS. Here it has been added already, to what it believes to be a request
 * to Azure: only where an endpoint is set does it leave over plain HTTP.
 */
function towards(endpoint: string, client: HttpClient): HttpClient {
  return {
    async sendRequest(request) {
      const { url } = request
      if (!url.startsWith(`${publicHost}/`))
        throw new CloudError('invalid', 'Azure: a request was to go elsewhere')
      try {
        request.url = trimmedEnd(endpoint, '/') + url.slice(publicHost.length)
        request.allowInsecureConnection = request.url.startsWith('http:')
        return await client.sendRequest(request)
      } finally {
        request.url = url
        request.allowInsecureConnection = false
      }
    },
  }
}

/**
 * What was set in the environment, a workload identity, or a managed one. NB: never what a person signed in with on this
 * machine, as the SDK's default would: Hallpass must not act with somebody's own rights by chance.
 */
async function findCredential({ credential, clientId }: AzureOptions): Promise<TokenCredential> {
  if (credential !== undefined) return credential
  const identity = await import('@azure/identity')
  return new identity.ChainedTokenCredential(
    new identity.EnvironmentCredential(),
    ...workloadIdentity(identity),
    new identity.ManagedIdentityCredential(clientId === undefined ? {} : { clientId }),
  )
}

/** NB: it cannot even be made where there is none, and would keep those beside it from being asked. */
function workloadIdentity({
  WorkloadIdentityCredential,
  CredentialUnavailableError,
}: typeof Identity): readonly TokenCredential[] {
  try {
    return [new WorkloadIdentityCredential()]
  } catch (error) {
    if (error instanceof CredentialUnavailableError) return []
    throw error
  }
}

/** What to ask for when listing. */
interface Asking {
  readonly filter: string
  readonly abortSignal: AbortSignal
  readonly onResponse: (response: { readonly parsedBody?: unknown }) => void
}

/** Every page of a list. NB: the SDK takes an answer without a list for an empty one. */
export async function all<T>(
  asked: Omit<Asking, 'onResponse'>,
  list: (options: Asking) => AsyncIterable<T>,
): Promise<T[]> {
  let isWhole = true
  const found: T[] = []
  const onResponse: Asking['onResponse'] = ({ parsedBody }) => void (isWhole &&= isList(parsedBody))
  for await (const item of list({ ...asked, onResponse })) found.push(item)
  if (isWhole) return found
  throw new CloudError('transient', 'Azure: a list was answered in part: it will be read again')
}

const isList = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'value' in body && Array.isArray(body.value)
