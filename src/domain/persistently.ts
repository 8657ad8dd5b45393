import { CloudError } from './errors.ts'

const triesMax = 3

/**
 * For what changes nothing in a cloud. A look takes many calls: one that fails for a moment must not cost all of them,
 * or a cloud that fails every third time would never be seen. `pause` comes before each further try. What a cloud says
 * for how long to wait is left to whoever asked.
 */
export async function persistently<T>(
  attempt: () => Promise<T>,
  pause: (failures: number) => Promise<void>,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (failures >= triesMax || !isPassing(error)) throw error
      await pause(failures)
    }
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof CloudError && error.kind === 'transient' && error.retryAfterMs === undefined
