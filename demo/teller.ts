// Tells the demo as it happens: for people, or as JSON lines.

export interface Step {
  /** Stable, such as `grant.active`. */
  readonly step: string
  /** For people. */
  readonly text: string
  readonly fields?: Readonly<Record<string, string | number | boolean>>
}

export interface Teller {
  tell(step: Step): void
  /** Only for people: headings, pictures, hints. */
  say(text: string): void
  /** The last line. */
  end(result: Readonly<Record<string, string | number>>, text: string): void
}

type Write = (line: string) => void

export function createTeller(json: boolean, write: Write, now: () => number): Teller {
  const start = now()
  const ms = () => Math.round(now() - start)
  if (json)
    return {
      tell: ({ step, fields }) => write(JSON.stringify({ step, ms: ms(), ...fields })),
      say: () => undefined,
      end: (result) => write(JSON.stringify(result)),
    }
  return {
    tell: ({ text }) => write(`${seconds(ms()).padStart(7)}  ${text}`),
    say: write,
    end: (_result, text) => write(text),
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
