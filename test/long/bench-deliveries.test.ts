// The benches of deliveries, and of what they set off, run on any machine that has a Postgres and a Redis. Their figures are nobody's to assert; that
// every delivery was stored once is.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { commandEnvironment, repositoryRoot } from '../cli/command.ts'
import { stores } from '../support/databases.ts'

const withRedis = stores().filter(({ name }) => name === 'postgres+redis')

async function reported(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['bench/main.ts', ...args, '--json'],
    { cwd: repositoryRoot, env: commandEnvironment(env) },
  )
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as unknown
}

describe.each(withRedis)('on $name', (store) => {
  test('ingress stores every delivery once', async () => {
    const { databaseUrl = '', redisUrl = '', close } = await store.fresh()
    const env = { BENCH_DATABASE_URL: databaseUrl, BENCH_REDIS_URL: redisUrl }
    const small = ['--deliveries', '100', '--connections', '5', '--rounds', '1']
    const figures = { per_second: expect.any(Number), latency_ms: expect.anything() }
    expect(await reported(['ingress', ...small], env)).toMatchObject({
      ...figures,
      name: 'ingress',
      store: 'Postgres and Redis',
      stored: 200,
      ratio: expect.any(Number),
      baseline: figures,
      ratio_durable: expect.any(Number),
      baseline_durable: figures,
      generator: figures,
    })
    await close()
  })

  test('latency is measured until the cloud is called', async () => {
    const { databaseUrl = '', redisUrl = '', close } = await store.fresh()
    const env = { BENCH_DATABASE_URL: databaseUrl, BENCH_REDIS_URL: redisUrl }
    const quantiles = { p50: expect.any(Number), p99: expect.any(Number), max: expect.any(Number) }
    const figures = { grants: 3, first_call_ms: quantiles, call_ms: quantiles }
    expect(await reported(['latency', '--grants', '3'], env)).toMatchObject({
      ...figures,
      name: 'latency',
      store: 'Postgres and Redis',
      fsync: expect.any(String),
      baseline: figures,
      ratio: expect.any(Number),
    })
    await close()
  })
})

test('boot is measured until Hallpass is ready', async () => {
  expect(await reported(['boot', '--rounds', '1'], {})).toMatchObject({
    name: 'boot',
    ready_ms: { p50: expect.any(Number) },
    baseline: { ready_ms: { p50: expect.any(Number) } },
    ratio: expect.any(Number),
  })
})
