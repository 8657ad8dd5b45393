// One transaction. Rows are locked in one order, so that commits never wait for each other in a circle: claim, acts,
// subjects, grants, policy texts, bindings, lanes, delivery, policies, admission (and under it freezes, debts and identity
// links), and last the log's end. Of each kind in the order of their keys. Everybody waits for the last two: as little as
// can be is done under them.
import type { Commit } from '../../workflows/ports.ts'
import { acceptPolicy } from './accepted-policy.ts'
import { writeActs } from './acts.ts'
import { appendEvents, type Entry } from './append-events.ts'
import { requireClaim } from './claims.ts'
import { admit, enterAdmission } from './commit-admission.ts'
import { confirmStanding, writeGrants } from './commit-grants.ts'
import { deriveBindings, insertBindings, noteBindings } from './commit-bindings.ts'
import { writeLanes } from './commit-lanes.ts'
import { touchSubjects, writeNotices } from './commit-subjects.ts'
import { writeDebts } from './debts.ts'
import { keepTexts, textsOf, writeDecisions } from './decisions.ts'
import { writeIdentityLinks } from './identity-links.ts'
import { notePolicyDocuments } from './policy-documents.ts'
import { adoptBindings, planReconciliation, writeAlarms, writeSites } from './reconciliation.ts'
import { questionGrants } from './question-grants.ts'
import { writeRecovery } from './recovery.ts'
import { transact, type Database } from './database.ts'
import { finishDelivery } from './deliveries.ts'
import type { Mark } from './seat-row.ts'

/** Returns the end of the log after it; undefined where it says nothing there. */
export async function commit(
  db: Database,
  change: Commit,
  salts: () => string,
): Promise<Mark | undefined> {
  const { now, claim, grants = [], newBindings = [], events = [], notices = [] } = change
  const entries = entriesOf(change)
  return transact(db, async (tx) => {
    if (claim !== undefined) await requireClaim(tx, claim, now)
    await writeActs(tx, change.acts ?? [], now)
    await touchSubjects(tx, change)
    await writeNotices(tx, notices)
    await writeGrants(tx, grants, now)
    await confirmStanding(tx, change.standingConfirmed ?? [], now)
    await questionGrants(tx, change.questioned ?? [])
    await keepTexts(tx, textsOf(change))
    await writeDecisions(tx, change.decisions ?? [], now)
    await writeSites(
      tx,
      newBindings.map(({ binding }) => binding.role),
    )
    await insertBindings(tx, newBindings)
    await adoptBindings(tx, change.adopted ?? [], now)
    const moved = await deriveBindings(tx, grants)
    await noteBindings(tx, change.bindings ?? [])
    await writeLanes(tx, [...moved, ...(change.dirtyLanes ?? [])], change.lane)
    if (change.delivery !== undefined) await finishDelivery(tx, change.delivery, now)
    await notePolicyDocuments(tx, events)
    if (change.acceptedPolicy !== undefined) await acceptPolicy(tx, change.acceptedPolicy)
    if (change.alarms !== undefined) await writeAlarms(tx, change.alarms)
    if (change.recovery !== undefined) await writeRecovery(tx, change.recovery, now)
    if (change.reconcileAt !== undefined) await planReconciliation(tx, change.reconcileAt)
    await enterAdmission(tx, change)
    await admit(tx, change)
    await writeDebts(tx, change.debts ?? [])
    await writeIdentityLinks(tx, change.identityLinks ?? [])
    return appendEvents(tx, entries, now, salts)
  })
}

/** A grant's stream counts as the grant does, which guards it a second time. */
export function entriesOf({ events = [], grants = [] }: Commit): readonly Entry[] {
  const astray = events.find(({ stream }) => stream.startsWith('grant:'))
  if (astray !== undefined) throw new Error(`${astray.event.type} belongs into a grant's change`)
  return [
    ...events,
    ...grants.flatMap((change) =>
      change.events.map((event, index) => ({
        stream: `grant:${change.grant.id}`,
        event,
        streamVersion: change.expectedVersion + index + 1,
      })),
    ),
  ]
}
