// What the ledger's tests start from: a ledger made anew for each test, on every kind of database there is.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { createLedger } from '../../src/adapters/postgres/ledger.ts'
import { apply } from '../../src/domain/grants/apply.ts'
import { revisionOf } from '../../src/domain/grants/revision.ts'
import type { Grant, GrantCommand } from '../../src/domain/grants/types.ts'
import type { Binding, LaneOf } from '../../src/domain/lanes/types.ts'
import { laneOf } from '../../src/domain/lanes/lane-of.ts'
import { subjectKey, type Subject } from '../../src/domain/subjects.ts'
import type { Commit, GrantChange, Ledger, NewDelivery } from '../../src/workflows/ports.ts'
import * as fixtures from '../domain/grants.fixtures.ts'
import { ledgerStores, type FreshDatabase } from '../support/databases.ts'

const { assume, principal } = fixtures
export const { start, second, minute, hour } = fixtures
export const lane = laneOf({ role: assume, principal }) as LaneOf<'aws'>
export const salts = () => randomBytes(16).toString('hex')

export interface World {
  readonly database: FreshDatabase
  readonly ledger: Ledger
  /** The ledger as another process has it. */
  another(): Promise<Ledger>
}

/** Runs the same tests on each database. `world()` is this test's own. */
export function onEveryDatabase(title: string, tests: (world: () => World) => void): void {
  describe.each(ledgerStores())(`${title}, $name`, ({ fresh }) => {
    let database: FreshDatabase
    let ledger: Ledger
    const open = (pool: FreshDatabase['pool']) => createLedger({ pool, salts, now: start })
    beforeAll(async () => {
      database = await fresh()
      ledger = await open(database.pool)
    })
    beforeEach(() => database.pool.query(asBorn))
    afterAll(() => database.close())
    tests(() => ({ database, ledger, another: () => open(database.another()) }))
  })
}

/** As the ledger was when it was made: much quicker than to make another, or to truncate, which makes files anew. */
const asBorn = `
  do $$ declare name text; begin
    -- Neither foreign keys nor triggers have a say.
    set local session_replication_role = replica;
    for name in
      select tablename from pg_tables
      where schemaname = 'hallpass' and tablename not like 'kysely%'
        and tablename not in ('instance', 'chain', 'events', 'admission', 'seat')
    loop
      execute format('delete from hallpass.%I', name);
    end loop;
  end $$;
  delete from hallpass.events where position > 1;
  update hallpass.chain set (position, hash) =
    (select e.position, e.hash from hallpass.events e)`

export const subject = (number = 12): Subject => ({ ...fixtures.subject, number })
export const key = (number = 12) => subjectKey(subject(number))

let deliveries = 0
export const delivery = (more: Partial<NewDelivery> = {}): NewDelivery => {
  deliveries += 1
  return {
    id: `d-${deliveries}`,
    event: 'pull_request',
    action: 'review_requested',
    installationId: 9,
    accountId: 8,
    subject: key(),
    body: new TextEncoder().encode(`{"n":${deliveries}}`),
    bodyHash: `hash-${deliveries}`,
    ...more,
  }
}

interface Wish {
  readonly id: string
  readonly cause?: string
  readonly number?: number
  readonly role?: string
  readonly repositoryId?: number
  readonly recipientId?: number
  readonly bindingIds?: readonly string[]
  readonly leaseSeconds?: number
  readonly approval?: 'none' | 'asked'
  readonly at?: number
}

/** A commit that starts a grant, with the bindings it brings when nobody has to approve it. */
export function starting(wish: Wish): Commit & { readonly grants: readonly [GrantChange] } {
  const { id, cause = `cause-${id}`, number = 12, recipientId = 1, at = start } = wish
  const bindingIds = wish.bindingIds ?? [`b-${id}`]
  const offer = {
    ...(wish.approval === 'asked' ? fixtures.byTwo : fixtures.offer),
    cause,
    role: wish.role ?? fixtures.offer.role,
    subject: { ...subject(number), repositoryId: wish.repositoryId ?? 77 },
    recipient: { id: recipientId, login: `user-${recipientId}` },
    leaseSeconds: wish.leaseSeconds ?? 7200,
    bindings: bindingIds.map(() => ({ role: fixtures.assume, principal })),
  }
  const revision = revisionOf(offer, 1, 'AAAA-AAAA')
  const change = changing(undefined, at, {
    type: 'request',
    id,
    revision,
    lapseSeconds: 86_400,
    bindingIds,
  })
  const { grant } = change
  const newBindings =
    'endsAt' in grant
      ? bindingIds.map((binding) => ({
          binding: bindingOf(binding, at, grant.endsAt),
          lane,
          grantId: id,
        }))
      : []
  return { now: at, grants: [change], newBindings }
}

export const bindingOf = (id: string, startsAt: number, endsAt: number): Binding => ({
  id,
  laneId: lane.id,
  name: id,
  sessionName: id,
  principal,
  role: fixtures.assume,
  startsAt,
  endsAt,
  residualSeconds: 3600,
})

/** What these commands make of a grant. Throws on a refusal. */
export function changing(
  grant: Grant | undefined,
  at: number,
  ...commands: readonly GrantCommand[]
): GrantChange {
  let after = grant
  const events = commands.flatMap((command) => {
    const result = apply(command, after, at)
    if (result.kind === 'refused') throw new Error(`${command.type}: ${result.reason}`)
    after = result.grant
    return result.events
  })
  if (after === undefined) throw new Error('no grant')
  return { grant: after, expectedVersion: grant?.version ?? 0, events }
}

export const present = (bindingId: string): GrantCommand => ({ type: 'observe-present', bindingId })
export const revoke: GrantCommand = fixtures.revoke
export const gone = (bindingId: string, at: number, sessionsUntil?: number): GrantCommand => ({
  type: 'observe-gone',
  bindingId,
  removedAt: at,
  certainAt: at,
  sessionsUntil,
  heldBy: [],
})

/** The grant as the ledger has it. Throws when it has none. */
export async function grantIn(ledger: Ledger, id: string): Promise<Grant> {
  const row = await ledger.grant(id)
  if (row === undefined) throw new Error(`no grant ${id}`)
  return row.grant
}

export const dueAt = (ledger: Ledger, now: number) =>
  ledger.due(now, { standingBefore: now - 3 * minute, limit: 100 })
