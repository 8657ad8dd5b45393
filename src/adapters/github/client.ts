// Signed-in access to the REST API, and the one place where failures get their kind.
import { Probot, ProbotOctokit } from 'probot'
import { GitHubError } from '../../domain/errors.ts'
import type { Log } from '../../workflows/ports.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { clientLog } from './client-log.ts'
import { toGitHubError } from './errors.ts'
import { TokenCache } from './token-cache.ts'

export interface ClientOptions {
  readonly appId: number
  /** PEM. */
  readonly privateKey: string
  /** The REST API's root when it is not api.github.com, such as `https://github.example.com/api/v3`. */
  readonly baseUrl?: string | undefined
  readonly log: Log
  /**
   * Whether Octokit's throttling queues calls: at most 10 at once, writes a second and new comments three seconds apart
   * per installation. True in production, where bursts would run into GitHub's secondary limits (80 new things a
   * minute); false for the sandbox and tests. Retrying is off in both: see `throttling`.
   */
  readonly throttle: boolean
  /** For each single HTTP call, in milliseconds. */
  readonly timeoutMs?: number | undefined
  /** Ends every call: those in hand, and those that would still begin. */
  readonly hungUp?: AbortSignal | undefined
}

type Send<T> = (octokit: ProbotOctokit) => Promise<T>

export interface Client {
  readonly appId: number
  readonly probot: Probot
  /** Calls as the App itself. `what` completes "could not …". Throws GitHubError. */
  asApp<T>(what: string, send: Send<T>): Promise<T>
  /** Calls as one installation. Its token covers what the installation covers: this is where it would be narrowed. */
  asInstallation<T>(installationId: number, what: string, send: Send<T>): Promise<T>
}

export function createClient(options: ClientOptions): Client {
  const tokens = new TokenCache()
  const probot = createProbot(options, tokens)
  const attempt = async <T>(
    installationId: number | undefined,
    what: string,
    send: Send<T>,
  ): Promise<T> => {
    try {
      return await send(await probot.auth(installationId))
    } catch (error) {
      throw toGitHubError(error, what)
    }
  }
  return {
    appId: options.appId,
    probot,
    asApp: (what, send) => attempt(undefined, what, send),
    async asInstallation(installationId, what, send) {
      try {
        return await attempt(installationId, what, send)
      } catch (error) {
        if (!(error instanceof GitHubError && error.kind === 'denied')) throw error
        // The cached token may be revoked, or older than a change of permissions: once more with a new one.
        tokens.forget(installationId)
        return await attempt(installationId, what, send)
      }
    },
  }
}

function createProbot(options: ClientOptions, cache: TokenCache): Probot {
  const log = clientLog(options.log)
  return new Probot({
    appId: options.appId,
    privateKey: options.privateKey,
    // NB: Probot would fall back to the secret "development". Signatures are not its business here: deliveries that
    // come this far were verified, and its HTTP server is never started.
    secret: crypto.randomUUID(),
    log,
    ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
    request: { fetch: boundedFetch(options.timeoutMs ?? 10_000, options.hungUp), log },
    Octokit: ProbotOctokit.defaults((given: OctokitOptions) => ({
      ...given,
      auth: { ...given.auth, cache },
      retry: { enabled: false },
      throttle: options.throttle ? { ...given.throttle, ...throttling } : { enabled: false },
    })),
  })
}

type OctokitOptions = Readonly<Record<'auth' | 'throttle', object | undefined>>

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
