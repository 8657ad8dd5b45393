// How values come back from the database: the same from a server and from the embedded one.
import pg from 'pg'

type Parser = (value: string) => unknown
type Primitive = string | number | bigint | boolean

const int8 = 20

/**
 * The parser of one Postgres type: as `pg` has it, but 64-bit integers as numbers. Throws RangeError for one that a number
 * cannot hold, rather than give back another.
 */
export function typeParser(oid: number): Parser {
  return oid === int8 ? safeInteger : pgParser(oid, 'text')
}

/** Its types know the built-in types' numbers only; a database has others too. */
const pgParser: (oid: number, format: 'text') => Parser = pg.types.getTypeParser

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} does not fit a number`)
  return value
}

/** A parameter as it is sent: text, or bytes for bytea. Arrays become Postgres array literals, objects JSON, as `pg` does. */
export function toWire(value: unknown): string | Uint8Array | null {
  if (value === null || value === undefined) return null
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  }
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return arrayLiteral(value)
  return typeof value === 'object' ? JSON.stringify(value) : `${value as Primitive}`
}

function arrayLiteral(values: readonly unknown[]): string {
  return `{${values.map(elementLiteral).join(',')}}`
}

function elementLiteral(value: unknown): string {
  if (Array.isArray(value)) return arrayLiteral(value)
  const wire = toWire(value)
  if (wire === null) return 'NULL'
  if (typeof wire !== 'string') return `\\\\x${Buffer.from(wire).toString('hex')}`
  return `"${wire.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
