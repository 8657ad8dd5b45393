// A drill's progress and its verdict, for people.
import { quantiles } from '../bench/quantiles.ts'
import type { Drilled, Progress } from './drill.ts'

export function progressLine(progress: Progress): string {
  const { atMs, asked, given, over, grants, kills, up, deliveries, wrong } = progress
  const time = `${Math.round(atMs / 1000)} s`.padStart(6)
  const trouble = wrong.length === 0 ? '' : `, now: ${wrong.join(', ')}`
  return `${time}  ${asked} of ${grants} asked for, ${given} given, ${over} over; ${kills} kills, ${up} up; ${deliveries} deliveries${trouble}`
}

export function inWords(drilled: Drilled, again: string): readonly string[] {
  const { evidence, verdict, counts } = drilled
  const { fates } = counts
  return [
    '',
    `${evidence.grants.length} grants, ${evidence.kills} kills, ${counts.pauses} pauses, ${counts.flushes} times Redis emptied, ${counts.cuts} times all connections to the database cut.`,
    `${evidence.deliveries} deliveries arrived or tried to: ${fates.lost} were lost at first, ${fates.late} came late, ${fates.twice} twice, ${fates.replayed + fates['replayed-late']} again under another id.`,
    ...lateInWords(drilled),
    '',
    ...(verdict.faults.length === 0
      ? [
          'Nothing lost, nobody in after their time, nothing twice, nothing of others touched, all proven.',
        ]
      : faultsInWords(drilled, again)),
  ]
}

function lateInWords({ verdict }: Drilled): readonly string[] {
  const { p50, p99, max } = verdict.lateMs
  const byWay = Map.groupBy(verdict.late, ({ way }) => way)
  return [
    `Taken away after it was due: half within ${p50} ms, 99 of 100 within ${p99} ms, the last after ${max} ms.`,
    ...[...byWay].map(([way, late]) => {
      const each = quantiles(late.map(({ ms }) => ms))
      return `  ${way.padEnd(14)} ${String(late.length).padStart(4)}: p50 ${each.p50} ms, p99 ${each.p99} ms, max ${each.max} ms`
    }),
  ]
}

function faultsInWords({ verdict, evidence }: Drilled, again: string): readonly string[] {
  const grants = new Map(evidence.grants.map((grant) => [grant.n, grant]))
  return [
    `${verdict.faults.length} faults:`,
    ...verdict.faults.flatMap(({ kind, grant: n, text }) => {
      const grant = n === undefined ? undefined : grants.get(n)
      const whose =
        grant === undefined
          ? ''
          : ` grant ${grant.n} (${grant.person}, ${grant.role}, ${grant.ids.join(' ') || 'without an id'}):`
      return [`  ${kind}:${whose} ${text}`]
    }),
    `To run it again: npm run drill -- ${again}`,
  ]
}
