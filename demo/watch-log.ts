import type { Log, LogFields } from '../src/workflows/ports.ts'

export interface Line {
  readonly id: string
  readonly fields: LogFields
}

/** The app's own log, which the demo tells from. */
export interface Watch {
  readonly log: Log
  /** So far, oldest first. */
  readonly lines: readonly Line[]
  /** Resolves with the first line that fits, former ones included. Rejects after `withinMs`. */
  seen(what: string, fits: (line: Line) => boolean, withinMs?: number): Promise<Line>
  /** Told of each line from now on. Returns how to leave. */
  follow(listener: (line: Line) => void): () => void
}

const patienceMs = 12_000

export function watchLog(): Watch {
  const lines: Line[] = []
  const waiting = new Set<(line: Line) => void>()
  const note = (id: string, fields: LogFields = {}) => {
    const line = { id, fields }
    lines.push(line)
    for (const wake of waiting) wake(line)
  }
  return {
    log: { info: note, warn: note, error: note },
    lines,
    seen(what, fits, withinMs = patienceMs) {
      const there = lines.find(fits)
      if (there !== undefined) return Promise.resolve(there)
      return new Promise((resolve, reject) => {
        const wake = (line: Line) => {
          if (!fits(line)) return
          clearTimeout(timer)
          waiting.delete(wake)
          resolve(line)
        }
        const timer = setTimeout(() => {
          waiting.delete(wake)
          reject(new Error(`${what} did not happen within ${withinMs / 1000} s`))
        }, withinMs)
        // It alone must not keep a demo that was interrupted from ending.
        timer.unref()
        waiting.add(wake)
      })
    },
    follow(listener) {
      waiting.add(listener)
      return () => waiting.delete(listener)
    },
  }
}
