// Operations for the command line: through the running owner of an embedded database, or on the database itself.
import { askOwner } from '../adapters/owner/owner.ts'
import { createLog } from '../adapters/log/create-log.ts'
import { hasEmbedded } from '../adapters/postgres/embedded.ts'
import { randomness } from '../adapters/random.ts'
import { openStore } from './store.ts'
import { readStoreConfig, type Environment } from '../config.ts'
import { ConfigError } from '../domain/errors.ts'
import { operationsVia } from '../entrypoints/cli/admin.ts'
import { operationsOn, type Operations } from '../workflows/operations.ts'

export async function withOperations<T>(
  environment: Environment,
  use: (operations: Operations) => Promise<T>,
): Promise<T> {
  const config = readStoreConfig(environment)
  if (config.kind === 'embedded') {
    const running = await askOwner(config.directory, { method: 'GET', path: '/owner' })
    if (running !== undefined)
      return use(operationsVia((request) => expectRunning(askOwner(config.directory, request))))
    // NB: looking must not make a ledger, which would then be taken for the one that was meant.
    if (!hasEmbedded(config.directory))
      throw new ConfigError(
        `There is no ledger in ${config.directory} yet. If it is elsewhere, say where: DATABASE_URL or HALLPASS_DATA_DIR.`,
      )
  }
  // Beside what is answered: that may be JSON for a program.
  const log = createLog('warn', process.stderr)
  const store = await openStore(config, log)
  try {
    const { ledger, clock, queue } = store
    return await use(operationsOn({ ledger, clock, log, queue: queue.queue, random: randomness }))
  } finally {
    await store.close(2_000)
  }
}

async function expectRunning<T>(answer: Promise<T | undefined>): Promise<T> {
  const given = await answer
  if (given === undefined) throw new Error('Hallpass stopped meanwhile. Try again.')
  return given
}
