import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const starter = fileURLToPath(new URL('clouds-loaded.starter.ts', import.meta.url))

test('nothing of a cloud is loaded before it is called', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [starter])
  const { unused, used } = JSON.parse(stdout) as { unused: string[]; used: string[] }
  expect(unused).toEqual([])
  expect(used).toContain('@aws-sdk/client-sts')
  expect(used.filter((name) => !/^@(?:aws-sdk|smithy)\//.test(name))).toEqual([])
})
