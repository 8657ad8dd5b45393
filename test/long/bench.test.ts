// The benches run on any machine. Their figures are nobody's to assert; that all was given, and taken away, is.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { commandEnvironment, repositoryRoot } from '../cli/command.ts'

const late = z.object({ p50: z.int(), p99: z.int(), max: z.int() })
const result = z.object({
  grants: z.int(),
  lanes: z.int(),
  calls: z.int().positive(),
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
  const args = ['bench/main.ts', 'expiry', '--json', '--grants', '150', '--lanes', String(lanes)]
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...args, '--lease', '20', '--call-ms', '5'],
    { cwd: repositoryRoot, env: commandEnvironment() },
  )
  const { calls, ...rest } = report.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''))
  expect(rest).toMatchObject({ grants: 150, lanes, others: { aws: { grants: 18 } } })
  // Read, read again to write, and written; a look or two more where something came between.
  expect(calls).toBeLessThanOrEqual(lanes * 8)
})
