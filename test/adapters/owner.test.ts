import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { acquireOwner, askOwner, type Ownership } from '../../src/adapters/owner/owner.ts'
import { tryClaim } from '../../src/adapters/owner/try-claim.ts'

let directory: string
const owners: Ownership[] = []
const starters: Starter[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hallpass-owner-'))
})
afterEach(async () => {
  for (const starter of starters.splice(0)) await starter.kill()
  for (const one of owners.splice(0)) if (one.kind === 'owner') await one.release()
  rmSync(directory, { recursive: true, force: true })
})

async function acquire(where = directory): Promise<Ownership> {
  const one = await acquireOwner(where)
  owners.push(one)
  return one
}

async function acquired(where = directory): Promise<Ownership & { kind: 'owner' }> {
  const one = await acquire(where)
  if (one.kind !== 'owner') throw new Error('held')
  return one
}

interface Starter {
  readonly pid: number
  say(): void
  heard(): Promise<Record<string, unknown>>
  kill(): Promise<void>
}

/** Another process, waiting to be told to start. */
async function starter(where: string, env: NodeJS.ProcessEnv = process.env): Promise<Starter> {
  const script = join(import.meta.dirname, 'owner.starter.ts')
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [script, where], { env })
  child.stderr.pipe(process.stderr)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const one: Starter = {
    pid: child.pid ?? 0,
    say: () => child.stdin.write('go\n'),
    async heard() {
      const { value } = await lines.next()
      return JSON.parse(String(value)) as Record<string, unknown>
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
  starters.push(one)
  await one.heard()
  return one
}

test('the first owns the directory, the second hears who does', async () => {
  await acquired()
  expect(await acquire()).toEqual({ kind: 'held', pid: process.pid })
})

test('released, it is free, again and again', async () => {
  for (let round = 0; round < 20; round += 1) await (await acquired()).release()
  await acquired()
  expect((await acquire()).kind).toBe('held')
})

test('old claims and their sockets do not pile up', async () => {
  for (let round = 0; round < 20; round += 1) await (await acquired()).release()
  await acquired()
  expect(readdirSync(join(directory, 'owner')).length).toBeLessThanOrEqual(10)
})

test('reached by a symbolic link, it is the same directory', async () => {
  const other = `${directory}-link`
  symlinkSync(directory, other)
  await acquired()
  expect((await acquire(other)).kind).toBe('held')
  rmSync(other)
})

test('only this user may enter, whatever the umask', async () => {
  const before = process.umask(0)
  await acquired()
  process.umask(before)
  const place = join(directory, 'owner')
  expect(statSync(place).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(place))
    expect(statSync(join(place, name)).mode & 0o777).toBe(0o600)
})

test('a directory too deep for a socket’s path is locked all the same, whatever TMPDIR says', async () => {
  const deep = join(directory, 'd'.repeat(120), 'e'.repeat(120))
  await acquired(deep)
  const other = await starter(deep, { ...process.env, TMPDIR: directory })
  other.say()
  expect(await other.heard()).toEqual({ kind: 'held', pid: process.pid })
  expect(await askOwner(deep, { method: 'GET', path: '/owner' })).toMatchObject({ status: 200 })
  expect(readdirSync(directory)).toEqual(['d'.repeat(120)])
})

test('a starter that is many owners late withdraws, although its number is free again', async () => {
  for (let round = 0; round < 20; round += 1) await (await acquired()).release()
  await acquired()
  const place = join(directory, 'owner')
  const before = readdirSync(place)
  expect(before).not.toContain('claim.3')
  expect(await tryClaim(place, 3)).toBeUndefined()
  expect(readdirSync(place)).toEqual(before)
})

test('of many that start at once in one process, one wins', async () => {
  const all = await Promise.all(Array.from({ length: 40 }, () => acquire()))
  expect(all.filter((one) => one.kind === 'owner')).toHaveLength(1)
})

test('of many processes that start at once, one wins: fresh, and after each owner was killed', async () => {
  for (let round = 0; round < 4; round += 1) {
    const all = await Promise.all(Array.from({ length: 8 }, () => starter(directory)))
    for (const one of all) one.say()
    const said = await Promise.all(all.map((one) => one.heard()))
    const winners = said.filter(({ kind }) => kind === 'owner')
    expect(winners).toHaveLength(1)
    const winner = all.find(({ pid }) => pid === winners[0]?.['pid'])
    await winner?.kill()
    expect(await askOwner(directory, { method: 'GET', path: '/owner' })).toBeUndefined()
    for (const one of all) await one.kill()
  }
}, 60_000)

test('an owner that hangs still owns', async () => {
  const other = await starter(directory)
  other.say()
  await other.heard()
  process.kill(other.pid, 'SIGSTOP')
  expect(await acquire()).toEqual({ kind: 'held', pid: other.pid })
})

test('a claim that a power cut left empty is dead', async () => {
  mkdirSync(join(directory, 'owner'))
  writeFileSync(join(directory, 'owner', 'claim.7'), '')
  await acquired()
  expect(existsSync(join(directory, 'owner', 'claim.8'))).toBe(true)
})

describe('asking the owner', () => {
  test('nobody runs: undefined, and nothing is made', async () => {
    expect(await askOwner(directory, { method: 'GET', path: '/owner' })).toBeUndefined()
    expect(
      await askOwner(join(directory, 'none'), { method: 'GET', path: '/owner' }),
    ).toBeUndefined()
    expect(readdirSync(directory)).toEqual([])
  })

  test('who it is is told always, the rest once it serves', async () => {
    const owner = await acquired()
    const pid = { status: 200, body: JSON.stringify({ pid: process.pid }) }
    expect(await askOwner(directory, { method: 'GET', path: '/owner' })).toEqual(pid)
    expect(await askOwner(directory, { method: 'GET', path: '/grants' })).toMatchObject({
      status: 503,
    })
    owner.serve(async (request) => new Response(`${request.method} ${await request.text()}`))
    expect(await askOwner(directory, { method: 'GET', path: '/owner' })).toEqual(pid)
    expect(
      await askOwner(directory, { method: 'POST', path: '/grants?all=true', body: '{"é":1}' }),
    ).toEqual({ status: 200, body: 'POST {"é":1}' })
  })

  test('released: undefined', async () => {
    await (await acquired()).release()
    expect(await askOwner(directory, { method: 'GET', path: '/owner' })).toBeUndefined()
  })

  test('an owner that dies in the middle of an answer is a fault, not nobody', async () => {
    const owner = await acquired()
    const arrived = Promise.withResolvers<void>()
    owner.serve(() => {
      arrived.resolve()
      return new Promise(() => {})
    })
    const asked = askOwner(directory, { method: 'POST', path: '/grants' })
    const outcome = asked.catch((error: unknown) => String(error))
    await arrived.promise
    await owner.release()
    expect(await outcome).toMatch(/did not answer/)
  })
})
