// What is so now, read from the ledger at each scrape: right whatever became of the process that did it.
import { Gauge, Registry } from 'prom-client'
import { latenessMs, type MeasuredLateness } from '../../domain/measures/lateness.ts'
import type { CloudMeasures, LedgerMeasures } from '../../domain/measures/measures.ts'
import type { Ledger } from '../../workflows/ports.ts'
import { remembered } from './bounded.ts'

/** Figures over thirty days do not change much in a minute. */
const latenessSameMs = 60_000

export function createLedgerGauges() {
  const registry = new Registry()
  const gauge = <L extends string>(name: string, help: string, ...labelNames: readonly L[]) =>
    new Gauge({
      name: `hallpass_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [registry],
    })
  const numbers = createNumbers(gauge)
  const clouds = createCloudGauges(gauge)
  const late = createLatenessGauges(gauge)
  let ask: () => Promise<MeasuredLateness> = async () => ({ all: undefined, ways: [] })
  const lateness = remembered(latenessSameMs, () => ask())
  return {
    registry,
    async read(ledger: Ledger, now: number): Promise<true> {
      ask = () => ledger.lateness(now - latenessMs)
      const [measures, measured] = [await ledger.measures(now), await lateness()]
      for (const { of, set } of numbers) set.set(of(measures))
      clouds(measures)
      late(measured)
      return true
    },
  }
}

type Make = <L extends string>(name: string, help: string, ...labels: readonly L[]) => Gauge<L>

const createNumbers = (gauge: Make) =>
  numbers.map(([name, help, of]) => ({ of, set: gauge(name, help) }))

const seconds = (ms: number): number => ms / 1000

const numbers: readonly (readonly [string, string, (from: LedgerMeasures) => number])[] = [
  ['inbox_pending', 'Deliveries that wait to be handled.', ({ inbox }) => inbox.count],
  [
    'inbox_oldest_seconds',
    'How long the oldest delivery that waits has waited.',
    ({ inbox }) => seconds(inbox.oldestMs),
  ],
  ['inbox_failed', 'Deliveries of the last day that were given up.', ({ inbox }) => inbox.failed],
  ['grants_stuck', 'Grants that something keeps from their goal.', ({ stuck }) => stuck.count],
  [
    'grants_stuck_oldest_seconds',
    'For how long the oldest stuck grant has been kept from its goal.',
    ({ stuck }) => seconds(stuck.oldestMs),
  ],
  [
    'reports_waiting',
    'Pull requests and issues whose state GitHub does not show yet.',
    ({ reports }) => reports.waiting,
  ],
  [
    'reports_failing',
    'Pull requests and issues where writing their state failed.',
    ({ reports }) => reports.failing,
  ],
  [
    'debts_open',
    'Reviews owed for broken glass that nobody has given.',
    ({ debts }) => debts.count,
  ],
  [
    'debts_oldest_seconds',
    'How long the oldest owed review has been owed.',
    ({ debts }) => seconds(debts.oldestMs),
  ],
  ['alarms_open', 'What a person has to look at in the clouds.', ({ alarms }) => alarms],
  ['freezes', 'Freezes that hold.', ({ freezes }) => freezes],
  [
    'reconcile_late_seconds',
    'For how long it has been time to look around in the clouds.',
    ({ reconcileLateMs }) => seconds(reconcileLateMs),
  ],
]

function createCloudGauges(gauge: Make): (from: LedgerMeasures) => void {
  const grants = gauge('grants', 'Grants that are not over, by state.', 'state')
  const left = gauge(
    'github_writes_left',
    'Writes to GitHub left in our own budget, of the installation that has the fewest.',
    'window',
  )
  const inCloud = gauge(
    'grants_in_cloud',
    'Grants that have something in a cloud: one in two clouds counts in both.',
    'state',
    'cloud',
  )
  const cloud = perCloud.map(([name, help, of]) => [gauge(name, help, 'cloud'), of] as const)
  return (from) => {
    for (const [state, count] of Object.entries(from.grants)) grants.set({ state }, count)
    for (const [window, count] of Object.entries(from.writesLeft)) left.set({ window }, count)
    for (const [name, measures] of Object.entries(from.clouds)) {
      for (const [state, count] of Object.entries(measures.grants))
        inCloud.set({ state, cloud: name }, count)
      for (const [set, of] of cloud) set.set({ cloud: name }, of(measures))
    }
  }
}

const perCloud: readonly (readonly [string, string, (from: CloudMeasures) => number])[] = [
  [
    'overdue_endings',
    'Grants whose time is over and whose access no cloud has acknowledged as removed.',
    ({ overdue }) => overdue.count,
  ],
  [
    'overdue_ending_oldest_seconds',
    'For how long the oldest overdue grant has been over.',
    ({ overdue }) => seconds(overdue.oldestMs),
  ],
  ['lanes_behind', 'Cloud resources that have something to do.', ({ lanes }) => lanes.count],
  [
    'lanes_behind_oldest_seconds',
    'For how long the oldest work on a cloud resource has been due.',
    ({ lanes }) => seconds(lanes.oldestMs),
  ],
  ['lanes_failing', 'Cloud resources where the last try failed.', ({ lanes }) => lanes.failing],
]

function createLatenessGauges(gauge: Make): (measured: MeasuredLateness) => void {
  const way = ['cloud', 'mode', 'end'] as const
  const late = gauge(
    'revocation_lateness_seconds',
    'How late access was gone over the last 30 days, from the ledger: quantile 1 is the latest.',
    ...way,
    'seen',
    'quantile',
  )
  const count = gauge(
    'revocations',
    'Removals of the last 30 days that the lateness tells of.',
    ...way,
  )
  return ({ ways }) => {
    late.reset()
    count.reset()
    for (const { cloud, mode, end, count: n, removed, certain } of ways) {
      const labels = { cloud, mode, end }
      count.set(labels, n)
      for (const [seen, { p50, p99, max }] of Object.entries({ removed, certain }))
        for (const [quantile, ms] of Object.entries({ '0.5': p50, '0.99': p99, '1': max }))
          late.set({ ...labels, seen, quantile }, seconds(ms))
    }
  }
}
