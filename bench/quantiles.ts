export interface Quantiles {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Of one value at least, whole numbers. The smallest value that this share of them does not exceed. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => {
    const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
    if (value === undefined) throw new Error('There is nothing to measure')
    return Math.round(value)
  }
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
