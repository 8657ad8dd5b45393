import { CloudError } from './errors.ts'

const triesMax = 3
const pauseMs = 100

/** A timer's, as of `node:timers/promises`. */
type Pause = (ms: number, value: undefined, options: { signal: AbortSignal }) => Promise<unknown>

/**
 * For what changes nothing in a cloud. A look takes many calls: one that fails for a moment must not cost all of them,
 * or a cloud that fails every third time would never be seen. What a cloud says for how long to wait is left to whoever
 * asked. Once `signal` is aborted, the next try comes at once, and is the one to say so.
 */
export async function persistently<T>(
  attempt: () => Promise<T>,
  signal: AbortSignal,
  pause: Pause,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (failures >= triesMax || !isPassing(error)) throw error
      await pause(failures * pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof CloudError && error.kind === 'transient' && error.retryAfterMs === undefined
