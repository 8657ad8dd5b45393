// Postgres restarts, fails over or cannot be reached in the middle of the job: what was in hand is taken up again.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serverStore, serverStores, type ServerStore } from '../support/child-store.ts'
import type { Child } from '../../drill/child.ts'
import { startProxy, type Proxy } from '../support/tcp-proxy.ts'
import { closeAccess, expectConverged, newJob, openAccess } from './job.ts'
import { openStage, type Phase, type Stage } from './stage.ts'

describe.each(serverStores())('the ledger on $name', (kind) => {
  let proxy: Proxy
  let stage: Stage<ServerStore>
  let child: Child
  beforeEach(async () => {
    const store = await serverStore(kind)
    const url = new URL(store.databaseUrl)
    proxy = await startProxy(new URL(url), 5432)
    url.port = String(proxy.port)
    stage = await openStage(store, { settings: { DATABASE_URL: url.href } })
    child = (await stage.boot()).child
  })
  afterEach(async () => {
    await stage.close()
    await proxy.close()
  })

  /** Does it at the first such call of the job, before or after the call is carried out. */
  function at(operation: string, when: Phase, what: () => Promise<void>): void {
    stage.ambush = async (call, phase) => {
      if (phase !== when || call.operation !== operation) return
      stage.ambush = undefined
      await what()
    }
  }

  /** What the server does to every connection of Hallpass when it restarts or hands over. */
  const terminate = async () => {
    await stage.store.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
          and client_port = any($1::int[])`,
      [proxy.ports()],
    )
  }
  const away = (way: 'refuse' | 'silence', ms: number) => async () => {
    proxy.become(way)
    setTimeout(() => proxy.become('open'), ms)
  }

  async function playJob(when: Phase, what: () => Promise<void>): Promise<void> {
    const job = newJob(stage)
    const options = { patienceMs: 90_000, back: () => child.ready() }
    at('PutUserPolicy', when, what)
    await openAccess(stage, job, options)
    expect(stage.ambush, 'it was struck').toBeUndefined()
    at('DeleteUserPolicy', when, what)
    await closeAccess(stage, job, options)
    expect(stage.ambush, 'it was struck').toBeUndefined()
    await stage.quiet()
    await expectConverged(stage, job)
    expect(child.errors, 'nothing was thrown that nobody caught').toEqual([])
    expect(child.lines.filter(({ id }) => id === 'ledger.unclaimed')).toEqual([])
  }

  test.each(['before', 'after'] as const)(
    'all connections terminated by the server %s each write',
    async (when) => playJob(when, terminate),
  )
  test('all connections cut', async () => playJob('before', async () => proxy.cut()))
  test('refused for two seconds', async () => playJob('after', away('refuse', 2_000)))
  test('silent for three seconds, and then cut', async () =>
    playJob('before', away('silence', 3_000)))
})
