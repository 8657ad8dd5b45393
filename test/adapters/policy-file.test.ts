import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { fileReader } from '../../src/adapters/policy-file/file-reader.ts'

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'policy-file-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}
const read = (path: string) => fileReader(path).read({})

describe('a policy file', () => {
  it('is read with the hash that git gives its contents', async () => {
    const path = join(directory(), 'policy.yml')
    writeFileSync(path, 'version: 1\n')
    const blob = execFileSync('git', ['hash-object', path], { encoding: 'utf8' }).trim()
    expect(await read(path)).toEqual({
      kind: 'document',
      source: { where: path, commit: undefined, blob },
      text: 'version: 1\n',
    })
  })

  it('is read anew each time', async () => {
    const path = join(directory(), 'policy.yml')
    const reader = fileReader(path)
    writeFileSync(path, 'one')
    await reader.read({})
    writeFileSync(path, 'two')
    expect(await reader.read({})).toMatchObject({ text: 'two' })
  })

  it('may be a link, as mounted settings are', async () => {
    const made = directory()
    writeFileSync(join(made, 'data'), 'linked')
    symlinkSync('data', join(made, 'policy.yml'))
    expect(await read(join(made, 'policy.yml'))).toMatchObject({ text: 'linked' })
  })

  it('that is not there is missing', async () => {
    const path = join(directory(), 'none.yml')
    expect(await read(path)).toEqual({
      kind: 'missing',
      where: path,
      why: 'There is no such file.',
    })
  })

  it.each<[string, (path: string) => void, string]>([
    ['a directory', (path) => mkdirSync(path), 'not a regular file'],
    ['a pipe', (path) => execFileSync('mkfifo', [path]), 'not a regular file'],
    ['too large', (path) => writeFileSync(path, Buffer.alloc(1024 * 1024 + 1, 32)), 'larger than'],
    ['no text', (path) => writeFileSync(path, Buffer.from([0x61, 0xff, 0xfe])), 'not UTF-8'],
  ])('that is %s cannot be read', async (_, make, why) => {
    const path = join(directory(), 'policy.yml')
    make(path)
    const reading = await read(path)
    expect(reading).toMatchObject({ kind: 'unreadable', source: { where: path } })
    expect(reading).toHaveProperty('why', expect.stringContaining(why))
  })

  /** Writes to the file at each reading, after its size was seen, as often as told. */
  async function writtenDuringReading(path: string, times: number) {
    const handle = await open(path, 'r')
    const prototype = Object.getPrototypeOf(handle) as { readFile: () => Promise<Uint8Array> }
    await handle.close()
    const { readFile } = prototype
    let left = times
    const spy = vi.spyOn(prototype, 'readFile').mockImplementation(function (this: typeof handle) {
      if (left > 0) writeFileSync(path, `written ${(left -= 1)} more`)
      return readFile.call(this)
    })
    onTestFinished(() => spy.mockRestore())
    return spy
  }

  it('is read again when it was written to meanwhile', async () => {
    const path = join(directory(), 'policy.yml')
    writeFileSync(path, 'before')
    const reads = await writtenDuringReading(path, 1)
    expect(await read(path)).toMatchObject({ kind: 'document', text: 'written 0 more' })
    expect(reads).toHaveBeenCalledTimes(2)
  })

  it('is a failure while it is written to all the time', async () => {
    const path = join(directory(), 'policy.yml')
    writeFileSync(path, 'before')
    await writtenDuringReading(path, Infinity)
    await expect(read(path)).rejects.toThrow('is being written to')
  })
})
