// Who is on call: an endpoint that does anything odd is down, and nothing of it shows.
import { gzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startWire } from '../../sandbox/wire.ts'
import { createOnCall } from '../../src/adapters/on-call/create-on-call.ts'
import type { OnCallSource } from '../../src/domain/policy/types.ts'
import { recordingLog } from './github-wire.ts'

type Source = Extract<OnCallSource, { kind: 'http' }>
const token = 'a-very-secret-token-0123456789'

const answerOf = (...ids: readonly unknown[]) => ({ oncalls: ids.map((id) => ({ user: { id } })) })

async function start(
  answer: (request: Request) => Response | Promise<Response>,
  more: { timeoutMs?: number; stopping?: AbortSignal; settings?: Record<string, string> } = {},
) {
  const app = new Hono()
  app.all('*', ({ req }) => answer(req.raw))
  const wire = await startWire(app, {
    service: 'github',
    now: Date.now,
    operationOf: (method, path) => `${method} ${path}`,
  })
  onTestFinished(() => wire.close())
  const { log, lines } = recordingLog()
  const { settings = { HALLPASS_ON_CALL_PAGER: token, GITHUB_PRIVATE_KEY: 'never' }, ...rest } =
    more
  const onCall = createOnCall({ setting: (name) => settings[name], log, ...rest })
  const source = (change: Partial<Source> = {}): Source => ({
    kind: 'http',
    url: `${wire.url}/on-call?key=in-the-url`,
    tokenFrom: 'HALLPASS_ON_CALL_PAGER',
    select: 'oncalls.*.user.id',
    people: { PABC: 583231, PDEF: 12, '77': 13 },
    fallback: [],
    ...change,
  })
  return { onCall, source, wire, lines }
}

describe('who is on call', () => {
  it('is the policy`s own list', async () => {
    const { onCall, wire } = await start(() => Response.json({}))
    expect(await onCall.who({ kind: 'list', people: [3, 1] })).toEqual([3, 1])
    expect(wire.calls).toEqual([])
  })

  it('is whom the endpoint names, by what the policy calls them', async () => {
    const seen: (string | null)[] = []
    const { onCall, source, lines } = await start((request) => {
      seen.push(request.headers.get('authorization'))
      return Response.json(answerOf('PABC', 'PDEF', 77, 'PABC'))
    })
    expect(await onCall.who(source())).toEqual([583231, 12, 13])
    expect(await onCall.who(source({ tokenFrom: undefined }))).toEqual([583231, 12, 13])
    expect(seen).toEqual([`Bearer ${token}`, null])
    expect(lines).toEqual([])
  })

  it('is asked with the scheme that the setting names', async () => {
    const seen: (string | null)[] = []
    const answer = (request: Request) => {
      seen.push(request.headers.get('authorization'))
      return Response.json(answerOf('PABC'))
    }
    const settings = { HALLPASS_ON_CALL_PAGER: `Token token=${token}` }
    const { onCall, source } = await start(answer, { settings })
    expect(await onCall.who(source())).toEqual([583231])
    expect(seen).toEqual([`Token token=${token}`])
  })

  it('is nobody when nobody is named', async () => {
    const { onCall, source } = await start(() => Response.json(answerOf()))
    expect(await onCall.who(source())).toEqual([])
  })

  it('may be the only one of an answer', async () => {
    const { onCall, source } = await start(() => Response.json({ who: 'PDEF' }))
    expect(await onCall.who(source({ select: 'who' }))).toEqual([12])
  })
})

