import { createHash } from 'node:crypto'

/** Numbers from 0 until 1, always the same ones in a row for one seed. */
export type Dice = () => number

/** `mulberry32`. */
export function dice(seed: string): Dice {
  let state = createHash('sha256').update(seed).digest().readUInt32LE()
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
