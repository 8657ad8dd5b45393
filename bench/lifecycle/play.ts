// The life of many grants at once, as the world sees it: a review is asked for, access stands and is told of, the review
// is given, access is gone and told of.
import { setTimeout as pause } from 'node:timers/promises'
import { quantiles, type Quantiles } from '../quantiles.ts'
import { send, type Case, type World } from './world.ts'

export interface Played {
  readonly grants: number
  /** From the first delivery until the last grant was told of as ended. */
  readonly elapsedMs: number
  readonly active_ms: Quantiles
  readonly ended_ms: Quantiles
  /** What the app asked of GitHub and of AWS for each grant, by what it was. */
  readonly callsPerGrant: Readonly<Record<'github' | 'aws', Readonly<Record<string, number>>>>
}

interface Question {
  readonly url: string
  readonly grants: number
  readonly atOnce: number
}

interface Told {
  readonly activeMs: number
  readonly endedMs: number
}

const lookEveryMs = 20
const patienceMs = 240_000

/** So many lives at once: another one begins as soon as one is over. */
export async function play(world: World, { url, grants, atOnce }: Question): Promise<Played> {
  const { cases, github, aws } = world
  const former = { github: github.calls.length, aws: aws.calls.length }
  const look = lookout()
  const lives: Told[] = []
  const waiting = cases.splice(0, grants)
  const begun = performance.now()
  const one = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      lives.push(await live(world, url, next, look.until))
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, one))
  } finally {
    look.stop()
  }
  return {
    grants: lives.length,
    elapsedMs: performance.now() - begun,
    active_ms: quantiles(lives.map(({ activeMs }) => activeMs)),
    ended_ms: quantiles(lives.map(({ endedMs }) => endedMs)),
    callsPerGrant: {
      github: perGrant(github.calls.slice(former.github), lives.length),
      aws: perGrant(aws.calls.slice(former.aws), lives.length),
    },
  }
}

function perGrant(
  calls: readonly { readonly operation: string }[],
  grants: number,
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const { operation } of calls) counts.set(operation, (counts.get(operation) ?? 0) + 1)
  return Object.fromEntries(
    [...counts]
      .toSorted(([, a], [, b]) => b - a)
      .map(([operation, count]) => [operation, Number((count / grants).toFixed(1))]),
  )
}

/** `instead` tells what is there when it does not come. */
type Until = (holds: () => boolean, instead: () => string) => Promise<void>

async function live(
  { github, author }: World,
  url: string,
  { pull, reviewer }: Case,
  until: Until,
): Promise<Told> {
  const instead = () => github.comments(pull)[0]?.body ?? 'nothing'
  const asked = performance.now()
  for (const delivery of github.requestReview(pull, author, reviewer)) await send(url, delivery)
  await until(() => isTold(github, pull, '**active**', 'neutral'), instead)
  const active = performance.now()
  for (const delivery of github.submitReview(pull, reviewer, 'approved')) await send(url, delivery)
  await until(() => isTold(github, pull, '| ended ', 'success'), instead)
  return { activeMs: active - asked, endedMs: performance.now() - active }
}

/** By the comment, and by the newest check. */
function isTold(
  github: World['github'],
  pull: Case['pull'],
  said: string,
  conclusion: string,
): boolean {
  if (!github.comments(pull).some(({ body }) => body.includes(said))) return false
  return github.checks(pull.pull.headSha).at(-1)?.conclusion === conclusion
}

/** Looks at all that is waited for, on one timer. */
function lookout() {
  const waits = new Set<{ readonly holds: () => boolean; readonly done: () => void }>()
  let stopped = false
  const looking = async () => {
    while (!stopped) {
      for (const wait of waits) {
        if (!wait.holds()) continue
        waits.delete(wait)
        wait.done()
      }
      await pause(lookEveryMs)
    }
  }
  void looking()
  const until: Until = async (holds, instead) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(
      () => reject(new Error(`It did not come. Told was: ${instead()}`)),
      patienceMs,
    )
    waits.add({ holds, done: resolve })
    await promise
    clearTimeout(timer)
  }
  return { until, stop: () => void (stopped = true) }
}
