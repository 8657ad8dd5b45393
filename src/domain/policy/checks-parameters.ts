// Parameters of a role, and where `{name}` stands for them.
import { keyAt, valueAt, type Finding } from './issues.ts'
import { valuesMaxLeftOut } from './left-out.ts'
import { nearest } from './nearest.ts'
import { parameterNamePattern, parametersOf } from './path-globs.ts'
import type { RoleDocument } from './schema.ts'
import type { Path } from './yaml-document.ts'

const parametersMax = 5
/** Each combination of values is a policy of its own in the cloud. */
const bindingsMax = 20

export function parameterFindings(role: RoleDocument, at: Path): readonly Finding[] {
  const parameters = Object.entries(role.parameters ?? {})
  const texts = textsOf(role.bindings, [...at, 'bindings'])
  const used = new Set(texts.flatMap(({ text }) => parametersOf(text)))
  const known = parameters.map(([name]) => name)
  return [
    ...texts.flatMap((text) => textFindings(text, known)),
    ...parameters.flatMap(([name, { exists }]) =>
      existsFindings(name, exists, [...at, 'parameters', name]),
    ),
    ...known
      .filter((name) => !used.has(name))
      .map((name) =>
        keyAt(
          [...at, 'parameters', name],
          `no binding holds it: write \`{${name}}\` in one, or remove the parameter`,
        ),
      ),
    ...manyFindings(role, at),
  ]
}

interface Placed {
  readonly text: string
  readonly at: Path
}

/** Where braces may stand. */
const textsOf = (bindings: RoleDocument['bindings'], at: Path): readonly Placed[] =>
  bindings.flatMap(({ aws, gcp, azure }, index) => [
    ...awsTexts(aws ?? {}, [...at, index, 'aws']),
    ...(gcp?.only === undefined ? [] : [{ text: gcp.only, at: [...at, index, 'gcp', 'only'] }]),
    ...(azure === undefined ? [] : [{ text: azure.scope, at: [...at, index, 'azure', 'scope'] }]),
  ])

const awsTexts = (
  { assume, group, allow = [] }: Partial<NonNullable<RoleDocument['bindings'][number]['aws']>>,
  at: Path,
): readonly Placed[] => [
  ...(assume === undefined ? [] : [{ text: assume, at: [...at, 'assume'] }]),
  ...(group === undefined ? [] : [{ text: group, at: [...at, 'group'] }]),
  ...allow.flatMap(({ resources }, statement) =>
    resources.map((text, n) => ({ text, at: [...at, 'allow', statement, 'resources', n] })),
  ),
]

function textFindings({ text, at }: Placed, known: readonly string[]): readonly Finding[] {
  const problem =
    braceProblem(text) ??
    parametersOf(text)
      .map((name) => nameProblem(name, known))
      .find((found) => found !== undefined) ??
    placeProblem(text, at.at(-1))
  return problem === undefined ? [] : [valueAt(at, problem)]
}

/** IAM's own variables are `${aws:…}`. */
function braceProblem(text: string): string | undefined {
  const variables = [...text.matchAll(/\$\{([^{}]*)\}/g)].map(([, name = '']) => name)
  const own = variables.find((name) => parameterNamePattern.test(name))
  if (own !== undefined) return `write \`{${own}}\` without the \`$\``
  const rest = text.replaceAll(/\$\{[^{}]*\}/g, '').replaceAll(/\{[a-z][a-z0-9_-]{0,31}\}/g, '')
  return /[{}]/.test(rest)
    ? 'write `{name}` for a parameter of the role, and `?` for a brace that belongs to the name'
    : undefined
}

function nameProblem(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined
  const near = nearest(name, known)
  const meant =
    near === undefined ? 'write it to the `parameters` of the role' : `did you mean \`{${near}}\`?`
  return `the role has no parameter \`${name}\`; ${meant}`
}

function placeProblem(text: string, key: PropertyKey | undefined): string | undefined {
  // NB: `a*` is more than what is called `a`, and two values side by side may meet as two others.
  if (/[*?]\{[a-z]|\w\}[*?]|\w\}\{[a-z]/.test(text))
    return 'write something between `{name}` and what stands beside it, such as `{name}/*`'
  // NB: whoever can add a directory would name any role, group or scope there is.
  const anything = anythingNamed.find(([place, pattern]) => place === key && pattern.test(text))
  return anything?.[2]
}

const anythingNamed: readonly (readonly [string, RegExp, string])[] = [
  [
    'assume',
    /[/]\{[^{}]*\}$/,
    "write more of the role's name than `{name}`, such as `role/orders-{name}`",
  ],
  [
    'group',
    /^\{[^{}]*\}$/,
    "write more of the group's name than `{name}`, such as `orders-{name}`",
  ],
  [
    'scope',
    /[/]\{[^{}]*\}(?=[/]|$)/,
    'write more of the name than `{name}` between slashes, such as `resourceGroups/orders-{name}`',
  ],
]

function existsFindings(name: string, exists: string, at: Path): readonly Finding[] {
  const path = [...at, 'exists']
  if (exists.split(`{${name}}`).length !== 2 || /[{}]/.test(exists.replace(`{${name}}`, '')))
    return [valueAt(path, `write a path with \`{${name}}\` in it once, and no other braces`)]
  return exists.split('/').some((part) => ['', '.', '..'].includes(part))
    ? [valueAt(path, 'write a path from the root, without empty parts, `.` and `..`')]
    : []
}

function manyFindings(role: RoleDocument, at: Path): readonly Finding[] {
  const parameters = Object.values(role.parameters ?? {})
  if (parameters.length > parametersMax)
    return [valueAt([...at, 'parameters'], `write at most ${parametersMax} parameters`)]
  const values = parameters.reduce((all, { max = valuesMaxLeftOut }) => all * max, 1)
  const most = values * role.bindings.length
  return parameters.length === 0 || most <= bindingsMax
    ? []
    : [
        valueAt(
          [...at, 'parameters'],
          `one request could give ${most} bindings: write a lower \`max\`, for ${bindingsMax} at most`,
        ),
      ]
}
