// What goes wrong in a drill, and when.
import { dice, type Dice } from '../sandbox/dice.ts'

export type CloudName = 'aws' | 'gcp' | 'azure'
export type CloudWeather = 'unreliable' | 'down' | 'throttled' | 'slow' | 'stale'
export type GitHubWeather = 'failing' | 'slow' | 'limited'

export type Strike =
  | { readonly at: number; readonly kind: 'kill'; readonly which: number; readonly all: boolean }
  | { readonly at: number; readonly kind: 'pause'; readonly which: number; readonly ms: number }
  | { readonly at: number; readonly kind: 'flush' }
  | { readonly at: number; readonly kind: 'cut' }
  | {
      readonly at: number
      readonly kind: 'cloud'
      readonly cloud: CloudName
      readonly weather: CloudWeather
      readonly ms: number
      readonly seed: number
    }
  | {
      readonly at: number
      readonly kind: 'github'
      readonly weather: GitHubWeather
      readonly ms: number
    }

export interface HavocOptions {
  readonly seed: number
  readonly kills: number
  /** In which everything is struck. */
  readonly durationMs: number
  /** How many there are to be killed and paused. */
  readonly processes: number
  /** Whether there is a database server, whose connections can be cut. */
  readonly server: boolean
  /** Whether there is a Redis, which can be emptied. */
  readonly redis: boolean
}

export function havocOf(options: HavocOptions): readonly Strike[] {
  const { seed, durationMs, server, redis } = options
  return [
    ...kills(options),
    ...(options.processes > 1 ? pauses(options) : []),
    ...(redis ? every(dice(`${seed} flush`), durationMs, 9_000, () => ({ kind: 'flush' })) : []),
    ...(server ? every(dice(`${seed} cut`), durationMs, 13_000, () => ({ kind: 'cut' })) : []),
    ...weather(options),
    ...badGitHub(options),
  ].toSorted((a, b) => a.at - b.at)
}

const graceMs = 2_000

function kills({ seed, kills: count, durationMs, processes }: HavocOptions): Strike[] {
  const die = dice(`${seed} kills`)
  const step = (durationMs - graceMs) / Math.max(1, count)
  return Array.from({ length: count }, (_, n) => ({
    at: Math.round(graceMs + (n + die()) * step),
    kind: 'kill',
    which: Math.floor(die() * processes),
    // Now and then nothing of it is left.
    all: die() < 0.06,
  }))
}

const pausedMs = { min: 500, max: 8_000 }

function pauses({ seed, durationMs, processes }: HavocOptions): Strike[] {
  const die = dice(`${seed} pauses`)
  return every(die, durationMs, 7_000, () => ({
    kind: 'pause',
    which: Math.floor(die() * processes),
    ms: Math.round(pausedMs.min + die() * (pausedMs.max - pausedMs.min)),
  }))
}

const clouds: readonly CloudName[] = ['aws', 'gcp', 'azure']
const kinds: readonly CloudWeather[] = [
  'unreliable',
  'unreliable',
  'throttled',
  'slow',
  'stale',
  'down',
]

/** Each cloud has its own bad moments, with calm between them. */
function weather({ seed, durationMs }: HavocOptions): Strike[] {
  return clouds.flatMap((cloud) => {
    const die = dice(`${seed} ${cloud}`)
    return every(die, durationMs, 12_000, () => {
      const kind = kinds[Math.floor(die() * kinds.length)] ?? 'unreliable'
      return {
        kind: 'cloud',
        cloud,
        weather: kind,
        ms: kind === 'down' ? 1_000 + Math.round(die() * 3_000) : 3_000 + Math.round(die() * 6_000),
        seed: Math.floor(die() * 1e9),
      }
    })
  })
}

const gitHubKinds: readonly GitHubWeather[] = ['failing', 'slow', 'limited']

function badGitHub({ seed, durationMs }: HavocOptions): Strike[] {
  const die = dice(`${seed} github`)
  return every(die, durationMs, 11_000, () => ({
    kind: 'github',
    weather: gitHubKinds[Math.floor(die() * gitHubKinds.length)] ?? 'failing',
    ms: 1_000 + Math.round(die() * 4_000),
  }))
}

type Timeless<T> = T extends unknown ? Omit<T, 'at'> : never

/** About as often, and never quite. */
function every(
  die: Dice,
  durationMs: number,
  aboutMs: number,
  make: () => Timeless<Strike>,
): Strike[] {
  const strikes: Strike[] = []
  for (let at = graceMs + die() * aboutMs; at < durationMs; at += aboutMs * (0.5 + die()))
    strikes.push({ ...make(), at: Math.round(at) })
  return strikes
}
