// The HTTP side that every simulated service shares: a log of calls, and interceptors that delay, fail or kill around each one.
import { serve, type Http2Bindings, type HttpBindings, type ServerType } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Hono } from 'hono'
import type { AddressInfo } from 'node:net'

export interface WireCall {
  /** 1, 2, 3 … per service. */
  readonly n: number
  readonly service: 'github' | 'aws' | 'azure'
  /** What it does, such as `PutUserPolicy` or `POST /repos/:owner/:repo/issues/:number/comments`. */
  operation: string
  readonly method: string
  readonly path: string
  readonly body: string
  /** The service's own time. */
  readonly at: number
  /** Undefined until it was answered; for ever, when the connection was cut instead. */
  status: number | undefined
}

/**
 * `before`: the call has arrived and nothing was done; an answer given here is sent instead.
 * `after`: it was carried out and not answered; an answer given here replaces the true one.
 */
export type Interceptor = (
  call: WireCall,
  phase: 'before' | 'after',
) => void | Response | Promise<void | Response>

export interface Wire {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly calls: readonly WireCall[]
  /** Returns how to take it off again. */
  intercept(interceptor: Interceptor): () => void
  close(): Promise<void>
}

export interface WireOptions {
  readonly service: WireCall['service']
  readonly now: () => number
  readonly port?: number
  /** Names the call for the log. */
  readonly operationOf: (method: string, path: string, body: string, headers: Headers) => string
}

type Bindings = HttpBindings | Http2Bindings

const cutMark = 'x-sandbox-cut'

/** An answer that is none: whoever waits for it sees the connection close. */
export const cutConnection = (): Response => new Response(null, { headers: { [cutMark]: 'yes' } })

/** Serves `app` on loopback. The routes must already be on it. */
export async function startWire(app: Hono, options: WireOptions): Promise<Wire> {
  const calls: WireCall[] = []
  const interceptors = new Set<Interceptor>()

  const ask = async (call: WireCall, phase: 'before' | 'after') => {
    for (const interceptor of [...interceptors]) {
      const answer = await interceptor(call, phase)
      if (answer) return answer
    }
    return undefined
  }

  const answer = async (request: Request, { outgoing }: Bindings): Promise<Response> => {
    const { pathname } = new URL(request.url)
    const body = await request.clone().text()
    const call: WireCall = {
      n: calls.length + 1,
      service: options.service,
      operation: options.operationOf(request.method, pathname, body, request.headers),
      method: request.method,
      path: pathname,
      body,
      at: options.now(),
      status: undefined,
    }
    calls.push(call)
    const response =
      (await ask(call, 'before')) ?? (await performed(call, await app.fetch(request)))
    if (response.headers.has(cutMark)) {
      outgoing.destroy()
      return RESPONSE_ALREADY_SENT
    }
    call.status = response.status
    return response
  }
  const performed = async (call: WireCall, response: Response) =>
    (await ask(call, 'after')) ?? response

  const server = await new Promise<ServerType>((resolve) => {
    const where = { port: options.port ?? 0, hostname: '127.0.0.1' }
    // As long as real services keep idle connections: a client that was paused must find its own still open.
    const serverOptions = { keepAliveTimeout: 65_000 }
    const started = serve({ fetch: answer, ...where, serverOptions }, () => resolve(started))
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    intercept(interceptor) {
      interceptors.add(interceptor)
      return () => interceptors.delete(interceptor)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}
