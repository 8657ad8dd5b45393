// Counts what the log is told and what the ledger records: neither knows of it.
import { removalsOf } from '../../domain/measures/removals.ts'
import type { GrantChange, Ledger, Log, LogFields } from '../../workflows/ports.ts'
import type { Counts } from './counts.ts'
import { kindOfError } from './kind-of-error.ts'

export function meteredLog(log: Log, counts: Counts): Log {
  const event = knownFew(eventsMax)
  const heard = (id: string, fields: LogFields = {}) => {
    if (fields.error !== undefined) counts.errors.inc({ ...kindOfError(fields.error) })
    const outcome = id.startsWith('delivery.') ? outcomeOf(id, fields) : undefined
    if (outcome === undefined) return
    const name = event(fields['event'])
    counts.deliveries.inc({ event: name, outcome })
    const { ageMs } = fields
    if (outcome === 'handled' && typeof ageMs === 'number')
      counts.handled.observe({ event: name }, Math.max(0, ageMs) / 1000)
  }
  const told = (level: keyof Log) => (id: string, fields?: LogFields) => {
    heard(id, fields)
    log[level](id, fields)
  }
  return { info: told('info'), warn: told('warn'), error: told('error') }
}

const outcomes: ReadonlySet<string> = new Set([
  'stored',
  'revived',
  'duplicate',
  'refused',
  'not_stored',
  'handled',
  'failed',
])

function outcomeOf(id: string, { givenUp }: LogFields): string | undefined {
  const outcome = id.slice('delivery.'.length)
  if (outcome === 'failed' && givenUp === true) return 'given_up'
  return outcomes.has(outcome) ? outcome : undefined
}

const eventsMax = 40

/** NB: the first so many different ones by name, and `other` for all else: a label of a stranger's choice has no bound. */
function knownFew(max: number): (name: unknown) => string {
  const known = new Set<string>()
  return (name) => {
    if (typeof name !== 'string' || !/^[a-z_]{1,64}$/.test(name)) return 'other'
    if (known.size < max) known.add(name)
    return known.has(name) ? name : 'other'
  }
}

export const meteredLedger = (ledger: Ledger, counts: Counts): Ledger => ({
  ...ledger,
  async commit(change) {
    await ledger.commit(change)
    for (const each of change.grants ?? []) count(each, counts)
    for (const { event } of change.events ?? [])
      if (event.type === 'policy.broken') counts.errors.inc({ source: 'policy', kind: 'broken' })
  },
})

function count({ grant, events }: GrantChange, counts: Counts): void {
  for (const { type } of events) counts.transitions.inc({ type })
  if (grant.phase === 'active' && events.some(({ type }) => type === 'grant.activated'))
    counts.active.observe(Math.max(0, grant.activatedAt - grant.approvedAt) / 1000)
  const gone = new Set(
    events.flatMap((event) => (event.type === 'grant.binding-gone' ? [event.bindingId] : [])),
  )
  for (const { bindingId, cloud, mode, end, dueAt, removedAt, certainAt } of removalsOf(grant)) {
    if (!gone.has(bindingId)) continue
    const way = { cloud, mode, end }
    counts.removed.observe(way, Math.max(0, removedAt - dueAt) / 1000)
    counts.certain.observe(way, Math.max(0, certainAt - dueAt) / 1000)
  }
}
