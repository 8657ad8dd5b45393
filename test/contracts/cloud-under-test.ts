// One lane in one cloud for the contract of clouds, and what its tests do with it.
import { CloudError } from '../../src/domain/errors.ts'
import type { Binding, Change, Evidence, Lane } from '../../src/domain/lanes/types.ts'
import type { Instant } from '../../src/domain/time.ts'
import type { CallGuard, Cloud } from '../../src/workflows/ports.ts'

type Awaitable<T> = T | Promise<T>

/** How a real cloud is waited for, in milliseconds. */
export interface Lags {
  /** For how long what was done may not show yet, and what is a matter of time may be refused. */
  readonly settleMs: number
  /** How far its clock may be from the machine's. */
  readonly clockMs: number
  /** How long the window of a binding is whose end is waited for, and by how much it is put off. */
  readonly windowMs: number
  wait(ms: number): Promise<void>
}

/** One lane in one cloud, in one mode, and what a test does to it behind the adapter's back. */
export interface CloudUnderTest {
  readonly cloud: Cloud
  readonly lane: Lane
  /** The cloud's own time as far as it is known. Whole seconds in a twin, where it is not the machine's. */
  now(): Instant
  /** Undefined in a twin, which shows at once what was done, and whose clock is turned. */
  readonly lags?: Lags
  advance?(ms: number): void
  /** How many different bindings the lane can have. */
  readonly room: number
  /** Bindings 1, 2, 3 … of the lane: their window is open for an hour from the cloud's time at set-up. */
  binding(n: number): Binding
  /** Whether the cloud itself would let the principal use it, now. Not asked through the adapter. */
  usable(binding: Binding): Awaitable<boolean>
  /** Puts access of somebody else's on the same lane. */
  putForeign(): Awaitable<void>
  /** Everything on the lane that is none of ours, as the cloud stores it. */
  foreign(): Awaitable<unknown>
  /** What the cloud's own log tells of changes that were made by the app to what is not ours: none, or which. */
  foreignTouched?(): readonly string[]
  /** Changes the binding in the cloud. Undefined in modes in which there is nothing of it to change. */
  readonly tamper?: (binding: Binding) => Awaitable<void>
  takeAway(binding: Binding): Awaitable<void>
  /** How many calls of any kind have left for it. */
  calls(): number
  close(): Promise<void>
}

/** With what only a simulated cloud can do: turn its clock, be struck, rename people, and judge. */
export interface TwinUnderTest extends CloudUnderTest {
  advance(ms: number): void
  usable(binding: Binding): boolean
  putForeign(): void
  foreign(): unknown
  foreignTouched(): readonly string[]
  /** In clouds that address users by names which change hands. */
  readonly names?: {
    /** Whether what is put stands by itself, and has to be removed when the principal is gone. */
    readonly outlived?: true
    /** The name is given to another immutable id, and the principal is gone. */
    replacePrincipal(): void
    /** The principal gets another name and keeps what it has. Returns the lane by that name. */
    renamePrincipal(): Lane
    removePrincipal(): void
    /** The lane with another immutable id. */
    ofAnother(): Lane
  }
  /** How many bindings of this lane the cloud takes, where a test can reach that. */
  readonly capacity?: number
  /** Whatever is asked meanwhile, as often as it is: a look is asked again when it fails. */
  whileThrottling<T>(asked: () => Promise<T>): Promise<T>
  whileDown<T>(asked: () => Promise<T>): Promise<T>
  /** The next call is answered with a server's error. */
  failOnce(): void
  /** The next write is carried out and answered with a server's error. */
  writeThenFailOnce(): void
  /** From now on that share of calls goes wrong in some way, the same for the same seed. 0 ends it. */
  unreliable(share: number, seed: number): void
  /** How many calls follow a write, to see what became of it: in clouds that take changes now and make them later. */
  readonly followUps?: number
  /** How many writes have arrived. */
  writes(): number
}

export const freeGuard = (): CallGuard => ({
  signal: new AbortController().signal,
  check: () => undefined,
})

/** Lets `n` requests go and then says that the claim is over. */
export function guardFor(n: number): CallGuard {
  let left = n
  return {
    signal: new AbortController().signal,
    check() {
      left -= 1
      if (left < 0) throw new CloudError('transient', 'the claim is over')
    },
  }
}

/** The kind of CloudError that it throws; `none` when it throws nothing. Anything else is thrown on. */
export async function kindOfFailure(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'none'
  } catch (error) {
    if (error instanceof CloudError) return error.kind
    throw error
  }
}

/** One change by itself. Throws what it came to. */
export async function changeOne(
  cloud: Pick<Cloud, 'apply'>,
  lane: Lane,
  change: Change,
  guard: CallGuard,
): Promise<Evidence> {
  const applied = (await cloud.apply(lane, [change], guard)).get(change.binding.id)
  if (applied === undefined) throw new Error('Nothing was told of the change')
  if (!applied.ok) throw applied.error
  return applied.evidence
}

/** As many bindings as there are, up to `n`, and never many. */
export const someOf = (t: CloudUnderTest, n = 2): readonly Binding[] =>
  Array.from({ length: Math.min(n, t.room, 5) }, (_, index) => t.binding(index + 1))

interface Unreliable {
  unreliable(chance: {
    readonly share: number
    readonly seed: number
    readonly kinds: readonly ('throttled' | 'failed')[]
  }): void
}

/** Every call of this twin meets it until what was asked is over. */
export async function during<T>(
  twin: Unreliable,
  kind: 'throttled' | 'failed',
  asked: () => Promise<T>,
): Promise<T> {
  const strike = (share: number) => twin.unreliable({ share, seed: 1, kinds: [kind] })
  strike(1)
  try {
    return await asked()
  } finally {
    strike(0)
  }
}
