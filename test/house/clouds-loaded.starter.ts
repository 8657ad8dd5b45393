// Puts Hallpass together with AWS alone, in a process of its own, and prints which clouds' packages were loaded.
import { registerHooks } from 'node:module'

const loaded = new Set<string>()
registerHooks({
  load(url, context, nextLoad) {
    const [, name] =
      /\/node_modules\/((?:@aws-sdk|@smithy|@azure|@google-cloud|@grpc)\/[^/]+)\//.exec(url) ?? []
    if (name !== undefined) loaded.add(name)
    return nextLoad(url, context)
  },
})

await import('../../src/compose.ts')
const { connectClouds, readCloudsConfig } = await import('../../src/compose/clouds.ts')
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const config = readCloudsConfig({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })
const { aws } = await connectClouds(config, { instance: 'unused', log: silent })
const unused = [...loaded]
await aws.whoAmI().catch(() => undefined)
console.log(JSON.stringify({ unused, used: [...loaded] }))
