// Writes one row after the other into the directory given, and tells each once it is acknowledged, with how often the
// disk was told to keep what it has. Runs until it is killed.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

let syncs = 0
const fsync = fs.fsyncSync
fs.fsyncSync = (descriptor) => {
  syncs += 1
  fsync(descriptor)
}
syncBuiltinESMExports()

const { openEmbedded } = await import('../../src/adapters/postgres/embedded.ts')
const { pool } = await openEmbedded(process.argv[2] ?? '')
await pool.query('create table if not exists public.kept (n int primary key)')
for (let n = 1; ; n += 1) {
  await pool.query('insert into public.kept values ($1)', [n])
  process.stdout.write(`${n} ${syncs}\n`)
}
