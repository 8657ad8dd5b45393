// The organization's document as a local file.
import { createHash } from 'node:crypto'
import { constants, open, type FileHandle } from 'node:fs/promises'
import type { DocumentReading, PlacedReader } from '../../workflows/ports.ts'

const documentBytesMax = 1024 * 1024
const attemptsMax = 3

/** Read anew each time: the next decision goes by what the file says then. A link is followed, as mounted settings are links. */
export function fileReader(path: string): PlacedReader {
  return { read: () => readFile(path) }
}

async function readFile(path: string): Promise<DocumentReading> {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const opened = await openFile(path)
    if (!('handle' in opened)) return opened
    await using handle = opened.handle
    const reading = await readSteadily(path, handle)
    if (reading !== undefined) return reading
  }
  throw new Error(`The policy file ${path} is being written to: it was read ${attemptsMax} times.`)
}

type Opened = { readonly handle: FileHandle } | DocumentReading

async function openFile(path: string): Promise<Opened> {
  try {
    // Without waiting: opening a pipe would wait for its writer.
    return { handle: await open(path, constants.O_RDONLY | constants.O_NONBLOCK) }
  } catch (error) {
    return { kind: 'missing', where: path, why: whyNot(error) }
  }
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'There is no such file.'
  if (code === 'EACCES' || code === 'EPERM') return 'Hallpass may not read the file.'
  return `The file cannot be opened (${code}).`
}

/** Undefined when the file changed under the reading: half of a policy could be a valid one that says something else. */
async function readSteadily(
  path: string,
  handle: FileHandle,
): Promise<DocumentReading | undefined> {
  const before = await handle.stat()
  if (!before.isFile()) return unreadable(path, new Uint8Array(), 'This is not a regular file.')
  if (before.size > documentBytesMax)
    return unreadable(path, new Uint8Array(), `This is larger than ${documentBytesMax} bytes.`)
  const bytes = await handle.readFile()
  const after = await handle.stat()
  if (before.mtimeMs !== after.mtimeMs || bytes.byteLength !== after.size) return undefined
  return documentOf(path, bytes)
}

function documentOf(path: string, bytes: Uint8Array): DocumentReading {
  const source = sourceOf(path, bytes)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { kind: 'document', source, text }
  } catch {
    return unreadable(path, bytes, 'This is not UTF-8 text.')
  }
}

const unreadable = (path: string, bytes: Uint8Array, why: string): DocumentReading => ({
  kind: 'unreadable',
  source: sourceOf(path, bytes),
  why,
})

/** The hash that `git hash-object` prints, so that a file and a repository's document compare. */
const sourceOf = (path: string, bytes: Uint8Array) => ({
  where: path,
  commit: undefined,
  blob: createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex'),
})
