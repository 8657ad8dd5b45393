// What a rule says of the catalog: its role is there, lasts long enough, and can be filled in.
import { formatDuration } from './durations.ts'
import { valueAt, type Finding } from './issues.ts'
import { nearest } from './nearest.ts'
import { parametersOf } from './path-globs.ts'
import type { RuleDocument } from './schema-rule.ts'
import { conditionsOf, includedAt, toRule } from './to-rule.ts'
import type { RoleDefinition, Rule } from './types.ts'
import type { Path } from './yaml-document.ts'

/** A rule, where it stands, and where its globs over changed paths stand. */
export interface PlacedRule {
  readonly rule: Rule
  readonly at: Path
  readonly globsAt: Path
}

export function placeRule(
  document: RuleDocument,
  from: Rule['from'],
  index: number,
): PlacedRule | undefined {
  const rule = toRule(document, from)
  if (rule === undefined) return undefined
  const at = ['rules', index]
  const { trigger } = rule.when
  const { paths = [] } = conditionsOf(document.when, trigger)
  return { rule, at, globsAt: includedAt(paths, [...at, 'when', trigger, 'paths']) }
}

export function catalogFindings(
  placed: PlacedRule,
  roles: ReadonlyMap<string, RoleDefinition>,
): readonly Finding[] {
  const { rule, at } = placed
  const role = roles.get(rule.give)
  if (role === undefined) return [valueAt([...at, 'give'], () => noSuchRole(rule.give, roles))]
  const unknown = unknownFindings(placed, role)
  return [
    ...leaseFindings(rule, role, at),
    ...breakGlassFindings(rule, role, at),
    // What is missing most likely is what was misspelt.
    ...(unknown.length > 0 ? unknown : unfilledFindings(rule, role, at)),
  ]
}

function noSuchRole(name: string, roles: ReadonlyMap<string, RoleDefinition>): string {
  const near = nearest(name, roles.keys())
  const meant =
    near === undefined ? "write a role of the organization's catalog" : `did you mean \`${near}\`?`
  return `the catalog has no role \`${name}\`; ${meant}`
}

function leaseFindings(rule: Rule, role: RoleDefinition, at: Path): readonly Finding[] {
  const path = [...at, 'for']
  if (rule.forSeconds === undefined) return []
  if (rule.breakGlass)
    return [valueAt(path, "leave it out: how long is said by the role's `break_glass`")]
  const { maxSeconds } = role.lease
  return rule.forSeconds <= maxSeconds
    ? []
    : [
        valueAt(
          path,
          `write at most ${formatDuration(maxSeconds)}, the longest lease of \`${rule.give}\``,
        ),
      ]
}

const breakGlassFindings = (rule: Rule, role: RoleDefinition, at: Path): readonly Finding[] =>
  !rule.breakGlass || role.breakGlass !== undefined
    ? []
    : [
        valueAt(
          [...at, 'break_glass'],
          `leave it out: \`${rule.give}\` has no \`break_glass\` in the organization's policy`,
        ),
      ]

/** A glob may name only what the role takes: a name that is misspelt would give nothing. */
function unknownFindings({ rule, globsAt }: PlacedRule, role: RoleDefinition): readonly Finding[] {
  const known = role.parameters.map(({ name }) => name)
  return (rule.when.paths?.include ?? []).flatMap((glob, index) => {
    const unknown = parametersOf(glob).find((name) => !known.includes(name))
    if (unknown === undefined) return []
    const near = nearest(unknown, known)
    const meant = near === undefined ? 'write `*` instead' : `did you mean \`{${near}}\`?`
    const message = `\`${role.name}\` has no parameter \`${unknown}\`; ${meant}`
    return [valueAt([...globsAt, index], message)]
  })
}

function unfilledFindings(rule: Rule, role: RoleDefinition, at: Path): readonly Finding[] {
  const named = new Set((rule.when.paths?.include ?? []).flatMap(parametersOf))
  const missing = role.parameters.find(({ name }) => !named.has(name))
  if (missing === undefined) return []
  const message = `\`${role.name}\` takes \`{${missing.name}}\` from the changed paths: write \`paths: ["${missing.exists}/**"]\` in \`when\``
  return [valueAt([...at, 'give'], message)]
}
