// Every failed call becomes a GitHubError: its kind chooses the path, its message is safe to show.
import { z } from 'zod'
import { GitHubError } from '../../domain/errors.ts'
import { redact } from '../../domain/redact.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number | undefined>>
  readonly data: unknown
}

/** GitHub asks to wait at least this long after a secondary rate limit that names no time (REST, "Rate limits"). */
const secondaryLimitSeconds = 60
const retryAfterSecondsMax = 3600

/** `what` completes "GitHub: could not …". */
export function toGitHubError(error: unknown, what: string): GitHubError {
  if (error instanceof GitHubError) return error
  const answer = answerOf(error)
  if (answer === undefined) return withoutAnswer(error, what)
  const said = redact(error instanceof Error ? error.message : '')
  const message = `GitHub: could not ${what} (${answer.status}: ${said})`
  const kind = kindOf(answer, said)
  const retryAfterSeconds = kind === 'transient' ? retryAfter(answer, said) : undefined
  return new GitHubError(kind, message, {
    cause: causeOf(error),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })
}

function kindOf(answer: Answer, said: string): GitHubError['kind'] {
  const { status } = answer
  if (status >= 500 || status === 408) return 'transient'
  if (isRateLimit(answer, said)) return 'transient'
  if (status === 401 || status === 403 || status === 451) return 'denied'
  // A 404 without GitHub's own words comes from something in between, and proves nothing.
  if (status === 404 || status === 410) return isGitHubs(answer) ? 'missing' : 'transient'
  return 'invalid'
}

const isGitHubs = ({ data }: Answer): boolean =>
  typeof data === 'object' && data !== null && 'message' in data

function isRateLimit({ status, headers }: Answer, said: string): boolean {
  if (status === 429) return true
  if (status !== 403) return false
  return (
    headers['retry-after'] !== undefined ||
    String(headers['x-ratelimit-remaining']) === '0' ||
    /rate limit|abuse detection/i.test(said)
  )
}

/** Seconds until GitHub said that a next try may succeed; undefined when it said nothing of the kind. */
function retryAfter(answer: Answer, said: string): number | undefined {
  const { headers } = answer
  const asked = Number(headers['retry-after'])
  if (Number.isFinite(asked) && asked > 0) return bounded(asked)
  if (!isRateLimit(answer, said)) return undefined
  const resetsAt = Number(headers['x-ratelimit-reset'])
  if (String(headers['x-ratelimit-remaining']) === '0' && resetsAt > 0) {
    // Both by GitHub's clock: ours may be wrong.
    const sentAt = Date.parse(String(headers['date']))
    const now = Number.isFinite(sentAt) ? sentAt : Date.now()
    return bounded(resetsAt + 1 - now / 1000)
  }
  return secondaryLimitSeconds
}

const bounded = (seconds: number): number =>
  Math.min(Math.max(Math.ceil(seconds), 1), retryAfterSecondsMax)

/** No answer came, or none could be asked for. */
function withoutAnswer(error: unknown, what: string): GitHubError {
  const said = redact(error instanceof Error ? error.message : String(error))
  const cause = causeOf(error)
  if (isOfTransport(error))
    return new GitHubError('transient', `GitHub: could not ${what} (no answer: ${said})`, { cause })
  return new GitHubError(
    'denied',
    `GitHub: could not ${what} (cannot sign in as the App: ${said})`,
    {
      cause,
    },
  )
}

/** Octokit gives transport failures the status 500 and no response. Whatever has no status failed before the call: signing. */
const isOfTransport = (error: unknown): boolean =>
  error instanceof Error && ('status' in error || error.name === 'TimeoutError')

function answerOf(error: unknown): Answer | undefined {
  if (!(error instanceof Error) || !('response' in error)) return undefined
  if (error.name === 'GraphqlResponseError') return graphqlAnswerOf(error)
  const { response } = error
  if (typeof response !== 'object' || response === null) return undefined
  if (!('status' in response) || typeof response.status !== 'number') return undefined
  return {
    status: response.status,
    headers: 'headers' in response ? headersOf(response.headers) : {},
    data: 'data' in response ? response.data : undefined,
  }
}

/** What the REST API would have answered: GraphQL tells its refusals in a body with status 200. */
const graphqlStatuses: ReadonlyMap<string, number> = new Map([
  ['NOT_FOUND', 404],
  ['FORBIDDEN', 403],
  ['INSUFFICIENT_SCOPES', 403],
  ['RATE_LIMITED', 429],
  // "Something went wrong while executing your query": timeouts and failures of GitHub's own name no type.
  ['UNTYPED', 500],
])

function graphqlAnswerOf(error: object): Answer {
  const listed: readonly unknown[] =
    'errors' in error && Array.isArray(error.errors) ? error.errors : []
  const types = listed.map(graphqlTypeOf)
  // That something is not there is an answer only when nothing else went wrong.
  const type = types.find((each) => each !== 'NOT_FOUND') ?? types[0] ?? 'UNTYPED'
  return {
    status: graphqlStatuses.get(type) ?? 422,
    headers: 'headers' in error ? headersOf(error.headers) : {},
    data: { message: type },
  }
}

/** A query that GitHub does not understand has no type and a code. */
function graphqlTypeOf(error: unknown): string {
  const { type, extensions } = graphqlError.safeParse(error).data ?? {}
  return type ?? (extensions?.code === undefined ? 'UNTYPED' : 'INVALID')
}

const graphqlError = z.object({
  type: z.string().optional(),
  extensions: z.object({ code: z.unknown().optional() }).nullish(),
})

const headersOf = (headers: unknown): Answer['headers'] =>
  typeof headers === 'object' && headers !== null
    ? Object.fromEntries(
        Object.entries(headers).filter(
          (entry): entry is [string, string | number] =>
            typeof entry[1] === 'string' || typeof entry[1] === 'number',
        ),
      )
    : {}

/** NB: Octokit's own errors carry the request and the answer, which a log would print: only name, words and stack are kept. */
function causeOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(redact(String(error)))
  const cause = new Error(redact(error.message))
  cause.name = error.name
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  cause.stack = [`${cause.name}: ${cause.message}`, ...frames].join('\n')
  return cause
}
