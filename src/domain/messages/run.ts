// What all check runs of a subject have in common.
import { canonicalJson, sha256Hex } from '../log/canonical.ts'
import { subjectKey } from '../subjects.ts'
import type { Notice, RenderedCheck, ReportView } from './types.ts'

type Shown = Pick<
  RenderedCheck,
  'name' | 'status' | 'conclusion' | 'title' | 'summary' | 'actions'
> &
  Partial<Pick<RenderedCheck, 'annotations'>>

/**
 * How the external id of each run on this subject begins. NB: pull requests with the same head share its check runs:
 * one of the right name may be another's.
 */
export const runsOf = ({ instance, subject }: Pick<ReportView, 'instance' | 'subject'>): string =>
  `hallpass:${instance}:${subjectKey(subject)}:`

/** `state` has no colon. */
export function runOf(
  view: ReportView,
  headSha: string,
  state: string,
  { annotations = [], ...shown }: Shown,
): RenderedCheck {
  const pressed = shown.actions.length === 0 ? undefined : lastPress(view)?.key
  const fingerprint = sha256Hex(canonicalJson({ ...shown, annotations, pressed }))
  const externalId = `${runsOf(view)}${state}:${fingerprint.slice(0, 12)}`
  return { ...shown, annotations, headSha, externalId, fingerprint }
}

/**
 * Two presses of one button on a run that did not change are one act. Once a press was answered, what is shown counts as
 * another: whoever was refused can press again.
 */
export const lastPress = ({ notices }: ReportView): Notice | undefined =>
  notices
    .filter(({ kind, asked }) => kind === 'answer' && asked === undefined)
    .toSorted((a, b) => b.at - a.at)[0]

/** A check's title is plain text on one line: a list of mistakes is cut to its first. */
export function titled(title: string): string {
  const first = title.split('\n', 2).join(' ').replace(': - ', ': ').replaceAll('`', '')
  const shown = [...first.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')]
  return shown.length <= 200 ? shown.join('') : `${shown.slice(0, 199).join('')}…`
}
