// Postgres inside this process (PGlite), in a directory.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { Pool } from 'pg'
import { DurableFiles, durableStart } from './durable-files.ts'
import { EmbeddedPool } from './embedded-pool.ts'
import { toWire, typeParser } from './types.ts'

export interface EmbeddedDatabase {
  /** Serves Kysely's PostgresDialect and BullMQ; `search_path` begins with `bullmq`, as on a server. */
  readonly pool: Pool
  /** A hash of where it lies: the directory, and which files those are. Undefined in memory. */
  readonly place: string | undefined
  /** Waits for the query that runs. The directory may be opened again once this has resolved. */
  close(): Promise<void>
}

/**
 * NB: takes no lock: the caller makes sure that one process alone has the directory open.
 * What a statement acknowledged is on the disk by then.
 */
export async function openEmbedded(directory: string): Promise<EmbeddedDatabase> {
  const database = await openDirectory(directory)
  return serveEmbedded(database, await placeNameOf(directory))
}

export async function serveEmbedded(database: PGlite, place?: string): Promise<EmbeddedDatabase> {
  await speakLikePg(database)
  await database.exec('set search_path to bullmq, public')
  const pool = new EmbeddedPool(database)
  let closing: Promise<void> | undefined
  return {
    pool: pool as unknown as Pool,
    place,
    close: () => (closing ??= database.close()),
  }
}

const placeIn = (directory: string): string => join(directory, 'postgres')

/** NB: a directory that was copied back into its place has other files, though the same path. */
async function placeNameOf(directory: string): Promise<string> {
  const place = await realpath(placeIn(directory))
  const files = await Promise.all(
    [place, join(place, 'global', 'pg_control')].map((it) => stat(it)),
  )
  const name = JSON.stringify(['embedded', place, ...files.map(({ ino }) => ino)])
  return createHash('sha256').update(name).digest('hex').slice(0, 16)
}

/** Whether a database was made there. */
export const hasEmbedded = (directory: string): boolean => existsSync(placeIn(directory))

/** A new cluster is made aside and moved in place when complete: a process killed meanwhile leaves nothing half made. */
async function openDirectory(directory: string): Promise<PGlite> {
  const place = placeIn(directory)
  if (!existsSync(place)) {
    const aside = join(directory, 'postgres.new')
    await rm(aside, { recursive: true, force: true })
    await mkdir(aside, { recursive: true, mode: 0o700 })
    const made = await openFiles(aside)
    await made.close()
    await rename(aside, place)
  }
  return openFiles(place)
}

const openFiles = (place: string): Promise<PGlite> =>
  PGlite.create({ fs: new DurableFiles(place), startParams: durableStart })

/** Makes values go in and come out as they do through `pg`. */
async function speakLikePg(database: PGlite): Promise<void> {
  const { rows } = await database.query<{ oid: number }>('select oid from pg_type')
  for (const { oid } of rows) {
    database.parsers[oid] = typeParser(oid)
    database.serializers[oid] = toWire as (value: unknown) => string
  }
}
