import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { GitHubError } from '../../src/domain/errors.ts'
import { recordingLog, startAdapter, subject, token } from './github-wire.ts'
import { createGitHub } from '../../src/adapters/github/create-github.ts'

const says = (status: number, message: string, headers: Record<string, string> = {}) =>
  Response.json(
    { message },
    { status, headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT', ...headers } },
  )
const resetAt = String(Date.UTC(2026, 0, 1, 0, 0, 29) / 1000)

/** Makes one write (a comment, after its repository was found) and returns its failure. */
async function failureOf(answer: () => Response | Promise<Response>): Promise<GitHubError> {
  const { adapter } = await startAdapter((request) =>
    request.method === 'POST'
      ? answer()
      : Response.json({ id: 400, name: 'shop', owner: { id: 50, login: 'acme' }, private: true }),
  )
  const error: unknown = await adapter.github.createComment(subject, 'text').then(
    () => undefined,
    (error: unknown) => error,
  )
  if (error instanceof GitHubError) return error
  throw new Error('there was no GitHubError', { cause: error })
}

describe('the kind of a failure', () => {
  it.each<[string, Response, GitHubError['kind'], number | undefined]>([
    ['a broken server', says(500, 'Oops'), 'transient', undefined],
    ['a broken gateway', new Response('<html>', { status: 502 }), 'transient', undefined],
    ['one that asks for patience', says(503, 'Busy', { 'retry-after': '7' }), 'transient', 7],
    ['too many requests', says(429, 'Slow down', { 'retry-after': '12' }), 'transient', 12],
    [
      'a spent quota',
      says(403, 'API rate limit exceeded', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': resetAt,
      }),
      'transient',
      30,
    ],
    [
      'a secondary limit with a time',
      says(403, 'You have exceeded a secondary rate limit', { 'retry-after': '42' }),
      'transient',
      42,
    ],
    [
      'a secondary limit without one',
      says(403, 'You have exceeded a secondary rate limit'),
      'transient',
      60,
    ],
    [
      'a missing permission',
      says(403, 'Resource not accessible by integration', { 'x-ratelimit-remaining': '4999' }),
      'denied',
      undefined,
    ],
    ['what is not there', says(404, 'Not Found'), 'missing', undefined],
    ['what is gone', says(410, 'This issue was deleted'), 'missing', undefined],
    ['a 404 that is not GitHub`s', new Response('nope', { status: 404 }), 'transient', undefined],
    ['what can never be', says(422, 'Validation Failed'), 'invalid', undefined],
    ['an unreasonable wait', says(429, 'Slow', { 'retry-after': '999999' }), 'transient', 3600],
  ])('%s', async (_, response, kind, retryAfterSeconds) => {
    const error = await failureOf(() => response.clone())
    expect({ kind: error.kind, retryAfterSeconds: error.retryAfterSeconds }).toEqual({
      kind,
      retryAfterSeconds,
    })
  })

  it.each([
    [
      'no JSON',
      () => new Response('<html>sorry</html>', { headers: { 'content-type': 'text/html' } }),
    ],
    [
      'half of its JSON',
      () => new Response('{"id": 4', { headers: { 'content-type': 'application/json' } }),
    ],
    ['nothing', () => new Response('', { headers: { 'content-type': 'application/json' } })],
  ])('a success with %s is none', async (_, answer) => {
    expect((await failureOf(answer)).kind).toBe('transient')
  })

  it('an answer that breaks off is no empty list', async () => {
    const { adapter } = await startAdapter((request) =>
      new URL(request.url).pathname.endsWith('/comments')
        ? new Response('', { headers: { 'content-type': 'application/json' } })
        : Response.json({ id: 400, name: 'shop', owner: { id: 50, login: 'acme' }, private: true }),
    )
    await expect(adapter.github.findComment(subject, 'marker')).rejects.toMatchObject({
      kind: 'transient',
    })
  })

  it('silence is transient, and ends', async () => {
    const { adapter } = await startAdapter(() => new Promise<Response>(() => undefined), {
      timeoutMs: 50,
    })
    await expect(adapter.github.repository(subject)).rejects.toMatchObject({
      name: 'GitHubError',
      kind: 'transient',
    })
  })

  it('a call in hand ends when it is hung up, and none begins after it', async () => {
    const hangUp = new AbortController()
    const asked = Promise.withResolvers<void>()
    const silence = () => {
      asked.resolve()
      return new Promise<Response>(() => undefined)
    }
    const { adapter, wire } = await startAdapter(silence, { hungUp: hangUp.signal })
    const call = adapter.github.repository(subject)
    void asked.promise.then(() => hangUp.abort())
    await expect(call).rejects.toMatchObject({ kind: 'transient' })
    const { length } = wire.calls
    await expect(adapter.github.repository(subject)).rejects.toMatchObject({ kind: 'transient' })
    expect(wire.calls).toHaveLength(length)
  })

  it('a body that never ends is transient, and ends', async () => {
    const { adapter } = await startAdapter(
      () =>
        new Response(new ReadableStream({ start: (out) => out.enqueue(new Uint8Array([123])) }), {
          headers: { 'content-type': 'application/json' },
        }),
      { timeoutMs: 50 },
    )
    await expect(adapter.github.repository(subject)).rejects.toMatchObject({ kind: 'transient' })
  })

  it('nobody there is transient', async () => {
    const { adapter, wire } = await startAdapter(() => says(500, ''))
    await wire.close()
    await expect(adapter.github.repository(subject)).rejects.toMatchObject({ kind: 'transient' })
  })

  it('a key that cannot sign is denied', async () => {
    const adapter = createGitHub({
      appId: 77,
      privateKey: '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n',
      baseUrl: 'http://127.0.0.1:9',
      log: recordingLog().log,
      throttle: false,
    })
    await expect(adapter.whoAmI()).rejects.toMatchObject({ kind: 'denied' })
  })
})

