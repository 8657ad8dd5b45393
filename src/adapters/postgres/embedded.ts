// Postgres inside this process (PGlite), in a directory.
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { Pool } from 'pg'
import { DurableFiles, durableStart } from './durable-files.ts'
import { EmbeddedPool } from './embedded-pool.ts'
import { toWire, typeParser } from './types.ts'

export interface EmbeddedDatabase {
  /** Serves Kysely's PostgresDialect and BullMQ; `search_path` begins with `bullmq`, as on a server. */
  readonly pool: Pool
  /** Waits for the query that runs. The directory may be opened again once this has resolved. */
  close(): Promise<void>
}

/**
 * NB: takes no lock: the caller makes sure that one process alone has the directory open.
 * What a statement acknowledged is on the disk by then.
 */
export async function openEmbedded(directory: string): Promise<EmbeddedDatabase> {
  return serveEmbedded(await openDirectory(directory))
}

export async function serveEmbedded(database: PGlite): Promise<EmbeddedDatabase> {
  await speakLikePg(database)
  await database.exec('set search_path to bullmq, public')
  const pool = new EmbeddedPool(database)
  let closing: Promise<void> | undefined
  return {
    pool: pool as unknown as Pool,
    close: () => (closing ??= database.close()),
  }
}

const placeIn = (directory: string): string => join(directory, 'postgres')

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
