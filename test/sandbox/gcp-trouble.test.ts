// What the simulated Google Cloud does on a bad day, as the unmodified SDK meets it.
import { status } from '@grpc/grpc-js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GcpFault } from '../../sandbox/gcp/fault.ts'
import { startGcp, type Gcp } from '../../sandbox/gcp/index.ts'
import { calling, clientsOf, type Policy } from './gcp-clients.ts'

const resource = 'projects/shop'
const alice = 'user:alice@acme.example'
const write = 'Projects.SetIamPolicy'
const read = 'Projects.GetIamPolicy'

let now: number
let gcp: Gcp
let clients: ReturnType<typeof clientsOf>
beforeEach(async () => {
  now = Date.parse('2031-05-01T09:00:00Z')
  gcp = await startGcp({ now: () => now })
  clients = clientsOf(gcp)
  gcp.addUser(alice)
  gcp.addProject('shop')
})
afterEach(async () => {
  await clients.close()
  await gcp.close()
})

/** Without retries of the SDK's own. */
const once = { timeout: 10_000, retry: null }
const get = async (options: object = once): Promise<Policy> =>
  (await clients.projects.getIamPolicy({ resource }, options))[0]
const put = async (role: string, etag?: Policy['etag']) => {
  const policy = { bindings: [{ role, members: [alice] }], ...(etag ? { etag } : {}) }
  return (await clients.projects.setIamPolicy({ resource, policy }, once))[0]
}
const roles = () => gcp.policyOf(resource).bindings.map((it) => it.role)
const failing = (code: keyof typeof status) => ({ code: status[code] })

test('throttled and failing calls are not carried out; one operation may be meant', async () => {
  gcp.throttle(1)
  gcp.fail(1, 'INTERNAL', write)
  gcp.fail(1, 'DEADLINE_EXCEEDED', 'Folders.SetIamPolicy')
  await expect(get()).rejects.toMatchObject(failing('RESOURCE_EXHAUSTED'))
  await get()
  await expect(put('roles/viewer')).rejects.toMatchObject(failing('INTERNAL'))
  expect(roles()).toEqual([])
  await put('roles/viewer')
  expect(roles()).toEqual(['roles/viewer'])
  expect(gcp.calls.map((it) => [it.operation, it.code])).toEqual([
    [read, 'RESOURCE_EXHAUSTED'],
    [read, 'OK'],
    [write, 'INTERNAL'],
    [write, 'OK'],
  ])
})

test.each(['fail', 'cut'] as const)(
  'a write may be carried out and its answer lost: %s',
  async (how) => {
    gcp.applyThenFail(1, write, how)
    await expect(put('roles/viewer')).rejects.toMatchObject(failing('UNAVAILABLE'))
    expect(roles()).toEqual(['roles/viewer'])
    expect(gcp.calls.at(-1)).toMatchObject({
      code: 'UNAVAILABLE',
      wrote: { before: { etag: 'ACAB' } },
    })
    const { etag } = await get({ timeout: 10_000 })
    await put('roles/editor', etag)
  },
)

test('an answer is lost only where there was one to lose', async () => {
  gcp.applyThenFail(1, write)
  await put('roles/viewer', Buffer.from('stale')).catch(() => 'stale')
  expect(gcp.calls.at(-1)?.code).toBe('ABORTED')
  await expect(put('roles/viewer')).rejects.toMatchObject(failing('UNAVAILABLE'))
})

test('stale reads show what was, and a write built on one is refused', async () => {
  await put('roles/viewer')
  gcp.staleReads(5000)
  now += 1000
  await put('roles/editor')
  const stale = await get()
  expect(stale.bindings).toMatchObject([{ role: 'roles/viewer' }])
  await expect(put('roles/browser', stale.etag)).rejects.toMatchObject(failing('ABORTED'))
  now += 5000
  expect((await get()).bindings).toMatchObject([{ role: 'roles/editor' }])
  await put('roles/browser')
  gcp.staleReads(0)
  expect((await get()).bindings).toMatchObject([{ role: 'roles/browser' }])
})

