// What git names: blobs by their true hash, trees and commits by hashes of their own contents.
import { createHash } from 'node:crypto'
import type { Commit } from './model.ts'

const sha1 = (...parts: (string | Uint8Array)[]): string => {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** As `git hash-object` prints it. */
export const blobSha = (content: Uint8Array): string =>
  sha1(`blob ${content.byteLength}\0`, content)

/** Changes with the tree's contents, and is not git's own tree hash. */
function treeSha(files: ReadonlyMap<string, Buffer>): string {
  const lines = [...files].map(([path, content]) => `${path}\0${blobSha(content)}`)
  return sha1(lines.toSorted().join('\n'))
}

/** Undefined contents mean deletion. */
export type Changes = Readonly<Record<string, string | Uint8Array | null>>

export function applyChanges(files: ReadonlyMap<string, Buffer>, changes: Changes) {
  const result = new Map(files)
  for (const [path, content] of Object.entries(changes)) {
    if (content === null) result.delete(path)
    else result.set(path, Buffer.from(content))
  }
  return result
}

/** `salt` keeps commits of the same contents and the same second apart. */
export function makeCommit(
  parts: Omit<Commit, 'sha' | 'treeSha'>,
  salt: number,
  sha?: string,
): Commit {
  const tree = treeSha(parts.files)
  const { parents, message, authorName, authorEmail, at } = parts
  const text = JSON.stringify([tree, parents, message, authorName, authorEmail, at, salt])
  return { ...parts, treeSha: tree, sha: sha ?? sha1('commit', text) }
}

export interface FileChange {
  readonly path: string
  readonly status: 'added' | 'removed' | 'modified' | 'renamed'
  readonly previous: string | undefined
  readonly sha: string
  readonly additions: number
  readonly deletions: number
}

/** What turns `before` into `after`, by path. A removed and an added file of the same contents are a rename. */
export function diff(
  before: ReadonlyMap<string, Buffer>,
  after: ReadonlyMap<string, Buffer>,
): FileChange[] {
  const removed = new Map<string, string>()
  for (const [path, content] of before) if (!after.has(path)) removed.set(blobSha(content), path)
  const changes: FileChange[] = []
  for (const [path, content] of after) {
    const old = before.get(path)
    if (old?.equals(content)) continue
    const sha = blobSha(content)
    const previous = old ? undefined : removed.get(sha)
    if (previous !== undefined) removed.delete(sha)
    const status = old ? 'modified' : previous === undefined ? 'added' : 'renamed'
    const from = old ?? (previous === undefined ? undefined : content)
    changes.push({ path, status, previous, sha, ...countLines(from, content) })
  }
  const renamed = new Set(changes.map((change) => change.previous))
  for (const [path, content] of before) {
    if (after.has(path) || renamed.has(path)) continue
    const counts = countLines(content, undefined)
    changes.push({ path, status: 'removed', previous: undefined, sha: blobSha(content), ...counts })
  }
  return changes.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

function countLines(before: Buffer | undefined, after: Buffer | undefined) {
  const old = lines(before)
  const added = lines(after)
  const kept = new Map<string, number>()
  for (const line of old) kept.set(line, (kept.get(line) ?? 0) + 1)
  let same = 0
  for (const line of added) {
    const left = kept.get(line) ?? 0
    if (left === 0) continue
    kept.set(line, left - 1)
    same += 1
  }
  return { additions: added.length - same, deletions: old.length - same }
}

const lines = (content: Buffer | undefined): string[] =>
  content === undefined || content.length === 0
    ? []
    : content.toString().replace(/\n$/, '').split('\n')
