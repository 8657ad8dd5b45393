// A real account, or a twin that stands for one: who may write to it, and what is taken away from it again.
import { setTimeout } from 'node:timers/promises'
import type { Mode } from '../../src/domain/lanes/types.ts'
import type { CloudUnderTest } from '../contracts/cloud-under-test.ts'

/** The instance id that marks what the tests make. Theirs alone: everything with it is taken away. */
export const instance = 'realtest'
/** What the tests put there as somebody else's. */
export const bystander = 'bystander-of-hallpass-test'
/** What marks an account, or a thing in it, as made for these tests. */
export const madeFor = 'hallpass-test'

export interface Time {
  now(): number
  wait(ms: number): Promise<void>
}
export const realTime: Time = { now: Date.now, wait: (ms) => setTimeout(ms) }

export interface Leftover {
  /** Plain words. */
  readonly what: string
  remove(): Promise<unknown>
}

export interface RealMode {
  readonly mode: Exclude<Mode, 'by-licence'>
  readonly name: string
  setUp(): Promise<CloudUnderTest>
}

/** NB: none of its functions but `remove` and those of a mode that was set up may write. All speak by the SDK itself. */
export interface RealAccount {
  readonly name: string
  readonly time: Time
  /** For how long what was done may be refused or not show yet, in milliseconds. */
  readonly settleMs: number
  /** For how long a list may still show what was before, in milliseconds. */
  readonly lagMs: number
  /** Whose credentials these are, and what is written to: one line for people. */
  who(): Promise<string>
  /** Why this does not look made for these tests. Undefined when it does. */
  whyNotMade(): Promise<string | undefined>
  leftovers(): Promise<readonly Leftover[]>
  readonly modes: readonly RealMode[]
  close(): Promise<void>
}

export type Say = (line: string) => void

/** Says who it is, refuses what was not made for it, and takes away what a run before left. */
export async function admit(account: RealAccount, say: Say): Promise<void> {
  const why = await account.whyNotMade()
  if (why !== undefined) throw new Error(`${account.name}: nothing was written, because ${why}`)
  say(`${account.name}: ${await account.who()}`)
  await sweep(account, (what) => say(`left over from before: ${what}`))
}

/**
 * Until nothing is left, in two looks between which no list can be behind. Throws with what still stands when that takes
 * too long. Tells of each thing once.
 */
export async function sweep(account: RealAccount, tell: Say = () => undefined): Promise<void> {
  const { time, settleMs, lagMs } = account
  const until = time.now() + settleMs
  const told = new Set<string>()
  let [emptyBefore, trouble]: [boolean, unknown] = [false, undefined]
  for (let ms = 500; ; ms = Math.min(ms * 2, 30_000)) {
    const left = await account.leftovers()
    if (left.length === 0 && emptyBefore) return
    emptyBefore = left.length === 0
    const names = left.map(({ what }) => what)
    for (const name of names.filter((it) => !told.has(it))) tell(name)
    for (const name of names) told.add(name)
    if (!emptyBefore && time.now() >= until)
      throw new Error(`${account.name}: still there: ${names.join('; ')}`, { cause: trouble })
    for (const leftover of left)
      await leftover.remove().catch((error: unknown) => {
        trouble = error
      })
    await time.wait(emptyBefore ? lagMs : ms)
  }
}

/** Does it again while it fails, within bounds: of what is not asked through the adapter. */
export async function insist(
  { time, settleMs }: Pick<RealAccount, 'time' | 'settleMs'>,
  work: () => Promise<unknown>,
): Promise<void> {
  const until = time.now() + settleMs
  for (let ms = 500; ; ms = Math.min(ms * 2, 30_000))
    try {
      await work()
      return
    } catch (error) {
      if (time.now() >= until) throw error
      await time.wait(ms)
    }
}
