// A server, reached through something that can break: connections are cut, refused, or go silent.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface Proxy {
  readonly port: number
  /** Where its connections to the server come from. */
  ports(): readonly number[]
  /** Ends every connection there is. New ones pass. */
  cut(): void
  /** `refuse`: ends them, and lets none in. `silence`: nothing gets through any more, and nobody is told. */
  become(way: 'open' | 'refuse' | 'silence'): void
  close(): Promise<void>
}

export async function startProxy(target: URL, portOfKind: number): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let way: 'open' | 'refuse' | 'silence' = 'open'

  const server = createServer((inner) => {
    if (way === 'refuse') return void inner.destroy()
    const outer = connect(Number(target.port || portOfKind), target.hostname)
    const pair = [inner, outer] as const
    pairs.add(pair)
    const pass = (from: Socket, to: Socket) => {
      from.on('data', (bytes) => way !== 'silence' && to.write(bytes))
      from.on('error', () => undefined)
      from.on('close', () => {
        pairs.delete(pair)
        if (way !== 'silence') to.destroy()
      })
    }
    pass(inner, outer)
    pass(outer, inner)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
    pairs.clear()
  }
  return {
    port: (server.address() as AddressInfo).port,
    ports: () => [...pairs].flatMap(([, outer]) => outer.localPort ?? []),
    cut,
    become(now) {
      // What was swallowed is lost for good: those connections never come back.
      if (way === 'silence' || now === 'refuse') cut()
      way = now
    },
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
