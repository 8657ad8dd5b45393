// A new embedded cluster takes seconds to make and a copy of one does not: each kind is made once on this machine.
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, existsSync, openAsBlob, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import {
  openEmbedded,
  serveEmbedded,
  type EmbeddedDatabase,
} from '../../src/adapters/postgres/embedded.ts'

/** A directory of its own, as a Hallpass leaves it that began and stopped. Whoever asked for it deletes it. */
export async function embeddedDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-test-data-'))
  cpSync(join(await begun(), 'postgres'), join(directory, 'postgres'), { recursive: true })
  return directory
}

/** An empty cluster in memory. */
export async function embeddedInMemory(): Promise<EmbeddedDatabase> {
  return serveEmbedded(await PGlite.create({ loadDataDir: await openAsBlob(await cluster()) }))
}

/** The path of an empty cluster in a tar file. */
async function cluster(): Promise<string> {
  const place = await madeOnce('cluster', ownSources(), async (aside) => {
    const made = await PGlite.create()
    // Two thirds of a cluster are databases that nobody opens.
    await made.exec('update pg_database set datistemplate = false')
    await made.exec('drop database template0')
    await made.exec('drop database template1')
    const tar = await made.dumpDataDir('none')
    await made.close()
    await writeFile(join(aside, 'cluster.tar'), tar.stream())
  })
  return join(place, 'cluster.tar')
}

/** The same, with all that migrations make in it. */
function begun(): Promise<string> {
  const migrations = fileURLToPath(new URL('../../src/adapters/postgres/', import.meta.url))
  const sources = [
    ...ownSources(),
    packageOf('bullmq'),
    ...readdirSync(migrations, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .toSorted()
      .map((file) => join(migrations, file)),
  ]
  return madeOnce('begun', sources, async (aside) => {
    const loadDataDir = await openAsBlob(await cluster())
    const copy = await PGlite.create({ dataDir: join(aside, 'postgres'), loadDataDir })
    await copy.close()
    await begin(aside)
  })
}

async function begin(directory: string): Promise<void> {
  // Seldom needed, and slow to load.
  const { createLedger } = await import('../../src/adapters/postgres/ledger.ts')
  const { createQueue } = await import('../../src/adapters/queue/create-queue.ts')
  const { createLog } = await import('../../src/adapters/log/create-log.ts')
  const { pool, close } = await openEmbedded(directory)
  const salts = () => randomBytes(16).toString('hex')
  await createLedger({ pool, salts, now: Date.now() })
  const queue = await createQueue({ pool }, createLog('silent'))
  await queue.close(2_000)
  await close()
}

/** Whoever comes second keeps what the first one made. */
async function madeOnce(
  kind: string,
  sources: readonly string[],
  make: (aside: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256')
  for (const source of sources) hash.update(readFileSync(source))
  const name = `hallpass-test-${kind}-${userInfo().uid}`
  const place = join(tmpdir(), `${name}-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(place)) return place
  const aside = await mkdtemp(join(tmpdir(), `${name}-`))
  await make(aside)
  await rename(aside, place).catch(() => rm(aside, { recursive: true, force: true }))
  return place
}

/** What a cluster depends on. */
const ownSources = (): readonly string[] => [
  import.meta.filename,
  packageOf('@electric-sql/pglite'),
]

function packageOf(module: string): string {
  const found = findPackageJSON(module, import.meta.url)
  if (found === undefined) throw new Error(`${module} is not installed`)
  return found
}
