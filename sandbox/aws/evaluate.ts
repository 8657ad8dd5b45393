// IAM's decision over stored policies, for the operators that Hallpass and its tests use. What it cannot judge it reports.
import type { Condition, Statement } from './policy-document.ts'

export interface Question {
  readonly action: string
  readonly resource: string
  /** Keys in lower case. Dates in ISO 8601. */
  readonly context: ReadonlyMap<string, string>
}

export interface Source {
  /** `user_<name>_<policy>`, `group_<name>_<policy>`, `role_<name>_<policy>`, or a managed policy's name. */
  readonly id: string
  readonly statements: readonly Statement[]
}

export interface Verdict {
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny'
  /** Ids of the policies that decided. */
  readonly by: readonly string[]
  /** Statements about this call that could not be judged: they counted for nothing. */
  readonly unsupported: readonly string[]
  /** Condition keys that were asked for and had no value. */
  readonly missing: readonly string[]
}

const known = new Set([
  'aws:currenttime',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:userid',
  'aws:username',
  'sts:rolesessionname',
])

/** `*` and `?` as in IAM. */
export function matchesPattern(pattern: string, text: string): boolean {
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

const operators: ReadonlyMap<string, Test> = new Map([
  ['DateGreaterThanEquals', byDate((actual, wanted) => actual >= wanted)],
  ['DateLessThan', byDate((actual, wanted) => actual < wanted)],
  ['DateLessThanEquals', byDate((actual, wanted) => actual <= wanted)],
  ['StringEquals', (actual, wanted) => actual === wanted],
  ['StringLike', (actual, wanted) => matchesPattern(wanted, actual)],
])

type Outcome = { holds: boolean; unsupported?: string; missing?: string }

function judge(condition: Condition, context: Question['context']): Outcome {
  const { operator, key, values } = condition
  const test = operators.get(operator)
  if (!test) return { holds: false, unsupported: `operator ${operator}` }
  const actual = context.get(key.toLowerCase())
  if (actual === undefined)
    return known.has(key.toLowerCase())
      ? { holds: false, missing: key }
      : { holds: false, unsupported: `key ${key}` }
  const results = values.map((wanted) => test(actual, wanted))
  if (results.includes('unjudgeable')) return { holds: false, unsupported: `value of ${key}` }
  return { holds: results.includes(true) }
}

function isAbout(statement: Statement, question: Question): boolean {
  const { action, resource } = question
  // NB: a statement with NotAction or NotResource has no list to match: it is taken to be about everything, and reported.
  const actions =
    statement.actions.length === 0 ||
    statement.actions.some((p) => matchesPattern(p.toLowerCase(), action.toLowerCase()))
  const resources =
    statement.resources.length === 0 || statement.resources.some((p) => matchesPattern(p, resource))
  return actions && resources
}

/** Deny wins, an Allow is needed. A statement that cannot be judged matches nothing, whatever its effect. */
export function evaluate(sources: readonly Source[], question: Question): Verdict {
  const by = { Allow: new Set<string>(), Deny: new Set<string>() }
  const unsupported = new Set<string>()
  const missing = new Set<string>()
  for (const { id, statements } of sources)
    for (const statement of statements.filter((s) => isAbout(s, question))) {
      const outcomes = statement.conditions.map((c) => judge(c, question.context))
      const obstacles = outcomes.flatMap((o) => o.unsupported ?? []).concat(statement.unsupported)
      for (const what of obstacles) unsupported.add(`${id}: ${what}`)
      for (const key of outcomes.flatMap((o) => o.missing ?? [])) missing.add(key)
      if (obstacles.length === 0 && outcomes.every((o) => o.holds)) by[statement.effect].add(id)
    }
  const decision =
    by.Deny.size > 0 ? 'explicitDeny' : by.Allow.size > 0 ? 'allowed' : 'implicitDeny'
  return {
    decision,
    by: [...(decision === 'explicitDeny' ? by.Deny : by.Allow)],
    unsupported: [...unsupported],
    missing: [...missing],
  }
}
