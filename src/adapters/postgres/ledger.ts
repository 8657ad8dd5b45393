// The ledger over Postgres: one file for each thing that is asked of it.
import type { Pool } from 'pg'
import type { Instant } from '../../domain/time.ts'
import type { Ledger } from '../../workflows/ports.ts'
import { accept } from './accept.ts'
import { acceptedPolicy } from './accepted-policy.ts'
import { hasAct } from './acts.ts'
import { abandon, claim, endClaims, release, renew } from './claims.ts'
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
import { readLog } from './log.ts'
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
import { readUsage } from './usage.ts'
import { spend } from './write-budget.ts'

export interface LedgerOptions {
  /** Stays the caller's to end. */
  readonly pool: Pool
  /** 16 random bytes in hex, new at each call. */
  readonly salts: () => string
  /** The database's time: when the instance was made, should it be made now. */
  readonly now: Instant
  /** Nobody else works on this ledger while it is open: claims that still run are those of a process that died. */
  readonly alone?: boolean
}

/** Migrates first: processes that start together wait for the one that does. */
export async function createLedger({ pool, salts, now, alone }: LedgerOptions): Promise<Ledger> {
  const db = openDatabase(pool)
  await migrate(db, { instance: instanceIdOf(salts()), at: now, salts })
  if (alone === true) await endClaims(db, now)
  const { id: instance } = await db.selectFrom('instance').select('id').executeTakeFirstOrThrow()
  return {
    instance,
    accept: (delivery, at) => accept(db, delivery, at),
    due: (at, options) => readDue(db, at, options),
    claim: (key, owner, at, ttlMs) => claim(db, key, owner, at, ttlMs),
    renew: (former, at, ttlMs) => renew(db, former, at, ttlMs),
    release: (former) => release(db, former),
    abandon: (former, at) => abandon(db, former, at),
    delivery: (id) => readDelivery(db, id),
    deliveryFailed: (id, error, retryAt) => deliveryFailed(db, id, error, retryAt),
    grant: (id) => readGrant(db, id),
    grantsOf: (subject) => grantsOf(db, subject),
    listGrants: (filter) => listGrants(db, filter),
    causeUsed: (cause, role, recipientId) => causeUsed(db, cause, role, recipientId),
    lane: (id) => readLane(db, id),
    report: (key) => readReport(db, key),
    posted: (key, put, options) => posted(db, key, put, options),
    reportFailed: (key, error, retryAt) => reportFailed(db, key, error, retryAt),
    reportWaits: (key, until) => reportWaits(db, key, until),
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
    spend: (installationId, cost, at) => spend(db, installationId, cost, at),
    commit: (change) => commit(db, change, salts),
    log: (after, limit) => readLog(db, after, limit),
  }
}
