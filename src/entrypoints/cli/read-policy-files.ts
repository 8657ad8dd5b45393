// Policy documents from files, for commands that look at them without a running Hallpass.
import { readFileSync } from 'node:fs'
import { mergePolicy } from '../../domain/policy/merge.ts'
import {
  parseOrganizationPolicy,
  parseRepositoryPolicy,
  type Parsed,
} from '../../domain/policy/parse.ts'
import type { DocumentSource, Policy, PolicyProblem } from '../../domain/policy/types.ts'

export type ReadPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] }

/** The organization's document, and a repository's rules over it. */
export function readPolicyFiles(file: string, rulesFile: string | undefined): ReadPolicy {
  const organization = parsedFile(file, parseOrganizationPolicy)
  if (!organization.ok) return organization
  const source = { organization: sourceOf(file), repository: undefined }
  if (rulesFile === undefined) return mergePolicy(organization.value, undefined, source)
  const rules = parsedFile(rulesFile, parseRepositoryPolicy)
  if (!rules.ok) return rules
  return mergePolicy(organization.value, rules.value, {
    ...source,
    repository: sourceOf(rulesFile),
  })
}

export function parsedFile<Value>(
  file: string,
  parse: (text: string, file: string) => Parsed<Value>,
): Parsed<Value> {
  const text = readText(file)
  return typeof text === 'string' ? parse(text, file) : { ok: false, problems: [text] }
}

export function readText(file: string): string | PolicyProblem {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const message = gone ? 'There is no such file.' : 'This file cannot be read.'
    return { file, line: 1, column: 1, message }
  }
}

const sourceOf = (where: string): DocumentSource => ({ where, commit: undefined, blob: '' })
