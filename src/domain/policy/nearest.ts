const lengthMax = 64

/** The candidate that most likely was meant, by edit distance; undefined when none is near. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  const word = written.slice(0, lengthMax).toLowerCase()
  let best: { candidate: string; distance: number } | undefined
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate.slice(0, lengthMax).toLowerCase())
    if (distance < (best?.distance ?? Infinity)) best = { candidate, distance }
  }
  const distanceMax = Math.max(1, Math.floor(word.length / 3))
  return best !== undefined && best.distance <= distanceMax ? best.candidate : undefined
}

/** Levenshtein's distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (let j = 1; j <= to.length; j++) {
      const replaced = cell(row, j - 1) + (letter === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, cell(row, j) + 1, cell(next, j - 1) + 1))
    }
    row = next
  }
  return cell(row, to.length)
}

const cell = (row: readonly number[], index: number): number => row[index] ?? Infinity
