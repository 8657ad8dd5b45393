// The kill switch. Recorded first, so that nothing new begins; then what it covers ends, however often this is asked.
import { freezingOf, type Freeze, type FreezeScope } from '../domain/grants/freeze.ts'
import type { By } from '../domain/grants/types.ts'
import { decideAll } from './decide-all.ts'
import type { Deps, LedgerDeps } from './deps.ts'

export interface Frozen {
  readonly id: string
  /** How many grants and requests it ended. */
  readonly ended: number
}

export async function freeze(
  deps: LedgerDeps & Pick<Deps, 'random'>,
  { scope, by, because }: { scope: FreezeScope; by: By; because: string },
): Promise<Frozen> {
  const at = deps.clock.now()
  const begun: Freeze = { id: deps.random.grantId(), scope, by, at, because }
  await deps.ledger.commit({
    now: at,
    freezes: [{ begin: begun }],
    events: [{ stream: 'instance', event: { type: 'freeze.began', freeze: begun } }],
  })
  deps.log.warn('freeze.began', { freeze: begun.id, scope: scope.kind })
  return { id: begun.id, ended: await endFrozen(deps, begun) }
}

/** In portions, until none is left that it covers. */
export async function endFrozen(deps: LedgerDeps, freeze: Freeze): Promise<number> {
  let ended = 0
  for (;;) {
    const changed = await decideAll(deps, async () => {
      const open = await deps.ledger.listGrants({ open: true, limit: openMax })
      const covered = open.flatMap((grant) => {
        const command = freezingOf(freeze, grant)
        return command === undefined ? [] : [{ grant, command }]
      })
      return covered.slice(0, portion)
    })
    ended += changed.length
    if (changed.length === 0) return ended
  }
}

/** Of one transaction. */
const portion = 200
/** More than are ever open at once. */
const openMax = 1_000_000

/** `unknown`: there is no such freeze, or it is over. */
export async function unfreeze(
  deps: LedgerDeps,
  id: string,
  by: By,
): Promise<'unfrozen' | 'unknown'> {
  const known = (await deps.ledger.freezes()).some((each) => each.id === id)
  if (!known) return 'unknown'
  await deps.ledger.commit({
    now: deps.clock.now(),
    freezes: [{ end: id }],
    events: [{ stream: 'instance', event: { type: 'freeze.over', id, by } }],
  })
  deps.log.warn('freeze.over', { freeze: id })
  return 'unfrozen'
}
