// `npm run bench`: figures that anybody can take again. The last line is the report as JSON, of each bench one.
import { cpus } from 'node:os'
import { readArgs, usage, type BenchArgs } from './args.ts'
import { runBoot } from './boot/run-boot.ts'
import { runExpiry } from './expiry/run-expiry.ts'
import { runHistory } from './history/run-history.ts'
import { runIngress } from './ingress/run-ingress.ts'
import { runLatency } from './latency/run-latency.ts'
import { runLifecycle } from './lifecycle/run-lifecycle.ts'
import type { Bench, Say } from './report.ts'

const benches: ReadonlyMap<string, Bench> = new Map<string, Bench>([
  ['ingress', runIngress],
  ['boot', runBoot],
  ['lifecycle', runLifecycle],
  ['latency', runLatency],
  ['expiry', runExpiry],
  ['history', runHistory],
])

const say: Say = (line) => console.error(line)

if (process.argv.includes('--help')) {
  console.log(usage)
  process.exit(0)
}

try {
  const args = readArgs(process.argv.slice(2))
  say(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  for (const [name, bench] of chosen(args)) {
    say(`${name}:`)
    const report = await bench(args, say)
    console.log(JSON.stringify(report, undefined, args.json ? undefined : 2))
  }
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

function chosen({ name }: BenchArgs): readonly (readonly [string, Bench])[] {
  if (name === undefined) return [...benches]
  const bench = benches.get(name)
  if (bench === undefined)
    throw new Error(
      `There is no bench ${name}. Known are ${[...benches.keys()].join(', ')}: ${usage}`,
    )
  return [[name, bench]]
}
