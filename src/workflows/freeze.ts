// The kill switch. Recorded first, so that nothing new begins; then what it covers ends, however often this is asked.
import { freezingOf, type Freeze, type FreezeScope } from '../domain/grants/freeze.ts'
import type { By } from '../domain/grants/types.ts'
import { decideAll } from './decide-all.ts'
import type { Deps, LedgerDeps } from './deps.ts'

interface Frozen {
  readonly freeze: Freeze
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
  return { freeze: begun, ended: await endFrozen(deps, begun) }
}

/** In portions, until none is left that it covers. */
async function endFrozen(deps: LedgerDeps, freeze: Freeze): Promise<number> {
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

export interface Finishing {
  /** Freezes whose grants this process has not seen to their end. */
  due(): Promise<readonly string[]>
  finish(id: string): Promise<void>
}

/**
 * Whoever began a freeze may have died before its grants were ended, so every worker makes sure of each freeze once.
 * Nothing that it covers begins later.
 */
export function finishingFreezes(deps: LedgerDeps): Finishing {
  const finished = new Set<string>()
  return {
    async due() {
      const freezes = await deps.ledger.freezes()
      return freezes.flatMap(({ id }) => (finished.has(id) ? [] : [id]))
    },
    async finish(id) {
      const lasting = (await deps.ledger.freezes()).find((each) => each.id === id)
      if (lasting !== undefined) await endFrozen(deps, lasting)
      finished.add(id)
    },
  }
}

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
