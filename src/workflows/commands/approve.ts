// Yes or no to what waits under a code. A yes counts only for what was shown, judged again on what is true now.
import { apply } from '../../domain/grants/apply.ts'
import type { GrantCommand, Voice } from '../../domain/grants/commands.ts'
import { extensionOf } from '../../domain/grants/extension.ts'
import { freezableOf } from '../../domain/grants/freeze.ts'
import { revisionOf } from '../../domain/grants/revision.ts'
import type { CommandOf } from '../../domain/commands/types.ts'
import { code as quoted } from '../../domain/policy/quote.ts'
import type { Instant } from '../../domain/time.ts'
import { retryingConflicts } from '../decide-all.ts'
import type { Deps } from '../deps.ts'
import { judgeAgain, judgeExtension, type Again } from '../judge-again.ts'
import type { Commit, GrantChange } from '../ports.ts'
import { newBindingsOf } from '../start-grant.ts'
import { waitingFor, type Waiting } from './grants-here.ts'
import { carry, done, isStale, refused, type Reply, type Spoken } from './spoken.ts'
import { stand, voiceOf } from './voice.ts'

const noSuchCode =
  'That code names nothing that waits for approval here. The code that counts is the one shown now.'

export async function approve(
  deps: Deps,
  spoken: Spoken,
  { code }: CommandOf<'approve'>,
): Promise<Reply> {
  // NB: a yes that was said long ago was said about another situation.
  if (isStale(spoken, deps.clock.now()))
    return carry(deps, spoken, {}, refused('That approval is too old. Approve again.'))
  return retryingConflicts(async () => {
    const found = await waitingFor(deps, spoken, code)
    if (found === undefined) return carry(deps, spoken, {}, refused(noSuchCode))
    const voice = await voiceFor(deps, spoken, found)
    // Who may not say yes is told so before anything is read of others.
    const command = { type: 'approve', ...voice } as const
    const no = apply(command, found.grant, deps.clock.now())
    if (no.kind === 'refused') return carry(deps, spoken, {}, refused(no.reason))
    const again = await judgedAgain(deps, spoken, found)
    if (again.kind === 'refused') return carry(deps, spoken, {}, refused(reasonsOf(again)))
    const { approvals, revision } = found.waiting
    if (revisionOf(again.offer, revision.number, code).digest !== revision.digest)
      return revise(deps, spoken, found, again, 'has changed since it was shown')
    return (await stand(deps, spoken, revision.offer.approval, approvals))
      ? give(deps, spoken, found, command, guardsOf(found, again))
      : revise(deps, spoken, found, again, 'was approved by somebody who may not approve it now')
  })
}

type Offered = Extract<Again, { kind: 'offer' }>

/** An extension is judged as what was asked for then: by whom, and for how long. */
async function judgedAgain(
  deps: Deps,
  { signal }: Spoken,
  { grant, waiting }: Waiting,
): Promise<Again> {
  if (grant.phase === 'requested') return judgeAgain(deps, grant)
  const { requester, leaseSeconds } = waiting.revision.offer
  const actor = { ...requester, type: 'User' } as const
  const again = await judgeExtension(deps, grant, {
    actor,
    leaseSeconds,
    delivery: signal.delivery,
  })
  return again.kind === 'offer' ? { ...again, offer: extensionOf(grant, again.offer) } : again
}

const reasonsOf = ({ refusals }: Extract<Again, { kind: 'refused' }>): string =>
  refusals.map(({ reason }) => reason).join(' ')

const guardsOf = ({ grant }: Waiting, { limits }: Offered) => ({
  unfrozen: [freezableOf(grant.revision.offer)],
  limits,
})

export async function deny(
  deps: Deps,
  spoken: Spoken,
  { code, because }: CommandOf<'deny'>,
): Promise<Reply> {
  return retryingConflicts(async () => {
    const found = await waitingFor(deps, spoken, code)
    if (found === undefined) return carry(deps, spoken, {}, refused(noSuchCode))
    const voice = await voiceFor(deps, spoken, found)
    return give(deps, spoken, found, { type: 'deny', ...voice, because })
  })
}

async function voiceFor(deps: Deps, spoken: Spoken, { waiting }: Waiting): Promise<Voice> {
  const { code, offer } = waiting.revision
  return voiceOf(deps, spoken, code, offer.approval, await policyNow(deps, spoken))
}

/** Who is on call is read from the policy of now; without one, whoever is named by id or team may still say no. */
async function policyNow(deps: Deps, { signal, ground }: Spoken) {
  const reading = await deps.policy.readCatalog(signal.subject, ground.repository)
  return reading.kind === 'policy' ? reading.policy : { onCall: new Map<string, never>() }
}

async function give(
  deps: Deps,
  spoken: Spoken,
  { grant }: Waiting,
  command: GrantCommand,
  guards: Pick<Commit, 'unfrozen' | 'limits'> = {},
): Promise<Reply> {
  const now = deps.clock.now()
  const result = apply(command, grant, now)
  if (result.kind === 'refused') return carry(deps, spoken, {}, refused(result.reason))
  const change = changeOf(grant.version, result)
  const began = grant.phase === 'requested' && result.grant.phase === 'approved'
  const extended = result.events.some((event) => event.type === 'grant.extended')
  const newBindings = began ? newBindingsOf(deps, result.grant) : []
  const guarded = began || extended ? guards : {}
  return carry(deps, spoken, { grants: [change], newBindings, ...guarded }, done())
}

/** What would be approved is not what was shown: it is shown anew, under a code of its own. */
async function revise(
  deps: Deps,
  spoken: Spoken,
  { grant, waiting }: Waiting,
  again: Offered,
  why: string,
): Promise<Reply> {
  const now = deps.clock.now()
  const revision = revisionOf(again.offer, waiting.revision.number + 1, deps.random.code())
  const command: GrantCommand =
    grant.phase === 'requested'
      ? { type: 'revise', revision }
      : { type: 'extend', revision, lapseSeconds: secondsLeft(waiting.lapsesAt, now), voids: true }
  const result = apply(command, grant, now)
  if (result.kind === 'refused') return carry(deps, spoken, {}, refused(result.reason))
  const said = `What ${quoted(waiting.revision.code)} named ${why}. Look at it again: its code is ${quoted(revision.code)} now, and former approvals do not count.`
  const decisions = [{ grantId: grant.id, revision: revision.number, ...again.decision }]
  return carry(
    deps,
    spoken,
    { grants: [changeOf(grant.version, result)], decisions },
    refused(said),
  )
}

const secondsLeft = (until: Instant, now: Instant): number =>
  Math.max(1, Math.floor((until - now) / 1000))

const changeOf = (
  expectedVersion: number,
  { grant, events }: Pick<GrantChange, 'grant' | 'events'>,
): GrantChange => ({ grant, expectedVersion, events })
