// One text for one value (RFC 8785), so that whoever holds the value can compute the same hash.
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/**
 * RFC 8785 canonical JSON. Members that are undefined are left out, as JSON does.
 * Lone surrogates become U+FFFD: they have no UTF-8, and hostile text must not make an event impossible to record.
 * Throws on what JSON cannot say: NaN, infinities, functions, cycles, undefined inside an array or at the top.
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(wellFormed(value))
  if (text === undefined) throw new TypeError('Undefined has no canonical JSON')
  return text
}

/** SHA-256 over the parts one after the other (strings as UTF-8), hex. */
export function sha256Hex(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(elementOf)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toWellFormed(), wellFormed(member)]),
  )
}

function elementOf(element: unknown): unknown {
  if (element === undefined) throw new TypeError('Undefined inside an array has no canonical JSON')
  return wellFormed(element)
}
