// The defences that decide: `npm run defences` takes out all of them.
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const main = resolve(import.meta.dirname, '../defences/main.ts')

test('each of them is noticed when it is out', async () => {
  const args = [main, '--in', 'test/domain/', '--json']
  // Where one is missed it ends with a failure, and tells which all the same.
  const stdout = await new Promise<string>((done) => {
    execFile(process.execPath, args, (_failed, text) => done(text))
  })
  const told = JSON.parse(stdout) as {
    readonly defences: number
    readonly verdicts: readonly { readonly id: string; readonly noticed: boolean }[]
  }
  expect(told.defences).toBeGreaterThan(80)
  expect(told.verdicts.filter(({ noticed }) => !noticed)).toEqual([])
})
