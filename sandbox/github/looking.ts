// How tests look at what the App has done, and wait for it without polling.
import type { Check, Comment, Issue, ReactionContent } from './model.ts'
import type { World } from './world.ts'

export function looking(world: World) {
  return {
    comments: (on: Issue): readonly Comment[] => on.comments,
    /** Oldest first, older runs of the same name included. */
    checks: (headSha: string): readonly Check[] =>
      [...world.checks.values()].filter((check) => check.headSha === headSha),
    reactions: (on: Issue | Comment): readonly ReactionContent[] =>
      on.reactions.map(({ content }) => content),

    /** Called after every change of state. Returns how to stop it. */
    subscribe: (watcher: () => void): (() => void) => world.subscribe(watcher),

    /** What `look` finds, as soon as it finds something. Rejects when the signal aborts. */
    waitFor<T>(look: () => T | undefined | null | false, signal?: AbortSignal): Promise<T> {
      return new Promise((resolve, reject) => {
        const settle = (done: () => void) => {
          stop()
          signal?.removeEventListener('abort', abort)
          done()
        }
        const abort = () => settle(() => reject(signal?.reason as Error))
        const check = () => {
          try {
            const found = look()
            if (found) settle(() => resolve(found))
          } catch (error) {
            settle(() => reject(new Error('looking failed', { cause: error })))
          }
        }
        const stop = world.subscribe(check)
        if (signal?.aborted) abort()
        else signal?.addEventListener('abort', abort)
        check()
      })
    },
  }
}
