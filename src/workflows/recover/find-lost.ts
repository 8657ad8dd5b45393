// What GitHub delivered, or tried to, and is not in the inbox.
import {
  judgeAttempts,
  redeliveryMsMax,
  type Attempt,
  type LostDelivery,
} from '../../domain/deliveries/judge-attempts.ts'
import { floorToSecond, minuteMs, type Instant } from '../../domain/time.ts'
import type { RecoverDeps } from './deps.ts'

export interface Finding {
  /** What was found out about lost deliveries, new ones and former ones; what is as it was is left out. */
  readonly changed: readonly LostDelivery[]
  /** All that is known of them now. */
  readonly all: readonly LostDelivery[]
}

/** GitHub's clock may differ from ours, and its list may lag. */
const overlapMs = 15 * minuteMs

/** Changes nothing. */
export async function findLost(
  deps: Pick<RecoverDeps, 'ledger' | 'hooks' | 'log' | 'accounts' | 'isStored'>,
  now: Instant,
): Promise<Finding> {
  const { readTo, lost: known, ...made } = await deps.ledger.recovery()
  // What was delivered before this ledger was made is not its own. NB: GitHub's list tells whole seconds.
  const bornAt = floorToSecond(made.bornAt)
  const from = Math.max(bornAt, (readTo ?? bornAt) - overlapMs)
  const { attempts, cut } = await deps.hooks.attemptsSince(Math.max(from, now - redeliveryMsMax))
  if (cut) deps.log.warn('recovery.cut', { attempts: attempts.length })
  const ours = attempts.filter(await concerns(deps))
  const guids = [...ours, ...known].map(({ guid }) => guid)
  const received = await deps.ledger.received([...new Set(guids)])
  const changed = judgeAttempts({ attempts: ours, known, received, now })
  const all = new Map([...known, ...changed].map((each) => [each.guid, each]))
  return { changed, all: [...all.values()].toSorted((a, b) => a.lostAt - b.lostAt) }
}

/** What the ingress would have stored. NB: an installation that is gone may be the one that tells so. */
async function concerns({
  hooks,
  accounts,
  isStored,
}: Pick<RecoverDeps, 'hooks' | 'accounts' | 'isStored'>) {
  const accountOf = new Map(
    (await hooks.installations()).map(({ id, accountId }) => [id, accountId]),
  )
  return ({ event, installationId, repositoryId }: Attempt): boolean => {
    if (installationId === undefined || !isStored(event, repositoryId)) return false
    const accountId = accountOf.get(installationId)
    return accountId === undefined || accounts.has(accountId)
  }
}
