// Composes clouds as the settings given say, calls each that is connected, and tells what was loaded at each step.
import { registerHooks } from 'node:module'
import { CloudError } from '../../src/domain/errors.ts'

const loaded: string[] = []
registerHooks({
  load(url, context, next) {
    loaded.push(url)
    return next(url, context)
  },
})

const { readGcpConfig } = await import('../../src/config.ts')
await import('../../src/compose.ts')
const { connectClouds } = await import('../../src/compose/clouds.ts')
const silent = () => undefined
const log = { info: silent, warn: silent, error: silent }
const config = {
  aws: { real: false, endpoint: 'http://127.0.0.1:1', lagMs: 0 },
  gcp: readGcpConfig(process.env),
}
const tell = (step: string) => process.stdout.write(`${JSON.stringify({ step, loaded })}\n`)

const { clouds } = await connectClouds(config, { instance: 'i7f3', log })
tell('connected')
const lane = { cloud: 'gcp', id: 'gcp/projects/shop', resource: 'projects/shop' } as const
const guard = { signal: AbortSignal.timeout(10_000), check: silent }
const called = await clouds
  .get('gcp')
  ?.observe(lane, [], guard)
  .catch((error: unknown) => error)
if (called instanceof Error && !(called instanceof CloudError)) throw called
tell('called')
