import type { Log } from '../../workflows/ports.ts'

/** Whether the queue answers, told once when it stops and once when it is back. */
export interface Outage {
  /** Something failed: finds out whether the queue is down, or only this went wrong. Never throws. */
  suspect(cause: unknown): void
  readonly ongoing: boolean
  stop(): void
}

const probeEveryMs = 1_000
/** A queue that answers and yet fails is told again after this long. */
const faultEveryMs = 60_000

/** `probe` resolves when the queue answers and rejects when it does not; it must settle by itself. */
export function createOutage(probe: () => Promise<void>, log: Log): Outage {
  let state: 'up' | 'suspected' | 'down' | 'stopped' = 'up'
  let timer: NodeJS.Timeout | undefined
  let faultToldAt = -Infinity

  const answers = (): Promise<boolean> =>
    probe().then(
      () => true,
      () => false,
    )

  async function check(cause: unknown): Promise<void> {
    state = 'suspected'
    const up = await answers()
    if (state !== 'suspected') return
    state = up ? 'up' : 'down'
    if (!up) {
      log.warn('queue.down', { why: describe(cause) })
      wait()
    } else if (performance.now() - faultToldAt > faultEveryMs) {
      faultToldAt = performance.now()
      log.warn('queue.fault', { why: describe(cause) })
    }
  }

  async function ask(): Promise<void> {
    const up = await answers()
    if (state !== 'down') return
    if (!up) return wait()
    state = 'up'
    log.info('queue.back')
  }

  function wait(): void {
    timer = setTimeout(() => void ask(), probeEveryMs)
    timer.unref()
  }

  return {
    suspect(cause) {
      if (state === 'up') void check(cause)
    },
    get ongoing() {
      return state === 'down'
    },
    stop() {
      state = 'stopped'
      clearTimeout(timer)
    },
  }
}

/** NB: the message alone. An ioredis error also carries the command with its arguments, the password of AUTH among them. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  return (cause.message || code || cause.name).slice(0, 200)
}
