// The bench `expiry`: Google's lanes as they were asked for, then AWS's and Azure's filled to what these clouds take.
import type { BenchArgs } from '../args.ts'
import { ratioOf, type Report, type Say } from '../report.ts'
import { measureExpiry, type ExpiryResult } from './expiry.ts'
import { measureJobPerGrant, type JobPerGrant } from './job-per-grant.ts'
import type { CloudKind } from './twin-process.ts'
import type { Size } from './twin.ts'

/** Six inline policies of one user; 4,000 assignments of one subscription. */
const full = { aws: { lanes: 50, perLane: 6 }, azure: { lanes: 50, perLane: 80 } } as const

export interface ExpiryReport extends ExpiryResult, Report {
  readonly name: 'expiry'
  /** Google's lanes, ended by a job for each grant. */
  readonly baseline: JobPerGrant
  readonly others: Readonly<Record<keyof typeof full, ExpiryResult>>
}

export async function runExpiry(
  { grants = 10_000, lanes = 50, callMs, leaseSeconds }: BenchArgs,
  say: Say,
): Promise<ExpiryReport> {
  const measure = async (cloud: CloudKind, size: Omit<Size, 'callMs'>) => {
    say(`${cloud}: ${size.lanes} lanes of ${size.perLane}, ${callMs} ms for each call`)
    const result = await measureExpiry(cloud, { ...size, callMs }, leaseSeconds, say)
    const { p50, p99, max } = result.late_ms
    say(
      `${cloud}: late by ${p50} ms (p50), ${p99} ms (p99), ${max} ms (most); ${result.calls} calls`,
    )
    return result
  }
  const size = { lanes, perLane: Math.ceil(grants / lanes), callMs }
  const gcp = await measure('gcp', size)
  const baseline = await measureJobPerGrant(size, say)
  const smaller = (most: { lanes: number; perLane: number }) => ({
    ...most,
    lanes: Math.min(most.lanes, lanes),
  })
  const aws = await measure('aws', smaller(full.aws))
  const azure = await measure('azure', smaller(full.azure))
  return {
    name: 'expiry',
    ...gcp,
    others: { aws, azure },
    baseline,
    // How much sooner the last of a hundred is gone.
    ratio: ratioOf(baseline.late_ms.p99, gcp.late_ms.p99),
  }
}
