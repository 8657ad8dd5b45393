import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startScene, type Scene } from '../../sandbox/scene.ts'
import { hasRedisServer, redisServer } from '../adapters/queue.redis.ts'
import { startChild, type ChildOptions } from '../../drill/child.ts'
import { freePort } from '../../drill/servers.ts'
import { serverStore, type ServerStore } from '../support/child-store.ts'
import { stores } from '../support/databases.ts'
import { embeddedDirectory } from '../support/embedded-template.ts'
import { logsPolicy } from '../support/policies.ts'

// Processes of their own take their time on a machine that has more to do.
vi.setConfig({ testTimeout: 60_000 })

let scene: Scene
let directory: string
let policyFile: string
beforeAll(async () => {
  scene = await startScene()
  directory = await mkdtemp(join(tmpdir(), 'hallpass-ready-'))
  policyFile = join(directory, 'policy.yml')
  await writeFile(policyFile, logsPolicy())
})
afterAll(async () => {
  await scene.close()
  await rm(directory, { recursive: true, force: true })
})

interface Readiness {
  readonly status: number
  readonly ok: boolean
  readonly parts: Readonly<Record<string, string>>
}

async function start(store: ChildOptions['store'], command: ChildOptions['command'] = 'start') {
  const port = await freePort()
  const child = startChild({ scene, directory, policyFile, store, port, command })
  onTestFinished(() => child.kill())
  await child.ready()
  const readiness = async (): Promise<Readiness> => {
    const response = await fetch(`${child.url}/readyz`)
    const body = (await response.json()) as Omit<Readiness, 'status'>
    return { status: response.status, ...body }
  }
  /** Asked until it is so. */
  const becomes = async (wanted: Partial<Readiness>): Promise<Readiness> => {
    for (;;) {
      const now = await readiness()
      if (now.status === wanted.status && now.parts['queue'] === wanted.parts?.['queue']) return now
    }
  }
  const alive = async () => (await fetch(`${child.url}/healthz`)).status
  return { child, readiness, becomes, alive }
}

const well = { status: 200, ok: true, parts: { database: 'ok', queue: 'ok', sweep: 'ok' } }

it('is ready on an embedded database, alive, and measured on a port of its own', async () => {
  const data = await embeddedDirectory()
  onTestFinished(() => rm(data, { recursive: true, force: true }))
  const METRICS_PORT = String(await freePort())
  const { child, readiness, alive } = await start({ HALLPASS_DATA_DIR: data, METRICS_PORT })
  expect(await readiness()).toEqual(well)
  expect(await alive()).toBe(200)
  const scraped = await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)
  expect(scraped.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await scraped.text()
  for (const sample of ['ledger_up 1', 'ledger_claimed 1', 'queue_up 1', 'inbox_pending 0'])
    expect(text).toContain(`\nhallpass_${sample}\n`)
  expect(text).toMatch(/\nhallpass_sweep_age_seconds \d/)
  expect((await fetch(`${child.url}/metrics`)).status).toBe(404)
})

const postgres = stores().find(({ name }) => name === 'postgres')

describe.runIf(postgres)('on Postgres', () => {
  let store: ServerStore
  beforeAll(async () => {
    if (postgres === undefined) throw new Error('there is no Postgres')
    store = await serverStore(postgres)
  })
  afterAll(() => store.close())
  afterEach(() => letIn(true))

  /** As a server that is stopped: it lets nobody in, and cuts who is in. */
  async function letIn(may: boolean): Promise<void> {
    const name = new URL(store.databaseUrl).pathname.slice(1)
    const client = new pg.Client({ connectionString: process.env['TEST_DATABASE_URL'] })
    await client.connect()
    await client.query(`alter database ${name} with allow_connections ${may}`)
    if (!may)
      await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
        [name],
      )
    await client.end()
  }

  it('ends where the database fails it as it starts, so that it is started again', async () => {
    await (await start(store.settings)).child.kill()
    await store.pool.query(`
      create function hallpass.fails() returns trigger language plpgsql as
        'begin raise exception ''not now''; end';
      create trigger fails before update on hallpass.seat execute function hallpass.fails();
      alter table hallpass.seat disable trigger fails;
      update hallpass.seat set noted = null;
      alter table hallpass.seat enable trigger fails`)
    onTestFinished(async () => {
      await store.pool.query('drop trigger fails on hallpass.seat')
    })
    const port = await freePort()
    const child = startChild({ scene, directory, policyFile, store: store.settings, port })
    onTestFinished(() => child.kill())
    expect(await child.exited).toEqual({ code: 1, signal: null })
    expect(child.errors.join('\n')).toContain('not now')
  })

  it('is alive but not ready while the database is away, and ready again after', async () => {
    const { child, readiness, becomes, alive } = await start(store.settings)
    expect(await readiness()).toEqual(well)
    await letIn(false)
    // The queue is in the same database.
    const down = await becomes({ status: 503, parts: { queue: 'down' } })
    expect(down).toMatchObject({ ok: false, parts: { database: 'down', queue: 'down' } })
    expect(await alive()).toBe(200)
    await letIn(true)
    expect(await becomes({ status: 200, parts: { queue: 'ok' } })).toEqual(well)
    child.signal('SIGTERM')
    expect(await child.exited).toMatchObject({ code: 0 })
  })

  it('says nothing of a sweep where only deliveries are taken in', async () => {
    const { readiness } = await start(store.settings, 'serve')
    expect((await readiness()).parts).toEqual({ database: 'ok', queue: 'ok' })
  })

  it('ends in time when asked to while the database is away', async () => {
    const { child, becomes } = await start(store.settings)
    await letIn(false)
    await becomes({ status: 503, parts: { queue: 'down' } })
    const asked = performance.now()
    child.signal('SIGTERM')
    expect(await child.exited).toMatchObject({ code: 0 })
    expect(performance.now() - asked).toBeLessThan(10_000)
  })

  it.runIf(hasRedisServer)('is ready without its Redis, and says that it is down', async () => {
    const redis = redisServer()
    onTestFinished(() => redis.remove())
    await redis.start()
    const { child, readiness, becomes } = await start({ ...store.settings, REDIS_URL: redis.url })
    expect(await readiness()).toEqual(well)
    await redis.kill()
    const down = await becomes({ status: 200, parts: { queue: 'down' } })
    expect(down).toMatchObject({ ok: true, parts: { database: 'ok', queue: 'down', sweep: 'ok' } })
    await redis.start()
    expect(await becomes({ status: 200, parts: { queue: 'ok' } })).toEqual(well)
    await redis.kill()
    await becomes({ status: 200, parts: { queue: 'down' } })
    child.signal('SIGTERM')
    expect(await child.exited).toMatchObject({ code: 0 })
  })
})
