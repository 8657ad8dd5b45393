// Composes clouds as the settings given say, calls each that is connected, and tells what was loaded at each step.
import { registerHooks } from 'node:module'
import { CloudError } from '../../src/domain/errors.ts'
import type { Lane } from '../../src/domain/lanes/types.ts'

const loaded: string[] = []
registerHooks({
  load(url, context, next) {
    loaded.push(url)
    return next(url, context)
  },
})

const { readAzureConfig, readGcpConfig } = await import('../../src/config.ts')
await import('../../src/compose.ts')
const { connectClouds } = await import('../../src/compose/clouds.ts')
const silent = () => undefined
const log = { info: silent, warn: silent, error: silent }
const azure = readAzureConfig(process.env)
// Without one, it would be looked for on the network.
const credential = { getToken: async () => ({ token: 'none', expiresOnTimestamp: Date.now() }) }
const config = {
  aws: { real: false, endpoint: 'http://127.0.0.1:1', lagMs: 0 },
  gcp: readGcpConfig(process.env),
  azure: azure && { ...azure, credential },
}
const tell = (step: string) => process.stdout.write(`${JSON.stringify({ step, loaded })}\n`)

const { clouds } = await connectClouds(config, { instance: 'i7f3', log })
tell('connected')
const lanes: readonly Lane[] = [
  { cloud: 'gcp', id: 'gcp/projects/shop', resource: 'projects/shop' },
  { cloud: 'azure', id: 'azure/subscriptions/shop', scope: '/subscriptions/shop' },
]
const guard = { signal: AbortSignal.timeout(10_000), check: silent }
for (const lane of lanes) {
  const called = await clouds
    .get(lane.cloud)
    ?.observe(lane, [], guard)
    .catch((error: unknown) => error)
  if (called instanceof Error && !(called instanceof CloudError)) throw called
}
tell('called')
