// Trouble by chance, which a seed determines.
import { createHash } from 'node:crypto'

/** What a call can meet. `…Afterwards`: it was carried out first. */
export type Mishap =
  | 'throttled'
  | 'failed'
  | 'failedAfterwards'
  | 'cut'
  | 'cutAfterwards'
  | 'slow'
  | 'stale'

export interface Unreliable {
  /** 0 to 1: how many of the calls are struck. 0 ends it. */
  readonly share: number
  /** The same seed strikes the same calls: counted for each operation, so that the order between operations does not matter. */
  readonly seed: number
  /** All of them unless said. */
  readonly kinds?: readonly Mishap[]
  /** 20 unless said. */
  readonly slowMs?: number
  /** How far behind a stale read is: 5000 unless said. What was there when this began is always seen. */
  readonly staleMs?: number
  /** What throttled calls are told to wait: 0 unless said. */
  readonly retryAfterSeconds?: number
}

const everyMishap: readonly Mishap[] = [
  'throttled',
  'failed',
  'failedAfterwards',
  'cut',
  'cutAfterwards',
  'slow',
  'stale',
]

/** Draws what the next call of an operation meets. */
export function drawing(how: Unreliable): (operation: string) => Mishap | undefined {
  const dice = new Map<string, () => number>()
  const kinds = how.kinds ?? everyMishap
  return (operation) => {
    const die = dice.get(operation) ?? seeded(`${how.seed} ${operation}`)
    dice.set(operation, die)
    const struck = die() < how.share
    const mishap = kinds[Math.floor(die() * kinds.length)]
    return struck ? mishap : undefined
  }
}

/** Numbers from 0 up to 1. */
function seeded(seed: string): () => number {
  let n = 0
  return () => {
    n += 1
    return createHash('sha256').update(`${seed} ${n}`).digest().readUInt32BE() / 2 ** 32
  }
}
