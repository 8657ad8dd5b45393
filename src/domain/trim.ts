/**
 * The text without these characters at both its ends. NB: no pattern: one that looks for them before the end takes
 * minutes for a long row of them that ends otherwise.
 */
export function trimmed(text: string, characters: string): string {
  const end = lastOther(text, characters)
  let start = 0
  while (start < end && characters.includes(text[start] ?? '')) start += 1
  return text.slice(start, end)
}

export const trimmedEnd = (text: string, characters: string): string =>
  text.slice(0, lastOther(text, characters))

function lastOther(text: string, characters: string): number {
  let end = text.length
  while (end > 0 && characters.includes(text[end - 1] ?? '')) end -= 1
  return end
}
