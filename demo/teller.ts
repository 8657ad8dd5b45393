// Tells the demo as it happens: for people, or as JSON lines.

export interface Step {
  /** Stable, such as `grant.active`. */
  readonly step: string
  /** Whom or what it is about, in a word. For people. */
  readonly about: string
  /** For people. */
  readonly text: string
  readonly fields?: Readonly<Record<string, string | number | boolean>>
}

export interface Teller {
  /** The time that steps are told with counts from here; until it is called, from the beginning. */
  begin(): void
  tell(step: Step): void
  /** Only for people: headings, pictures, hints. */
  say(text: string): void
  /** The last line. */
  end(result: Readonly<Record<string, string | number>>, text: string): void
}

type Write = (line: string) => void

const aboutWidth = 'webhooks'.length

export function createTeller(json: boolean, write: Write, now: () => number): Teller {
  let start = now()
  const ms = () => Math.round(now() - start)
  const begin = () => void (start = now())
  if (json)
    return {
      begin,
      tell: ({ step, fields }) => write(JSON.stringify({ step, ms: ms(), ...fields })),
      say: () => undefined,
      end: (result) => write(JSON.stringify(result)),
    }
  return {
    begin,
    tell: ({ about, text }) =>
      write(`${seconds(ms()).padStart(8)}  ${about.padEnd(aboutWidth)}  ${text}`),
    say: write,
    end: (_result, text) => write(text),
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
