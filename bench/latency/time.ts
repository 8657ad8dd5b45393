// From a delivery that was accepted until the cloud is called for it, as the world sees it: one at a time, with pauses.
import { setTimeout as pause } from 'node:timers/promises'
import { quantiles, type Quantiles } from '../quantiles.ts'
import { send, type World } from '../lifecycle/world.ts'

export interface Timed {
  readonly grants: number
  /** Until the first call of any kind that is made for it, such as a look at the user. */
  readonly first_call_ms: Quantiles
  /** Until the call that gives access. */
  readonly call_ms: Quantiles
}

export interface TimeQuestion {
  readonly url: string
  readonly grants: number
  readonly pauseMs: number
}

const giving = 'PutUserPolicy'
const patienceMs = 60_000

export async function time(world: World, question: TimeQuestion): Promise<Timed> {
  const { cases, github, author } = world
  const times: { readonly first: number; readonly given: number }[] = []
  for (const { pull, reviewer } of cases.splice(0, question.grants)) {
    const called = watch(world)
    for (const delivery of github.requestReview(pull, author, reviewer))
      await send(question.url, delivery)
    const accepted = performance.now()
    const { first, given } = await called
    times.push({ first: first - accepted, given: given - accepted })
    await pause(question.pauseMs)
  }
  return {
    grants: times.length,
    first_call_ms: quantiles(times.map(({ first }) => Math.max(0, first))),
    call_ms: quantiles(times.map(({ given }) => given)),
  }
}

/** When AWS was called first from now on, and when for what gives access. */
function watch({ aws }: World): Promise<{ readonly first: number; readonly given: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ first: number; given: number }>()
  const late = setTimeout(
    () => reject(new Error(`AWS was not asked for ${giving} in a minute`)),
    patienceMs,
  )
  let first: number | undefined
  const stop = aws.intercept(({ operation }, phase) => {
    if (phase !== 'before') return
    const now = performance.now()
    first ??= now
    if (operation === giving) resolve({ first, given: now })
  })
  return promise.finally(() => {
    stop()
    clearTimeout(late)
  })
}
