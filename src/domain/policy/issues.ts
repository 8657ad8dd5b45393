// Turns what zod found into problems with a place, and what each place is called.
import type { core } from 'zod'
import type { Path, SourceDocument } from './yaml-document.ts'
import type { PolicyProblem } from './types.ts'

const problemsMax = 50

/** Something wrong at a path of the document: `message` says what to write instead. */
export interface Finding {
  readonly path: Path
  readonly part: 'key' | 'value'
  /** NB: a function where making it takes long: only of the first 50 it is asked. */
  readonly message: string | (() => string)
  /** A key that the schema does not know. */
  readonly unknown?: true
}

export const valueAt = (path: Path, message: Finding['message']): Finding => ({
  path,
  part: 'value',
  message,
})
export const keyAt = (path: Path, message: string): Finding => ({ path, part: 'key', message })

/** One finding for each value that stands there already. */
export function repeated(
  values: readonly (string | number)[],
  path: (index: number) => Path,
  message: string,
): readonly Finding[] {
  const seen = new Set<string | number>()
  return values.flatMap((item, index) => {
    if (seen.has(item)) return [valueAt(path(index), message)]
    seen.add(item)
    return []
  })
}

/** In the document's order, the first 50. */
export function toProblems(
  document: SourceDocument,
  findings: readonly Finding[],
): readonly PolicyProblem[] {
  const problems = likely(document, findings)
    .slice(0, problemsMax)
    .map(({ path, part, message }) => ({
      file: document.file,
      ...document.at(path, part),
      message: `${label(document, path)}${typeof message === 'string' ? message : message()}`,
    }))
  // What stands behind an alias is found once for each use of it.
  const once = new Map(problems.map((problem) => [JSON.stringify(problem), problem]))
  return [...once.values()].toSorted((a, b) => a.line - b.line || a.column - b.column)
}

/** A key that is missing beside one that is not known most likely is that one: only the unknown one is told. */
function likely(document: SourceDocument, findings: readonly Finding[]): readonly Finding[] {
  const mapping = (path: Path) => JSON.stringify(path.slice(0, -1))
  const misspelt = new Set(
    findings.flatMap(({ unknown, path }) => (unknown === true ? [mapping(path)] : [])),
  )
  return findings.filter(({ path }) => !misspelt.has(mapping(path)) || document.has(path))
}

function label(document: SourceDocument, path: Path): string {
  if (path.length === 0) return ''
  const last = path.at(-1)
  const key = typeof last === 'number' ? `${String(path.at(-2) ?? '')}[${last}]` : String(last)
  const shown = key.replaceAll(/[\p{C}`]/gu, '?').slice(0, 64)
  return document.has(path) ? `\`${shown}\`: ` : `\`${shown}\` is missing: `
}

export function findingsOf(
  issues: readonly core.$ZodIssue[],
  document: SourceDocument,
  base: Path = [],
): readonly Finding[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path]
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path)
    if (issue.code === 'invalid_key')
      return [{ path, part: 'key' as const, message: issue.issues[0]?.message ?? issue.message }]
    if (issue.code === 'invalid_union') return branchFindings(issue, document, path)
    return [{ path, part: 'value' as const, message: issue.message }]
  })
}

function unknownKeys(issue: core.$ZodIssueUnrecognizedKeys, path: Path): readonly Finding[] {
  const messages = issue.message.split('\n')
  return issue.keys.map((key, index) => ({
    path: [...path, key],
    part: 'key',
    message: messages[index] ?? 'is not known',
    unknown: true,
  }))
}

/** The branch whose kind of value was written speaks; when none or several could, the union itself does. */
function branchFindings(
  issue: core.$ZodIssueInvalidUnion,
  document: SourceDocument,
  path: Path,
): readonly Finding[] {
  const otherKind = (branch: readonly core.$ZodIssue[]) =>
    branch.some(
      ({ path: at, code }) =>
        at.length === 0 && (code === 'invalid_type' || code === 'invalid_value'),
    )
  const meant = issue.errors.filter((branch) => !otherKind(branch))
  const [only] = meant
  if (only === undefined || meant.length > 1)
    return [{ path, part: 'value', message: issue.message }]
  return findingsOf(only, document, path)
}
