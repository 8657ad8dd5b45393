import { once } from 'node:events'
import { Hono } from 'hono'
import { afterEach, describe, expect, test } from 'vitest'
import { listen } from '../../src/entrypoints/ingress/listen.ts'
import {
  deliver,
  head,
  headersFor,
  rawConnection,
  reviewRequested,
  sign,
  startIngress,
  type Ingress,
} from './ingress.server.ts'

let ingress: Ingress
afterEach(() => ingress.stop(0))

const mega = 1024 * 1024
const piece = Buffer.alloc(64 * 1024, 0x20)

/** Sends `bytes` as fast as they are taken, and stops when the connection is cut. Tells the most memory held. */
async function pour(raw: ReturnType<typeof rawConnection>, bytes: number, chunked: boolean) {
  const { socket } = raw
  const before = process.memoryUsage().arrayBuffers
  let grownMax = 0
  for (let sent = 0; sent < bytes && socket.writable; sent += piece.byteLength) {
    if (chunked) socket.write(`${piece.byteLength.toString(16)}\r\n`)
    const room = socket.write(piece)
    if (chunked) socket.write('\r\n')
    if (!room) await Promise.race([once(socket, 'drain').catch(() => undefined), raw.all])
    grownMax = Math.max(grownMax, process.memoryUsage().arrayBuffers - before)
  }
  if (chunked && socket.writable) socket.write('0\r\n\r\n')
  return grownMax
}

const unsigned = { ...headersFor(''), 'x-hub-signature-256': sign('something else') }

describe('a body of 60 MB', () => {
  test('is refused by its length before it is sent', async () => {
    ingress = await startIngress()
    const { all, socket } = rawConnection(ingress)
    socket.write(head({ ...unsigned, 'content-length': String(60 * mega) }))
    const answer = await all
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(answer).toMatch(/connection: close/i)
  })

  test('is refused while it streams, without being kept', async () => {
    ingress = await startIngress({ bodyBytesMax: mega })
    const raw = rawConnection(ingress)
    raw.socket.write(head({ ...unsigned, 'transfer-encoding': 'chunked' }))
    const grownMax = await pour(raw, 60 * mega, true)
    expect(await raw.all).toMatch(/^HTTP\/1.1 413 /)
    expect(grownMax).toBeLessThan(30 * mega)
  })

  test('is refused at 25 MB unless told otherwise', async () => {
    ingress = await startIngress()
    const largest = Buffer.alloc(25 * mega, 0x20)
    expect((await deliver(ingress, largest)).status).toBe(400)
    const larger = Buffer.alloc(25 * mega + 1, 0x20)
    expect((await deliver(ingress, larger)).status).toBe(413)
  })
})

describe('many bodies at once', () => {
  test('are held up to a limit, and no longer than their requests', async () => {
    ingress = await startIngress({ bodyBytesMax: mega })
    const half = Buffer.alloc(mega * 0.75, 0x20)
    const headers = { ...unsigned, 'content-length': String(mega) }
    const raws = Array.from({ length: 12 }, () => rawConnection(ingress))
    for (const { socket } of raws) socket.write(Buffer.concat([Buffer.from(head(headers)), half]))
    await expect.poll(() => ingress.lines).toMatchObject([{ reason: 'too many at once' }])
    for (const { socket } of raws) socket.destroy()
    await expect.poll(async () => (await deliver(ingress, reviewRequested())).status).toBe(202)
  })
})

describe('strangers that hold all they can', () => {
  test('leave room for a delivery of the usual size', async () => {
    ingress = await startIngress({ bodyBytesMax: 4 * mega })
    const most = Buffer.alloc(3 * mega, 0x20)
    const headers = { ...unsigned, 'content-length': String(4 * mega) }
    const raws = Array.from({ length: 8 }, () => rawConnection(ingress))
    for (const { socket } of raws) socket.write(Buffer.concat([Buffer.from(head(headers)), most]))
    await expect.poll(() => ingress.lines).toMatchObject([{ reason: 'too many at once' }])
    expect((await deliver(ingress, reviewRequested())).status).toBe(202)
    for (const { socket } of raws) socket.destroy()
  })

  test('leave room for a delivery of the usual size, also with the secret in hand', async () => {
    const stored = Promise.withResolvers<'stored'>()
    ingress = await startIngress({
      bodyBytesMax: 4 * mega,
      accept: async ({ body }) => (body.byteLength > mega ? stored.promise : 'stored'),
    })
    // Whole bodies that wait to be stored give way to nobody: whoever has the secret can fill the room with them.
    const large = Array.from({ length: 4 }, (_, n) =>
      deliver(ingress, reviewRequested({ n, more: 'm'.repeat(3 * mega) })),
    )
    expect((await Promise.race(large)).status).toBe(429)
    expect((await deliver(ingress, reviewRequested())).status).toBe(202)
    stored.resolve('stored')
    const statuses = (await Promise.all(large)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 202)).toHaveLength(3)
  })

  test('in pieces of the usual size give way to who comes later', async () => {
    ingress = await startIngress({ bodyBytesMax: mega })
    const headers = { ...unsigned, 'content-length': String(mega) }
    const some = Buffer.concat([Buffer.from(head(headers)), Buffer.from(' ')])
    // One that holds nothing yet gives way to nobody: it would free nothing.
    const [begun, body] = [rawConnection(ingress), reviewRequested({ n: 0 })]
    const own = { 'content-length': String(Buffer.byteLength(body)), connection: 'close' }
    begun.socket.write(head({ ...headersFor(body), ...own }))
    // The first piece of each takes 64 kB: that of 64 is all the room that there is.
    const raws = Array.from({ length: 70 }, () => rawConnection(ingress))
    for (const { socket } of raws) socket.write(some)
    expect(await Promise.race(raws.map(({ all }) => all))).toMatch(/^HTTP\/1.1 429 /)
    for (let n = 1; n <= 3; n += 1)
      expect((await deliver(ingress, reviewRequested({ n }))).status).toBe(202)
    begun.socket.write(body)
    expect(await begun.all).toMatch(/^HTTP\/1.1 202 /)
    for (const { socket } of raws) socket.destroy()
  })

  test('open no more connections than there may be', async () => {
    ingress = await startIngress({}, { connectionsMax: 5 })
    const idle = Array.from({ length: 5 }, () => rawConnection(ingress))
    await Promise.all(idle.map(({ socket }) => once(socket, 'connect')))
    const more = rawConnection(ingress)
    expect(await more.all).toBe('')
    for (const { socket } of idle) socket.destroy()
    await expect
      .poll(() =>
        deliver(ingress, reviewRequested()).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(202)
  })
})

