// Runs one piece of work while holding its claim: renewed while the process is alive, and over for every call once it is lost.
import { CloudError } from '../domain/errors.ts'
import type { CallGuard, Claim, ClaimKey } from './ports.ts'
import type { Deps } from './deps.ts'

type ClaimDeps = Pick<Deps, 'ledger' | 'clock' | 'log' | 'owner' | 'stopping' | 'timing'>

/** A claim in hand. `current` is the one to commit under; `guard` bounds every call made meanwhile. */
export interface Held {
  current(): Claim
  readonly guard: CallGuard
  /** Asks the ledger whether the claim still stands, and moves its end. Throws once it was lost. */
  renew(): Promise<void>
}

/** Resolves to `busy` without running `work` when somebody else holds the claim, or this process is stopping. */
export async function underClaim<T>(
  deps: ClaimDeps,
  key: ClaimKey,
  work: (held: Held) => Promise<T>,
): Promise<T | 'busy'> {
  const { ledger, clock, timing, stopping } = deps
  if (stopping.aborted) return 'busy'
  const first = await ledger.claim(key, deps.owner, clock.now(), timing.claimMs)
  if (first === undefined) return 'busy'
  const held = hold(deps, first)
  let [began, finished] = [false, false]
  try {
    if (stopping.aborted) return 'busy'
    began = true
    const result = await work(held)
    finished = true
    return result
  } finally {
    held.stop()
    // NB: a call that was cut off may still arrive, and so may the one that a former owner left behind.
    const cutOff = began && held.guard.signal.aborted
    const settled = !cutOff && (finished || !first.takenOver)
    await giveBack(deps, held.current(), settled)
  }
}

async function giveBack({ ledger, clock, log }: ClaimDeps, claim: Claim, settled: boolean) {
  try {
    await (settled ? ledger.release(claim) : ledger.abandon(claim, clock.now()))
  } catch (error) {
    // It runs out by itself; until then nobody else can take it.
    log.warn('claim.not-released', { key: claim.key, error })
  }
}

function hold(deps: ClaimDeps, first: Claim): Held & { stop(): void } {
  const { ledger, clock, timing, stopping } = deps
  let claim = first
  let ended = false
  const lost = new AbortController()
  const signal = AbortSignal.any([lost.signal, stopping, ledger.seat.tenure()])
  // NB: a call has to be over before the claim is: a late write could undo what the next owner did.
  const marginMs = timing.claimMs / 8
  let deadline = armDeadline()
  function armDeadline() {
    const leftMs = Math.max(claim.until - marginMs - clock.now(), 0)
    const timer = setTimeout(() => lost.abort(over(claim)), leftMs)
    timer.unref()
    return timer
  }
  const check = () => {
    if (signal.aborted || clock.now() >= claim.until - marginMs) {
      lost.abort(over(claim))
      throw over(claim)
    }
  }
  const renew = async () => {
    check()
    const renewed = await ledger.renew(claim, clock.now(), timing.claimMs)
    if (ended) return
    if (renewed === undefined) lost.abort(over(claim))
    else {
      claim = renewed
      clearTimeout(deadline)
      deadline = armDeadline()
    }
    check()
  }
  const heartbeat = setInterval(() => {
    renew().catch((error: unknown) => {
      if (!lost.signal.aborted) deps.log.warn('claim.not-renewed', { key: claim.key, error })
    })
  }, timing.claimMs / 4)
  heartbeat.unref()
  return {
    current: () => claim,
    guard: { signal, check },
    renew,
    stop() {
      ended = true
      clearInterval(heartbeat)
      clearTimeout(deadline)
    },
  }
}

const over = (claim: Claim) =>
  new CloudError('transient', `The claim on ${claim.key} is over; its work is taken up again.`)
