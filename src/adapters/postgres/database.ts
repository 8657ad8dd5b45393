import {
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  type Logger,
  type PostgresPool,
  type Transaction,
} from 'kysely'
import { LedgerConflict } from '../../domain/errors.ts'
import type { Tables } from './tables.ts'

export const schema = 'hallpass'

export type Database = Kysely<Tables>
export type Tx = Transaction<Tables>

/** What of a pool the ledger uses. */
export type LedgerPool = Pick<PostgresPool, 'connect' | 'end' | 'options'>

/** The pool stays the caller's to end. `heard` is told of each statement. */
export const openDatabase = (pool: LedgerPool, heard?: Logger): Database =>
  new Kysely<Tables>({
    dialect: new LedgerDialect({ pool }),
    ...(heard === undefined ? {} : { log: heard }),
  }).withSchema(schema)

class LedgerDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new LedgerAdapter()
  }
}

/** Kysely's own lock would outlive a transaction that failed. `migrate` takes one that cannot. */
class LedgerAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

const triesMax = 3

/** Runs `work` in a transaction of its own, and again when Postgres gave it up for another's sake: `work` does nothing but statements. */
export async function transact<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      const code = codeOf(error)
      if (code === uniqueViolation) throw conflict('somebody else wrote the same', error)
      if (!givenUp.has(code)) throw error
      if (tries === triesMax) throw conflict('others kept writing at the same time', error)
    }
  }
}

const uniqueViolation = '23505'
/** serialization_failure, deadlock_detected. */
const givenUp: ReadonlySet<string | undefined> = new Set(['40001', '40P01'])

const conflict = (why: string, cause: unknown): LedgerConflict =>
  Object.assign(new LedgerConflict(`Nothing was recorded: ${why}`), { cause })

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
