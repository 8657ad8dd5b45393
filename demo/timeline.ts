// Who could do it when, drawn in text.

export interface Span {
  readonly who: string
  readonly from: number
  /** When the cloud had stopped allowing it. */
  readonly to: number
  readonly why: string
}

const columns = 48

/** One row a span, on one scale from `start` to `end`, with its seconds below; times in milliseconds. */
export function timeline(spans: readonly Span[], start: number, end: number): string {
  const column = (at: number) => Math.round(((at - start) * columns) / Math.max(end - start, 1))
  const name = Math.max(...spans.map(({ who }) => who.length))
  const rows = spans.map(({ who, from, to, why }) => {
    const bar =
      '·'.repeat(column(from)) +
      '█'.repeat(Math.max(column(to) - column(from), 1)) +
      '·'.repeat(Math.max(columns - column(to), 0))
    return `  ${who.padEnd(name)}  ${bar.slice(0, columns)}  ${why}`.trimEnd()
  })
  return [...rows, `  ${' '.repeat(name)}  ${axis(end - start)}`].join('\n')
}

const labelGap = 6

/** A label under each second, or under each second one, third one …, where they would run into each other. */
function axis(lengthMs: number): string {
  const seconds = Math.floor(lengthMs / 1000)
  const step = Math.max(1, Math.ceil((labelGap * lengthMs) / 1000 / columns))
  let line = ''
  for (let second = 0; second <= seconds; second += step)
    line = `${line.padEnd(Math.round((second * 1000 * columns) / Math.max(lengthMs, 1)))}${second} s`
  return line
}
