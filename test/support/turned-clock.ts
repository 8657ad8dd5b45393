// The services' and Hallpass's common clock. It runs as the machine's does, and a test turns it on.

export interface TurnedClock {
  readonly now: () => number
  /** Onwards only: what was promised for the time in between is due at once. */
  turn(ms: number): void
}

export function turnedClock(startAt: number = Date.now()): TurnedClock {
  let offset = startAt - Date.now()
  return {
    now: () => Date.now() + offset,
    turn(ms) {
      offset += ms
    },
  }
}
