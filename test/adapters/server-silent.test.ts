import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLedger } from '../../src/adapters/postgres/ledger.ts'
import { openServer } from '../../src/adapters/postgres/server.ts'
import { startProxy } from '../support/tcp-proxy.ts'
import { delivery, salts, start, starting } from './ledger.world.ts'

const root = process.env['TEST_DATABASE_URL']

describe.runIf(root !== undefined)('a database that', () => {
  async function behindProxy() {
    const name = `hallpass_test_${randomBytes(6).toString('hex')}`
    const administer = async (statement: string) => {
      const client = new pg.Client({ connectionString: root })
      await client.connect()
      await client.query(statement)
      await client.end()
    }
    await administer(`create database ${name}`)
    onTestFinished(() => administer(`drop database ${name} with (force)`))
    const url = new URL(root ?? '')
    const proxy = await startProxy(new URL(url), 5432)
    onTestFinished(() => proxy.close())
    url.port = String(proxy.port)
    url.pathname = `/${name}`
    const { pool, place, inspected, close } = openServer(url.href, { answerMsMax: 1_500 })
    onTestFinished(close)
    return { proxy, ledger: await createLedger({ pool, place, inspected, salts, now: start }) }
  }

  it('goes silent is given up, and asked again when it is back', async () => {
    const { proxy, ledger } = await behindProxy()
    await ledger.commit(starting({ id: 'g1' }))
    proxy.become('silence')
    await expect(ledger.commit(starting({ id: 'g2' }))).rejects.toThrow(
      /does not answer|terminated/,
    )
    await expect(ledger.seat.look()).rejects.toThrow()
    proxy.become('open')
    expect(await ledger.seat.look()).toBeUndefined()
    await ledger.commit(starting({ id: 'g3' }))
    expect(await ledger.accept(delivery(), start)).toBe('stored')
  })

  it('cuts its connections is connected to again', async () => {
    const { proxy, ledger } = await behindProxy()
    for (const id of ['g1', 'g2', 'g3']) {
      await ledger.commit(starting({ id }))
      proxy.cut()
      // The pool hears of it by itself, or whoever asks next does.
      await ledger.seat.look().catch(() => undefined)
    }
    expect(await ledger.seat.look()).toBeUndefined()
    expect(ledger.seat.tenure().aborted).toBe(false)
  })
})
