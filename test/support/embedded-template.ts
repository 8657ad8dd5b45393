// A new embedded cluster takes seconds to make and a copy of one does not: it is made once on this machine.
import { createHash } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { openEmbedded } from '../../src/adapters/postgres/embedded.ts'

/** A directory of its own with an empty cluster in it. Whoever asked for it deletes it. */
export async function embeddedDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-test-data-'))
  const source = join(await template(), 'postgres')
  const mode = constants.COPYFILE_FICLONE
  await cp(source, join(directory, 'postgres'), { recursive: true, mode })
  return directory
}

async function template(): Promise<string> {
  const place = join(tmpdir(), `hallpass-test-template-${userInfo().uid}-${await fingerprint()}`)
  if (existsSync(place)) return place
  const aside = await mkdtemp(join(tmpdir(), 'hallpass-test-template-'))
  const made = await openEmbedded(aside)
  await made.close()
  // Whoever comes second keeps what the first one made.
  await rename(aside, place).catch(() => rm(aside, { recursive: true, force: true }))
  return place
}

/** Another Postgres, or other code that starts it, makes other clusters. */
async function fingerprint(): Promise<string> {
  const pglite = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const files = [
    join(dirname(pglite), '..', 'package.json'),
    new URL('../../src/adapters/postgres/embedded.ts', import.meta.url),
    new URL('../../src/adapters/postgres/durable-files.ts', import.meta.url),
  ]
  const hash = createHash('sha256')
  for (const file of files) hash.update(await readFile(file))
  return hash.digest('hex').slice(0, 16)
}
