/**
 * What comes of the work, or `because` once the signal is aborted. NB: not all that works ends with its signal: whoever
 * gives credentials may never answer. It goes on unwatched then, and has to look for itself whether it still may.
 */
export async function untilAborted<T>(
  signal: AbortSignal,
  because: () => Error,
  work: () => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw because()
  const over = new AbortController()
  const aborted = Promise.withResolvers<never>()
  const end = () => aborted.reject(because())
  signal.addEventListener('abort', end, { once: true, signal: over.signal })
  try {
    return await Promise.race([work(), aborted.promise])
  } finally {
    over.abort()
  }
}
