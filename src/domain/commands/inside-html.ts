// Markdown sees HTML in pieces: what opens an element and what closes it may be blocks apart, and paragraphs between
// them lie inside it, perhaps folded away.

/** Elements that never enclose a paragraph: void ones, and those that end where the next block begins. */
const unclosed = new Set(
  'area base br col dd dt embed hr img input li link meta option p param source tbody td tfoot th thead tr track wbr'.split(
    ' ',
  ),
)

/** How many of each element are open. */
export type OpenElements = ReadonlyMap<string, number>

export const isInside = (open: OpenElements): boolean => open.size > 0

/** What is open after a piece of HTML. */
export function afterHtml(open: OpenElements, html: string): OpenElements {
  const counts = new Map(open)
  // NB: `<!-->` and `<!--->` are whole: what follows them is seen.
  const visible = html.replaceAll(/<!--(?:-?>|[\s\S]*?-->)/g, '')
  for (const [, slash, name] of visible.matchAll(/<(\/?)([a-z][a-z0-9-]*)/gi)) {
    const element = (name ?? '').toLowerCase()
    if (unclosed.has(element)) continue
    const count = (counts.get(element) ?? 0) + (slash === '/' ? -1 : 1)
    if (count > 0) counts.set(element, count)
    else counts.delete(element)
  }
  return counts
}
