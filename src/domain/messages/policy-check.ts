// The check run `hallpass/policy`: what a pull request would make of a policy document, before it counts.
import { accessDiff, widens } from '../access-diff/policies.ts'
import { canonicalJson, sha256Hex } from '../log/canonical.ts'
import type { PolicyProblem, Stage } from '../policy/types.ts'
import { subjectKey } from '../subjects.ts'
import { fitted } from './blocks.ts'
import { code, line, sentence } from './escape.ts'
import {
  accessBlocks,
  counted,
  countsInWords,
  fitting,
  type Versions,
} from './policy/access-table.ts'
import { stageInWords } from './policy/general-words.ts'
import type { RenderedCheck, ReportView } from './types.ts'

interface Guard {
  readonly needs: Stage
  /** How many approvals of the head count. */
  readonly given: number
  /** How many do not, because they are by people who had a hand in it. */
  readonly setAside: number
  /** Whether none does, because it is not certain who had. */
  readonly unproven: boolean
}

/** What a pull request makes of one document. */
export interface DocumentChange {
  readonly path: string
  /** What makes the document grant nothing. Their lines are those of the head; `file` is not told. */
  readonly problems: readonly PolicyProblem[]
  /** What leaves only a part of it without effect. */
  readonly warnings: readonly PolicyProblem[]
  /** Undefined where it cannot be compared: a note or a problem says why. */
  readonly versions: Versions | undefined
  /** Sentences of ours with names in code spans. */
  readonly notes: readonly string[]
  /** Where a widening has to be approved. */
  readonly guard: Guard | undefined
}

type View = Pick<ReportView, 'instance' | 'subject' | 'public'>

/** GitHub's own limit. */
const annotationsMax = 50
const messageMax = 1_000

export function renderPolicyCheck(
  view: View,
  headSha: string,
  changes: readonly DocumentChange[],
): RenderedCheck {
  return checkOf(view, headSha, {
    ...outcomeOf(changes),
    summary: fitted(blocksOf(view, changes)),
    annotations: changes.flatMap(annotationsOf).slice(0, annotationsMax),
  })
}

/** In the place of one that asked for approval. */
export const renderClosedPolicyCheck = (view: View, headSha: string): RenderedCheck =>
  checkOf(view, headSha, {
    conclusion: 'skipped',
    title: 'Closed before those who guard the policy approved it',
    summary:
      'If it was merged, what it widens is held back: only what both versions give is given, until it is approved or taken back.',
    annotations: [],
  })

type Shown = Pick<RenderedCheck, 'conclusion' | 'title' | 'summary' | 'annotations'>

function checkOf(
  view: View,
  headSha: string,
  { conclusion, title, summary, annotations }: Shown,
): RenderedCheck {
  const shown = { status: 'completed', conclusion, title, summary, annotations } as const
  const fingerprint = sha256Hex(canonicalJson(shown))
  const where = `hallpass:${view.instance}:${subjectKey(view.subject)}`
  return {
    ...shown,
    name: 'hallpass/policy',
    headSha,
    actions: [],
    externalId: `${where}:policy:${fingerprint.slice(0, 12)}`,
    fingerprint,
  }
}

/** The worst of all documents. `action_required` keeps a required check from passing: see ADR 0009. */
function outcomeOf(
  changes: readonly DocumentChange[],
): Pick<RenderedCheck, 'conclusion' | 'title'> {
  if (changes.length === 0) return { conclusion: 'success', title: 'Changes no policy here' }
  const problems = changes.flatMap((each) => each.problems)
  if (problems.length > 0)
    return { conclusion: 'failure', title: `${counted(problems.length, 'mistake')} in the policy` }
  const counts = changes.flatMap(({ versions }) => countsOf(versions) ?? []).join('; ')
  const told = counts === '' ? '' : `: ${counts}`
  const wider = changes.filter(isWider)
  if (wider.some(isWaiting))
    return { conclusion: 'action_required', title: `Widens access and waits for approval${told}` }
  if (wider.some(({ guard }) => guard === undefined))
    return { conclusion: 'neutral', title: `Widens access${told}` }
  if (changes.some(({ versions, warnings }) => versions === undefined || warnings.length > 0))
    return { conclusion: 'neutral', title: 'Look at what this changes' }
  if (wider.length > 0) return { conclusion: 'success', title: `Widens access, approved${told}` }
  return { conclusion: 'success', title: `Widens nothing${told}` }
}

