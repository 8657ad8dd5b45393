// Operations for the command line: through the running owner of an embedded database, or on the database itself.
import { randomUUID } from 'node:crypto'
import { askOwner } from '../adapters/owner/owner.ts'
import { createLog } from '../adapters/log/create-log.ts'
import { hasEmbedded } from '../adapters/postgres/embedded.ts'
import { randomness } from '../adapters/random.ts'
import { openStore } from './store.ts'
import { readGitHubConfig, readPolicyConfig, readStoreConfig, type Environment } from '../config.ts'
import { connectClouds, readCloudsConfig } from './clouds.ts'
import { connectGitHub, readerOf } from '../compose.ts'
import { ConfigError } from '../domain/errors.ts'
import { operationsVia } from '../entrypoints/cli/admin.ts'
import type { Log } from '../workflows/ports.ts'
import { defaultTiming } from '../workflows/deps.ts'
import { operationsOn, type Operations, type OperationsDeps } from '../workflows/operations.ts'

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
    let clouds: ReturnType<typeof cloudsOf> | undefined
    const deps: OperationsDeps = {
      ledger,
      clock,
      log,
      queue: queue.queue,
      random: randomness,
      // Only what looks at the policy needs its settings.
      get documents() {
        return documentsOf(environment, log)
      },
      // Only what looks at the clouds needs theirs.
      get clouds() {
        return (clouds ??= cloudsOf(environment, { instance: ledger.instance, log }))
      },
      owner: randomUUID(),
      stopping: new AbortController().signal,
      timing: defaultTiming,
    }
    return await use(operationsOn(deps))
  } finally {
    await store.close(2_000)
  }
}

/** NB: read from the settings of whoever types the command: they must be those of the running Hallpass. */
function documentsOf(environment: Environment, log: Log) {
  const config = readPolicyConfig(environment)
  const github = () => connectGitHub(readGitHubConfig(environment), log)
  return {
    pinned: config.from === 'file' ? undefined : config,
    organization: readerOf(config, github),
  }
}

async function cloudsOf(environment: Environment, shared: Parameters<typeof connectClouds>[1]) {
  return (await connectClouds(readCloudsConfig(environment), shared)).clouds
}

async function expectRunning<T>(answer: Promise<T | undefined>): Promise<T> {
  const given = await answer
  if (given === undefined) throw new Error('Hallpass stopped meanwhile. Try again.')
  return given
}
