const lengthMax = 100

/**
 * Text that somebody else wrote, as a Markdown code span on one line: it can neither end the span, mention anybody,
 * nor reorder what stands beside it. Longer than 100 characters is cut.
 */
export function code(text: string): string {
  const characters = [...text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll('`', "'")]
  const cut =
    characters.length > lengthMax ? [...characters.slice(0, lengthMax - 1), '…'] : characters
  const shown = cut.join('').trim()
  return `\`${shown === '' ? '?' : shown}\``
}

/** `` `a` ``, `` `a` and `b` ``, `` `a`, `b` and `c` ``. */
export function codes(texts: readonly string[]): string {
  const spans = texts.map(code)
  const last = spans.at(-1) ?? ''
  return spans.length < 2 ? last : `${spans.slice(0, -1).join(', ')} and ${last}`
}
