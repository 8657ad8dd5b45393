import type { IncomingMessage, ServerResponse } from 'node:http'
import { Hono } from 'hono'
import type { Accepted, Log, NewDelivery } from '../../workflows/ports.ts'
import type { Direct } from './listen.ts'
import { createTaker, type Reply } from './take-delivery.ts'

export interface IngressDeps {
  accept(delivery: NewDelivery): Promise<Accepted>
  /** Never throws and never blocks. */
  nudge(id: string): void
  readonly log: Log
  /** The webhook secret in use, then those it replaces. Never empty. */
  readonly secrets: readonly string[]
  readonly appId: number
  readonly servedAccounts: ReadonlySet<number>
  /** Of `pull_request.review_requested`, …; of the bare event where it has no action. */
  isStored(event: string, repositoryId: number | undefined): boolean
  ready(): Promise<Readiness>
  /** 25 MB unless given: GitHub sends nothing larger. */
  readonly bodyBytesMax?: number
}

export interface Readiness {
  readonly ok: boolean
  readonly parts: Readonly<Record<string, string>>
}

const readyMsMax = 5_000

/** How deliveries and probes come in. */
export interface Ingress {
  readonly app: Hono
  /**
   * `POST /api/github/webhooks` answers 202 once the delivery is stored, or is known to need no work; see createTaker
   * for the refusals. It goes around the framework, whose requests and answers cost as much as all else that is done.
   */
  readonly webhooks: Direct
}

export function createIngress(deps: IngressDeps): Ingress {
  return { app: createApp(deps), webhooks: createWebhooks(deps) }
}

function createWebhooks(deps: IngressDeps): Direct {
  const take = createTaker(deps)
  return {
    method: 'POST',
    path: '/api/github/webhooks',
    answer: (request, response) =>
      void take(request).then(
        (reply) => answer(response, reply),
        (error: unknown) => {
          deps.log.error('ingress.fault', { error })
          answer(response, { status: 500, word: 'something went wrong' })
        },
      ),
  }
}

function answer(
  response: ServerResponse<IncomingMessage>,
  { status, word, unread }: Omit<Reply, 'status'> & { readonly status: number },
): void {
  const text = `${word}\n`
  // What was left unread of a body is not waited for.
  if (unread === true) response.setHeader('Connection', 'close')
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'Content-Length': Buffer.byteLength(text),
  })
  response.end(text)
}

function createApp(deps: IngressDeps): Hono {
  const app = new Hono()
  // Where GitHub sends whoever has installed the App.
  app.get('/', (c) =>
    c.text(
      'Hallpass runs here. Ask for a review on a pull request, or write /access help in a comment.\n',
    ),
  )
  app.get('/healthz', (c) => c.text('alive\n'))
  app.get('/readyz', async (c) => {
    const { ok, parts } = await inTime(deps.ready())
    return c.json({ ok, parts }, ok ? 200 : 503)
  })
  app.notFound((c) => c.text('not found\n', 404))
  app.onError((error, c) => {
    deps.log.error('ingress.fault', { error })
    return c.text('something went wrong\n', 500)
  })
  return app
}

/** A probe that finds no answer is an answer: not ready. */
async function inTime(ready: Promise<Readiness>): Promise<Readiness> {
  const silent = { ok: false, parts: { readiness: 'no answer' } }
  const { promise: late, resolve } = Promise.withResolvers<Readiness>()
  const timer = setTimeout(() => resolve(silent), readyMsMax)
  try {
    return await Promise.race([ready, late])
  } catch {
    return silent
  } finally {
    clearTimeout(timer)
  }
}
