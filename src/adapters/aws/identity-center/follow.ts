// A change is taken now and made later: it is followed to its end, and one that runs already is not crossed.
import { setTimeout as pause } from 'node:timers/promises'
import { CloudError } from '../../../domain/errors.ts'
import type { Evidence } from '../../../domain/lanes/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import { toCloudError } from '../errors.ts'
import type { Answer } from '../exchange.ts'
import type { IdentityCenterApi } from './api.ts'
import { keyOf, type Assignment, type Kind, type Progress } from './assignment-calls.ts'
import { requireInstance } from './lanes.ts'

/** How a change ended. The evidence names its own request, and the cloud's time at which it was seen to have ended. */
export interface Ended extends Progress {
  readonly evidence: Evidence
}

export interface Follower {
  /**
   * Makes the change, or takes the one that is being made already for it. Undefined where the instance has no such
   * permission set. Throws `transient` when it takes too long.
   */
  change(kind: Kind, of: Assignment, guard: CallGuard): Promise<Ended | undefined>
}

const waitMsMax = 2_000
/** How many requests of other lanes are remembered, so that each is looked at once. */
const othersMax = 1_000

export interface Pace {
  /** For how long one change is followed. */
  readonly patienceMs: number
  /** How long until it is first asked after; then twice as long each time. */
  readonly pollMs: number
}

export function createFollower(api: IdentityCenterApi, { patienceMs, pollMs }: Pace): Follower {
  const others = new Map<string, string>()

  const remember = ({ requestId, key }: Progress) => {
    others.set(requestId, key)
    const [oldest] = others.keys()
    if (others.size > othersMax && oldest !== undefined) others.delete(oldest)
  }

  async function toEnd(
    kind: Kind,
    of: Assignment,
    begun: Seen,
    bounds: { readonly guard: CallGuard; readonly until: number },
  ): Promise<Ended> {
    const { requestId } = begun.found
    let seen = begun
    for (let waitMs = pollMs; seen.found.status === 'IN_PROGRESS';) {
      if (Date.now() + waitMs > bounds.until) throw unfinished(kind, of, requestId)
      await wait(waitMs, bounds.guard)
      waitMs = Math.min(waitMs * 2, waitMsMax)
      const answer = await api.progress(kind, { ...of, requestId }, bounds.guard)
      // NB: a read that is behind does not show it yet: nothing is said of how it ends.
      seen = known(answer) ?? seen
    }
    return { ...seen.found, evidence: { ...seen.evidence, requestId } }
  }

  /** Of this very assignment. Undefined when there is none any more. */
  async function runningOf(kind: Kind, of: Assignment, guard: CallGuard) {
    for (const requestId of await api.running(kind, of.instanceArn, guard)) {
      if ((others.get(requestId) ?? keyOf(of)) !== keyOf(of)) continue
      const answer = await api.progress(kind, { ...of, requestId }, guard)
      const seen = known(answer)
      if (seen?.found.key !== keyOf(of)) {
        if (seen) remember(seen.found)
      } else if (seen.found.status === 'IN_PROGRESS') return seen
    }
    return undefined
  }

  return {
    /**
     * NB: one that was begun before, by a process that died or whose answer was lost, may still be under way: what runs
     * the other way is waited for, so that it cannot come after ours.
     */
    async change(kind, of, guard) {
      const bounds = { guard, until: Date.now() + patienceMs }
      const opposite = kind === 'creation' ? 'deletion' : 'creation'
      const crossing = await runningOf(opposite, of, guard)
      if (crossing) await toEnd(opposite, of, crossing, bounds)
      const same = await runningOf(kind, of, guard)
      const joined = same && (await toEnd(kind, of, same, bounds))
      if (joined?.status === 'SUCCEEDED') return joined
      const begun = known(await api.begin(kind, of, guard))
      if (begun) return toEnd(kind, of, begun, bounds)
      await requireInstance(api, of.instanceArn, guard)
      return undefined
    },
  }
}

interface Seen extends Answer<Progress> {
  readonly found: Progress
}

const known = ({ found, evidence }: Answer<Progress>): Seen | undefined =>
  found && { found, evidence }

async function wait(ms: number, { signal }: CallGuard): Promise<void> {
  try {
    await pause(ms, undefined, { signal })
  } catch (error) {
    throw toCloudError(error, 'waiting for Identity Center')
  }
}

const unfinished = (kind: Kind, { account, permissionSet }: Assignment, requestId: string) =>
  new CloudError(
    'transient',
    `AWS: the ${kind} of the assignment of ${permissionSet} in account ${account} is still in progress (request ${requestId}): it is looked at again`,
  )
