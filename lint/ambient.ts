// What a function could read without being handed it: the clock, chance, the environment. Each has its places.

export interface Ambient {
  readonly text: string
  /** Path prefixes where it may be read. Outside `src/` it may be read anywhere. */
  readonly in: readonly string[]
  readonly instead: string
}

const clock = ['src/adapters/', 'src/compose']
const chance = ['src/adapters/', 'src/compose']
const passClock = 'take `now` as a parameter, or the Clock port'
const passChance = 'take it as a parameter, or from the Randomness port'

const table: readonly Ambient[] = [
  // main.ts and start.ts hand it to config.ts whole.
  {
    text: 'process.env',
    in: ['src/config.ts', 'src/main.ts', 'src/start.ts'],
    instead: 'add a setting there and pass its value',
  },
  {
    text: 'node:process',
    in: [],
    instead: 'use the global `process`, which the lint rules can see',
  },
  { text: 'Date.now', in: clock, instead: passClock },
  { text: 'new Date', in: clock, instead: passClock },
  // Jitter decides nothing: it only spreads retries.
  { text: 'Math.random', in: [...chance, 'src/workflows/backoff.ts'], instead: passChance },
  { text: 'node:crypto.*', in: [...chance, 'src/entrypoints/'], instead: 'import by name' },
  ...['randomBytes', 'randomInt', 'randomUUID', 'randomFillSync', 'getRandomValues'].flatMap(
    (name) =>
      ['crypto', 'node:crypto'].map((owner) => ({
        text: `${owner}.${name}`,
        in: chance,
        instead: passChance,
      })),
  ),
]

export const ambientNames: ReadonlyMap<string, Ambient> = new Map(table.map((it) => [it.text, it]))

export const mayRead = (file: string, what: Ambient): boolean =>
  !file.startsWith('src/') || what.in.some((prefix) => file.startsWith(prefix))
