import { sql } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { schema, type Database } from './database.ts'
import { ledgerMigration, type Birth } from './migrations/0001-ledger.ts'

/** Ours alone among the advisory locks of a database: `hallpass` in ASCII. */
const lock = '7521412065683141491'

/**
 * Brings the schema up to date, all or nothing. Several processes may start together: one migrates, the others wait.
 * Rejects with what went wrong first; when the database is newer than this program, nothing is touched.
 */
export async function migrate(db: Database, birth: Birth): Promise<void> {
  const failures: unknown[] = []
  const migrations = listening({ '0001-ledger': ledgerMigration(birth) }, failures)
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(lock)}::bigint)`.execute(tx)
    const migrator = new Migrator({
      db: tx,
      provider: { getMigrations: async () => migrations },
      migrationTableSchema: schema,
    })
    const { error } = await migrator.migrateToLatest()
    // Once a statement has failed, every later one only says that the transaction is over.
    if (error !== undefined) throw failures[0] ?? error
  })
}

const listening = (
  migrations: Readonly<Record<string, Migration>>,
  failures: unknown[],
): Record<string, Migration> =>
  Object.fromEntries(
    Object.entries(migrations).map(([name, { up }]) => [
      name,
      { up: (db) => heard(up(db), failures) },
    ]),
  )

async function heard(work: Promise<void>, failures: unknown[]): Promise<void> {
  try {
    await work
  } catch (error) {
    failures.push(error)
    throw error
  }
}