describe('what a failure tells', () => {
  it('holds no token, in its words or in its cause', async () => {
    const error = await failureOf(() => says(422, `Validation failed for ${token} and ghs_short`))
    expect(error.message).toContain('could not comment on acme/shop#3 (422: Validation failed')
    expect(error.cause).toBeInstanceOf(Error)
    const all = inspect(error, { depth: 10, showHidden: true })
    expect(all).not.toContain(token.slice(0, 30))
    expect(all).not.toContain('bbbbbbbb')
    expect(all).not.toContain('text')
  })

  it('is one line of bounded length', async () => {
    const error = await failureOf(() => says(500, 'very\nlong '.repeat(1000)))
    expect(error.message.length).toBeLessThan(500)
    expect(error.message).not.toContain('\n')
  })
})

describe('a token that GitHub has revoked', () => {
  it.each([401, 403])('is replaced at once after a %i', async (status) => {
    let revoked = false
    const { adapter, wire } = await startAdapter(() => {
      if (!revoked) return Response.json({ id: 51, login: 'ada', type: 'User' })
      revoked = false
      return says(status, 'Bad credentials')
    })
    const tokens = () => wire.calls.filter(({ path }) => path.endsWith('/access_tokens')).length
    await adapter.github.account(subject, 51)
    expect(tokens()).toBe(1)
    revoked = true
    expect(await adapter.github.account(subject, 51)).toMatchObject({ id: 51 })
    expect(tokens()).toBe(2)
  })

  it('is otherwise used again', async () => {
    const { adapter, wire } = await startAdapter(() =>
      Response.json({ id: 51, login: 'ada', type: 'User' }),
    )
    await adapter.github.account(subject, 51)
    await adapter.github.account(subject, 51)
    expect(wire.calls.filter(({ path }) => path.endsWith('/access_tokens'))).toHaveLength(1)
  })
})

describe('a failure is thrown at once', () => {
  it.each([false, true])('with throttling %s', async (throttle) => {
    const { adapter, wire } = await startAdapter(() => says(403, 'secondary rate limit'), {
      throttle,
    })
    await expect(adapter.github.account(subject, 51)).rejects.toMatchObject({ kind: 'transient' })
    expect(wire.calls.filter(({ path }) => path === '/user/51')).toHaveLength(1)
  })
})
