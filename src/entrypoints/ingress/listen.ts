import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { ConfigError } from '../../domain/errors.ts'

export interface Listening {
  /** Without a slash at its end. */
  readonly url: string
  /** Takes nothing more in, lets requests in hand end for up to `graceMs`, and cuts what is left. */
  stop(graceMs: number): Promise<void>
}

export interface ListenOptions {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  /** How long a request may take to arrive whole; 30 seconds unless given. GitHub itself gives up after ten. */
  readonly requestMsMax?: number
  /** So many at once; 2,000 unless given. */
  readonly connectionsMax?: number
  readonly direct?: Direct
}

/** One method and path that the app never sees. */
export interface Direct {
  readonly method: string
  readonly path: string
  answer(request: IncomingMessage, response: ServerResponse): void
}

const isFor = ({ method, path }: Direct, request: IncomingMessage): boolean =>
  request.method === method && request.url?.split('?', 1)[0] === path

export async function listen(app: Hono, options: ListenOptions): Promise<Listening> {
  const requestMsMax = options.requestMsMax ?? 30_000
  const server = createServer({
    requestTimeout: requestMsMax,
    headersTimeout: Math.min(10_000, requestMsMax),
    connectionsCheckingInterval: Math.min(1_000, requestMsMax),
    // Longer than the idle time of common load balancers: otherwise one may send on a connection just being closed.
    keepAliveTimeout: 65_000,
    maxHeaderSize: 16 * 1024,
  })
  // Idle ones cost memory too: what comes beyond is cut at once, and heads that do not arrive make room in ten seconds.
  server.maxConnections = options.connectionsMax ?? 2_000
  const inHand = trackRequests(server)
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const { direct } = options
  server.on('request', (request, response) => {
    if (direct !== undefined && isFor(direct, request)) direct.answer(request, response)
    else void answer(request, response)
  })
  await listening(server, options)
  // One connection that cannot be taken must not end the process, nor the others.
  server.on('error', () => undefined)
  return {
    url: urlOf(server, options.host),
    async stop(graceMs) {
      const closed = Promise.withResolvers<void>()
      inHand.closeConnections()
      server.close(() => closed.resolve())
      const timer = setTimeout(() => server.closeAllConnections(), graceMs)
      await closed.promise
      clearTimeout(timer)
    },
  }
}

/** Lets every answer from now on, those of requests in hand among them, be the last on its connection. */
function trackRequests(server: Server): { closeConnections(): void } {
  const answers = new Set<ServerResponse>()
  let closing = false
  const endConnection = (answer: ServerResponse): void => {
    if (!answer.headersSent) answer.setHeader('Connection', 'close')
  }
  server.on('request', (_request, answer) => {
    answers.add(answer)
    answer.on('close', () => answers.delete(answer))
    if (closing) endConnection(answer)
  })
  return {
    closeConnections() {
      closing = true
      for (const answer of answers) endConnection(answer)
    },
  }
}

async function listening(server: Server, { host, port }: ListenOptions): Promise<void> {
  const ready = once(server, 'listening')
  server.listen(port, host)
  try {
    await ready
  } catch (error) {
    throw new ConfigError(`cannot listen on ${host} port ${port}: is the port in use?`, {
      cause: error,
    })
  }
}

function urlOf(server: Server, host: string): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
