// A cloud that is not configured costs nothing: neither its SDK nor its adapter is loaded. One that is, at its first call.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const starter = join(import.meta.dirname, 'loaded.starter.ts')

const google = /\/(@google-cloud|@grpc|google-gax|google-auth-library)\//
const adapter = /\/src\/adapters\/gcp\//

/** How much of it was loaded, by the time of each step. */
async function loaded(env: Readonly<Record<string, string>>) {
  const { stdout } = await run(process.execPath, [starter], { env: { ...process.env, ...env } })
  const steps = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: string; loaded: string[] })
  return steps.map(({ step, loaded: urls }) => ({
    step,
    google: urls.some((url) => google.test(url)),
    adapter: urls.some((url) => adapter.test(url)),
  }))
}

test('nothing of Google Cloud is loaded where it is not configured', async () => {
  expect(await loaded({})).toEqual([
    { step: 'connected', google: false, adapter: false },
    { step: 'called', google: false, adapter: false },
  ])
})

test('its SDK is loaded at the first call where it is', async () => {
  const env = { HALLPASS_GCP: 'on', HALLPASS_GCP_ENDPOINT: '127.0.0.1:1' }
  expect(await loaded(env)).toEqual([
    { step: 'connected', google: false, adapter: true },
    { step: 'called', google: true, adapter: true },
  ])
})
