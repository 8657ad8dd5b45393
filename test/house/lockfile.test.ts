import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'

// `npm ci` refuses a lockfile that lacks another platform's optional packages, and npm leaves them out whenever it makes
// the file while they cannot be fetched.

const entry = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  hasInstallScript: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
  os: z.unknown().optional(),
})
const root = resolve(import.meta.dirname, '../..')
const read = (file: string): unknown => JSON.parse(readFileSync(resolve(root, file), 'utf8'))
const { packages } = z
  .object({ packages: z.record(z.string(), entry) })
  .parse(read('package-lock.json'))
const manifest = z
  .object({
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    optionalDependencies: z.record(z.string(), z.string()),
    allowScripts: z.record(z.string(), z.boolean()),
  })
  .parse(read('package.json'))

test('every optional package is listed, whatever its platform', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).filter(
      (name) =>
        !packages[`node_modules/${name}`] &&
        (path === '' || !packages[`${path}/node_modules/${name}`]),
    ),
  )
  expect(missing).toEqual([])
})

test('it names no registry', () => {
  expect(Object.entries(packages).filter(([, it]) => it.resolved !== undefined)).toEqual([])
})

test("everything is pinned to an exact version, and the platforms' Node by its contents too", () => {
  const direct = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies]
  const ranges = direct
    .flatMap((it) => Object.entries(it))
    .filter(([, v]) => !/^\d+\.\d+\.\d+$/.test(v))
  expect(ranges).toEqual([])
  for (const [name, version] of Object.entries(manifest.optionalDependencies)) {
    const locked = packages[`node_modules/${name}`]
    expect(locked, name).toMatchObject({ version, integrity: expect.stringMatching(/^sha512-/) })
  }
})

test('every package that is the same on all platforms is pinned by its contents', () => {
  const bare = Object.entries(packages).filter(
    ([path, it]) => path !== '' && it.os === undefined && it.integrity === undefined,
  )
  expect(bare.map(([path]) => path)).toEqual([])
})

test('no package runs a script when it is installed', () => {
  const scripted = Object.entries(packages)
    .filter(([, it]) => it.hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ''))
  const refused = scripted.filter((name) => manifest.allowScripts[name] === false)
  expect(refused).toEqual(scripted)
  expect(readFileSync(resolve(root, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m)
})
