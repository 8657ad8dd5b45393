import { isHeld, waitingOf } from '../grants/phases.ts'
import type { Grant } from '../grants/types.ts'
import { blocksOf, fitted } from './blocks.ts'
import { utc } from './format.ts'
import { lastPress, runOf, titled } from './run.ts'
import { standingDenials } from './standing-denials.ts'
import type { Notice, RenderedCheck, ReportView } from './types.ts'

type Outcome = Pick<RenderedCheck, 'status' | 'conclusion' | 'title'> & {
  readonly state: string
}

/** The subject's state as a check run on its head. */
export function renderCheck(view: ReportView, headSha: string): RenderedCheck {
  const { state, ...outcome } = outcomeOf(view)
  return runOf(view, headSha, state, {
    ...outcome,
    name: 'hallpass/access',
    title: titled(outcome.title),
    summary: fitted(blocksOf(withoutTalk(view))) || 'No access was asked for.',
    actions: outcome.status === 'completed' ? buttonsOf(view) : [],
  })
}

/** Who writes a command reads the answer in the comment; who presses a button looks here. */
function withoutTalk(view: ReportView): ReportView {
  const last = lastPress(view)
  return {
    ...view,
    notices: view.notices.filter(({ kind, key }) => kind !== 'answer' || key === last?.key),
  }
}

/** The first that applies. A started check ends only when nothing is in motion. */
function outcomeOf(view: ReportView): Outcome {
  const broken = view.notices.find(({ kind }) => kind === 'policy-broken')
  if (broken !== undefined) {
    return done('failure', 'policy-broken', view.public ? 'The policy is broken' : broken.text)
  }
  const inPhase = (phase: Grant['phase']) => view.grants.filter((each) => each.phase === phase)
  const ending = inPhase('ending')
  if (ending.length > 0)
    return running('ending', `Ending: ${counted(ending, 'grant')} being removed`)
  const approved = inPhase('approved')
  if (approved.length > 0)
    return running('approved', `Being set up: ${counted(approved, 'grant')} approved`)
  const active = inPhase('active')
  // It passes a required check, also while something waits: holding access must not block the merge that ends it.
  if (active.length > 0) return done('neutral', 'active', activeTitle(view, active))
  const waiting = view.grants.filter((grant) => waitingOf(grant) !== undefined)
  if (waiting.length > 0)
    return done(
      'action_required',
      'requested',
      `${counted(waiting, 'request')} waiting for approval`,
    )
  const denied = standingDenials(view.grants)
  if (denied.length > 0) return done('failure', 'denied', deniedTitle(denied))
  if (inPhase('ended').length > 0)
    return done('success', 'ended', 'Nobody holds access: all of it is proven gone')
  return nothingGiven(view)
}

/** For the only thing that is held: of several, nobody could tell which one a button means. */
function buttonsOf({ grants }: ReportView): RenderedCheck['actions'] {
  const [grant, ...more] = grants.filter(isHeld)
  if (grant?.phase !== 'active' || more.length > 0) return []
  return grant.extension === undefined
    ? [doneButton, extendButton, revokeButton]
    : [doneButton, revokeButton]
}

const doneButton = {
  identifier: 'done',
  label: 'Done',
  description: 'I hold this and no longer need it',
}
const extendButton = {
  identifier: 'extend',
  label: 'Extend',
  description: 'As long again, for who holds this',
}
const revokeButton = {
  identifier: 'revoke',
  label: 'Revoke',
  description: 'End this access now',
}

function activeTitle({ grants, ...view }: ReportView, active: readonly Grant[]): string {
  const ends = active.flatMap((grant) => (grant.phase === 'active' ? grant.endsAt : []))
  const until = view.public ? '' : `, until ${utc(Math.max(...ends))} at the latest`
  const waiting = grants.filter((grant) => waitingOf(grant) !== undefined).length
  const also = waiting === 0 ? '' : `; ${waiting} waiting for approval`
  return `${counted(active, 'grant')} active${until}${also}`
}

const deniedTitle = ({ length }: readonly Grant[]): string =>
  length === 1 ? 'The request was denied' : `${length} requests were denied`

function nothingGiven(view: ReportView): Outcome {
  const refusal = view.notices.filter(isRefusal).toSorted((a, b) => b.at - a.at)[0]
  if (refusal !== undefined) {
    return done('skipped', 'refused', view.public ? 'Refused' : `Refused: ${refusal.text}`)
  }
  const last = view.grants.toSorted((a, b) => b.requestedAt - a.requestedAt)[0]
  if (last !== undefined) return done('skipped', last.phase, `The request was ${saidOf(last)}`)
  return done('skipped', 'none', 'No access was asked for')
}

const isRefusal = ({ kind }: Notice): boolean => kind === 'refused'
const saidOf = ({ phase }: Grant): string => (phase === 'lapsed' ? 'not approved in time' : phase)

const counted = ({ length }: readonly Grant[], what: string): string =>
  `${length} ${length === 1 ? what : `${what}s`}`

const running = (state: string, title: string): Outcome => ({
  status: 'in_progress',
  conclusion: undefined,
  state,
  title,
})
const done = (
  conclusion: NonNullable<RenderedCheck['conclusion']>,
  state: string,
  title: string,
): Outcome => ({ status: 'completed', conclusion, state, title })
