import { describe, expect, it } from 'vitest'
import { createMeters } from '../../src/adapters/metrics/create-meters.ts'
import { CloudError, GitHubError } from '../../src/domain/errors.ts'
import type { Ledger, Log } from '../../src/workflows/ports.ts'
import {
  changing,
  delivery,
  gone,
  grantIn,
  lane,
  minute,
  onEveryDatabase,
  present,
  revoke,
  second,
  start,
  starting,
} from './ledger.world.ts'

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const meters = (answerMsMax = 5_000) => createMeters({ version: '1.2.3', answerMsMax })

/** The samples whose line begins so. */
const samples = (text: string, begins: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(begins))

/** As the ledger has it: begun, seen, ended early, and gone some time later. */
async function ended(ledger: Ledger, id: string, late: number): Promise<void> {
  await ledger.commit(starting({ id }))
  const at = start + minute
  const step = async (now: number, ...commands: Parameters<typeof changing>[2][]) =>
    ledger.commit({ now, grants: [changing(await grantIn(ledger, id), now, ...commands)] })
  await step(start + second, present(`b-${id}`))
  await step(at, revoke)
  await step(at + late, gone(`b-${id}`, at + late))
}

onEveryDatabase('The metrics', (world) => {
  const watch = (ledger: Ledger, now: number) => {
    const made = meters()
    made.watch({ ledger, now: () => now, queueDepth: async () => 7, sweepAgeMs: () => 1500 })
    return made
  }

  it('tell what waits and what is overdue, whichever process left it behind', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a' }))
    await ledger.commit({
      now: start,
      bindings: [{ id: 'b-a', set: { attemptedAt: start } }],
      lane: { id: lane.id, checkAt: start, failures: 3, lastError: 'throttled' },
    })
    await ledger.accept(delivery(), start)
    const lost = delivery()
    await ledger.accept(lost, start)
    await ledger.deliveryFailed(lost.id, 'no', null, start)
    const text = await watch(ledger, start + 121 * minute).scrape()
    expect(text).toContain('hallpass_overdue_endings{cloud="aws"} 1')
    expect(text).toContain('hallpass_overdue_ending_oldest_seconds{cloud="aws"} 60')
    expect(text).toContain('hallpass_overdue_endings{cloud="gcp"} 0')
    expect(text).toContain('hallpass_lanes_failing{cloud="aws"} 1')
    expect(text).toContain('hallpass_grants{state="approved"} 1')
    expect(text).toContain('hallpass_grants_in_cloud{state="approved",cloud="aws"} 1')
    expect(text).toContain('hallpass_inbox_pending 1')
    expect(text).toContain('hallpass_inbox_failed 1')
    expect(text).toContain('hallpass_inbox_oldest_seconds 7260')
    expect(text).toContain('hallpass_github_writes_left{window="hour"} 500')
    expect(text).toContain('hallpass_queue_depth 7')
    expect(text).toContain('hallpass_sweep_age_seconds 1.5')
    expect(text).toContain('hallpass_ledger_up 1')
    expect(text).toContain('hallpass_ledger_claimed 1')
    expect(text).toMatch(/hallpass_build_info\{version="1\.2\.3",node="24/)
  })

  it('tell how late access was gone, from the ledger: a process that begins knows it too', async () => {
    const { ledger } = world()
    for (const [id, late] of [
      ['a', 400],
      ['b', 900],
      ['c', 30_000],
    ] as const)
      await ended(ledger, id, late)
    const text = await watch(ledger, start + 10 * minute).scrape()
    const way = 'cloud="aws",mode="assume-role",end="early"'
    expect(text).toContain(`hallpass_revocations{${way}} 3`)
    const late = (quantile: string, seconds: string) =>
      `hallpass_revocation_lateness_seconds{${way},seen="removed",quantile="${quantile}"} ${seconds}`
    expect(text).toContain(late('0.5', '0.9'))
    expect(text).toContain(late('0.99', '30'))
    const { all } = await ledger.lateness(start)
    expect(all).toMatchObject({ count: 3, removed: { p50: 900, p99: 30_000, max: 30_000 } })
    expect((await ledger.lateness(start + 5 * minute)).all).toBeUndefined()
  })

  it('tell what was counted seconds ago where many are to be counted', async () => {
    const { ledger, database } = world()
    await ledger.commit(starting({ id: 'a' }))
    const add = (from: number, to: number) =>
      database.pool.query(
        `insert into hallpass.holds (grant_id, binding_id, state, due_at, removed_at, certain_at, way)
         select 'a', 'old-' || n, 'gone', $1, $1, $1, 'aws/assume-role/early'
         from generate_series($2::int, $3::int) n`,
        [start + minute, from, to],
      )
    const count = async (since: number) => (await ledger.lateness(since)).all?.count
    await add(1, 999)
    expect(await count(start)).toBe(999)
    await add(1000, 1000)
    expect(await count(start)).toBe(1000)
    await add(1001, 1001)
    expect(await count(start + 9_999)).toBe(1000)
    expect(await count(start + 10_000)).toBe(1001)
    // Of an earlier time nothing is remembered.
    await add(1002, 1002)
    expect(await count(start)).toBe(1002)
  })

  it('count what this process records, once it is recorded', async () => {
    const made = meters()
    const ledger = made.meteredLedger(world().ledger)
    await ended(ledger, 'a', 700)
    await expect(ledger.commit(starting({ id: 'a' }))).rejects.toThrow()
    const text = await made.scrape()
    expect(text).toContain('hallpass_grant_events_total{type="grant.ending"} 1')
    expect(text).toContain('hallpass_grant_events_total{type="grant.approved"} 1')
    expect(text).toContain('hallpass_time_to_active_seconds_sum 1')
    const way = 'cloud="aws",mode="assume-role",end="early"'
    expect(text).toContain(`hallpass_revocation_removed_seconds_sum{${way}} 0.7`)
    expect(text).toContain(`hallpass_revocation_certain_seconds_count{${way}} 1`)
  })
})

describe('The metrics of a process', () => {
  it('count deliveries and errors by what is known beforehand, never by what a stranger writes', async () => {
    const made = meters()
    const log = made.metered(silent)
    log.info('delivery.handled', { event: 'pull_request', ageMs: 30, delivery: 'd' })
    log.warn('delivery.failed', { event: 'pull_request', error: new GitHubError('denied', 'x') })
    log.warn('delivery.failed', { event: 'pull_request', givenUp: true })
    log.warn('lane.failed', { error: new CloudError('quota', 'secret words') })
    log.error('sweep.failed', { error: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) })
    log.info('delivery.stored', { event: 'Evil"} 1' })
    for (let n = 0; n < 100; n += 1)
      log.info('delivery.stored', { event: `e_${'x'.repeat(n % 50)}${n > 49 ? 'y' : ''}` })
    const text = await made.scrape()
    const deliveries = samples(text, 'hallpass_deliveries_total')
    for (const outcome of ['handled', 'failed', 'given_up'])
      expect(deliveries).toContain(
        `hallpass_deliveries_total{event="pull_request",outcome="${outcome}"} 1`,
      )
    expect(deliveries.length).toBeLessThan(50)
    expect(text).not.toContain('Evil')
    expect(text).not.toContain('secret words')
    expect(samples(text, 'hallpass_errors_total')).toEqual([
      'hallpass_errors_total{source="github",kind="denied"} 1',
      'hallpass_errors_total{source="cloud",kind="quota"} 1',
      'hallpass_errors_total{source="ledger",kind="database"} 1',
    ])
    expect(text).toContain('hallpass_delivery_handled_seconds_sum{event="pull_request"} 0.03')
  })

  it('tell the fewest calls that GitHub leaves any installation', async () => {
    const made = meters()
    made.watch({ ledger: unanswering, now: () => start, queueDepth: async () => 0 })
    const answer = (remaining: string, reset: number, limit = '5000') =>
      made.answered(
        new Headers({
          'x-ratelimit-resource': 'core',
          'x-ratelimit-remaining': remaining,
          'x-ratelimit-limit': limit,
          'x-ratelimit-reset': String(reset),
        }),
      )
    const soon = Math.floor(Date.now() / 1000) + 600
    answer('4000', soon)
    answer('120', soon + 1)
    answer('4999', soon)
    answer('1', soon - 1200)
    answer('many', soon)
    made.answered(new Headers())
    const text = await made.scrape()
    expect(text).toContain('hallpass_github_rate_remaining{resource="core"} 120')
  })

  it('answer without a ledger: what it knows by itself, and that the ledger is down', async () => {
    const made = meters(20)
    made.watch({
      ledger: unanswering,
      now: () => start,
      queueDepth: async () => {
        throw new Error('down')
      },
    })
    const text = await made.scrape()
    expect(text).toContain('hallpass_ledger_up 0')
    expect(text).toContain('hallpass_queue_up 0')
    expect(samples(text, 'hallpass_overdue_endings')).toEqual([])
    expect(samples(text, 'hallpass_queue_depth')).toEqual([])
    expect(samples(text, 'hallpass_sweep_age_seconds')).toEqual([])
  })

  it('ask once for all who scrape at once', async () => {
    const made = meters()
    let asked = 0
    made.watch({
      ledger: unanswering,
      now: () => start,
      queueDepth: async () => (asked += 1),
    })
    await Promise.all([made.scrape(), made.scrape(), made.scrape()])
    await made.scrape()
    expect(asked).toBe(1)
  })
})

/** A ledger that falls silent. */
const unanswering = {
  seat: { unclaimed: () => undefined },
  measures: async () => {
    throw new Error('down')
  },
  lateness: () => new Promise<never>(() => undefined),
} as unknown as Ledger
