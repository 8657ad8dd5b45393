// The conditions of a statement: the operators and keys that Hallpass, its least privilege and its tests use.
import type { Condition } from './policy-document.ts'

/** Keys in lower case → values. Dates in ISO 8601. */
export type Context = ReadonlyMap<string, string>

const known = new Set([
  'aws:currenttime',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principaltype',
  'aws:tokenissuetime',
  'aws:userid',
  'aws:username',
  'iam:permissionsboundary',
  'iam:policyarn',
  'sts:externalid',
  'sts:rolesessionname',
])
const knownPrefixes = ['aws:requesttag/', 'aws:resourcetag/', 'iam:resourcetag/']
const isKnown = (key: string) => known.has(key) || knownPrefixes.some((p) => key.startsWith(p))

/** `*` and `?` as in IAM. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (pattern === '*') return true
  if (!/[*?]/.test(pattern)) return pattern === text
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}

type Test = (actual: string, wanted: string) => boolean | 'unjudgeable'

const byDate =
  (compare: (actual: number, wanted: number) => boolean): Test =>
  (actual, wanted) => {
    const [a, w] = [Date.parse(actual), Date.parse(wanted)]
    return Number.isNaN(a) || Number.isNaN(w) ? 'unjudgeable' : compare(a, w)
  }

/** Each of an ARN's six parts by itself, so that no wildcard reaches over a colon. */
const matchesArn: Test = (actual, wanted) => {
  const parts = (arn: string) => {
    const [partition = '', vendor = '', service = '', region = '', account = '', ...rest] =
      arn.split(':')
    return [partition, vendor, service, region, account, rest.join(':')]
  }
  const found = parts(actual)
  return parts(wanted).every((part, n) => matchesPattern(part, found[n] ?? ''))
}

const equals: Test = (actual, wanted) => actual === wanted
const equalsIgnoringCase: Test = (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase()
const like: Test = (actual, wanted) => matchesPattern(wanted, actual)

interface Operator {
  readonly test: Test
  /** Whether it holds when no value matches, and when the key has no value. */
  readonly negated: boolean
}
const is = (test: Test): Operator => ({ test, negated: false })
const isNot = (test: Test): Operator => ({ test, negated: true })

const operators: ReadonlyMap<string, Operator> = new Map([
  ['DateEquals', is(byDate((actual, wanted) => actual === wanted))],
  ['DateGreaterThan', is(byDate((actual, wanted) => actual > wanted))],
  ['DateGreaterThanEquals', is(byDate((actual, wanted) => actual >= wanted))],
  ['DateLessThan', is(byDate((actual, wanted) => actual < wanted))],
  ['DateLessThanEquals', is(byDate((actual, wanted) => actual <= wanted))],
  ['StringEquals', is(equals)],
  ['StringNotEquals', isNot(equals)],
  ['StringEqualsIgnoreCase', is(equalsIgnoringCase)],
  ['StringLike', is(like)],
  ['StringNotLike', isNot(like)],
  ['ArnEquals', is(matchesArn)],
  ['ArnLike', is(matchesArn)],
  ['ArnNotEquals', isNot(matchesArn)],
  ['ArnNotLike', isNot(matchesArn)],
])

interface Outcome {
  readonly holds: boolean
  readonly unsupported?: string
  readonly missing?: string
}

export function judge({ operator, key, values }: Condition, context: Context): Outcome {
  const lenient = operator.endsWith('IfExists')
  const found = operators.get(lenient ? operator.slice(0, -'IfExists'.length) : operator)
  if (!found && operator !== 'Null') return { holds: false, unsupported: `operator ${operator}` }
  const actual = context.get(key.toLowerCase())
  if (actual === undefined && !isKnown(key.toLowerCase()))
    return { holds: false, unsupported: `key ${key}` }
  if (!found) return { holds: values.includes(String(actual === undefined)) }
  if (actual === undefined)
    return { holds: lenient || found.negated, ...(lenient ? {} : { missing: key }) }
  const results = values.map((wanted) => found.test(actual, wanted))
  if (results.includes('unjudgeable')) return { holds: false, unsupported: `value of ${key}` }
  return { holds: results.includes(true) !== found.negated }
}