const isWider = ({ versions }: DocumentChange): boolean =>
  versions !== undefined && widens(accessDiff(versions.before, versions.after))

const isWaiting = ({ guard }: DocumentChange): boolean =>
  guard !== undefined && guard.given < guard.needs.count

const countsOf = (versions: Versions | undefined): string | undefined =>
  versions === undefined ? undefined : countsInWords(accessDiff(versions.before, versions.after))

const annotationsOf = ({ path, problems, warnings }: DocumentChange) => [
  ...problems.map((problem) => annotationOf(path, problem, 'failure')),
  ...warnings.map((problem) => annotationOf(path, problem, 'warning')),
]

const annotationOf = (
  path: string,
  { line: at, column, message }: PolicyProblem,
  level: 'failure' | 'warning',
) => ({
  path,
  startLine: at,
  endLine: at,
  level,
  message: line(`Column ${column}: ${message}`, messageMax),
})

function blocksOf(view: View, changes: readonly DocumentChange[]): readonly string[] {
  const remarks = changes.flatMap((each) => [...each.problems, ...each.warnings]).length
  return [
    ...changes.flatMap((change) => documentBlocks(view, change)),
    ...(remarks > annotationsMax
      ? [`GitHub shows ${annotationsMax} of ${remarks} remarks on the lines of the files.`]
      : []),
    'Nothing of this counts before it is merged: until then the document on the base branch decides.',
  ]
}

function documentBlocks(view: View, change: DocumentChange): readonly string[] {
  const { path, problems, warnings, versions, notes } = change
  return [
    `### ${code(path)}`,
    ...remarksBlock('**With these mistakes it would grant nothing.**', problems),
    ...remarksBlock('**This would have no effect.**', warnings),
    ...notes.map((note) => sentence(note)),
    ...guardBlock(view, change),
    // NB: on a public repository everybody reads a check: who may hold what is not told there.
    ...(versions === undefined ? [] : view.public ? publicBlock(versions) : accessBlocks(versions)),
  ]
}

const publicBlock = (versions: Versions): readonly string[] => [
  `Against what holds now: ${countsOf(versions) ?? 'nothing changes'}.`,
]

const remarksRoomMax = 12_000

function remarksBlock(title: string, problems: readonly PolicyProblem[]): readonly string[] {
  if (problems.length === 0) return []
  const lines = problems.map(
    ({ line: at, column, message }) => `- line ${at}, column ${column}: ${sentence(message, 300)}`,
  )
  const { shown, more } = fitting(lines, remarksRoomMax)
  return [`${title}\n\n${shown.join('\n')}${more === 0 ? '' : `\n- and ${more} more`}`]
}

function guardBlock({ public: isPublic }: View, change: DocumentChange): readonly string[] {
  const { guard } = change
  if (guard === undefined || !isWider(change)) return []
  const whom = isPublic ? 'those whom the document names' : stageInWords(guard.needs)
  return [
    `**It gives more, which takes the approval of ${whom}** (not of its author, nor of anybody else who had a hand in its commits or its branch). ${guardState(guard)}`,
  ]
}

function guardState({ needs, given, setAside, unproven }: Guard): string {
  if (unproven)
    return `GitHub does not tell for certain who had a hand in this commit, so that no approval of it counts. ${mergedSo('like this')} Bring it anew, in commits that belong to accounts and from a branch of this repository.`
  if (given >= needs.count)
    return 'Enough of them have approved this commit. A push asks for it again.'
  const without = setAside === 0 ? '' : `, without ${setAside} who had a hand in it`
  return `${given} of ${needs.count} have approved this commit${without}. ${mergedSo('without them')}`
}

const mergedSo = (how: string): string =>
  `Merged ${how}, it would be held back: only what both versions give would be given.`
