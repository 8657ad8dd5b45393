import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { codeOf } from './claims.ts'

export type Fetch = (request: Request) => Response | Promise<Response>

/** An HTTP server on a socket or a named pipe. It answers `GET /owner` with `{ pid }` from its first moment on. */
export interface Door {
  readonly serve: (fetch: Fetch) => void
  readonly close: () => Promise<void>
}

const closeMsMax = 1_000

/** Listening once it resolves. Rejects with EADDRINUSE when the address is taken. */
export async function openDoor(address: string): Promise<Door> {
  let served: Fetch = () => new Response('starting', { status: 503 })
  const answer: Fetch = (request) =>
    request.method === 'GET' && new URL(request.url).pathname === '/owner'
      ? Response.json({ pid: process.pid })
      : served(request)

  const listener = getRequestListener(answer, { overrideGlobalObjects: false })
  const server = createServer((request, response) => void listener(request, response))
  const listening = once(server, 'listening')
  server.listen(address)
  await listening
  return {
    serve(fetch) {
      served = fetch
    },
    async close() {
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      const timer = setTimeout(() => server.closeAllConnections(), closeMsMax)
      await closed.promise
      clearTimeout(timer)
    },
  }
}

/** Whether anybody listens. NB: only a refusal or a missing socket counts as no; a doubt means that somebody does. */
export async function somebodyListens(address: string): Promise<boolean> {
  const socket = connect(address)
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    return !isNobody(error)
  } finally {
    socket.destroy()
  }
}

export function isNobody(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ECONNREFUSED' || code === 'ENOENT'
}
