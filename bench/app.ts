// Hallpass as operators start it, in a process of its own, in the world of a bench; and what that process takes.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { settingsAt, storeSettings } from '../drill/environment.ts'
import { runHallpass, type Served } from './ingress/servers.ts'
import type { WorldPlace } from './lifecycle/world.ts'
import type { BenchStore } from './store.ts'

/** Told everything by settings; the policy is put into `directory`. */
export async function startApp(
  place: WorldPlace,
  directory: string,
  store: BenchStore,
): Promise<Served> {
  const policyFile = join(directory, 'policy.yml')
  await writeFile(policyFile, place.policy)
  return runHallpass('start', {
    ...storeSettings(store.config),
    // GitHub takes 500 writes in an hour from an installation: kept to that, nothing else would be measured.
    ...settingsAt(place, policyFile),
    HALLPASS_AWS_LAG_MS: '1000',
  })
}

export interface Usage {
  /** Of processors, user and system, in milliseconds. */
  readonly cpuMs: number
  /** Resident, in megabytes. */
  readonly rssMb: number
}

/** NB: Linux alone tells; elsewhere both are 0. */
export async function usageOf({ pid }: Served): Promise<Usage> {
  if (process.platform !== 'linux') return { cpuMs: 0, rssMb: 0 }
  const [stat, status] = await Promise.all(
    ['stat', 'status'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
  )
  // The name before may hold blanks. In hundredths of a second: `utime` and `stime`.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  const ticks = Number(fields[11]) + Number(fields[12])
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '') ?? []
  return { cpuMs: ticks * 10, rssMb: Math.round(Number(kilobytes) / 1024) }
}
