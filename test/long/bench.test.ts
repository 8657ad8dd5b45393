// The benches run on any machine. Their figures are nobody's to assert; that all was given, and taken away, is.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { commandEnvironment, repositoryRoot } from '../cli/command.ts'
import { ledgerStores } from '../support/databases.ts'

const late = z.object({ p50: z.int(), p99: z.int(), max: z.int() })
const result = z.object({
  grants: z.int(),
  lanes: z.int(),
  calls: z.int().positive(),
  store: z.string(),
  fsync: z.enum(['on', 'off']),
  late_ms: late,
  foreign_touched: z.literal(0),
})
const report = result.extend({
  name: z.literal('expiry'),
  others: z.object({ aws: result, azure: result }),
  baseline: z.object({ name: z.string(), grants: z.int(), calls: z.int(), late_ms: late }),
  ratio: z.number().positive(),
})

test('expiry takes all away in calls that are in proportion to lanes', async () => {
  const lanes = 3
  const size = ['--grants', '150', '--lanes', String(lanes), '--lease', '20', '--call-ms', '5']
  const { calls, ...rest } = report.parse(await reported(['expiry', ...size]))
  expect(rest).toMatchObject({ grants: 150, lanes, others: { aws: { grants: 18 } } })
  // Read, read again to write, and written; a look or two more where something came between.
  expect(calls).toBeLessThanOrEqual(lanes * 8)
})

const number: unknown = expect.any(Number)

test('lifecycle sees every grant to its end', async () => {
  expect(await reported(['lifecycle', '--grants', '5'])).toMatchObject({
    name: 'lifecycle',
    grants: 5,
    grants_per_second: number,
    cpu_ms_per_grant: number,
    baseline: { jobs: 50, jobs_per_second: number },
    ratio: number,
    ratio_to_aim: number,
  })
})

describe.each(ledgerStores().filter(({ name }) => name === 'postgres'))('on $name', (store) => {
  test('history fills a ledger and works in it', async () => {
    const { databaseUrl = '', close } = await store.fresh()
    const size = ['--history', '1000', '--grants', '5', '--call-ms', '5']
    const told = await reported(['history', ...size], { BENCH_DATABASE_URL: databaseUrl })
    const figures = { grants_per_second: number, due_ms: { longest: number, all: number } }
    expect(told).toMatchObject({
      ...figures,
      name: 'history',
      history: 1000,
      bytes_per_grant: { events: number, grants: number, claims: number },
      baseline: figures,
      ratio: number,
    })
    await close()
  })
})

async function reported(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['bench/main.ts', ...args, '--json'],
    { cwd: repositoryRoot, env: commandEnvironment(env) },
  )
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
}
