import { createHash } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { IngressDeps } from '../../src/entrypoints/ingress/app.ts'
import {
  account,
  appId,
  deliver,
  head,
  headersFor,
  previous,
  rawConnection,
  reviewRequested,
  sign,
  startIngress,
  type Headers,
  type Ingress,
} from './ingress.server.ts'

let ingress: Ingress

async function start(given: Partial<IngressDeps> = {}): Promise<Ingress> {
  ingress = await startIngress(given)
  return ingress
}
afterEach(() => ingress.stop(0))

const id = '0B989BA4-242f-11e5-81e1-c7b6966d2516'
const nothingDone = (): void => {
  expect(ingress.accepted).toEqual([])
  expect(ingress.nudged).toEqual([])
}

describe('a delivery that is good', () => {
  test('is stored with what it is, answered 202, and nudged', async () => {
    await start()
    const body = reviewRequested({ title: 'ü' })
    const answer = await deliver(ingress, body, { 'x-github-delivery': id })
    expect(answer.status).toBe(202)
    expect(ingress.accepted).toEqual([
      {
        id: id.toLowerCase(),
        event: 'pull_request',
        action: 'review_requested',
        installationId: 5,
        accountId: account,
        subject: '7#12',
        body: new Uint8Array(Buffer.from(body)),
        bodyHash: createHash('sha256').update(body).digest('hex'),
      },
    ])
    expect(ingress.nudged).toEqual([id.toLowerCase()])
    expect(ingress.lines).toMatchObject([{ id: 'delivery.stored', delivery: id.toLowerCase() }])
  })

  test('signed with the previous secret is taken, with any other it is not', async () => {
    await start()
    const body = reviewRequested()
    const by = (secret: string) =>
      deliver(ingress, body, { 'x-hub-signature-256': sign(body, secret) })
    expect((await by(previous)).status).toBe(202)
    expect((await by('another')).status).toBe(401)
    expect((await by('')).status).toBe(401)
    expect(ingress.accepted).toHaveLength(1)
  })

  test.each([
    ['revived', 1],
    ['duplicate', 0],
  ] as const)('%s: answered 202, %i nudges', async (outcome, nudges) => {
    await start({ accept: async () => outcome })
    expect((await deliver(ingress, reviewRequested())).status).toBe(202)
    expect(ingress.nudged).toHaveLength(nudges)
  })

  test('that cannot be stored is 503 and not nudged', async () => {
    await start({ accept: () => Promise.reject(new Error('database at 10.0.0.1 is down')) })
    const answer = await deliver(ingress, reviewRequested())
    expect(answer.status).toBe(503)
    expect(answer.text).not.toContain('10.0.0.1')
    expect(ingress.nudged).toEqual([])
    expect(ingress.lines).toMatchObject([{ level: 'error', id: 'delivery.not_stored' }])
  })

  test('arriving byte by byte is the same', async () => {
    await start()
    const body = reviewRequested()
    const { socket, all } = rawConnection(ingress)
    const headers = { ...headersFor(body), 'transfer-encoding': 'chunked', connection: 'close' }
    socket.write(head(headers))
    for (const byte of Buffer.from(body)) socket.write(`1\r\n${String.fromCharCode(byte)}\r\n`)
    socket.write('0\r\n\r\n')
    expect(await all).toMatch(/^HTTP\/1.1 202 /)
    expect(Buffer.from(ingress.accepted[0]?.body ?? []).toString()).toBe(body)
  })
})

