// The ledger over Postgres: one file for each thing that is asked of it.
import type { Pool } from 'pg'
import type { Instant } from '../../domain/time.ts'
import type { Ledger } from '../../workflows/ports.ts'
import { createAccept } from './accept.ts'
import { actingPool } from './acting-pool.ts'
import { acceptedPolicy } from './accepted-policy.ts'
import { hasAct } from './acts.ts'
import { abandon, claim, endClaims, forgetClaims, release, renew } from './claims.ts'
import { commit } from './commit.ts'
import { openDatabase } from './database.ts'
import { debtByCode, debtsOf } from './debts.ts'
import { readDecision } from './decisions.ts'
import { deliveryFailed, readDelivery } from './deliveries.ts'
import { readDue } from './due.ts'
import { readFreezes } from './freezes.ts'
import { causeUsed, grantsOf, listGrants, readGrant } from './grants.ts'
import { identityHolder, identityLink } from './identity-links.ts'
import { instanceIdOf } from './instance-id.ts'
import { readLane } from './lane.ts'
import { latenessReader } from './lateness.ts'
import { readLog } from './log.ts'
import { readMeasures } from './measures.ts'
import { migrate } from './migrate.ts'
import { isRoleRecorded, peopleNamed, repositoriesNamed } from './names.ts'
import { lastPolicyBlob } from './policy-documents.ts'
import {
  adoptedSince,
  givenRoles,
  knownBindings,
  readAlarms,
  reconcileAt,
} from './reconciliation.ts'
import { posted, readReport, reportFailed, reportWaits } from './report.ts'
import { readRecovery, receivedAmong } from './recovery.ts'
import { readUsage } from './usage.ts'
import { createSeat } from './seat.ts'
import type { Asking } from './seat-row.ts'
import { spend } from './write-budget.ts'

export interface LedgerOptions {
  /** Stays the caller's to end. */
  readonly pool: Pool
  /** 16 random bytes in hex, new at each call. */
  readonly salts: () => string
  /** The database's time: when the instance was made, should it be made now. */
  readonly now: Instant
  /** The same from then on. It does not go on unless given. */
  readonly clock?: () => Instant
  /** See `createSeat`. */
  readonly place?: string | undefined
  /** Has each connection that is made from now on looked at before it is used. */
  readonly inspected?: ((inspect: (connection: Asking) => Promise<void>) => void) | undefined
  /** Nobody else works on this ledger while it is open: claims that still run are those of a process that died. */
  readonly alone?: boolean
}

/** Migrates first: processes that start together wait for the one that does. */
export async function createLedger(options: LedgerOptions): Promise<Ledger> {
  const { pool, salts, now, alone, clock = () => now, place } = options
  const db = openDatabase(pool)
  await migrate(db, { instance: instanceIdOf(salts()), at: now, salts })
  if (alone === true) await endClaims(db, now)
  const { id: instance } = await db.selectFrom('instance').select('id').executeTakeFirstOrThrow()
  const seat = await createSeat({ pool, place, now: clock, salts })
  options.inspected?.(seat.inspect)
  const acting = openDatabase(actingPool(pool, seat))
  return {
    instance,
    seat,
    accept: createAccept(db),
    due: (at, options) => readDue(db, at, options),
    claim: (key, owner, at, ttlMs) => claim(acting, key, owner, at, ttlMs),
    renew: (former, at, ttlMs) => renew(acting, former, at, ttlMs),
    release: (former) => release(db, former),
    abandon: (former, at) => abandon(db, former, at),
    forgetClaims: (before) => forgetClaims(acting, before),
    delivery: (id) => readDelivery(db, id),
    deliveryFailed: (id, error, retryAt) => deliveryFailed(acting, id, error, retryAt),
    grant: (id) => readGrant(db, id),
    grantsOf: (subject) => grantsOf(db, subject),
    listGrants: (filter) => listGrants(db, filter),
    causeUsed: (cause, role, recipientId) => causeUsed(db, cause, role, recipientId),
    lane: (id) => readLane(db, id),
    report: (key) => readReport(db, key),
    posted: (key, put, options) => posted(acting, key, put, options),
    reportFailed: (key, error, retryAt) => reportFailed(acting, key, error, retryAt),
    reportWaits: (key, until) => reportWaits(acting, key, until),
    lastPolicyBlob: (where) => lastPolicyBlob(db, where),
    usage: (question) => readUsage(db, question),
    freezes: () => readFreezes(db),
    peopleNamed: (login) => peopleNamed(db, login),
    repositoriesNamed: (name) => repositoriesNamed(db, name),
    isRoleRecorded: (role) => isRoleRecorded(db, role),
    debtsOf: (personIds) => debtsOf(db, personIds),
    debt: (code) => debtByCode(db, code),
    decision: (grantId) => readDecision(db, grantId),
    identityLink: (personId, cloud, account) => identityLink(db, { personId, cloud, account }),
    identityHolder: (cloud, account, principalId) =>
      identityHolder(db, { cloud, account, principalId }),
    acceptedPolicy: (where) => acceptedPolicy(db, where),
    hasAct: (act) => hasAct(db, act),
    knownBindings: (ids) => knownBindings(db, ids),
    givenRoles: () => givenRoles(db),
    adoptedSince: (since) => adoptedSince(db, since),
    alarms: () => readAlarms(db),
    reconcileAt: () => reconcileAt(db),
    measures: (at) => readMeasures(db, at),
    lateness: latenessReader(db),
    recovery: () => readRecovery(db),
    received: (ids) => receivedAmong(db, ids),
    spend: (installationId, cost, at) => spend(acting, installationId, cost, at),
    async commit(change) {
      const end = await commit(acting, change, salts)
      if (end !== undefined) seat.saw(end)
    },
    log: (after, limit) => readLog(db, after, limit),
  }
}
