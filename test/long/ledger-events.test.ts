// Killed around what the ledger records: right after a commit, and inside the transaction that would have committed.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serverStore, serverStores, type ServerStore } from '../support/child-store.ts'
import { closeAccess, expectConverged, newJob, openAccess } from './job.ts'
import { openLineage, expectSoundLog, goOn, stop, type Lineage } from './strike.ts'

const events = [
  'grant.requested',
  'grant.approved',
  'binding.intended',
  'binding.changed',
  'grant.activated',
  'grant.ending',
  'grant.binding-gone',
  'grant.ended',
] as const

const resumedMsMax = 5_000
/** The test's own advisory lock: what waits for it is inside its transaction. */
const lock = 4711

/** Tells of the events that `told` names once they are committed; makes the ones that `held` names wait in their transaction. */
const watching = `
  create schema watching;
  create table watching.told (type text);
  create table watching.held (type text);
  create function watching.look() returns trigger language plpgsql as $$
  begin
    if exists (select from watching.held h where h.type = new.type) then
      perform pg_advisory_xact_lock(${lock});
    end if;
    if exists (select from watching.told t where t.type = new.type) then
      perform pg_notify('watching', new.type);
    end if;
    return new;
  end $$;
  create trigger watching after insert on hallpass.events
    for each row execute function watching.look();`

const waiting = `select from pg_locks where locktype = 'advisory' and objid = ${lock} and not granted`

/** One act of a watcher: resolves when the event has come that far; `over` takes the watch off. */
interface Watch {
  readonly come: Promise<unknown>
  over(): Promise<void>
}

async function told(client: pg.Client, type: string): Promise<Watch> {
  await client.query('listen watching')
  await client.query('insert into watching.told values ($1)', [type])
  const come = new Promise((resolve) => client.once('notification', resolve))
  return { come, over: async () => void (await client.query('delete from watching.told')) }
}

async function held(client: pg.Client, type: string): Promise<Watch> {
  await client.query('select pg_advisory_lock($1)', [lock])
  await client.query('insert into watching.held values ($1)', [type])
  const come = async () => {
    while ((await client.query(waiting)).rowCount === 0)
      await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return {
    come: come(),
    async over() {
      await client.query('delete from watching.held')
      await client.query('select pg_advisory_unlock($1)', [lock])
    },
  }
}

const ways = { 'after the commit of': told, 'inside the transaction of': held } as const

const cases = events.flatMap((type) =>
  (Object.keys(ways) as (keyof typeof ways)[]).map((way) => ({ type, way })),
)

/** Where what was interrupted goes on: a lane at AWS, a delivery or a report at GitHub. */
function resumesAt(type: (typeof events)[number], way: keyof typeof ways): 'aws' | 'github' {
  if (way === 'inside the transaction of')
    return type === 'grant.requested' || type === 'grant.approved' ? 'github' : 'aws'
  // What is left to do once these are recorded is to tell of them.
  const told = ['grant.activated', 'grant.binding-gone', 'grant.ended']
  return told.includes(type) ? 'github' : 'aws'
}

const kind = serverStores()[0]

describe.runIf(kind !== undefined)('killed around the ledger', () => {
  let lineage: Lineage
  let store: ServerStore
  let client: pg.Client
  beforeAll(async () => {
    if (kind === undefined) return
    store = await serverStore(kind)
    lineage = await openLineage(store)
    await store.pool.query(watching)
    client = new pg.Client({ connectionString: store.databaseUrl })
    await client.connect()
  })
  afterAll(async () => {
    await client.end()
    await lineage.stage.close()
  })

  test.each(cases)('$way $type', async ({ type, way }) => {
    const { stage } = lineage
    const job = newJob(stage)
    const watch = await ways[way](client, type)
    const back = watch.come.then(async () => {
      await lineage.boot.child.kill()
      await watch.over()
      return goOn(lineage, ({ service }) => service === resumesAt(type, way))
    })
    const options = { back: async () => back }
    await openAccess(stage, job, options)
    await stage.quiet()
    await closeAccess(stage, job, options)
    const resumedMs = await back
    process.stdout.write(`${way} ${type}: resumed after ${Math.round(resumedMs)} ms\n`)
    expect(resumedMs).toBeLessThanOrEqual(resumedMsMax)
    await stage.quiet()
    await expectConverged(stage, job)
  })

  test('the log holds together', async () => {
    await stop(lineage)
    await expectSoundLog(lineage.stage)
  })
})
