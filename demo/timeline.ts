// Who held what when, drawn in text.

export interface Span {
  readonly who: string
  readonly what: string
  readonly from: number
  /** When the cloud had stopped allowing it. */
  readonly to: number
  readonly why: string
}

const columns = 48

/** One row a span, on one scale from `start` to `end`; times in milliseconds. */
export function timeline(spans: readonly Span[], start: number, end: number): string {
  const scale = columns / Math.max(end - start, 1)
  const column = (at: number) => Math.round((at - start) * scale)
  const name = Math.max(...spans.map(({ who, what }) => `${who} ${what}`.length))
  const rows = spans.map(({ who, what, from, to, why }) => {
    const bar =
      '·'.repeat(column(from)) +
      '█'.repeat(Math.max(column(to) - column(from), 1)) +
      '·'.repeat(Math.max(columns - column(to), 0))
    return `  ${`${who} ${what}`.padEnd(name)}  ${bar.slice(0, columns)}  ${why}`
  })
  const axis = `  ${' '.repeat(name)}  0 s${`${((end - start) / 1000).toFixed(0)} s`.padStart(columns - 3)}`
  return [...rows, axis].join('\n')
}
