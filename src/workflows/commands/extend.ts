// `/access extend`: a new offer for what the holder has, with the approval that the first one needed.
import { apply } from '../../domain/grants/apply.ts'
import { extensionOf } from '../../domain/grants/extension.ts'
import { freezableOf } from '../../domain/grants/freeze.ts'
import { isHeld } from '../../domain/grants/phases.ts'
import { revisionOf } from '../../domain/grants/revision.ts'
import type { Active, Approved } from '../../domain/grants/types.ts'
import type { CommandOf } from '../../domain/commands/types.ts'
import { sentence } from '../../domain/messages/escape.ts'
import { retryingConflicts } from '../decide-all.ts'
import type { Deps } from '../deps.ts'
import { judgeExtension } from '../judge-again.ts'
import type { Commit, GrantChange } from '../ports.ts'
import { grantsHere } from './grants-here.ts'
import { carry, done, isStale, refused, type Reply, type Spoken } from './spoken.ts'

/** How long an extension waits when nobody has to approve it: it never does. */
const lapseSecondsLeftOut = 86_400

export async function extend(
  deps: Deps,
  spoken: Spoken,
  { leaseSeconds }: CommandOf<'extend'>,
): Promise<Reply> {
  if (isStale(spoken, deps.clock.now()))
    return carry(deps, spoken, {}, refused('That was asked too long ago. Ask again.'))
  return retryingConflicts(async () => {
    const held = (await grantsHere(deps, spoken)).filter(isHeld)
    const own = held.filter(
      ({ revision }) => revision.offer.recipient.id === spoken.signal.actor.id,
    )
    if (own.length === 0)
      return carry(deps, spoken, {}, refused('You hold nothing here that could last longer.'))
    const tries = await Promise.all(own.map((grant) => longer(deps, spoken, grant, leaseSeconds)))
    const extended = tries.flatMap((each) => (each.kind === 'change' ? [each.commit] : []))
    const reasons = tries.flatMap((each) => (each.kind === 'refused' ? [each.because] : []))
    if (extended.length === 0) return carry(deps, spoken, {}, refused(reasons.join(' ')))
    return carry(
      deps,
      spoken,
      joined(extended),
      done(reasons.length === 0 ? undefined : sentence(reasons.join(' '))),
    )
  })
}

type Try =
  | { readonly kind: 'change'; readonly commit: Part }
  | { readonly kind: 'refused'; readonly because: string }
type Part = Required<Pick<Commit, 'grants' | 'unfrozen' | 'limits' | 'decisions'>>

async function longer(
  deps: Deps,
  spoken: Spoken,
  grant: Approved | Active,
  leaseSeconds: number | undefined,
): Promise<Try> {
  const { actor, delivery } = spoken.signal
  const again = await judgeExtension(deps, grant, {
    actor,
    delivery,
    leaseSeconds: leaseSeconds ?? grant.revision.offer.leaseSeconds,
  })
  if (again.kind === 'refused')
    return { kind: 'refused', because: again.refusals.map(({ reason }) => reason).join(' ') }
  const offer = extensionOf(grant, again.offer)
  const latest = grant.extension?.revision ?? grant.revision
  const revision = revisionOf(offer, latest.number + 1, deps.random.code())
  const lapseSeconds = offer.approval === 'none' ? lapseSecondsLeftOut : offer.approval.lapseSeconds
  const now = deps.clock.now()
  const result = apply({ type: 'extend', revision, lapseSeconds }, grant, now)
  if (result.kind === 'refused') return { kind: 'refused', because: result.reason }
  const change: GrantChange = {
    grant: result.grant,
    expectedVersion: grant.version,
    events: result.events,
  }
  return {
    kind: 'change',
    commit: {
      grants: [change],
      unfrozen: [freezableOf(grant.revision.offer)],
      limits: again.limits,
      decisions: [{ grantId: grant.id, revision: revision.number, ...again.decision }],
    },
  }
}

const joined = (parts: readonly Part[]): Part => ({
  grants: parts.flatMap(({ grants }) => grants),
  unfrozen: parts.flatMap(({ unfrozen }) => unfrozen),
  limits: parts.flatMap(({ limits }) => limits),
  decisions: parts.flatMap(({ decisions }) => decisions),
})
