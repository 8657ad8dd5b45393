// What a change of a document changes about access: a table of the roles, and what changed of each.
import { gives } from '../../access-diff/order.ts'
import {
  accessDiff,
  type AccessDiff,
  type Compared,
  type RoleDiff,
} from '../../access-diff/policies.ts'
import { code } from '../escape.ts'
import { changeWord } from './change-word.ts'
import { changesInWords } from './change-words.ts'
import { generalInWords } from './general-words.ts'
import { approvalOf, howInWords, leaseInWords, whoInWords } from './rule-words.ts'

export interface Versions {
  readonly before: Compared
  readonly after: Compared
}

/** Of the table and of the lists below it. GitHub takes 65,535 for all. */
const charactersMax = { rows: 24_000, changes: 16_000, general: 8_000 }

/** What changed, in words with names in code spans: for a check run and for the command line. */
export interface AccessWords {
  /** Those that changed, what gives more first. */
  readonly rows: readonly AccessRow[]
  /** What changed of each role besides its rules, and what changed for all of them: items of a list. */
  readonly changes: readonly string[]
  readonly general: readonly string[]
  /** How many roles are as they were. */
  readonly unchanged: number
}
export interface AccessRow {
  readonly role: string
  readonly change: RoleDiff['change']
  readonly order: RoleDiff['order']
  /** One for each of `accessHeads`. */
  readonly cells: readonly string[]
}

export function accessWords({ before, after }: Versions): AccessWords {
  const diff = accessDiff(before, after)
  const changed = diff.roles.filter(isTold).toSorted((a, b) => rank(a) - rank(b))
  return {
    rows: changed.map((each) => ({
      role: each.role,
      change: each.change,
      order: each.order,
      cells: cellsOf(each, { before, after }),
    })),
    changes: changed.flatMap((each) =>
      changesInWords(each, before.roles.get(each.role), after.roles.get(each.role)),
    ),
    general: diff.general.map((each) => generalInWords(each, before, after)),
    unchanged: diff.roles.length - changed.length,
  }
}

export function accessBlocks(versions: Versions): readonly string[] {
  const { rows, changes, general, unchanged } = accessWords(versions)
  return [
    ...(rows.length === 0 ? [] : [table(rows.map(({ cells }) => `| ${cells.join(' | ')} |`))]),
    ...block('**What changes**', within(changes, charactersMax.changes)),
    ...block('**For all roles**', within(general, charactersMax.general)),
    ...(unchanged === 0 ? [] : [`${counted(unchanged, 'role')} unchanged.`]),
  ]
}

/** `2 roles widened, 1 narrowed`. Undefined when nothing changes. */
export function countsInWords({ roles, general }: AccessDiff): string | undefined {
  const told = [...roles.filter(isTold), ...general]
  const wider = told.filter(({ order }) => gives(order)).length
  const narrower = told.filter(({ order }) => order === 'narrower').length
  const parts = [
    ...(wider === 0 ? [] : [`${wider} widened`]),
    ...(narrower === 0 ? [] : [`${narrower} narrowed`]),
  ]
  return parts.length === 0 ? undefined : parts.join(', ')
}

const isTold = ({ change, order }: RoleDiff): boolean => change !== 'unchanged' && order !== 'same'

const ranks = { wider: 0, other: 1, narrower: 2, same: 3 } as const
const rank = ({ order }: RoleDiff): number => ranks[order]

export const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`

function cellsOf(diff: RoleDiff, { before, after }: Versions): readonly string[] {
  const role = after.roles.get(diff.role) ?? before.roles.get(diff.role)
  if (role === undefined) return []
  const gone = diff.change === 'removed'
  return [
    code(diff.role),
    gone ? 'narrowed: gone' : `${changeWord(diff.order)}${diff.change === 'added' ? ': new' : ''}`,
    gone ? 'nobody' : whoInWords(role),
    howInWords(diff, gone ? [] : after.rules),
    leaseInWords(role),
    approvalOf(role),
  ]
}

export const accessHeads = [
  'role',
  'against before',
  'who',
  'how',
  'for how long',
  'whose approval',
]

function table(rows: readonly string[]): string {
  const { shown, more } = fitting(rows, charactersMax.rows)
  return [
    `| ${accessHeads.join(' | ')} |`,
    `|${accessHeads.map(() => '---').join('|')}|`,
    ...shown,
    ...(more === 0 ? [] : ['', `And ${counted(more, 'role')} more.`]),
  ].join('\n')
}

function within(lines: readonly string[], roomMax: number): readonly string[] {
  const { shown, more } = fitting(lines, roomMax)
  return more === 0 ? shown : [...shown, `- and ${more} more`]
}

const block = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`${title}\n\n${lines.join('\n')}`]

/** Whole lines, in their order, as many as there is room for. */
export function fitting(
  lines: readonly string[],
  roomMax: number,
): { readonly shown: readonly string[]; readonly more: number } {
  let length = 0
  const end = lines.findIndex((line) => (length += line.length + 1) > roomMax)
  return end === -1
    ? { shown: lines, more: 0 }
    : { shown: lines.slice(0, end), more: lines.length - end }
}
