import { realpath } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { codeOf, newestClaim } from './claims.ts'
import { isNobody } from './door.ts'
import { pipeName } from './place.ts'
import { withShortPath } from './socket-path.ts'

export interface OwnerRequest {
  readonly method: string
  /** Begins with a slash. */
  readonly path: string
  /** JSON. */
  readonly body?: string
}

export interface OwnerAnswer {
  readonly status: number
  readonly body: string
}

const answerMsMax = 30_000

/**
 * Puts a request to the process that owns this directory. Undefined when nobody is running. Rejects when the owner
 * took the request and went away, or is silent for 30 seconds: then nobody knows whether it was carried out.
 */
export async function askOwner(
  directory: string,
  request: OwnerRequest,
): Promise<OwnerAnswer | undefined> {
  try {
    if (process.platform === 'win32') return await send(await pipeName(directory), request)
    const socket = await newestSocket(directory)
    if (socket === undefined) return undefined
    return await withShortPath(socket, (path) => send(path, request))
  } catch (error) {
    if (isNobody(error)) return undefined
    throw new Error(`the process that owns ${directory} did not answer`, { cause: error })
  }
}

/** Makes nothing: asking leaves no trace in a directory that nobody owns. */
async function newestSocket(directory: string): Promise<string | undefined> {
  try {
    const place = join(await realpath(directory), 'owner')
    const socket = (await newestClaim(place))?.content?.socket
    return socket === undefined ? undefined : join(place, socket)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function send(
  socketPath: string,
  { method, path, body }: OwnerRequest,
): Promise<OwnerAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<OwnerAnswer>()
  const sent = httpRequest(
    {
      socketPath,
      method,
      path,
      agent: false,
      headers: {
        host: 'owner',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(answerMsMax),
    },
    (response) => {
      const status = response.statusCode ?? 0
      resolve(text(response).then((answer) => ({ status, body: answer })))
    },
  )
  sent.on('error', reject)
  sent.end(body)
  return promise
}