const json = (text: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  new Response(text, { headers: { 'content-type': 'application/json', ...headers } })

const big = JSON.stringify({ ...answerOf('PABC'), more: ' '.repeat(300 * 1024) })

describe('the source is down', () => {
  it.each<[string, () => Response]>([
    ['is larger than 256 KB', () => json(big)],
    ['is larger once it is unpacked', () => json(gzipSync(big), { 'content-encoding': 'gzip' })],
    ['is no JSON', () => json('<html>PABC</html>')],
    ['is empty', () => json('')],
    ['breaks off', () => json('{"oncalls":[{"user":{"id":"PABC"}}')],
    ['is not UTF-8', () => json(Uint8Array.of(0x22, 0xff, 0x22))],
    ['is nested without end', () => json(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)],
    ['is null', () => json('null')],
    ['is a list', () => Response.json([])],
    ['has an object for a list', () => Response.json({ oncalls: { user: { id: 'PABC' } } })],
    ['has nobody`s name', () => Response.json({ oncalls: [{ user: {} }] })],
    ['has a name missing among others', () => Response.json(answerOf('PABC', undefined))],
    ['has null for a name', () => Response.json(answerOf(null))],
    ['has a list for a name', () => Response.json(answerOf(['PABC']))],
    ['has a broken number for a name', () => Response.json(answerOf(77.5))],
    ['names somebody unknown', () => Response.json(answerOf('PXYZ'))],
    ['names somebody unknown among others', () => Response.json(answerOf('PABC', 'PXYZ'))],
    ['names what every object has', () => Response.json(answerOf('constructor'))],
    ['names the prototype', () => Response.json(answerOf('__proto__'))],
    [
      'names a great many',
      () => Response.json(answerOf(...Array.from({ length: 101 }, () => 'PABC'))),
    ],
    ['is an error', () => Response.json(answerOf('PABC'), { status: 500 })],
    ['is a refusal', () => Response.json(answerOf('PABC'), { status: 401 })],
    ['is another success', () => Response.json(answerOf('PABC'), { status: 203 })],
    ['is nothing', () => new Response(null, { status: 204 })],
  ])('when its answer %s', async (_, answer) => {
    const { onCall, source, lines } = await start(answer)
    expect(await onCall.who(source())).toBe('down')
    expect(lines).toMatchObject([{ level: 'warn', id: 'on-call.down' }])
    expect(JSON.stringify(lines)).not.toMatch(/secret|in-the-url|PXYZ|PABC/)
  })

  it.each([301, 302, 303, 307, 308])('when it leads elsewhere with %i', async (status) => {
    const { onCall, source, wire } = await start((request) => {
      const { pathname, origin } = new URL(request.url)
      return pathname === '/elsewhere'
        ? Response.json(answerOf('PABC'))
        : new Response(null, { status, headers: { location: `${origin}/elsewhere` } })
    })
    expect(await onCall.who(source())).toBe('down')
    expect(wire.calls).toHaveLength(1)
  })

  it('when it does not answer in time', async () => {
    const gone = Promise.withResolvers<Response>()
    onTestFinished(() => gone.resolve(Response.json({})))
    const { onCall, source, lines } = await start(() => gone.promise, { timeoutMs: 50 })
    expect(await onCall.who(source())).toBe('down')
    expect(lines).toMatchObject([{ fields: { why: 'no answer' } }])
  })

  it('when its answer goes on for ever', async () => {
    const endless = () =>
      json(new ReadableStream({ start: (to) => to.enqueue(Buffer.from('{"oncalls":')) }) as never)
    const { onCall, source } = await start(endless, { timeoutMs: 50 })
    expect(await onCall.who(source())).toBe('down')
  })

  it('when we stop', async () => {
    const { onCall, source, wire } = await start(() => Response.json(answerOf('PABC')), {
      stopping: AbortSignal.abort(),
    })
    expect(await onCall.who(source())).toBe('down')
    expect(wire.calls).toEqual([])
  })

  it('when nothing listens there', async () => {
    const { onCall, source, wire } = await start(() => Response.json(answerOf('PABC')))
    await wire.close()
    expect(await onCall.who(source())).toBe('down')
  })

  it.each<[string, Partial<Source>]>([
    ['is not encrypted', { url: 'http://pager.example/on-call' }],
    ['only looks like this machine', { url: 'http://127.0.0.1.pager.example/' }],
    ['is a file', { url: 'file:///etc/passwd' }],
    ['is data', { url: 'data:application/json,{"oncalls":[]}' }],
    ['holds a password', { url: 'https://user:secret@pager.example/' }],
    ['is no address', { url: 'secret words' }],
  ])('when its address %s', async (_, change) => {
    const { onCall, source, lines } = await start(() => Response.json(answerOf('PABC')))
    expect(await onCall.who(source(change))).toBe('down')
    expect(lines).toMatchObject([{ fields: { why: expect.stringMatching(/^its address/) } }])
    expect(JSON.stringify(lines)).not.toContain('secret')
  })
})

describe('the token', () => {
  it.each([
    ['that is not there', 'HALLPASS_ON_CALL_OTHER'],
    ['that is empty', 'HALLPASS_ON_CALL_EMPTY'],
    ['of another kind', 'GITHUB_PRIVATE_KEY'],
    ['of a like name', 'X_HALLPASS_ON_CALL_PAGER'],
    ['of no name', 'HALLPASS_ON_CALL_'],
    ['that cannot be sent', 'HALLPASS_ON_CALL_BROKEN'],
  ])('%s is not asked with', async (_, tokenFrom) => {
    const { onCall, source, wire, lines } = await start(() => Response.json(answerOf('PABC')), {
      settings: {
        HALLPASS_ON_CALL_EMPTY: '',
        HALLPASS_ON_CALL_BROKEN: `${token}\nhost: elsewhere`,
        HALLPASS_ON_CALL_: token,
        GITHUB_PRIVATE_KEY: token,
        X_HALLPASS_ON_CALL_PAGER: token,
      },
    })
    expect(await onCall.who(source({ tokenFrom }))).toBe('down')
    expect(wire.calls).toEqual([])
    expect(JSON.stringify(lines)).not.toContain(token)
  })
})
