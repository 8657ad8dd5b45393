// A cloud that is not configured costs nothing: neither its SDK nor its adapter is loaded. One that is, at its first call.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const starter = join(import.meta.dirname, 'loaded.starter.ts')

const parts = {
  google: /\/(@google-cloud|@grpc|google-gax|google-auth-library)\//,
  azure: /\/(@azure|@typespec|@azure-rest)\//,
  gcpAdapter: /\/src\/adapters\/gcp\//,
  azureAdapter: /\/src\/adapters\/azure\//,
}

/** What was loaded of them, by the time of each step. */
async function loaded(env: Readonly<Record<string, string>>) {
  const { stdout } = await run(process.execPath, [starter], { env: { ...process.env, ...env } })
  const steps = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: string; loaded: string[] })
  return steps.map(({ step, loaded: urls }) => [
    step,
    ...Object.entries(parts).flatMap(([name, of]) =>
      urls.some((url) => of.test(url)) ? name : [],
    ),
  ])
}

test('nothing of a cloud is loaded where it is not configured', async () => {
  expect(await loaded({})).toEqual([['connected'], ['called']])
})

test.each([
  ['google', 'gcpAdapter', { HALLPASS_GCP: 'on', HALLPASS_GCP_ENDPOINT: '127.0.0.1:1' }],
  [
    'azure',
    'azureAdapter',
    { HALLPASS_AZURE: 'on', HALLPASS_AZURE_ENDPOINT: 'http://127.0.0.1:1' },
  ],
])('the SDK of %s is loaded at the first call where it is', async (sdk, adapter, env) => {
  expect(await loaded(env)).toEqual([
    ['connected', adapter],
    ['called', sdk, adapter],
  ])
})
