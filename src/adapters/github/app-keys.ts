// Signing in as the App while its private key is rotated: GitHub lets an App have several keys at once.
import type { ProbotOctokit } from 'probot'
import { GitHubError } from '../../domain/errors.ts'
import type { Log } from '../../workflows/ports.ts'
import { toGitHubError } from './errors.ts'

export type SendAsApp = <T>(
  what: string,
  send: (octokit: ProbotOctokit) => Promise<T>,
) => Promise<T>

/** The first that GitHub knows is used, and remembered until GitHub refuses it. Throws GitHubError. */
export function createAppKeys(apps: readonly ProbotOctokit[], log: Log): SendAsApp {
  let first = 0
  return async (what, send) => {
    const refused: GitHubError[] = []
    // NB: another call may find out meanwhile which one is known: this one still tries each of them.
    const begun = first
    for (let tried = 0; tried < apps.length; tried += 1) {
      const at = (begun + tried) % apps.length
      const octokit = apps[at]
      if (octokit === undefined) break
      try {
        const answer = await send(octokit)
        if (at !== begun && at !== first)
          log.warn('github.key_refused', { key: nameOf(begun), used: nameOf(at) })
        if (at !== begun) first = at
        return answer
      } catch (error) {
        const failure = toGitHubError(error, what)
        if (!isOfKey(error, failure)) throw failure
        refused.push(failure)
      }
    }
    throw refused[0] ?? new GitHubError('denied', `GitHub: could not ${what} (no private key)`)
  }
}

const nameOf = (at: number): string => (at === 0 ? 'PRIVATE_KEY' : 'PRIVATE_KEY_PREVIOUS')

/** GitHub does not know the key ("A JSON web token could not be decoded"), or it cannot sign. */
const isOfKey = (error: unknown, { kind }: GitHubError): boolean => {
  if (kind !== 'denied' || !(error instanceof Error)) return false
  return !('status' in error) || error.status === 401
}
