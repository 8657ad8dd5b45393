// What an inline policy of ours says, as it is found: it may have been changed since it was written.
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
  const ends = statementsOf(document).map((statement) => {
    const condition = statement['Condition']
    const before = isObject(condition) ? condition['DateLessThan'] : undefined
    const end = isObject(before) ? before['aws:CurrentTime'] : undefined
    return typeof end === 'string' ? Date.parse(end) : NaN
  })
  return ends.length === 0 || ends.some(Number.isNaN) ? undefined : Math.max(...ends)
}
