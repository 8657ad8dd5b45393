// Octokits that sign in as the App by one of its keys, or by a token that was made for one scope.
import { setTimeout as waited } from 'node:timers/promises'
import { ProbotOctokit } from 'probot'
import type { Logger } from 'pino'
import { boundedFetch } from './bounded-fetch.ts'
import type { ClientOptions } from './client.ts'
import type { Issued } from './tokens.ts'

export interface Octokits {
  app(privateKey: string): ProbotOctokit
  installation(installationId: number, issued: Issued): ProbotOctokit
}

export function createOctokits(options: ClientOptions, log: Logger): Octokits {
  const { hungUp } = options
  const common = {
    log,
    request: { fetch: listenedTo(options), log },
    ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
    retry: { enabled: false },
  }
  const throttle = (id?: string) =>
    options.throttle ? { ...throttling, ...(id === undefined ? {} : { id }) } : { enabled: false }
  return {
    app: (privateKey) =>
      new ProbotOctokit({
        ...common,
        auth: { appId: options.appId, privateKey },
        throttle: throttle(),
      }),
    installation: (installationId, issued) =>
      new ProbotOctokit({
        ...common,
        authStrategy: () => signIn(issued, hungUp),
        throttle: throttle(String(installationId)),
      }),
  }
}

function listenedTo({ timeoutMs = 10_000, hungUp, answered }: ClientOptions): typeof fetch {
  const send = boundedFetch(timeoutMs, hungUp)
  return async (input, init) => {
    const response = await send(input, init)
    answered?.(response.headers)
    return response
  }
}

/**
 * Spacing only. Octokit's plugins would also retry: up to 14 seconds on a 5xx, up to an hour on a spent quota, inside the
 * call, while the caller's claim runs out. Every caller is level-triggered and comes back by itself, so a failure is
 * thrown at once and GitHubError says when a next try makes sense.
 */
const throttling = {
  enabled: true,
  onRateLimit: () => false,
  onSecondaryRateLimit: () => false,
}

/** In the shape that Octokit asks for. Its own would sign in with all that the installation allows. */
function signIn({ token, fresh }: Issued, hungUp: AbortSignal | undefined) {
  const auth = async () => ({ type: 'token' as const, tokenType: 'installation' as const, token })
  const hook = async (request: Send, route: unknown, parameters: unknown) => {
    const endpoint = request.endpoint.merge(route, parameters)
    endpoint.headers.authorization = `token ${token}`
    for (const waitMs of fresh ? spreadingMs : []) {
      try {
        return await request(endpoint)
      } catch (error) {
        if (!isUnauthorized(error)) throw error
        await waited(waitMs, undefined, { signal: hungUp })
      }
    }
    return request(endpoint)
  }
  return Object.assign(auth, { hook })
}

/** GitHub answers 401 to a new token until it has spread. To one that was used before, it means that it is revoked. */
const spreadingMs = [1_000, 2_000]

interface Send {
  (endpoint: Endpoint): Promise<unknown>
  readonly endpoint: { merge(route: unknown, parameters: unknown): Endpoint }
}
interface Endpoint {
  readonly headers: Record<string, string>
}

const isUnauthorized = (error: unknown): boolean =>
  error instanceof Error && 'status' in error && error.status === 401
