import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'

const root = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)
const bill = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(z.object({ name: z.string(), version: z.string() })),
})
const lock = z.object({
  packages: z.record(z.string(), z.object({ name: z.string().optional(), version: z.string() })),
})

test('the bill of materials names every package of the lockfile', async () => {
  const { stdout } = await run('npm', ['run', '--silent', 'sbom'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  })
  const { components } = bill.parse(JSON.parse(stdout))
  const { packages } = lock.parse(
    JSON.parse(readFileSync(resolve(root, 'package-lock.json'), 'utf8')),
  )
  const named = new Set(components.map(({ name, version }) => `${name}@${version}`))
  const missing = Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(
      ([path, { name, version }]) => `${name ?? path.replace(/^.*node_modules\//, '')}@${version}`,
    )
    .filter((each) => !named.has(each))
  expect(missing).toEqual([])
})
