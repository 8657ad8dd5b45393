const lengthMax = 64

/** The candidate that most likely was meant, by edit distance; undefined when none is near. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  const word = written.slice(0, lengthMax).toLowerCase()
  const distanceMax = Math.max(1, Math.floor(word.length / 3))
  let best: string | undefined
  let limit = distanceMax
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate.slice(0, lengthMax).toLowerCase(), limit)
    if (distance > limit) continue
    best = candidate
    limit = distance - 1
  }
  return best
}

/** Levenshtein's distance, one row at a time; anything above `limit` once it cannot be less. */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return Infinity
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (let j = 1; j <= to.length; j++) {
      const replaced = cell(row, j - 1) + (letter === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, cell(row, j) + 1, cell(next, j - 1) + 1))
    }
    if (Math.min(...next) > limit) return Infinity
    row = next
  }
  return cell(row, to.length)
}

const cell = (row: readonly number[], index: number): number => row[index] ?? Infinity
