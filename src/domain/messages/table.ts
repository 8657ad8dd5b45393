const rowsMax = 25

/** Cells are Markdown that is inert and holds no bar. */
export const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

export function table(heads: readonly string[], rows: readonly string[]): string {
  const more = rows.length - rowsMax
  return [
    row(heads),
    `|${heads.map(() => '---').join('|')}|`,
    ...rows.slice(0, rowsMax),
    ...(more > 0 ? [`\nAnd ${more} more.`] : []),
  ].join('\n')
}
