import type { z } from 'zod'
import { organizationFindings } from './checks.ts'
import { catalogFindings, placeRule, type PlacedRule } from './checks-catalog.ts'
import { ruleFindings } from './checks-rules.ts'
import { findingsOf, toProblems } from './issues.ts'
import { organizationSchema, repositorySchema } from './schema.ts'
import type { RuleDocument } from './schema-rule.ts'
import { toCatalog, type Catalog } from './to-catalog.ts'
import { toRole } from './to-role.ts'
import type { PolicyProblem, RoleDefinition, Rule } from './types.ts'
import { readYaml, type SourceDocument } from './yaml-document.ts'

/** The organization's document: checked in itself, its own rules against its own catalog too. */
export interface OrganizationPolicy extends Catalog {
  readonly roles: ReadonlyMap<string, RoleDefinition>
  readonly rules: readonly Rule[]
}

/** A repository's document: checked in itself. What its rules say of the catalog is checked when the two are merged. */
export interface RepositoryPolicy {
  readonly document: SourceDocument
  readonly rules: readonly PlacedRule[]
}

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] }

/** In characters. A repository's writers may write theirs, so it is read for less. */
export const documentLengthMax = { organization: 512 * 1024, repository: 64 * 1024 }

/** `file` names the document in problems. Never throws, whatever the text. */
export function parseOrganizationPolicy(text: string, file: string): Parsed<OrganizationPolicy> {
  const read = readAs(organizationSchema, text, file, documentLengthMax.organization)
  if (!read.ok) return read
  const { value, document } = read
  const roles = new Map(
    Object.entries(value.roles).map(([name, role]) => [name, toRole(name, role)]),
  )
  const placed = placeRules(value.rules ?? [], 'organization')
  const findings = [
    ...organizationFindings(value),
    ...placed.flatMap((rule) => catalogFindings(rule, roles)),
  ]
  if (findings.length > 0) return { ok: false, problems: toProblems(document, findings) }
  return { ok: true, value: { ...toCatalog(value), roles, rules: placed.map(({ rule }) => rule) } }
}

/** As `parseOrganizationPolicy`. */
export function parseRepositoryPolicy(text: string, file: string): Parsed<RepositoryPolicy> {
  const read = readAs(repositorySchema, text, file, documentLengthMax.repository)
  if (!read.ok) return read
  const { value, document } = read
  const findings = ruleFindings(value.rules)
  if (findings.length > 0) return { ok: false, problems: toProblems(document, findings) }
  return { ok: true, value: { document, rules: placeRules(value.rules, 'repository') } }
}

/** One that cannot be understood is left out: a finding tells of it. */
const placeRules = (rules: readonly RuleDocument[], from: Rule['from']): readonly PlacedRule[] =>
  rules.flatMap((rule, index) => placeRule(rule, from, index) ?? [])

type ReadAs<Value> =
  | { readonly ok: true; readonly value: Value; readonly document: SourceDocument }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] }

function readAs<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  file: string,
  charactersMax: number,
): ReadAs<z.output<Schema>> {
  const reading = readYaml(text, file, charactersMax)
  if (!reading.ok) return reading
  const { document } = reading
  const result = schema.safeParse(document.value)
  if (result.success) return { ok: true, value: result.data, document }
  return { ok: false, problems: toProblems(document, findingsOf(result.error.issues, document)) }
}
