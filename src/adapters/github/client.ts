// Signed-in access to the REST API, and the one place where failures get their kind.
import { Probot, type ProbotOctokit } from 'probot'
import { GitHubError } from '../../domain/errors.ts'
import type { Log } from '../../workflows/ports.ts'
import { createAppKeys, type SendAsApp } from './app-keys.ts'
import { clientLog } from './client-log.ts'
import { toGitHubError } from './errors.ts'
import { createOctokits } from './octokits.ts'
import { tokenRequestOf, type Scope } from './scopes.ts'
import { Tokens } from './tokens.ts'

export interface ClientOptions {
  readonly appId: number
  /** PEM. */
  readonly privateKey: string
  /** PEM: tried where GitHub refuses the other, while it is rotated. */
  readonly privateKeyPrevious?: string | undefined
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
  /** Hears the headers of every answer. */
  readonly answered?: ((headers: Headers) => void) | undefined
  /** Ends every call: those in hand, and those that would still begin. */
  readonly hungUp?: AbortSignal | undefined
}

type Send<T> = (octokit: ProbotOctokit) => Promise<T>

export interface Client {
  readonly appId: number
  readonly probot: Probot
  /** Calls as the App itself. `what` completes "could not …". Throws GitHubError. */
  readonly asApp: SendAsApp
  /** Calls as one installation, with a token that may do what the scope says and nothing else. */
  asInstallation<T>(scope: Scope, what: string, send: Send<T>): Promise<T>
}

export function createClient(options: ClientOptions): Client {
  const { appId, privateKey, privateKeyPrevious } = options
  const octokits = createOctokits(options, clientLog(options.log))
  const keys = [privateKey, ...(privateKeyPrevious === undefined ? [] : [privateKeyPrevious])]
  const asApp = createAppKeys(
    keys.map((key) => octokits.app(key)),
    options.log,
  )
  const tokens = new Tokens((scope) => issueToken(asApp, scope))
  const attempt = async <T>(scope: Scope, what: string, send: Send<T>): Promise<T> => {
    try {
      return await send(octokits.installation(scope.installationId, await tokens.of(scope)))
    } catch (error) {
      throw toGitHubError(error, what)
    }
  }
  return {
    appId,
    probot: createProbot(options),
    asApp,
    async asInstallation(scope, what, send) {
      try {
        return await attempt(scope, what, send)
      } catch (error) {
        if (!(error instanceof GitHubError && error.kind === 'denied')) throw error
        // The kept token may be revoked, or older than a change of permissions: once more with a new one.
        tokens.forget(scope)
        return await attempt(scope, what, send)
      }
    },
  }
}

/** A repository that the installation does not cover is `missing`, as it would be to a call with a wider token. */
async function issueToken(asApp: SendAsApp, scope: Scope): Promise<string> {
  const what = `get a token for ${scope.purpose} of the installation ${scope.installationId}`
  try {
    const { data } = await asApp(what, (octokit) =>
      octokit.rest.apps.createInstallationAccessToken(tokenRequestOf(scope)),
    )
    return data.token
  } catch (error) {
    if (!(error instanceof GitHubError && error.kind === 'invalid')) throw error
    const unreachable = /repository that does not exist or is not accessible/.test(error.message)
    throw new GitHubError(unreachable ? 'missing' : 'denied', error.message, { cause: error })
  }
}

/**
 * Probot routes deliveries and calls nothing.
 * NB: it gets no key, so that no handler can come by a token that is not narrowed.
 */
const createProbot = ({ log }: ClientOptions): Probot =>
  new Probot({
    githubToken: 'none: see scopes.ts',
    // NB: Probot would fall back to the secret "development". Signatures are not its business here: deliveries that
    // come this far were verified, and its HTTP server is never started.
    secret: crypto.randomUUID(),
    log: clientLog(log),
  })
