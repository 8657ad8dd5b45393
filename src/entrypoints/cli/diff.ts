import { accessDiff, widens, type AccessDiff } from '../../domain/access-diff/policies.ts'
import {
  accessHeads,
  accessWords,
  counted,
  countsInWords,
  type Versions,
} from '../../domain/messages/policy/access-table.ts'
import { formatProblem } from '../../domain/policy/format-problem.ts'
import { parseOrganizationPolicy } from '../../domain/policy/parse.ts'
import type { Output } from './grants.ts'
import { parsedFile } from './read-policy-files.ts'
import { table } from './table.ts'

/**
 * `hallpass diff <old> <new>`: what the new document changes about access. Returns the exit status: 1 for a document
 * that is wrong, and with `failOnWidening` for one that gives more.
 */
export function diff(
  files: { readonly old: string; readonly new: string },
  { json, failOnWidening }: { readonly json: boolean; readonly failOnWidening: boolean },
  output: Output,
): number {
  const before = parsedFile(files.old, parseOrganizationPolicy)
  const after = parsedFile(files.new, parseOrganizationPolicy)
  if (!before.ok || !after.ok) {
    const problems = [before, after].flatMap((each) => (each.ok ? [] : each.problems))
    if (json) output.line(JSON.stringify({ problems }, null, 2))
    else for (const problem of problems) output.line(formatProblem(problem))
    return 1
  }
  const versions = { before: before.value, after: after.value }
  const changes = accessDiff(versions.before, versions.after)
  if (json) output.line(jsonOf(changes, versions))
  else for (const line of linesOf(changes, versions)) output.line(line)
  return failOnWidening && widens(changes) ? 1 : 0
}

/** `widens` counts what is not comparable too. */
function jsonOf(changes: AccessDiff, versions: Versions): string {
  const { rows, ...words } = accessWords(versions)
  const told = {
    order: changes.order,
    widens: widens(changes),
    roles: rows.map(({ cells, ...row }) => ({
      ...row,
      ...Object.fromEntries(accessHeads.map((head, index) => [keyOf(head), plain(cells[index])])),
    })),
    changes: words.changes.map(item),
    general: words.general.map(item),
    unchanged: words.unchanged,
  }
  return JSON.stringify(told, null, 2)
}

const keys: Readonly<Record<string, string>> = {
  'against before': 'against',
  'for how long': 'long',
  'whose approval': 'approval',
}
const keyOf = (head: string): string => keys[head] ?? head

function linesOf(changes: AccessDiff, versions: Versions): readonly string[] {
  const { rows, changes: roles, general, unchanged } = accessWords(versions)
  const header = accessHeads.map((head) => head.toUpperCase())
  return [
    `Access: ${countsInWords(changes) ?? 'nothing changes'}.`,
    ...(rows.length === 0
      ? []
      : [
          '',
          table(
            header,
            rows.map(({ cells }) => cells.map(plain)),
          ),
        ]),
    ...(roles.length === 0 ? [] : ['', 'What changes:', ...roles.map(plain)]),
    ...(general.length === 0 ? [] : ['', 'For all roles:', ...general.map(plain)]),
    ...(unchanged === 0 ? [] : ['', `${counted(unchanged, 'role')} unchanged.`]),
  ]
}

/** Without what only Markdown shows. What stands in a code span is a name, and may hold stars of its own. */
const plain = (text = ''): string =>
  text
    .split(/`([^`]*)`/)
    .map((part, index) => (index % 2 === 0 ? withoutMarks(part) : part))
    .join('')
const withoutMarks = (text: string): string =>
  text.replaceAll('<br>', '; ').replaceAll('**', '').replaceAll('~~', '')
const item = (text: string): string => plain(text).replace(/^- /, '')
