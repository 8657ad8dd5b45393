import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { schema, type Database } from './database.ts'
import { ledgerMigration, type Birth } from './migrations/0001-ledger.ts'
import { decisionsMigration } from './migrations/0002-decisions.ts'
import { cloudsMigration } from './migrations/0003-clouds.ts'
import { reconciliationMigration } from './migrations/0004-reconciliation.ts'
import { deadlinesMigration } from './migrations/0005-deadlines.ts'
import { seatMigration } from './migrations/0006-seat.ts'
import { latenessMigration } from './migrations/0007-lateness.ts'
import { recoveryMigration } from './migrations/0008-recovery.ts'
import { fencesMigration } from './migrations/0009-fences.ts'

/** Ours alone among the advisory locks of a database: `hallpass` in ASCII. */
const lock = '7521412065683141491'

/**
 * Brings the schema up to date, all or nothing. Several processes may start together: one migrates, the others wait.
 * Rejects with what went wrong first
 * as its cause, having changed nothing: also when the database is newer than this program.
 */
export async function migrate(db: Database, birth: Birth): Promise<void> {
  let failure: unknown
  const migrations = listening(
    {
      '0001-ledger': ledgerMigration(birth),
      '0002-decisions': decisionsMigration,
      '0003-clouds': cloudsMigration,
      '0004-reconciliation': reconciliationMigration,
      '0005-deadlines': deadlinesMigration,
      '0006-seat': seatMigration,
      '0007-lateness': latenessMigration,
      '0008-recovery': recoveryMigration,
      '0009-fences': fencesMigration,
    },
    (error) => {
      failure ??= error
    },
  )
  if (await isUpToDate(db, Object.keys(migrations))) return
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(lock)}::bigint)`.execute(tx)
    const migrator = new Migrator({
      db: tx,
      provider: { getMigrations: async () => migrations },
      migrationTableSchema: schema,
    })
    const { error } = await migrator.migrateToLatest()
    if (error === undefined) return
    // Once a statement has failed, every later one only says that the transaction is over.
    throw new Error('The ledger could not be brought up to date', { cause: failure ?? error })
  })
}

/** Nearly every start finds it so. The Migrator would look through the catalog first, which costs more than all else. */
async function isUpToDate(db: Database, names: readonly string[]): Promise<boolean> {
  const recorded = `${schema}.kysely_migration`
  const { rows } = await sql<{
    readonly made: boolean
  }>`select to_regclass(${recorded}) is not null as made`.execute(db)
  if (rows[0]?.made !== true) return false
  const done = await sql<{
    readonly name: string
  }>`select name from ${sql.table(recorded)}`.execute(db)
  return isDeepStrictEqual(done.rows.map(({ name }) => name).toSorted(), names.toSorted())
}

const listening = (
  migrations: Readonly<Record<string, Migration>>,
  failed: (error: unknown) => void,
): Record<string, Migration> =>
  Object.fromEntries(
    Object.entries(migrations).map(([name, migration]) => [
      name,
      {
        async up(db) {
          try {
            await migration.up(db)
          } catch (error) {
            failed(error)
            throw error
          }
        },
      },
    ]),
  )
