import { CloudError, LedgerConflict } from '../../domain/errors.ts'
import type { Operations } from '../../workflows/operations.ts'
import type { FoundThere, Reconciled } from '../../workflows/reconcile/reconciled.ts'
import type { Output } from './grants.ts'
import { table } from './table.ts'
import { typed } from './words.ts'

export interface ReconcileOptions {
  readonly dryRun?: boolean
  readonly remove?: string
  readonly json?: boolean
}

/**
 * `hallpass reconcile`. Returns the exit status: 0 when all is well or was set right, 1 when something could not be
 * read or done, 2 when a person has to look at something.
 */
export async function reconcile(
  operations: Pick<Operations, 'reconcile'>,
  { dryRun = false, remove, json = false }: ReconcileOptions,
  operator: string,
  output: Output,
): Promise<number> {
  if (dryRun && remove !== undefined) {
    output.line('Give either --dry-run or --remove: a set that is named is removed.')
    return 1
  }
  const done = await operations
    .reconcile({ dryRun, remove: remove ?? null, operator })
    .catch(overtaken)
  if (done === undefined) {
    output.line(
      'It took so long that another Hallpass took over, or the database was away. What it had set right by then stays so: run it again.',
    )
    return 1
  }
  if (json) output.line(JSON.stringify(done, null, 2))
  else tell(done, output)
  return statusOf(done)
}

/** Undefined when the claim was lost on the way. */
function overtaken(error: unknown): undefined {
  const isLost =
    error instanceof LedgerConflict || (error instanceof CloudError && error.kind === 'transient')
  if (!isLost) throw error
}

const statusOf = ({ kind, unread, places, digest }: Reconciled): number => {
  if (kind === 'busy' || kind === 'refused' || unread.length > 0) return 1
  return digest !== null || places.some(({ found }) => found.some(isStranger)) ? 2 : 0
}

type Thing = FoundThere['found'][number]
const isStranger = ({ verdict }: Thing): boolean => verdict === 'stranger'

function tell({ kind, places, unread, digest }: Reconciled, output: Output): void {
  if (kind === 'busy')
    return output.line('Another Hallpass is looking around just now. Try again in a minute.')
  const rows = places.flatMap(({ placeId, found }) =>
    found.map((each) => [
      placeId,
      each.what,
      words[each.verdict][kind === 'done' ? 'done' : 'looked'],
    ]),
  )
  output.line(
    rows.length === 0
      ? `Nothing of Hallpass's stands in ${places.length === 1 ? 'the one place' : `the ${places.length} places`} that were looked at.`
      : table(['PLACE', 'WHAT', kind === 'done' ? 'DONE' : 'WOULD BE DONE'], rows),
  )
  for (const { placeId, why } of unread) output.line(`Not looked at: ${placeId}: ${why}`)
  if (kind === 'refused')
    output.line('That is not the set that waits now. Nothing was done: look at the table again.')
  if (digest !== null)
    output.line(
      `No live grant accounts for what waits: was an old backup restored? If all of it may go: ${typed(`reconcile --remove ${digest}`)}`,
    )
}

const words: Readonly<
  Record<Thing['verdict'], { readonly looked: string; readonly done: string }>
> = {
  'in-hand': { looked: 'compared with the ledger', done: 'being compared with the ledger' },
  ended: { looked: 'removed: its end is recorded', done: 'being removed: its end is recorded' },
  expired: { looked: 'removed: its time is over', done: 'being removed: its time is over' },
  orphan: {
    looked: 'removed: nothing is recorded of it',
    done: 'being removed: nothing is recorded of it',
  },
  waits: { looked: 'nothing until you say so', done: 'nothing: it waits for you' },
  others: { looked: "nothing: another Hallpass's", done: "nothing: another Hallpass's" },
  stranger: {
    looked: 'nothing: somebody else put it there',
    done: 'nothing: somebody else put it there',
  },
}

/** `hallpass alarms`: what a person has to look at. Returns the exit status: 2 when there is something. */
export async function listAlarms(
  operations: Operations,
  { json }: { json: boolean },
  output: Output,
): Promise<number> {
  const alarms = await operations.alarms()
  if (json) output.line(JSON.stringify(alarms, null, 2))
  else if (alarms.length === 0) output.line('No alarms.')
  else
    output.line(
      table(
        ['SINCE', 'PLACE', 'WHAT'],
        alarms.map(({ at, place, text }) => [at, place, text]),
      ),
    )
  return alarms.length === 0 ? 0 : 2
}
