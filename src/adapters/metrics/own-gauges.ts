// What this process knows by itself.
import { Gauge, type Registry } from 'prom-client'
import type { AnswerHeaders, Watched } from '../../workflows/ports.ts'
import { createRateGauges } from './rate-gauges.ts'

export function createOwnGauges(registry: Registry, version: string) {
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `hallpass_${name}`, help, registers: [registry] })
  const build = new Gauge({
    name: 'hallpass_build_info',
    help: 'Always 1: the version of Hallpass and of Node.',
    labelNames: ['version', 'node'] as const,
    registers: [registry],
  })
  build.set({ version, node: process.versions.node }, 1)
  const claimed = gauge(
    'ledger_claimed',
    'Whether the ledger may be acted on: 0 until a person claims one that was restored or copied.',
  )
  const ledgerUp = gauge('ledger_up', 'Whether the ledger answered this scrape in time.')
  const queueUp = gauge('queue_up', 'Whether the queue answered this scrape in time.')
  const depth = gauge('queue_depth', 'Nudges that wait for a worker.')
  const sweep = gauge(
    'sweep_age_seconds',
    'How long ago the last sweep of this process ended well.',
  )
  const rates = createRateGauges(registry)
  return {
    answered: (headers: AnswerHeaders) => rates.answered(headers),
    set(
      watched: Watched,
      { ledgerUp: up, queueDepth }: { ledgerUp: boolean; queueDepth: number | undefined },
    ): void {
      claimed.set(Number(watched.ledger.seat.unclaimed() === undefined))
      ledgerUp.set(Number(up))
      queueUp.set(Number(queueDepth !== undefined))
      if (queueDepth === undefined) depth.remove()
      else depth.set(queueDepth)
      const sweepAgeMs = watched.sweepAgeMs?.()
      if (sweepAgeMs === undefined) sweep.remove()
      else sweep.set(sweepAgeMs / 1000)
      rates.refresh()
    },
  }
}
