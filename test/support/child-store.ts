// Where Hallpass as a child process keeps its ledger, and how a test looks into it from outside.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { askOwner } from '../../src/adapters/owner/owner.ts'
import { openEmbedded } from '../../src/adapters/postgres/embedded.ts'
import type { Grant } from '../../src/domain/grants/types.ts'
import type { LoggedEvent } from '../../src/domain/log/types.ts'
import { summaryOf, type GrantSummary } from '../../src/workflows/grant-summary.ts'
import { stores, type TestStore } from './databases.ts'

export interface ChildStore {
  /** What the child is told in its environment. */
  readonly settings: Readonly<Record<string, string>>
  /** Every grant there ever was. On the embedded store a running child is asked. */
  grants(): Promise<readonly GrantSummary[]>
  /** The whole log. On the embedded store only while no child runs. */
  log(): Promise<readonly LoggedEvent[]>
  close(): Promise<void>
}

export interface ServerStore extends ChildStore {
  readonly pool: Pool
  readonly databaseUrl: string
}

export async function embeddedStore(): Promise<ChildStore> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-child-'))
  const data = join(directory, 'data')
  return {
    settings: { HALLPASS_DATA_DIR: data },
    async grants() {
      const answer = await askOwner(data, { method: 'GET', path: '/grants?all=true' })
      if (answer === undefined) throw new Error('nobody runs on the store')
      return JSON.parse(answer.body) as readonly GrantSummary[]
    },
    async log() {
      const database = await openEmbedded(data)
      try {
        return await readLog(database.pool)
      } finally {
        await database.close()
      }
    },
    close: () => rm(directory, { recursive: true, force: true }),
  }
}

/** The servers that this environment has, in the shape of `describe.each`. */
export const serverStores = (): readonly TestStore[] =>
  stores().filter(({ name }) => name !== 'embedded')

export async function serverStore(kind: TestStore): Promise<ServerStore> {
  const { pool, databaseUrl, redisUrl, close } = await kind.fresh()
  if (databaseUrl === undefined) throw new Error(`${kind.name} is no server`)
  return {
    pool,
    databaseUrl,
    settings: {
      DATABASE_URL: databaseUrl,
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    },
    async grants() {
      const { rows } = await pool.query<{ state: Grant }>('select state from hallpass.grants')
      return rows.map(({ state }) => summaryOf(state))
    },
    log: () => readLog(pool),
    close,
  }
}

async function readLog(pool: Pool): Promise<readonly LoggedEvent[]> {
  const { rows } = await pool.query<LoggedEvent>(
    'select position, canonical, hash from hallpass.events order by position',
  )
  return rows
}
