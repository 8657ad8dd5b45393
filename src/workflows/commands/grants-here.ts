// The grants of the subject that a command is written on.
import { waitingOf } from '../../domain/grants/phases.ts'
import type { Extension, Grant } from '../../domain/grants/types.ts'
import { subjectKey } from '../../domain/subjects.ts'
import type { Deps } from '../deps.ts'
import type { Spoken } from './spoken.ts'

export async function grantsHere(deps: Deps, { signal }: Spoken): Promise<readonly Grant[]> {
  const rows = await deps.ledger.grantsOf(subjectKey(signal.subject))
  return rows.map(({ grant }) => grant)
}

export interface Waiting {
  readonly grant: Grant
  readonly waiting: Extension
}

/** What waits under this code. */
export async function waitingFor(
  deps: Deps,
  spoken: Spoken,
  code: string,
): Promise<Waiting | undefined> {
  const all = await grantsHere(deps, spoken)
  for (const grant of all) {
    const waiting = waitingOf(grant)
    if (waiting?.revision.code === code) return { grant, waiting }
  }
  return undefined
}
