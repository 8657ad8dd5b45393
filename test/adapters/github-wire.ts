// An adapter, and a server that answers it as each test says: for what the simulated GitHub never does by itself.
import { Hono } from 'hono'
import { generateKeyPairSync } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { startWire, type Wire } from '../../sandbox/wire.ts'
import { createGitHub, type GitHubAdapter } from '../../src/adapters/github/create-github.ts'
import type { Log, LogFields } from '../../src/workflows/ports.ts'
import type { Subject } from '../../src/domain/subjects.ts'

export const token = `ghs_77_${'a'.repeat(40)}.${'b'.repeat(300)}.${'c'.repeat(180)}`

export const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString()

export const subject: Subject = {
  installationId: 9,
  accountId: 50,
  repositoryId: 400,
  number: 3,
  kind: 'pull_request',
  owner: 'acme',
  repository: 'shop',
}

export interface Line {
  readonly level: 'info' | 'warn' | 'error'
  readonly id: string
  readonly fields: LogFields | undefined
}

export function recordingLog(): { log: Log; lines: Line[] } {
  const lines: Line[] = []
  const at = (level: Line['level']) => (id: string, fields?: LogFields) =>
    void lines.push({ level, id, fields })
  return { lines, log: { info: at('info'), warn: at('warn'), error: at('error') } }
}

/** Answers by method and path, such as `GET /repos/acme/shop`; a 404 of GitHub's for all others. */
export function answersOf(
  table: Readonly<Record<string, unknown>>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname } = new URL(request.url)
    const found = table[`${request.method} ${pathname}`]
    const answer = isHandler(found) ? await found(request) : found
    if (answer instanceof Response) return answer
    if (answer === undefined) return Response.json({ message: 'Not Found' }, { status: 404 })
    return Response.json(answer, { status: request.method === 'POST' ? 201 : 200 })
  }
}

const isHandler = (value: unknown): value is (request: Request) => unknown =>
  typeof value === 'function'

/** The repository of `subject`, as GitHub answers. */
export const repositoryAnswer = {
  id: subject.repositoryId,
  name: 'shop',
  owner: { id: subject.accountId, login: 'acme' },
  visibility: 'private',
  private: true,
  archived: false,
  default_branch: 'main',
}

/** `answer` gets every call except those for installation tokens. */
export async function startAdapter(
  answer: (request: Request) => Response | Promise<Response>,
  options: { timeoutMs?: number; throttle?: boolean; hungUp?: AbortSignal; root?: string } = {},
): Promise<{ adapter: GitHubAdapter; wire: Wire; lines: Line[] }> {
  const app = new Hono()
  const root = options.root ?? ''
  app.post(`${root}/app/installations/:id/access_tokens`, () =>
    Response.json(
      { token, expires_at: '2100-01-01T00:00:00Z', permissions: {}, repository_selection: 'all' },
      { status: 201 },
    ),
  )
  app.all('*', ({ req }) => answer(req.raw))
  const wire = await startWire(app, {
    service: 'github',
    now: Date.now,
    operationOf: (method, path) => `${method} ${path}`,
  })
  onTestFinished(() => wire.close())
  const { log, lines } = recordingLog()
  const adapter = createGitHub({
    appId: 77,
    privateKey,
    baseUrl: `${wire.url}${root}`,
    log,
    throttle: options.throttle ?? false,
    timeoutMs: options.timeoutMs,
    hungUp: options.hungUp,
  })
  return { adapter, wire, lines }
}
