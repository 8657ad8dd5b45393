// The `$filter` expressions that these lists take.
import { badRequest } from './fault.ts'

export interface Filter {
  /** Nothing below the scope. */
  readonly atScope?: true
  readonly atScopeAndBelow?: true
  readonly principalId?: string
  /** The same, with what its groups have. */
  readonly assignedTo?: string
  readonly roleDefinitionId?: string
  readonly roleName?: string
  readonly type?: string
}

const compared = ['principalId', 'roleDefinitionId', 'roleName', 'type'] as const

function clause(text: string): Filter {
  if (/^atScope\(\)$/i.test(text)) return { atScope: true }
  if (/^atScopeAndBelow\(\)$/i.test(text)) return { atScopeAndBelow: true }
  const assignedTo = /^assignedTo\('([^']+)'\)$/i.exec(text)?.[1]
  if (assignedTo !== undefined) return { assignedTo }
  const [, field, value] = /^(\w+)\s+eq\s+'((?:[^']|'')*)'$/i.exec(text) ?? []
  const name = compared.find((known) => known.toLowerCase() === field?.toLowerCase())
  if (name === undefined || value === undefined)
    throw badRequest('BadRequest', `The filter '${text}' is not supported.`)
  return { [name]: value.replaceAll("''", "'") }
}

export function parseFilter(text: string | undefined, takes: readonly (keyof Filter)[]): Filter {
  if (text === undefined || text.trim() === '') return {}
  const filter = text
    .trim()
    .split(/\s+and\s+/i)
    .map(clause)
    .reduce((all, one) => ({ ...all, ...one }), {})
  const foreign = Object.keys(filter).find((key) => !takes.some((taken) => taken === key))
  if (foreign !== undefined)
    throw badRequest('BadRequest', `The filter '${foreign}' is not supported here.`)
  return filter
}
