// AWS JSON 1.1: what a request says, and how it is paged through.
import { AwsFault } from '../fault.ts'

const invalid = (name: string, why: string) =>
  new AwsFault('ValidationException', `Value at '${name}' failed to satisfy constraint: ${why}`)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One JSON object of a request. */
export class Input {
  readonly #members: Readonly<Record<string, unknown>>
  constructor(members: unknown) {
    if (!isObject(members)) throw new AwsFault('SerializationException', 'Not a JSON object')
    this.#members = members
  }

  static parse(body: string): Input {
    let members: unknown
    try {
      members = JSON.parse(body)
    } catch {
      throw new AwsFault('SerializationException', 'Not JSON')
    }
    return new Input(members)
  }

  optional(name: string, pattern?: RegExp): string | undefined {
    const value = this.#members[name]
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'string') throw invalid(name, 'Member must be a string')
    if (pattern && !pattern.test(value)) throw invalid(name, `Member must match ${pattern.source}`)
    return value
  }

  required(name: string, pattern?: RegExp): string {
    const value = this.optional(name, pattern)
    if (value === undefined) throw invalid(name, 'Member must not be null')
    return value
  }

  object(name: string): Input | undefined {
    const value = this.#members[name]
    return value === undefined || value === null ? undefined : new Input(value)
  }

  objects(name: string): Input[] {
    const value = this.#members[name] ?? []
    if (!Array.isArray(value)) throw invalid(name, 'Member must be a list')
    return value.map((item: unknown) => new Input(item))
  }

  integer(name: string, bounds: { min: number; max: number; byDefault: number }): number {
    const value = this.#members[name] ?? bounds.byDefault
    if (!Number.isInteger(value) || Number(value) < bounds.min || Number(value) > bounds.max)
      throw invalid(name, `Member must be from ${bounds.min} to ${bounds.max}`)
    return Number(value)
  }
}

/** One page by `NextToken` and `MaxResults`, in the order of the keys: what is removed between two pages skips nothing. */
export function page<T>(items: readonly T[], keyOf: (item: T) => string, input: Input) {
  const size = input.integer('MaxResults', { min: 1, max: 100, byDefault: 100 })
  const token = input.optional('NextToken')
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString()
  const rest = items
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .filter((item) => keyOf(item) > after)
  const shown = rest.slice(0, size)
  const last = shown.at(-1)
  const more = rest.length > shown.length && last !== undefined
  return {
    shown,
    next: more ? { NextToken: Buffer.from(keyOf(last)).toString('base64url') } : {},
  }
}