describe('refused', () => {
  const cases: [string, number, string | Uint8Array, Headers][] = [
    ['form-encoded', 415, 'payload=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['no content type', 415, new Uint8Array([123, 125]), { 'content-type': 'text/plain' }],
    ['compressed', 415, reviewRequested(), { 'content-encoding': 'gzip' }],
    ['no signature', 401, reviewRequested(), { 'x-hub-signature-256': undefined }],
    ['SHA-1', 401, reviewRequested(), { 'x-hub-signature-256': 'sha1=ab' }],
    ['another body’s signature', 401, reviewRequested(), { 'x-hub-signature-256': sign('{}') }],
    ['a signature cut short', 401, reviewRequested(), { 'x-hub-signature-256': 'sha256=ab' }],
    ['no delivery id', 400, reviewRequested(), { 'x-github-delivery': undefined }],
    ['a delivery id that is none', 400, reviewRequested(), { 'x-github-delivery': "1' or 1=1" }],
    ['no event', 400, reviewRequested(), { 'x-github-event': undefined }],
    ['an event that is none', 400, reviewRequested(), { 'x-github-event': '__proto__ x' }],
    [
      'a repository’s hook with our secret',
      403,
      reviewRequested(),
      { 'x-github-hook-installation-target-type': 'repository' },
    ],
    [
      'another App’s hook with our secret',
      403,
      reviewRequested(),
      { 'x-github-hook-installation-target-id': String(appId + 1) },
    ],
    [
      'a hook that does not say whose it is',
      403,
      reviewRequested(),
      { 'x-github-hook-installation-target-id': undefined },
    ],
    ['no JSON', 400, '{"action": ', {}],
    ['nothing', 400, '', {}],
    ['an array', 400, `[${reviewRequested()}]`, {}],
    ['a string', 400, '"pull_request"', {}],
    ['null', 400, 'null', {}],
    ['not UTF-8', 400, Buffer.from('{"action":"\xff"}', 'latin1'), {}],
    ['a byte order mark', 400, `\ufeff${reviewRequested()}`, {}],
    ['ten thousand arrays', 400, `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, {}],
    ['a million objects', 400, '{"a":'.repeat(1_000_000), {}],
    ['a huge number', 400, reviewRequested().replace('"number":12', '"number":1e400'), {}],
    ['an unsafe number', 400, reviewRequested().replace(':12}', ':9007199254740993}'), {}],
    ['a number as text', 400, reviewRequested({ pull_request: { number: '12' } }), {}],
    [
      '__proto__',
      400,
      '{"__proto__":{"action":"review_requested","pull_request":{"number":1}}}',
      {},
    ],
    ['no repository', 400, reviewRequested({ repository: undefined }), {}],
    ['no action', 400, reviewRequested({ action: undefined }), {}],
    ['an action that is none', 400, reviewRequested({ action: '\ud800\u0000' }), {}],
    ['a review under another name', 400, reviewRequested({ review: { id: 1 } }), {}],
    ['another event’s body', 400, reviewRequested(), { 'x-github-event': 'pull_request_review' }],
    ['an issue’s body', 400, reviewRequested(), { 'x-github-event': 'issues' }],
  ]

  test.each(cases)('%s: %i', async (_what, status, body, headers) => {
    await start()
    const answer = await deliver(ingress, body, headers)
    expect(answer.status).toBe(status)
    nothingDone()
    expect(ingress.lines).toMatchObject([{ level: 'warn', id: 'delivery.refused' }])
  })

  test('no empty secret is ever taken', async () => {
    await start()
    await expect(startIngress({ secrets: [] })).rejects.toThrow(/secret/)
    await expect(startIngress({ secrets: ['good', ''] })).rejects.toThrow(/secret/)
  })

  test('raw bytes are verified, not what they decode to', async () => {
    await start()
    const signed = Buffer.from('{"a":"\xff"}', 'latin1')
    const other = Buffer.from('{"a":"\xfe"}', 'latin1')
    expect(signed.toString('utf8')).toBe(other.toString('utf8'))
    const answer = await deliver(ingress, other, { 'x-hub-signature-256': sign(signed) })
    expect(answer.status).toBe(401)
  })

  test('what is logged of a header is short and has no control characters', async () => {
    await start()
    const event = `a\t\x9b31m\x85\xad${'x'.repeat(5_000)}`
    await deliver(ingress, reviewRequested(), { 'x-github-event': event })
    const told = String(ingress.lines[0]?.['event'])
    expect(told.length).toBeLessThanOrEqual(100)
    expect(told).toMatch(/^a\?\?31m\?\?x+$/)
  })

  test('strangers cannot fill the log', async () => {
    await start()
    const wrong = { 'x-hub-signature-256': sign('other') }
    for (let n = 0; n < 50; n += 1) await deliver(ingress, reviewRequested(), wrong)
    expect(ingress.lines).toHaveLength(1)
  })
})

describe('acknowledged and not stored', () => {
  test.each<[string, string, Headers]>([
    ['an action nobody handles', reviewRequested({ action: 'labeled' }), {}],
    ['an event nobody knows', '{"action":"x"}', { 'x-github-event': 'brand_new' }],
    ['a ping', '{"zen":"Keep it logically awesome.","hook_id":1}', { 'x-github-event': 'ping' }],
    ['__proto__ as an event', '{}', { 'x-github-event': '__proto__' }],
  ])('%s', async (_what, body, headers) => {
    await start()
    expect((await deliver(ingress, body, headers)).status).toBe(202)
    nothingDone()
    expect(ingress.lines).toEqual([])
  })

  test.each<[string, string, object]>([
    [
      'from an account not served',
      reviewRequested({ repository: { id: 7, owner: { id: 66 } } }),
      { reason: 'account not served', account: 66 },
    ],
    [
      'without an installation',
      reviewRequested({ installation: undefined }),
      { reason: 'no installation', account },
    ],
  ])('%s, and said aloud', async (_what, body, told) => {
    await start()
    const answer = await deliver(ingress, body, { 'x-github-delivery': id })
    expect(answer.status).toBe(202)
    nothingDone()
    const delivery = id.toLowerCase()
    expect(ingress.lines).toEqual([
      { level: 'warn', id: 'delivery.refused', event: 'pull_request', delivery, ...told },
    ])
  })
})

describe('other paths', () => {
  test('alive and ready', async () => {
    await start()
    expect((await fetch(`${ingress.url}/healthz`)).status).toBe(200)
    const ready = await fetch(`${ingress.url}/readyz`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toEqual({ ok: true, parts: { database: 'ok' } })
  })

  test.each<[string, () => ReturnType<IngressDeps['ready']>]>([
    ['says no', async () => ({ ok: false, parts: { database: 'down' } })],
    ['throws', () => Promise.reject(new Error('secret'))],
  ])('not ready where the truth %s; alive all the same', async (_what, ready) => {
    await start({ ready })
    const answer = await fetch(`${ingress.url}/readyz`)
    expect(answer.status).toBe(503)
    expect(await answer.text()).not.toContain('secret')
    expect((await fetch(`${ingress.url}/healthz`)).status).toBe(200)
  })

  test('answers who comes to its front door, such as from the installation of the App', async () => {
    await start()
    const answer = await fetch(`${ingress.url}/`)
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Hallpass')])
  })

  test.each(['/api/github/webhooks', '/api/github/webhooks/', '/healthz/x', '//', '/%ff'])(
    'GET %s is 404, and names no framework',
    async (path) => {
      await start()
      const { socket, all } = rawConnection(ingress)
      socket.write(head({ connection: 'close' }, `GET ${path}`))
      const answer = await all
      expect(answer).toMatch(/^HTTP\/1.1 404 /)
      expect(answer).not.toMatch(/hono|node|express|powered|server:/i)
    },
  )

  test.each([
    'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: [::\r\nConnection: close\r\n\r\n',
    'GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'TRACE /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
    'nonsense\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
    'POST /api/github/webhooks HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ])('%j is never a fault of ours', async (request) => {
    await start()
    const { socket, all } = rawConnection(ingress)
    socket.write(request)
    expect(await all).not.toMatch(/^HTTP\/1.1 5|at .*\(/)
    expect((await fetch(`${ingress.url}/healthz`)).status).toBe(200)
    expect(ingress.lines).toEqual([])
  })
})
