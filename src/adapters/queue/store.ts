import type { BackendFactory } from 'bullmq'

/** Where BullMQ keeps its jobs: Redis or Postgres. */
export interface Store {
  /** Builds BullMQ's connection for adding jobs: fails at once while the store is down. */
  readonly producer: BackendFactory
  /** Builds its connections for working on them: waits and reconnects by itself. */
  readonly worker: BackendFactory
  /** A worker failed: for a moment it asks for nothing. BullMQ itself would try again at once, for as long as it fails. */
  rest(): void
  /** Tells the faults of the store's own connections, which mend themselves. */
  onFault(listener: (error: Error) => void): void
  /** Rejects when the store does not answer in time. */
  ping(): Promise<void>
  /** Ends the store's own connections without waiting for anybody. */
  destroy(): void
}

const answerMsMax = 5_000

/** Rejects when `answer` has not come in time, so that nobody waits on a peer that went silent. */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('no answer in time')), answerMsMax)
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
