// Ends the grants of a subject that lost what they were given for.
import { endingOf } from '../domain/grants/ending-of.ts'
import { decideAll } from './decide-all.ts'
import type { Signal } from '../domain/signals.ts'
import { subjectKey } from '../domain/subjects.ts'
import type { Deps } from './deps.ts'

export async function endGrants(deps: Deps, signal: Signal): Promise<void> {
  await decideAll(deps, async () => {
    const rows = await deps.ledger.grantsOf(subjectKey(signal.subject))
    return rows.flatMap(({ grant }) => {
      const command = endingOf(signal, grant)
      return command === undefined ? [] : [{ grant, command }]
    })
  })
}
