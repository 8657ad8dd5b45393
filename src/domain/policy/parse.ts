import type { z } from 'zod'
import { catalogFindings, organizationFindings, ruleFindings } from './checks.ts'
import { findingsOf, toProblems, type Finding } from './issues.ts'
import {
  organizationSchema,
  repositorySchema,
  type OrganizationDocument,
  type RoleDocument,
  type RuleDocument,
} from './schema.ts'
import type { CloudRole } from '../lanes/types.ts'
import { leftOut, leftOutOfRole, leftOutOfApproval } from './left-out.ts'
import type { Identity, Policy, PolicyProblem, RoleDefinition, Rule } from './types.ts'
import { readYaml, type Position, type SourceDocument } from './yaml-document.ts'

/** The organization's document: checked in itself, its own rules against its own catalog too. */
export interface OrganizationPolicy {
  readonly roles: ReadonlyMap<string, RoleDefinition>
  readonly rules: readonly Rule[]
  readonly identities: readonly Identity[]
  readonly enrolled: ReadonlySet<number> | undefined
  readonly enrolledBy: Policy['enrolledBy']
  readonly limits: Policy['limits']
  readonly onCall: Policy['onCall']
  readonly identitySources: Policy['identitySources']
  readonly widening: Policy['widening']
}

/** A repository's document: checked in itself. What its rules say of the catalog is checked when the two are merged. */
export interface RepositoryPolicy {
  readonly file: string
  readonly rules: readonly PlacedRule[]
}
export interface PlacedRule {
  readonly rule: Rule
  readonly at: { readonly give: Position; readonly for: Position }
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
  const rules = (value.rules ?? []).map((rule) => toRule(rule, 'organization'))
  const findings = [
    ...organizationFindings(value),
    ...rules.flatMap((rule, index) => ofCatalog(rule, roles, index)),
  ]
  if (findings.length > 0) return { ok: false, problems: toProblems(document, findings) }
  const identities = (value.identities ?? []).map(toIdentity)
  const enrolled = value.enrolled === undefined ? undefined : new Set(value.enrolled)
  return { ok: true, value: { ...leftOut, roles, rules, identities, enrolled } }
}

/** As `parseOrganizationPolicy`. */
export function parseRepositoryPolicy(text: string, file: string): Parsed<RepositoryPolicy> {
  const read = readAs(repositorySchema, text, file, documentLengthMax.repository)
  if (!read.ok) return read
  const { value, document } = read
  const findings = ruleFindings(value.rules)
  if (findings.length > 0) return { ok: false, problems: toProblems(document, findings) }
  const rules = value.rules.map((rule, index) => ({
    rule: toRule(rule, 'repository'),
    at: {
      give: document.at(['rules', index, 'give'], 'value'),
      for: document.at(['rules', index, 'for'], 'value'),
    },
  }))
  return { ok: true, value: { file, rules } }
}

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

const ofCatalog = (
  rule: Rule,
  roles: ReadonlyMap<string, RoleDefinition>,
  index: number,
): readonly Finding[] =>
  catalogFindings(rule, roles).map(({ key, message }) => ({
    path: ['rules', index, key],
    part: 'value',
    message,
  }))

const toRole = (name: string, role: RoleDocument): RoleDefinition => ({
  name,
  description: role.description,
  bindings: role.bindings.map(({ aws }) => toCloudRole(aws)),
  repositories: role.repositories,
  eligible: role.eligible,
  lease: { defaultSeconds: role.lease.default, maxSeconds: role.lease.max },
  residualSeconds: role.residual ?? 0,
  approval: role.approval === 'none' ? 'none' : { stages: [role.approval], ...leftOutOfApproval },
  ...leftOutOfRole,
  forks: role.forks ?? false,
  publicRepositories: role.public ?? false,
})

const toCloudRole = ({
  account,
  assume,
  allow = [],
}: RoleDocument['bindings'][number]['aws']): CloudRole =>
  assume === undefined
    ? { cloud: 'aws', mode: 'inline-permissions', account, allow }
    : { cloud: 'aws', mode: 'assume-role', account, roleArn: assume }

const toRule = (rule: RuleDocument, from: Rule['from']): Rule => ({
  name: rule.name,
  from,
  when: {
    trigger: 'review_requested',
    added: undefined,
    paths:
      rule.when.review_requested.paths === undefined
        ? undefined
        : { include: rule.when.review_requested.paths, exclude: [] },
    base: undefined,
    labels: undefined,
    author: undefined,
    actor: undefined,
    draft: undefined,
    hours: undefined,
  },
  to: 'reviewer',
  breakGlass: false,
  give: rule.give,
  forSeconds: rule.for,
  until: [...new Set(rule.until ?? (['reviewed', 'unrequested', 'closed'] as const))],
})

const toIdentity = ({
  github,
  aws = [],
}: NonNullable<OrganizationDocument['identities']>[number]): Identity => ({
  github,
  aws: aws.map(({ account, user, id }) => ({ account, user, id })),
})
