import type { Log, LogFields } from '../../src/workflows/ports.ts'

export interface Line {
  readonly level: 'info' | 'warn' | 'error'
  readonly id: string
  readonly fields: LogFields
}

/** A log that keeps its lines, and tells who waits for one. */
export function recordedLog(): Log & { lines: Line[]; seen(id: string): Promise<Line> } {
  const lines: Line[] = []
  const waiting: { id: string; resolve: (line: Line) => void }[] = []
  const add =
    (level: Line['level']) =>
    (id: string, fields: LogFields = {}) => {
      const line = { level, id, fields }
      lines.push(line)
      for (const one of waiting.filter((w) => w.id === id)) one.resolve(line)
    }
  return {
    lines,
    info: add('info'),
    warn: add('warn'),
    error: add('error'),
    seen(id) {
      const there = lines.find((line) => line.id === id)
      if (there !== undefined) return Promise.resolve(there)
      const { promise, resolve } = Promise.withResolvers<Line>()
      waiting.push({ id, resolve })
      return promise
    },
  }
}
