// Reads the part of GraphQL that plain queries use: fields, aliases, arguments, variables. No fragments, no directives.
export interface Field {
  readonly alias: string
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  readonly fields: readonly Field[]
}
export type Variables = Readonly<Record<string, unknown>>

export class QueryProblem extends Error {}

const token = /[_A-Za-z]\w*|\$[_A-Za-z]\w*|"(?:[^"\\\n]|\\.)*"|-?\d+|\.{3}|[!(){}:=[\]@]/y
const between = /(?:[\s,\uFEFF]|#[^\n]*)*/y

function tokensOf(text: string): string[] {
  const found: string[] = []
  for (let at = skip(text, 0); at < text.length; at = skip(text, token.lastIndex)) {
    token.lastIndex = at
    const match = token.exec(text)
    if (!match) throw new QueryProblem(`Expected one of , actual: ${text.slice(at, at + 10)}`)
    found.push(match[0])
  }
  return found
}
function skip(text: string, at: number): number {
  between.lastIndex = at
  between.exec(text)
  return between.lastIndex
}

/** The fields that a query asks for at its root. */
export function parseQuery(text: string, variables: Variables): readonly Field[] {
  const left = tokensOf(text)
  const defaults: Record<string, unknown> = {}
  if (/^\w/.test(left[0] ?? '')) readHead(left, defaults)
  const fields = readFields(left, { ...defaults, ...variables })
  if (left.length > 0) throw new QueryProblem(`Only one plain query is simulated, not ${left[0]}`)
  return fields
}

/** `query`, its name, and its variables' types and defaults. */
function readHead(left: string[], defaults: Record<string, unknown>): void {
  expect(left, 'query')
  if (/^\w/.test(left[0] ?? '')) left.shift()
  if (left[0] === '(') readDeclarations(left, defaults)
}

function readDeclarations(left: string[], defaults: Record<string, unknown>): void {
  expect(left, '(')
  while (left[0] !== ')') {
    const name = next(left).slice(1)
    expect(left, ':')
    while (/^[\w[\]!]/.test(left[0] ?? '')) left.shift()
    if (left[0] === '=') defaults[name] = (left.shift(), readValue(left, {}))
  }
  left.shift()
}

function readFields(left: string[], variables: Variables): Field[] {
  expect(left, '{')
  const fields: Field[] = []
  while (left[0] !== '}') fields.push(readField(left, variables))
  left.shift()
  return fields
}

function readField(left: string[], variables: Variables): Field {
  const alias = next(left)
  if (!/^\w+$/.test(alias)) throw new QueryProblem(`${alias} is not simulated in queries`)
  const name = left[0] === ':' ? (left.shift(), next(left)) : alias
  const args = left[0] === '(' ? readArguments(left, variables) : {}
  const fields = left[0] === '{' ? readFields(left, variables) : []
  return { alias, name, args, fields }
}

function readArguments(left: string[], variables: Variables): Record<string, unknown> {
  const args: Record<string, unknown> = {}
  expect(left, '(')
  while (left[0] !== ')') {
    const name = next(left)
    expect(left, ':')
    args[name] = readValue(left, variables)
  }
  left.shift()
  return args
}

function readValue(left: string[], variables: Variables): unknown {
  const value = next(left)
  if (value.startsWith('$')) return variables[value.slice(1)] ?? null
  if (value.startsWith('"') || /^-?\d+$|^(true|false|null)$/.test(value)) return JSON.parse(value)
  throw new QueryProblem(`${value} is not simulated as a value`)
}

function next(left: string[]): string {
  const value = left.shift()
  if (value === undefined) throw new QueryProblem('Unexpected end of document')
  return value
}
function expect(left: string[], wanted: string): void {
  const value = next(left)
  if (value !== wanted) throw new QueryProblem(`Expected ${wanted}, actual: ${value}`)
}
