// What Hallpass says of a grant on its pull request: in its one comment, and in its check.
import type { Comment, PullRequest, SandboxGitHub } from '../sandbox/github/index.ts'

/** `sessions`: gone, but for sessions that may yet run. `open`: given, or about to be. */
export type Said = 'nothing' | 'waits' | 'open' | 'ending' | 'sessions' | 'ended'

/** From the comment's text. */
export function saidOf(body: string): Said {
  if (/\*\*(?:active|approved)\*\*/.test(body)) return 'open'
  if (/\*\*ending\*\*, sessions until [^|]*at the latest/.test(body)) return 'ending'
  if (/\*\*ending\*\*, sessions until/.test(body)) return 'sessions'
  if (/\*\*ending\*\*/.test(body)) return 'ending'
  if (/waits for approval/.test(body)) return 'waits'
  if (/\| ended /.test(body)) return 'ended'
  return 'nothing'
}

/** Every grant that it names, by id. */
export const grantsIn = (body: string): readonly string[] => [
  ...new Set([...body.matchAll(/grant `([^`]+)`/g)].map(([, id = '']) => id)),
]

export interface Told {
  readonly at: number
  readonly body: string
}

/** Everything that Hallpass wrote into comments, from what arrived at GitHub: by the comment's number, or the subject's. */
export function tellings(github: SandboxGitHub): (pull: PullRequest) => readonly Told[] {
  const byComment = new Map<number, Told[]>()
  const bySubject = new Map<number, Told[]>()
  for (const { operation, path, body, at, status } of github.calls) {
    if (status === undefined || status >= 300 || !operation.includes('comments')) continue
    if (operation.startsWith('POST'))
      put(bySubject, Number(/issues\/(\d+)\/comments/.exec(path)?.[1]), { at, body: textIn(body) })
    if (operation.startsWith('PATCH'))
      put(byComment, Number(/comments\/(\d+)/.exec(path)?.[1]), { at, body: textIn(body) })
  }
  return (pull) => [
    ...(bySubject.get(pull.number) ?? []),
    ...pull.comments.flatMap(({ id }) => byComment.get(id) ?? []),
  ]
}

function put(into: Map<number, Told[]>, key: number, told: Told): void {
  into.set(key, [...(into.get(key) ?? []), told])
}

const textIn = (body: string): string => (JSON.parse(body) as { body?: string }).body ?? ''

const marker = '<!-- hallpass:'

/** The comments that are edited: there must be one at most. */
export const ownComments = (github: SandboxGitHub, pull: PullRequest): readonly Comment[] =>
  github
    .comments(pull)
    .filter(
      ({ body }) => body.startsWith(marker) && !(body.split('\n', 1)[0] ?? '').includes(':told:'),
    )

export type CheckSays = 'running' | 'ended' | 'other'

export function checkSays(github: SandboxGitHub, { pull }: PullRequest): CheckSays {
  const newest = github.checks(pull.headSha).findLast(({ name }) => name === 'hallpass/access')
  if (newest?.status === 'in_progress') return 'running'
  return newest?.conclusion === 'success' ? 'ended' : 'other'
}
