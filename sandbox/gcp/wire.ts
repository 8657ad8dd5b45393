// gRPC on a loopback port. Connections are taken by hand, so that a single one can be cut and none outlives the end.
import * as grpc from '@grpc/grpc-js'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { Kind } from './entities.ts'
import type { Request } from './methods.ts'
import { loadServices } from './protos.ts'
import type { Service } from './service.ts'

export interface Wire {
  /** As the SDK's option of that name: `127.0.0.1`. */
  readonly apiEndpoint: string
  readonly port: number
  close(): Promise<void>
}

const methodNames = ['GetIamPolicy', 'SetIamPolicy', 'TestIamPermissions']
const gets = { projects: 'GetProject', folders: 'GetFolder', organizations: 'GetOrganization' }

/** Google's `date` comes with the headers; where a call fails there is nothing but trailers, and it comes with those. */
function dated(now: () => number): grpc.Metadata {
  const metadata = new grpc.Metadata()
  metadata.set('date', new Date(now()).toUTCString())
  return metadata
}

interface Around {
  readonly now: () => number
  readonly cut: (peer: string) => void
  readonly bytesOf: (policy: object) => number
}

function handlerOf(serve: Service, kind: Kind, method: string, { now, cut, bytesOf }: Around) {
  const respond = async (
    call: grpc.ServerUnaryCall<Request, object>,
    callback: grpc.sendUnaryData<object>,
  ) => {
    const header = (name: string) => call.metadata.get(name)[0]?.toString()
    try {
      const outcome = await serve({ kind, method, request: call.request, header, bytesOf })
      if ('answer' in outcome) {
        call.sendMetadata(dated(now))
        callback(null, outcome.answer)
      } else if (outcome.ending === 'cut') cut(call.getPeer())
      else {
        const { code, message: details } = outcome.ending
        callback({ code: grpc.status[code], details, metadata: dated(now) })
      }
    } catch (error) {
      callback({ code: grpc.status.UNKNOWN, details: String(error) })
    }
  }
  const handle: grpc.handleUnaryCall<Request, object> = (call, callback) =>
    void respond(call, callback)
  return handle
}

export async function startWire(
  serve: Service,
  { now, port = 0 }: { now: () => number; port?: number | undefined },
): Promise<Wire> {
  const server = new grpc.Server()
  const sockets = new Map<string, Socket>()
  const cut = (peer: string) => void sockets.get(peer)?.destroy()
  const services = loadServices()
  const serialize = services.projects['SetIamPolicy']?.responseSerialize
  const bytesOf = (policy: object) => serialize?.(policy).length ?? 0
  for (const kind of ['projects', 'folders', 'organizations'] as const) {
    const names = [...methodNames, gets[kind]]
    const handlers = names.map(
      (it) => [it, handlerOf(serve, kind, it, { now, cut, bytesOf })] as const,
    )
    server.addService(services[kind], Object.fromEntries(handlers))
  }
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure())
  const listener = createServer((socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`
    sockets.set(peer, socket)
    socket.on('close', () => sockets.delete(peer))
    socket.on('error', () => socket.destroy())
    injector.injectConnection(socket)
  })
  await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve))
  return {
    apiEndpoint: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve())
        for (const socket of sockets.values()) socket.destroy()
        server.forceShutdown()
      }),
  }
}
