// Trouble by chance, which a seed determines.
import { dice, type Dice } from './dice.ts'

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

/** What a call meets, and the dice for what is left open of it. */
export interface Drawn {
  readonly mishap: Mishap
  readonly die: Dice
}

/** Draws what the next call of an operation meets. */
export function drawing(how: Unreliable): (operation: string, never?: Mishap) => Drawn | undefined {
  const diceOf = new Map<string, Dice>()
  return (operation, never) => {
    const die = diceOf.get(operation) ?? dice(`${how.seed} ${operation}`)
    diceOf.set(operation, die)
    const kinds = (how.kinds ?? everyMishap).filter((kind) => kind !== never)
    const struck = die() < how.share
    const mishap = kinds[Math.floor(die() * kinds.length)]
    return struck && mishap ? { mishap, die } : undefined
  }
}
