// What `hallpass doctor` finds of the ledger and the queue. It changes neither: a look is no migration.
import { createLog } from '../adapters/log/create-log.ts'
import { acquireOwner, askOwner } from '../adapters/owner/owner.ts'
import { hasEmbedded, openEmbedded } from '../adapters/postgres/embedded.ts'
import { lookAtLedger } from '../adapters/postgres/look-at-ledger.ts'
import { openServer } from '../adapters/postgres/server.ts'
import { createQueue } from '../adapters/queue/create-queue.ts'
import { wordsOf } from './store.ts'
import { unclaimedInWords } from '../domain/seat/words.ts'
import type { StoreConfig } from '../config.ts'
import { Ailment } from '../entrypoints/cli/doctor.ts'

const versionMin = 15

export async function lookAtDatabase(config: StoreConfig): Promise<string> {
  if (config.kind === 'embedded') return lookAtDirectory(config.directory)
  const database = openServer(config.databaseUrl)
  try {
    const look = await lookAtLedger(database.pool, database.place).catch(notReached)
    const { version, instance, alarms, unclaimed } = look
    if (version < versionMin)
      throw new Ailment(
        `This is Postgres ${version}.`,
        `give it Postgres ${versionMin} or newer in DATABASE_URL`,
      )
    requireClaimed(unclaimed && unclaimedInWords(unclaimed))
    return `Postgres ${version}, ${ledgerOf(instance)}${alarmsOf(alarms)}`
  } finally {
    await database.close()
  }
}

function notReached(error: unknown): never {
  throw new Error(wordsOf(error), { cause: error })
}

async function lookAtDirectory(directory: string): Promise<string> {
  const answer = await askOwner(directory, { method: 'GET', path: '/owner' })
  if (answer !== undefined) {
    requireClaimed(await runningUnclaimed(directory))
    return `embedded in ${directory}, in use by a running Hallpass${alarmsOf(await runningAlarms(directory))}`
  }
  if (!hasEmbedded(directory)) return `embedded in ${directory}, new: made at the first start`
  const owner = await acquireOwner(directory)
  if (owner.kind === 'held') return `embedded in ${directory}, in use by a running Hallpass`
  try {
    const database = await openEmbedded(directory)
    try {
      const { instance, alarms, unclaimed } = await lookAtLedger(database.pool, database.place)
      requireClaimed(unclaimed && unclaimedInWords(unclaimed))
      return `embedded in ${directory}, ${ledgerOf(instance)}${alarmsOf(alarms)}`
    } finally {
      await database.close()
    }
  } finally {
    await owner.release()
  }
}

function requireClaimed(words: string | undefined): void {
  if (words !== undefined)
    throw new Ailment(
      words,
      'see docs/recovery.md, then `hallpass claim` or `hallpass claim --as-new`',
    )
}

async function runningUnclaimed(directory: string): Promise<string | undefined> {
  const answer = await askOwner(directory, { method: 'GET', path: '/unclaimed' })
  const told: unknown = answer?.status === 200 ? JSON.parse(answer.body) : undefined
  return typeof told === 'object' && told !== null && 'unclaimed' in told
    ? typeof told.unclaimed === 'string'
      ? told.unclaimed
      : undefined
    : undefined
}

/** One that is just starting has none to tell of. */
async function runningAlarms(directory: string): Promise<number> {
  const answer = await askOwner(directory, { method: 'GET', path: '/alarms' })
  const alarms: unknown = answer?.status === 200 ? JSON.parse(answer.body) : []
  return Array.isArray(alarms) ? alarms.length : 0
}

const alarmsOf = (count: number): string =>
  count === 0 ? '' : `, ${count === 1 ? 'one alarm' : `${count} alarms`} (\`hallpass alarms\`)`

const ledgerOf = (instance: string | undefined): string =>
  instance === undefined ? 'new: the ledger is made at the first start' : `instance ${instance}`

export async function lookAtQueue(config: StoreConfig): Promise<string> {
  if (config.kind === 'embedded' || config.redisUrl === undefined) return 'in the database'
  const queue = await createQueue({ redisUrl: config.redisUrl }, createLog('silent'))
  try {
    await queue.ping()
    return 'Redis'
  } catch (cause) {
    throw new Error('Redis does not answer.', { cause })
  } finally {
    await queue.close(2_000)
  }
}
