import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Pool } from 'pg'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
} from 'vitest'
import { openEmbedded, type EmbeddedDatabase } from '../../src/adapters/postgres/embedded.ts'
import { ledgerStores, type FreshDatabase } from '../support/databases.ts'
import { embeddedDirectory, embeddedInMemory } from '../support/embedded-template.ts'

describe.each(ledgerStores())('Values through a pool, $name', ({ fresh }) => {
  let database: FreshDatabase
  beforeAll(async () => {
    database = await fresh()
  })
  afterAll(() => database.close())

  it('come out the same', async () => {
    const { rows } = await database.pool.query(
      `select 9007199254740991::int8 as int8, 7::int4 as int4, 1.5::float8 as float8, 1.50::numeric as numeric,
        true as bool, 'x'::text as text, null::text as nothing, '{"a":[1,null]}'::jsonb as jsonb,
        '\\x00ff'::bytea as bytea, timestamptz '2026-11-22 17:00:00.5Z' as at, array['a"\\', null] as texts,
        array[1, 2] as ints, interval '1 day 2 seconds' as span`,
    )
    expect(rows).toEqual([
      {
        int8: 9007199254740991,
        int4: 7,
        float8: 1.5,
        numeric: '1.50',
        bool: true,
        text: 'x',
        nothing: null,
        jsonb: { a: [1, null] },
        bytea: Buffer.from([0, 255]),
        at: new Date('2026-11-22T17:00:00.500Z'),
        texts: ['a"\\', null],
        ints: [1, 2],
        span: expect.objectContaining({ days: 1, seconds: 2 }),
      },
    ])
  })

  it('go in the same', async () => {
    const { rows } = await database.pool.query(
      `select $1::int8 as int8, $2::bool as bool, $3::text[] as texts, $4::jsonb as jsonb, $5::bytea as bytea,
        $6::timestamptz as at, $7::text as nothing, $8::int[] as ints, $9::text as number`,
      [
        12,
        false,
        ['a"\\{},', null, ''],
        { a: 'é' },
        new Uint8Array([0, 255]),
        new Date(1500),
        undefined,
        [[1], [2]],
        5,
      ],
    )
    expect(rows).toEqual([
      {
        int8: 12,
        bool: false,
        texts: ['a"\\{},', null, ''],
        jsonb: { a: 'é' },
        bytea: Buffer.from([0, 255]),
        at: new Date(1500),
        nothing: null,
        ints: [[1], [2]],
        number: '5',
      },
    ])
  })

  it('are refused when a number cannot hold them', async () => {
    await expect(database.pool.query('select 9007199254740993::int8')).rejects.toThrow(
      'does not fit',
    )
  })

  it('carry the server’s code when they fail', async () => {
    await expect(database.pool.query('select 1/0')).rejects.toMatchObject({ code: '22012' })
    await expect(database.pool.query('select $1::int', ['x'])).rejects.toMatchObject({
      code: '22P02',
    })
  })

  it('count rows, and answer several statements severally', async () => {
    const { pool } = database
    await pool.query('create temp table t (n int); insert into t values (1), (2)')
    const answers: unknown = await pool.query('select n from t; select 3 as n')
    expect(answers).toMatchObject([
      { rows: [{ n: 1 }, { n: 2 }], rowCount: 2 },
      { rows: [{ n: 3 }] },
    ])
    expect(await pool.query({ text: 'update t set n = $1', values: [9] })).toMatchObject({
      command: 'UPDATE',
      rowCount: 2,
    })
  })
})

describe('One session for many clients', () => {
  let database: EmbeddedDatabase
  let pool: Pool
  beforeEach(async () => {
    database = await embeddedInMemory()
    pool = database.pool
    await pool.query('create table public.t (n int primary key)')
  })
  afterEach(() => database.close())
  const all = async () => {
    const { rows } = await pool.query<{ n: number }>('select n from t order by n')
    return rows.map(({ n }) => n)
  }

  it('keeps everybody else out of a transaction until it is over', async () => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query('insert into t values (1)')
    const outside = all()
    const addTwo = async () => {
      const other = await pool.connect()
      await other.query('begin')
      await other.query('insert into t values (2)')
      await other.query('commit')
      other.release()
    }
    const second = addTwo()
    await client.query('insert into t values (3)')
    await client.query('rollback')
    client.release()
    expect(await outside).toEqual([])
    await second
    expect(await all()).toEqual([2])
  })

  it('keeps them out of a transaction that failed, too', async () => {
    const client = await pool.connect()
    await client.query('begin')
    await expect(client.query('select 1/0')).rejects.toThrow()
    const outside = pool.query('insert into t values (1)')
    await expect(client.query('select 1')).rejects.toThrow('aborted')
    await client.query('rollback')
    client.release()
    await outside
    expect(await all()).toEqual([1])
  })

  it('rolls back what a client leaves open', async () => {
    const client = await pool.connect()
    await client.query('begin')
    await client.query('insert into t values (1)')
    client.release()
    expect(await all()).toEqual([])
    await expect(client.query('select 1')).rejects.toThrow('released')
  })

  it('tells a client what is notified, until it is released', async () => {
    const client = await pool.connect()
    const heard: unknown[] = []
    client.on('notification', (message) => heard.push(message))
    await client.query('-- a comment first\nlisten news')
    const told = once(client, 'notification')
    await pool.query(`select pg_notify('news', 'a')`)
    await told
    client.release()
    await pool.query(`select pg_notify('news', 'b')`)
    expect(heard).toMatchObject([{ channel: 'news', payload: 'a' }])
  })
})

describe('A directory', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hallpass-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  it('keeps all that was acknowledged when the process is killed, twice', async () => {
    const directory = await embeddedDirectory()
    onTestFinished(() => rm(directory, { recursive: true }))
    for (const until of [20, 45]) {
      const acknowledged = await writeAndBeKilled(directory, until)
      const { pool, close } = await openEmbedded(directory)
      const { rows } = await pool.query<{ n: number }>('select n from public.kept order by n')
      const kept = new Set(rows.map(({ n }) => n))
      expect(acknowledged.filter(({ n }) => !kept.has(n))).toEqual([])
      // Each of them had the disk keep it.
      const idle = acknowledged.filter(
        ({ syncs }, at) => syncs <= (acknowledged[at - 1]?.syncs ?? 0),
      )
      expect(idle).toEqual([])
      await pool.query('truncate public.kept')
      await close()
    }
  })

  it('is made anew when a process was killed while it made it', async () => {
    const half = join(directory, 'postgres.new')
    await mkdir(half)
    await writeFile(join(half, 'PG_VERSION'), '18')
    const { pool, close } = await openEmbedded(directory)
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await close()
    expect(await readdir(directory)).toEqual(['postgres'])
  })
})

async function writeAndBeKilled(directory: string, until: number) {
  const writer = spawn(
    process.execPath,
    [join(import.meta.dirname, 'ledger-embedded.starter.ts'), directory],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exit = once(writer, 'exit')
  const acknowledged: { n: number; syncs: number }[] = []
  for await (const line of createInterface({ input: writer.stdout })) {
    const [n = 0, syncs = 0] = line.split(' ').map(Number)
    acknowledged.push({ n, syncs })
    if (n === until) writer.kill('SIGKILL')
  }
  expect(await exit).toEqual([null, 'SIGKILL'])
  return acknowledged
}
