// What GitHub says is left of its rate limits. Each installation has its own, and no answer says whose it tells of.
import { Gauge, type Registry } from 'prom-client'
import type { AnswerHeaders } from '../../workflows/ports.ts'

interface Left {
  readonly remaining: number
  readonly limit: number
  readonly resetAtMs: number
}

/** So many rates are kept of each resource: one for each installation and hour. */
const ratesMax = 100

export function createRateGauges(registry: Registry) {
  const registers = [registry]
  const labelNames = ['resource'] as const
  const remaining = new Gauge({
    name: 'hallpass_github_rate_remaining',
    help: 'Calls left until GitHub resets its limit, of the installation that has the fewest.',
    labelNames,
    registers,
  })
  const limit = new Gauge({
    name: 'hallpass_github_rate_limit',
    help: 'Calls that GitHub allows in an hour to the installation that has the fewest left.',
    labelNames,
    registers,
  })
  const seen = new Map<Resource, Map<string, Left>>()
  return {
    answered(headers: AnswerHeaders): void {
      const resource = resources.find((it) => it === headers.get('x-ratelimit-resource'))
      const left = leftIn(headers)
      if (resource === undefined || left === undefined) return
      const rates = seen.get(resource) ?? new Map<string, Left>()
      seen.set(resource, rates)
      // One limit resets at one moment, and what is left of it only falls until then.
      const key = `${left.limit}/${left.resetAtMs}`
      const former = rates.get(key)
      if (former !== undefined && former.remaining <= left.remaining) return
      if (former !== undefined || rates.size < ratesMax) rates.set(key, left)
    },
    refresh(): void {
      const now = Date.now()
      for (const [resource, rates] of seen) {
        for (const [key, { resetAtMs }] of rates) if (resetAtMs <= now) rates.delete(key)
        const [least] = [...rates.values()].toSorted((a, b) => a.remaining - b.remaining)
        if (least === undefined) {
          remaining.remove({ resource })
          limit.remove({ resource })
        } else {
          remaining.set({ resource }, least.remaining)
          limit.set({ resource }, least.limit)
        }
      }
    },
  }
}

type Resource = (typeof resources)[number]
const resources = ['core', 'graphql', 'search'] as const

function leftIn(headers: AnswerHeaders): Left | undefined {
  const number = (name: string) => {
    const text = headers.get(`x-ratelimit-${name}`) ?? ''
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined
  }
  const [remaining, limit, reset] = [number('remaining'), number('limit'), number('reset')]
  if (remaining === undefined || limit === undefined || reset === undefined) return undefined
  return { remaining, limit, resetAtMs: reset * 1000 }
}
