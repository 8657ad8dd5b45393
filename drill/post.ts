// What becomes of deliveries on their way: most arrive; some are lost, come late, twice, or again under another id.
// What is lost, nobody but Hallpass asks for again.
import { dice } from '../sandbox/dice.ts'
import type { Delivery, SandboxGitHub } from '../sandbox/github/index.ts'
import type { Crew } from './crew.ts'

export type Fate = 'sent' | 'lost' | 'late' | 'twice' | 'replayed' | 'replayed-late'

/** In hundredths; the rest is sent. */
const fates: readonly (readonly [Fate, number])[] = [
  ['lost', 6],
  ['late', 8],
  ['twice', 8],
  ['replayed', 5],
  ['replayed-late', 5],
]

export interface Post {
  /** Deliveries that arrived, each time that they did. */
  readonly count: number
  readonly fates: Readonly<Record<Fate, number>>
  /** From now on all of them arrive at once. */
  calm(): void
  /** Nothing is on its way. */
  settled(): boolean
  stop(): void
}

/** How soon a load balancer sees that a process is gone. */
const balancedEveryMs = 50

export function startPost(github: SandboxGitHub, crew: Crew, seed: number): Post {
  const told: Record<Fate, number> = {
    sent: 0,
    lost: 0,
    late: 0,
    twice: 0,
    replayed: 0,
    'replayed-late': 0,
  }
  const timers = new Set<NodeJS.Timeout>()
  let next = 0
  let calm = false
  let route = 0

  const later = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, ms)
    timers.add(timer)
  }
  const balance = () => {
    route += 1
    github.webhookUrl = `${crew.address(route)}/api/github/webhooks`
  }
  balance()
  const balancer = setInterval(balance, balancedEveryMs)
  const send = (delivery: Delivery) => github.release([delivery])
  const sendAgain = ({ id }: Delivery) => void github.redeliver(id)

  function dispatch(delivery: Delivery): void {
    const { fate, die } = calm ? { fate: 'sent' as const, die: () => 0 } : fateOf(delivery, seed)
    told[fate] += 1
    if (fate === 'lost') return github.lose(delivery)
    if (fate === 'late') return later(300 + die() * 4_000, () => send(delivery))
    send(delivery)
    if (fate === 'twice') later(die() * 2_000, () => sendAgain(delivery))
    if (fate === 'replayed') later(die() * 3_000, () => void github.replay(delivery.id))
    if (fate === 'replayed-late')
      later(15_000 + die() * 20_000, () => void github.replay(delivery.id))
  }

  /** Replays are held too, and only sent. */
  const known = new Set<string>()
  const look = () => {
    // NB: what is done with one changes GitHub, which calls this again.
    for (let one = taken(); one !== undefined; one = taken()) {
      if (one.state !== 'held') continue
      if (known.has(one.body)) send(one)
      else {
        known.add(one.body)
        dispatch(one)
      }
    }
  }
  const taken = (): Delivery | undefined => {
    const one = github.deliveries[next]
    if (one !== undefined) next += 1
    return one
  }
  const stop = github.subscribe(look)

  return {
    get count() {
      return github.deliveries.reduce((sum, { attempts }) => sum + attempts.length, 0)
    },
    fates: told,
    calm() {
      calm = true
    },
    settled: () => timers.size === 0 && !github.deliveries.some(({ state }) => state === 'sending'),
    stop() {
      stop()
      clearInterval(balancer)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** By what it says and not by when: the same seed means the same fate. */
function fateOf({ event, action, body }: Delivery, seed: number) {
  const { number, issue } = JSON.parse(body) as { number?: number; issue?: { number: number } }
  const die = dice(`${seed} ${event}.${action} ${number ?? issue?.number ?? body.length}`)
  let left = die() * 100
  for (const [fate, hundredths] of fates) {
    if (left < hundredths) return { fate, die }
    left -= hundredths
  }
  return { fate: 'sent' as const, die }
}
