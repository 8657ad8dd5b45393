import { canonicalJson, sha256Hex } from '../log/canonical.ts'
import type { Grant } from '../grants/types.ts'
import { subjectKey } from '../subjects.ts'
import { blocksOf, fitted } from './blocks.ts'
import { utc } from './format.ts'
import type { Notice, RenderedCheck, ReportView } from './types.ts'

type Outcome = Pick<RenderedCheck, 'status' | 'conclusion' | 'title'> & {
  readonly state: string
}

/** The subject's state as a check run on its head. */
export function renderCheck(view: ReportView, headSha: string): RenderedCheck {
  const { state, ...outcome } = outcomeOf(view)
  const title = plain(outcome.title)
  const summary = fitted(blocksOf(view)) || 'No access was asked for.'
  const shown = { ...outcome, title, summary }
  const fingerprint = sha256Hex(canonicalJson(shown))
  const where = `hallpass:${view.instance}:${subjectKey(view.subject)}`
  return {
    ...shown,
    name: 'hallpass/access',
    headSha,
    actions: [],
    annotations: [],
    externalId: `${where}:${state}:${fingerprint.slice(0, 12)}`,
    fingerprint,
  }
}

/** The first that applies. A started check ends only when nothing is in motion. */
function outcomeOf(view: ReportView): Outcome {
  const broken = view.notices.find(({ kind }) => kind === 'policy-broken')
  if (broken !== undefined) {
    return done('failure', 'policy-broken', view.public ? 'The policy is broken' : broken.text)
  }
  const inPhase = (phase: Grant['phase']) => view.grants.filter((each) => each.phase === phase)
  const count = (grants: readonly Grant[], is: string) =>
    `${grants.length} ${grants.length === 1 ? 'grant' : 'grants'} ${is}`
  const ending = inPhase('ending')
  if (ending.length > 0) return running('ending', `Ending: ${count(ending, 'being removed')}`)
  const approved = inPhase('approved')
  if (approved.length > 0)
    return running('approved', `Being set up: ${count(approved, 'approved')}`)
  const requested = inPhase('requested')
  if (requested.length > 0) return running('requested', count(requested, 'waiting for approval'))
  const active = inPhase('active')
  // It passes a required check: holding access must not block the merge that ends it.
  if (active.length > 0) return done('neutral', 'active', activeTitle(view, active))
  const ended = inPhase('ended')
  if (ended.length > 0)
    return done('success', 'ended', 'Nobody holds access: all of it is proven gone')
  return nothingGiven(view)
}

function activeTitle(view: ReportView, active: readonly Grant[]): string {
  const ends = active.flatMap((grant) => (grant.phase === 'active' ? grant.endsAt : []))
  const holders = `${active.length} ${active.length === 1 ? 'grant' : 'grants'} active`
  return view.public ? holders : `${holders}, until ${utc(Math.max(...ends))} at the latest`
}

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

/** A check's title is plain text on one line: a list of mistakes is cut to its first. */
function plain(title: string): string {
  const first = title.split('\n', 2).join(' ').replace(': - ', ': ').replaceAll('`', '')
  const shown = [...first.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')]
  return shown.length <= 200 ? shown.join('') : `${shown.slice(0, 199).join('')}…`
}
