// Tells that something may look different: at GitHub, in a cloud, in the app, or because time went by.
import type { Stage } from '../stage.ts'

export interface Changes {
  /** Resolves with the next change, at the latest after a second. Rejects when the signal aborts. */
  next(signal: AbortSignal): Promise<void>
  stop(): void
}

/** Leases end and bars grow by themselves. */
const tickMs = 1_000
/** Several changes come together: one look at them is enough. */
const gatherMs = 60

export function followChanges({ scene, watch }: Stage): Changes {
  const waiting = new Set<() => void>()
  let gathering: NodeJS.Timeout | undefined
  const tell = () => {
    gathering = undefined
    for (const wake of waiting) wake()
  }
  const changed = () => void (gathering ??= setTimeout(tell, gatherMs))
  const leave = [scene.github.subscribe(changed), watch.follow(changed)]
  const ticking = setInterval(tell, tickMs)
  return {
    next(signal) {
      return new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          waiting.delete(wake)
          signal.removeEventListener('abort', abort)
          settle()
        }
        const wake = () => end(resolve)
        const abort = () => end(() => reject(new Error('nobody looks any more')))
        if (signal.aborted) return abort()
        waiting.add(wake)
        signal.addEventListener('abort', abort)
      })
    },
    stop() {
      for (const each of leave) each()
      clearInterval(ticking)
      clearTimeout(gathering)
    },
  }
}
