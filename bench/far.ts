// A program of the bench's own in a process of its own, which answers one question at a time: what it costs is not the app's.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Far<Question> {
  readonly ask: <T>(question: Question) => Promise<T>
  readonly close: () => void
}

/** `program` beside `from`, which is the asker's `import.meta.url`. */
export function startFar<Question extends object>(program: string, from: string): Far<Question> {
  const child = fork(fileURLToPath(new URL(program, from)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return {
    close: () => void child.kill(),
    ask: async <T>(question: Question): Promise<T> => {
      child.send(question)
      const [said] = (await once(child, 'message')) as [{ answered?: T; failed?: string }]
      if (said.failed !== undefined) throw new Error(`${program}: ${said.failed}`)
      return said.answered as T
    },
  }
}

/** The other end: what such a program does. */
export function answerAll(answer: (question: never) => Promise<unknown>): void {
  process.on('message', (question) => {
    void answer(question as never).then(
      (answered) => process.send?.({ answered }),
      (error: unknown) => process.send?.({ failed: String(error) }),
    )
  })
  // Whoever asked is gone.
  process.on('disconnect', () => process.exit())
}
