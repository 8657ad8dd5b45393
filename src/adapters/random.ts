import { randomInt } from 'node:crypto'
import type { Randomness } from '../workflows/ports.ts'

/** Crockford's base 32: no i, l, o or u, so that it survives being read aloud. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const letters = (count: number): string =>
  Array.from({ length: count }, () => alphabet.charAt(randomInt(alphabet.length))).join('')

export const randomness: Randomness = {
  grantId: () => letters(12),
  instanceId: () => letters(8),
  code: () => `${letters(4)}-${letters(4)}`.toUpperCase(),
}
