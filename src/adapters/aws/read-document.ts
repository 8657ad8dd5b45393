// What a policy of ours says, as it is found: it may have been changed since it was written.
import type { Instant } from '../../domain/time.ts'

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function statementsOf(document: string): readonly Json[] {
  try {
    const parsed: unknown = JSON.parse(document)
    const statement = isObject(parsed) ? parsed['Statement'] : undefined
    return (Array.isArray(statement) ? statement : [statement]).filter(isObject)
  } catch {
    return []
  }
}

/** The role that it allows to assume, where that is all it does. */
export function assumedRoleOf(document: string): string | undefined {
  const [statement, ...more] = statementsOf(document)
  if (statement === undefined || more.length > 0) return undefined
  const { Action: action, Resource: resource } = statement
  return action === 'sts:AssumeRole' && typeof resource === 'string' ? resource : undefined
}

/** When the last of its statements ends. Undefined where one has no end that can be read. */
export function windowEndOf(document: string): Instant | undefined {
  const ends = statementsOf(document).map((statement) => timeIn(statement, 'DateLessThan'))
  return ends.includes(undefined) || ends.length === 0
    ? undefined
    : Math.max(...ends.filter((end) => end !== undefined))
}

/** From when on it denies everything, where that is all it does. */
export function endOfDenial(document: string): Instant | undefined {
  const [statement, ...more] = statementsOf(document)
  if (statement === undefined || more.length > 0) return undefined
  const { Effect: effect, Action: action, Resource: resource, Condition: condition } = statement
  if (effect !== 'Deny' || action !== '*' || resource !== '*') return undefined
  return condition === undefined ? 0 : timeIn(statement, 'DateGreaterThanEquals')
}

/** Whom a trust policy names: the unique id is there where it is a condition, or where nobody has it any more. */
export function trustedIn(trust: string): {
  readonly arn: string | undefined
  readonly userId: string | undefined
} {
  const [statement] = statementsOf(trust)
  const principal = statement?.['Principal']
  const arn = isObject(principal) ? textOf(principal['AWS']) : undefined
  const equals = conditionIn(statement, 'StringEquals')
  const userId = textOf(equals?.['aws:userid'])
  return { arn: arn?.startsWith('arn:') === true ? arn : undefined, userId }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

function conditionIn(statement: Json | undefined, operator: string): Json | undefined {
  const condition = statement?.['Condition']
  const found = isObject(condition) ? condition[operator] : undefined
  return isObject(found) ? found : undefined
}

function timeIn(statement: Json, operator: string): Instant | undefined {
  const time = Date.parse(textOf(conditionIn(statement, operator)?.['aws:CurrentTime']) ?? '')
  return Number.isNaN(time) ? undefined : time
}
