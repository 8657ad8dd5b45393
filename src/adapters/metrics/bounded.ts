/** Undefined when it fails, or has not answered in time. */
export async function inTime<T>(ask: () => Promise<T>, ms: number): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => resolve(undefined), ms)
  try {
    return await Promise.race([ask(), late])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** Asked once at a time, and again only when the answer is that old: however many want it. */
export function remembered<T>(forMs: number, ask: () => Promise<T>): () => Promise<T> {
  let last: Promise<T> | undefined
  let askedAt = 0
  let settled = true
  return () => {
    if (last !== undefined && (!settled || performance.now() - askedAt < forMs)) return last
    askedAt = performance.now()
    settled = false
    last = ask().finally(() => {
      settled = true
    })
    // One that failed is not what others are told.
    last.catch(() => {
      last = undefined
    })
    return last
  }
}
