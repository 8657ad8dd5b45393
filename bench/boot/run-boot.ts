// The bench `boot`: from the start of the process until `/readyz` says yes, on an embedded ledger that is there already.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchArgs } from '../args.ts'
import { runHallpass, serveBaseline, type Served } from '../ingress/servers.ts'
import { quantiles, type Quantiles } from '../quantiles.ts'
import { ratioOf, type Report, type Say } from '../report.ts'

export interface BootReport extends Report {
  readonly name: 'boot'
  readonly rounds: number
  readonly ready_ms: Quantiles
  readonly baseline: { readonly name: string; readonly ready_ms: Quantiles }
}

export async function runBoot({ rounds = 7 }: BenchArgs, say: Say): Promise<BootReport> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-bench-'))
  const started = { hallpass: [] as number[], probot: [] as number[] }
  const begin = {
    hallpass: () => runHallpass('start', { HALLPASS_DATA_DIR: directory }),
    probot: () => serveBaseline('probot'),
  }
  try {
    // The first start makes the ledger and keeps what it compiles.
    for (let round = 0; round <= rounds; round += 1) {
      for (const name of ['hallpass', 'probot'] as const) {
        const ms = await timeOf(begin[name])
        say(`round ${round}, ${name}: ready after ${Math.round(ms)} ms`)
        if (round > 0) started[name].push(ms)
      }
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  const [hallpass, probot] = [quantiles(started.hallpass), quantiles(started.probot)]
  return {
    name: 'boot',
    rounds,
    ready_ms: hallpass,
    baseline: { name: 'Probot 14, its own server, an empty handler', ready_ms: probot },
    ratio: ratioOf(probot.p50, hallpass.p50),
  }
}

async function timeOf(begin: () => Promise<Served>): Promise<number> {
  const began = performance.now()
  const server = await begin()
  const ms = performance.now() - began
  await server.close()
  return ms
}
