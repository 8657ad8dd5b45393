import { AwsFault } from './fault.ts'

export interface Condition {
  readonly operator: string
  readonly key: string
  readonly values: readonly string[]
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny'
  readonly actions: readonly string[]
  /** `NotAction`: it is about all others. */
  readonly notActions: readonly string[]
  /** Empty in a trust policy, which is about the role it stands on. */
  readonly resources: readonly string[]
  readonly notResources: readonly string[]
  /** `Principal.AWS` of a trust policy. */
  readonly principals: readonly string[]
  readonly conditions: readonly Condition[]
  /** Elements that are valid in AWS and that this simulation does not judge. */
  readonly unsupported: readonly string[]
}

const malformed = (message: string) => new AwsFault('MalformedPolicyDocument', message)

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function strings(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.map((item) => {
    if (typeof item === 'string') return item
    if (typeof item === 'number' || typeof item === 'boolean') return String(item)
    throw malformed('Syntax errors in policy.')
  })
}

function parseConditions(value: unknown): Condition[] {
  if (value === undefined) return []
  if (!isObject(value)) throw malformed('Syntax errors in policy.')
  return Object.entries(value).flatMap(([operator, keys]) => {
    if (!isObject(keys)) throw malformed('Syntax errors in policy.')
    return Object.entries(keys).map(([key, values]) => ({ operator, key, values: strings(values) }))
  })
}

const elements = {
  identity: ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
  trust: ['Sid', 'Effect', 'Action', 'NotAction', 'Principal', 'NotPrincipal', 'Condition'],
}

function exactlyOne(statement: Json, name: string): void {
  const given = [name, `Not${name}`].filter((key) => statement[key] !== undefined)
  if (given.length !== 1) throw malformed(`Policy statement must contain ${name.toLowerCase()}s.`)
}

function parsePrincipals(value: unknown): readonly string[] {
  if (value === '*') return ['*']
  if (!isObject(value)) throw malformed('Invalid principal in policy.')
  return value['AWS'] === undefined ? [] : strings(value['AWS'])
}

function parseStatement(value: unknown, kind: 'identity' | 'trust'): Statement {
  if (!isObject(value)) throw malformed('Syntax errors in policy.')
  const unknown = Object.keys(value).find((key) => !elements[kind].includes(key))
  if (unknown) throw malformed(`Unknown field ${unknown}`)
  const effect = value['Effect']
  if (effect !== 'Allow' && effect !== 'Deny') throw malformed('Syntax errors in policy.')
  exactlyOne(value, 'Action')
  exactlyOne(value, kind === 'trust' ? 'Principal' : 'Resource')
  const list = (key: string) => (value[key] === undefined ? [] : strings(value[key]))
  const statement = {
    effect,
    actions: list('Action'),
    notActions: list('NotAction'),
    resources: list('Resource'),
    notResources: list('NotResource'),
    principals: value['Principal'] === undefined ? [] : parsePrincipals(value['Principal']),
    conditions: parseConditions(value['Condition']),
  } as const
  const variables = [
    ...statement.resources,
    ...statement.notResources,
    ...statement.conditions.flatMap((c) => c.values),
  ]
  const unsupported = value['NotPrincipal'] === undefined ? [] : ['NotPrincipal']
  if (variables.some((text) => text.includes('${'))) unsupported.push('policy variables')
  return { ...statement, unsupported }
}

type Kind = 'identity' | 'trust'

/** What was parsed already: every decision asks for the same few documents again. */
const parsed = new Map<string, readonly Statement[]>()
const parsedMax = 20_000

/** Throws MalformedPolicyDocument. */
export function parsePolicy(text: string, kind: Kind): readonly Statement[] {
  const key = `${kind} ${text}`
  const known = parsed.get(key)
  if (known) return known
  const statements = parse(text, kind)
  if (parsed.size >= parsedMax) parsed.clear()
  parsed.set(key, statements)
  return statements
}

function parse(text: string, kind: Kind): readonly Statement[] {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw malformed('This policy contains invalid Json')
  }
  if (!isObject(document)) throw malformed('Syntax errors in policy.')
  const { Version: version, Statement: body, ...rest } = document
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17')
    throw malformed('The policy must contain a valid version string')
  if (Object.keys(rest).some((key) => key !== 'Id')) throw malformed('Syntax errors in policy.')
  const list: readonly unknown[] = Array.isArray(body) ? body : [body]
  return list.map((statement) => parseStatement(statement, kind))
}

/** What counts against IAM's limits on inline policies. */
export const nonWhitespaceLength = (text: string) => text.replace(/\s/g, '').length