test('somebody else may come in between a read and the write built on it', async () => {
  const { etag } = await get()
  gcp.conflictOnce((bindings) => [
    ...bindings,
    { role: 'roles/editor', members: [alice], condition: undefined },
  ])
  await expect(put('roles/viewer', etag)).rejects.toMatchObject(failing('ABORTED'))
  expect(roles()).toEqual(['roles/editor'])
  await put('roles/viewer', (await get()).etag)
  expect(roles()).toEqual(['roles/viewer'])
  gcp.conflictOnce()
  await expect(put('roles/editor', (await get()).etag)).rejects.toMatchObject(failing('ABORTED'))
  expect(roles()).toEqual(['roles/viewer'])
})

test('a slow write is carried out after its caller gave up', async () => {
  gcp.slow(300, write)
  const policy = { bindings: [{ role: 'roles/viewer', members: [alice] }] }
  const given = clients.projects.setIamPolicy({ resource, policy }, calling({ timeout: 50 }))
  await expect(given).rejects.toMatchObject(failing('DEADLINE_EXCEEDED'))
  expect(roles()).toEqual([])
  await gcp.waitFor(() => roles().length === 1)
})

test('the SDK itself retries reads that were UNAVAILABLE, and never writes', async () => {
  gcp.fail(2, 'UNAVAILABLE')
  await get({ timeout: 10_000 })
  gcp.fail(1, 'UNAVAILABLE')
  const policy = { bindings: [] }
  const lost = clients.projects.setIamPolicy({ resource, policy }, { timeout: 10_000 })
  await expect(lost).rejects.toMatchObject(failing('UNAVAILABLE'))
  expect(gcp.calls.map((it) => it.operation)).toEqual([read, read, read, write])
})

test('a call may be stopped on its way in and on its way out', async () => {
  const phases: string[] = []
  const off = gcp.intercept((call, phase) => {
    phases.push(`${phase} ${call.operation}`)
    return phase === 'after' ? new GcpFault('UNKNOWN', 'stopped') : undefined
  })
  await expect(put('roles/viewer')).rejects.toMatchObject(failing('UNKNOWN'))
  off()
  await put('roles/editor')
  expect(phases).toEqual([`before ${write}`, `after ${write}`])
})

describe('an unreliable cloud', () => {
  const play = async (seed: number, share = 0.3) => {
    const from = gcp.calls.length
    gcp.unreliable({ share, seed, slowMs: 1 })
    for (let n = 0; n < 60; n += 1)
      await (n % 2 === 0 ? get() : put(`roles/r${n}`)).catch((error: unknown) => error)
    gcp.unreliable(undefined)
    return gcp.calls.slice(from)
  }
  const struck = (calls: Gcp['calls']) => calls.map((it) => it.struck)

  test('strikes its share of the calls, the same ones with the same seed', async () => {
    const first = struck(await play(7))
    expect(struck(await play(7))).toEqual(first)
    expect(struck(await play(8))).not.toEqual(first)
    const count = first.filter((it) => it !== undefined).length
    expect(count).toBeGreaterThan(60 * 0.15)
    expect(count).toBeLessThan(60 * 0.45)
    expect(struck(await play(7, 0)).every((it) => it === undefined)).toBe(true)
  })

  test('strikes in every way, and only where that way is possible', async () => {
    const calls = await play(3, 1)
    expect(new Set(struck(calls))).toEqual(
      new Set([
        'instead RESOURCE_EXHAUSTED',
        'instead UNAVAILABLE',
        'instead INTERNAL',
        'after UNAVAILABLE',
        'after DEADLINE_EXCEEDED',
        'after cut',
        'slow',
        'stale',
      ]),
    )
    for (const call of calls) {
      const [kind, code = 'OK'] = call.struck?.split(' ') ?? []
      expect(call.code).toBe(code === 'cut' ? 'UNAVAILABLE' : code)
      if (call.operation === write) expect(call.wrote !== undefined).toBe(kind !== 'instead')
      if (kind === 'stale') expect(call.operation).toBe(read)
    }
  })
})

test('closing does not wait for calls that are on their way', async () => {
  gcp.slow(600_000)
  const arrived = new Promise<void>((resolve) => gcp.intercept(() => resolve()))
  const lost = get().catch((error: unknown) => error)
  await arrived
  await gcp.close()
  expect(await lost).toMatchObject(failing('UNAVAILABLE'))
})
