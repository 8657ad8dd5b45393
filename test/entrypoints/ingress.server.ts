import { createHmac, randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { createIngress, type IngressDeps } from '../../src/entrypoints/ingress/app.ts'
import { listen, type Listening, type ListenOptions } from '../../src/entrypoints/ingress/listen.ts'
import type { LogFields, NewDelivery } from '../../src/workflows/ports.ts'

const secret = 'current secret'
export const previous = 'previous secret'
export const appId = 4711
export const account = 99

export interface Line extends LogFields {
  readonly level: string
  readonly id: string
}

export interface Ingress extends Listening {
  readonly lines: Line[]
  readonly accepted: NewDelivery[]
  readonly nudged: string[]
}

/** An ingress that listens on a free port and keeps what reaches its dependencies. */
export async function startIngress(
  given: Partial<IngressDeps> = {},
  options: Partial<ListenOptions> = {},
): Promise<Ingress> {
  const lines: Line[] = []
  const accepted: NewDelivery[] = []
  const nudged: string[] = []
  const add = (level: string) => (id: string, fields?: LogFields) => {
    lines.push({ ...fields, level, id })
  }
  const { app, webhooks } = createIngress({
    async accept(delivery) {
      accepted.push(delivery)
      return 'stored'
    },
    nudge: (id) => void nudged.push(id),
    log: { info: add('info'), warn: add('warn'), error: add('error') },
    secrets: [secret, previous],
    appId,
    servedAccounts: new Set([account]),
    isStored: (event) =>
      ['pull_request.review_requested', 'pull_request_review.submitted'].includes(event),
    ready: async () => ({ ok: true, parts: { database: 'ok' } }),
    ...given,
  })
  const server = await listen(app, {
    host: '127.0.0.1',
    port: 0,
    direct: webhooks,
    ...options,
  })
  return { ...server, lines, accepted, nudged }
}

export const reviewRequested = (more: object = {}): string =>
  JSON.stringify({
    action: 'review_requested',
    installation: { id: 5 },
    repository: { id: 7, owner: { id: account } },
    pull_request: { number: 12 },
    ...more,
  })

export const sign = (body: string | Uint8Array, by = secret): string =>
  `sha256=${createHmac('sha256', by).update(body).digest('hex')}`

export type Headers = Record<string, string | undefined>

/** The headers GitHub sends with this body; a given undefined leaves one out. */
export function headersFor(body: string | Uint8Array, more: Headers = {}): Record<string, string> {
  const all: Headers = {
    'content-type': 'application/json',
    'x-github-delivery': randomUUID(),
    'x-github-event': 'pull_request',
    'x-github-hook-installation-target-type': 'integration',
    'x-github-hook-installation-target-id': String(appId),
    'x-hub-signature-256': sign(body),
    ...more,
  }
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

export async function deliver(
  { url }: { url: string },
  body: string | Uint8Array,
  more: Headers = {},
): Promise<Answer> {
  const response = await fetch(`${url}/api/github/webhooks`, {
    method: 'POST',
    headers: headersFor(body, more),
    body,
  })
  return {
    status: response.status,
    text: await response.text(),
    headers: Object.fromEntries(response.headers),
  }
}

/** A connection on which a test writes what it likes, and all that came back once it is closed. */
export function rawConnection({ url }: { url: string }): { socket: Socket; all: Promise<string> } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const { promise, resolve } = Promise.withResolvers<string>()
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString('latin1')))
  // The server may cut a connection that is written to: what came before counts.
  socket.on('error', () => undefined)
  socket.on('close', () => resolve(text))
  return { socket, all: promise }
}

export const head = (
  headers: Record<string, string>,
  method = 'POST /api/github/webhooks',
): string =>
  `${method} HTTP/1.1\r\nHost: hallpass\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
