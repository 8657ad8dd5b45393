import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLedger } from '../../src/adapters/postgres/ledger.ts'
import { ledgerStores, type FreshDatabase } from '../support/databases.ts'

const salts = () => randomBytes(16).toString('hex')
const now = Date.UTC(2026, 10, 22)

describe.each(ledgerStores())('Migrating, $name', ({ fresh }) => {
  let database: FreshDatabase
  beforeEach(async () => {
    database = await fresh()
  })
  afterEach(() => database.close())
  const open = () => createLedger({ pool: database.another(), salts, now })

  it('is done once by many that start together', async () => {
    const ledgers = await Promise.all(Array.from({ length: 6 }, open))
    expect(new Set(ledgers.map(({ instance }) => instance)).size).toBe(1)
    expect(await ledgers[0]?.log(0, 10)).toHaveLength(1)
    expect((await open()).instance).toBe(ledgers[0]?.instance)
  })

  it('tells what went wrong and leaves nothing behind', async () => {
    const { pool } = database
    await pool.query('create schema hallpass')
    await pool.query('create table hallpass.deliveries (theirs int)')
    const failed = createLedger({ pool, salts, now })
    await expect(failed).rejects.toThrow('could not be brought up to date')
    await expect(failed).rejects.toMatchObject({
      cause: { message: /"deliveries" already exists/ },
    })
    const { rows } = await pool.query(
      `select relname from pg_class
       where relnamespace = 'hallpass'::regnamespace and relkind = 'r'`,
    )
    expect(rows).toEqual([{ relname: 'deliveries' }])
    await pool.query('drop schema hallpass cascade')
    expect((await open()).instance).toMatch(/^.{8}$/)
  })

  it('refuses a ledger that a newer program has migrated', async () => {
    await open()
    await database.pool.query(
      `insert into hallpass.kysely_migration values ('9999-later', '2027-01-01T00:00:00.000Z')`,
    )
    await expect(open()).rejects.toMatchObject({ cause: { message: /9999-later is missing/ } })
  })
})
