// Answers a query from a tree of objects, with GitHub's errors.
import { QueryProblem, type Field } from './parse.ts'

export type Resolver = (args: Readonly<Record<string, unknown>>) => unknown
/** An object of the schema: its type's name and its fields. */
export class Node {
  readonly type: string
  readonly fields: Readonly<Record<string, Resolver>>
  constructor(type: string, fields: Readonly<Record<string, Resolver>>) {
    this.type = type
    this.fields = fields
  }
}

export interface FieldError {
  readonly type: string
  readonly path: readonly string[]
  readonly message: string
}
/** Thrown by a resolver: its field is null, and the others are answered. */
export class FieldProblem extends Error {
  readonly type: string
  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}

export interface Answered {
  readonly data: Record<string, unknown>
  readonly errors: FieldError[]
}

export function execute(root: Node, fields: readonly Field[]): Answered {
  const errors: FieldError[] = []
  return { data: select(root, fields, [], errors), errors }
}

function select(
  node: Node,
  fields: readonly Field[],
  path: readonly string[],
  errors: FieldError[],
): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const field of fields)
    found[field.alias] = resolve(node, field, [...path, field.alias], errors)
  return found
}

function resolve(node: Node, field: Field, path: readonly string[], errors: FieldError[]): unknown {
  if (field.name === '__typename') return node.type
  const resolver = Object.hasOwn(node.fields, field.name) ? node.fields[field.name] : undefined
  if (!resolver)
    throw new QueryProblem(`Field '${field.name}' doesn't exist on type '${node.type}'`)
  try {
    return shaped(resolver(field.args), field, path, errors)
  } catch (error) {
    if (!(error instanceof FieldProblem)) throw error
    errors.push({ type: error.type, path, message: error.message })
    return null
  }
}

function shaped(
  value: unknown,
  field: Field,
  path: readonly string[],
  errors: FieldError[],
): unknown {
  if (Array.isArray(value))
    return value.map((one, at) => shaped(one, field, [...path, String(at)], errors))
  if (value instanceof Node) {
    if (field.fields.length === 0)
      throw new QueryProblem(`Field must have selections (field '${field.name}')`)
    return select(value, field.fields, path, errors)
  }
  if (value !== null && field.fields.length > 0)
    throw new QueryProblem(`Selections can't be made on scalars (field '${field.name}')`)
  return value
}
