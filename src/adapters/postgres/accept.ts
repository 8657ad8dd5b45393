// Deliveries into the inbox. What arrives while one insert is on its way is written together by the next one: each is
// answered when its row is committed, and a flood costs few commits.
import { sql } from 'kysely'
import type { Instant } from '../../domain/time.ts'
import type { Accepted, NewDelivery } from '../../workflows/ports.ts'
import type { Database } from './database.ts'
import { plainText } from './json.ts'

interface Waiting {
  readonly delivery: NewDelivery
  readonly now: Instant
  readonly resolve: (accepted: Accepted) => void
  readonly reject: (error: unknown) => void
}

const rowsMax = 200
const bytesMax = 8 * 1024 * 1024

/** An insert that takes longer holds up no others: on a connection that went silent it would for minutes. */
const patienceMs = 200
const insertsMax = 4

export function createAccept(
  db: Database,
): (delivery: NewDelivery, now: Instant) => Promise<Accepted> {
  let waiting: Waiting[] = []
  let inserting = 0
  let begunAt = 0
  let isWatched = false

  async function insertAll(): Promise<void> {
    inserting += 1
    while (waiting.length > 0) {
      const { batch, later } = nextBatch(waiting)
      waiting = later
      begunAt = performance.now()
      await settle(db, batch)
    }
    inserting -= 1
  }
  const isHeldUp = (): boolean => inserting < insertsMax && performance.now() - begunAt > patienceMs

  /** NB: nobody may come after whoever waits behind an insert on a connection that went silent. */
  function watch(): void {
    if (isWatched) return
    isWatched = true
    setTimeout(() => {
      isWatched = false
      if (waiting.length === 0) return
      if (isHeldUp()) void insertAll()
      watch()
    }, patienceMs).unref()
  }

  return (delivery, now) => {
    const { promise, resolve, reject } = Promise.withResolvers<Accepted>()
    waiting.push({ delivery, now, resolve, reject })
    if (inserting === 0 || isHeldUp()) void insertAll()
    else watch()
    return promise
  }
}

/** In the order they came. What has the id or the body of another one waits: the ledger says then which was first. */
function nextBatch(waiting: readonly Waiting[]): {
  readonly batch: readonly Waiting[]
  readonly later: Waiting[]
} {
  const batch: Waiting[] = []
  const later: Waiting[] = []
  const taken = new Set<string>()
  let bytes = 0
  for (const each of waiting) {
    const { id, bodyHash, body } = each.delivery
    const isNew = !taken.has(id) && !taken.has(bodyHash)
    const hasRoom =
      batch.length === 0 || (batch.length < rowsMax && bytes + body.byteLength <= bytesMax)
    if (isNew && hasRoom) {
      batch.push(each)
      taken.add(id).add(bodyHash)
      bytes += body.byteLength
    } else later.push(each)
  }
  return { batch, later }
}

/** Never rejects. Where the database refuses a batch for what one of its rows is, that one is refused alone. */
async function settle(db: Database, batch: readonly Waiting[]): Promise<void> {
  try {
    const accepted = await insert(db, batch)
    for (const { delivery, resolve } of batch) resolve(accepted.get(delivery.id) ?? 'duplicate')
  } catch (error) {
    if (batch.length === 1 || !isRefusal(error)) {
      for (const { reject } of batch) reject(error)
      return
    }
    for (const each of batch) await settle(db, [each])
  }
}

/** Said by Postgres, and not by a connection that broke. */
const isRefusal = (error: unknown): boolean => error instanceof Error && 'severity' in error

/** For so long a body that says nothing of when counts once: then it may tell of something new. */
const undatedMs = 10_000

/** NB: one that is dated is a replay for ever: a cause has to be told of only once. */
function replayKey({ delivery: { bodyHash, undated }, now }: Waiting): string {
  return undated === true ? `${bodyHash}/${Math.floor(now / undatedMs)}` : bodyHash
}

type Column = readonly [name: string, type: string, read: (waiting: Waiting) => unknown]

const columns: readonly Column[] = [
  ['id', 'text', ({ delivery }) => delivery.id],
  ['event', 'text', ({ delivery }) => plainText(delivery.event)],
  [
    'action',
    'text',
    ({ delivery: { action } }) => (action === undefined ? null : plainText(action)),
  ],
  ['installation_id', 'bigint', ({ delivery }) => delivery.installationId],
  ['account_id', 'bigint', ({ delivery }) => delivery.accountId],
  ['subject', 'text', ({ delivery }) => delivery.subject ?? null],
  ['body', 'bytea', ({ delivery }) => delivery.body],
  ['body_hash', 'text', replayKey],
  ['received_at', 'bigint', ({ now }) => now],
  ['next_at', 'bigint', ({ now }) => now],
]
const names = columns.map(([name]) => name)

/** By id; what is not in it came before. The same body under another id is a replay (see `replayKey`), whatever became of the first. */
async function insert(db: Database, batch: readonly Waiting[]): Promise<Map<string, Accepted>> {
  const arrays = columns.map(([, type, read]) => sql`${batch.map(read)}::${sql.raw(type)}[]`)
  const { rows: stored } = await sql<{ id: string }>`
    insert into hallpass.deliveries (${sql.join(names.map((name) => sql.ref(name)))})
    select * from unnest(${sql.join(arrays)}) on conflict do nothing returning id`.execute(db)
  const accepted = new Map<string, Accepted>(stored.map(({ id }) => [id, 'stored']))
  const known = batch.filter(({ delivery }) => !accepted.has(delivery.id))
  for (const id of await revive(db, known)) accepted.set(id, 'revived')
  return accepted
}

async function revive(db: Database, known: readonly Waiting[]): Promise<readonly string[]> {
  if (known.length === 0) return []
  const ids = known.map(({ delivery }) => delivery.id)
  const now = Math.max(...known.map((each) => each.now))
  const revived = await db
    .updateTable('deliveries')
    .set({ state: 'pending', attempts: 0, next_at: now })
    .where('id', 'in', ids)
    .where('state', '=', 'failed')
    .returning('id')
    .execute()
  return revived.map(({ id }) => id)
}