describe('slow senders', () => {
  test('a body that does not arrive is cut, and nothing is done', async () => {
    ingress = await startIngress({}, { requestMsMax: 200 })
    const { socket, all } = rawConnection(ingress)
    socket.write(head({ ...headersFor(''), 'content-length': '1000' }))
    socket.write('{')
    expect(await all).not.toMatch(/^HTTP\/1.1 [25]/)
    expect(ingress.accepted).toEqual([])
    expect((await deliver(ingress, reviewRequested())).status).toBe(202)
  })

  test('headers that do not arrive are cut', async () => {
    ingress = await startIngress({}, { requestMsMax: 200 })
    const { socket, all } = rawConnection(ingress)
    socket.write('POST /api/github/webhooks HTTP/1.1\r\nHost: x\r\n')
    expect(await all).toMatch(/^(HTTP\/1.1 408 |$)/)
  })

  test('a sender that goes away in the middle leaves nothing behind', async () => {
    ingress = await startIngress()
    const { socket, all } = rawConnection(ingress)
    socket.write(head({ ...headersFor(''), 'content-length': '1000' }))
    socket.write('{')
    await once(socket, 'connect').catch(() => undefined)
    socket.destroy()
    await all
    expect((await deliver(ingress, reviewRequested())).status).toBe(202)
    expect(ingress.accepted).toHaveLength(1)
  })
})

describe('stop', () => {
  /** An ingress that stores a delivery only once it is told to. */
  async function slow() {
    const arrived = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<'stored'>()
    ingress = await startIngress({
      accept: () => {
        arrived.resolve()
        return finish.promise
      },
    })
    return { arrived: arrived.promise, finish: () => finish.resolve('stored') }
  }

  test('waits for a request in hand, ends its connection, and takes nothing more', async () => {
    const { arrived, finish } = await slow()
    const { socket, all } = rawConnection(ingress)
    const body = reviewRequested()
    socket.write(head({ ...headersFor(body), 'content-length': String(Buffer.byteLength(body)) }))
    socket.write(body)
    await arrived
    const stopped = ingress.stop(60_000)
    await expect(fetch(`${ingress.url}/healthz`)).rejects.toThrow()
    finish()
    await stopped
    expect(await all).toMatch(/^HTTP\/1.1 202 [^]*connection: close/i)
  })

  test('cuts what is not done after the grace', async () => {
    const { arrived } = await slow()
    const delivered = deliver(ingress, reviewRequested())
    const outcome = delivered.then(
      () => 'answered',
      () => 'cut',
    )
    await arrived
    await ingress.stop(50)
    expect(await outcome).toBe('cut')
  })

  test('does not wait for connections that are idle or have sent half a head', async () => {
    ingress = await startIngress()
    const idle = rawConnection(ingress)
    idle.socket.write(head({}, 'GET /healthz'))
    await once(idle.socket, 'data')
    const half = rawConnection(ingress)
    half.socket.write('GET /healthz HT')
    await once(half.socket, 'ready')
    await ingress.stop(50)
    await Promise.all([idle.all, half.all])
  })

  test('twice is the same as once', async () => {
    ingress = await startIngress()
    await Promise.all([ingress.stop(50), ingress.stop(50)])
    await ingress.stop(50)
  })
})

test('a port in use is told as such', async () => {
  ingress = await startIngress()
  const port = Number(new URL(ingress.url).port)
  await expect(listen(new Hono(), { host: '127.0.0.1', port })).rejects.toThrow(/port in use/)
})
