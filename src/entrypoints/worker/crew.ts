import type { Log } from '../../workflows/ports.ts'

/** Runs so many pieces of work at once, and none twice at the same time: what comes while it runs is run once more after it. */
export interface Crew {
  /** Resolves when this piece has ended, well or not: a failure is logged here and its work is still due in the ledger. */
  run(key: string, work: () => Promise<void>): Promise<void>
  /** Resolves when nothing is in hand. */
  idle(): Promise<void>
}

interface Place {
  readonly promise: Promise<void>
  again: boolean
}

export function createCrew(size: number, log: Log): Crew {
  const places = new Map<string, Place>()
  const waiting: (() => void)[] = []
  let busy = 0

  const enter = async () => {
    if (busy >= size) await new Promise<void>((resolve) => waiting.push(resolve))
    else busy += 1
  }
  const leave = () => {
    const next = waiting.shift()
    if (next === undefined) busy -= 1
    else next()
  }

  async function perform(key: string, work: () => Promise<void>): Promise<void> {
    await enter()
    try {
      do {
        const place = places.get(key)
        if (place) place.again = false
        await work().catch((error: unknown) => log.error('work.failed', { work: key, error }))
      } while (places.get(key)?.again)
    } finally {
      places.delete(key)
      leave()
    }
  }

  return {
    run(key, work) {
      const there = places.get(key)
      if (there !== undefined) {
        there.again = true
        return there.promise
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      places.set(key, { promise, again: false })
      void perform(key, work).then(resolve)
      return promise
    },
    async idle() {
      while (places.size > 0) await Promise.all([...places.values()].map(({ promise }) => promise))
    },
  }
}
