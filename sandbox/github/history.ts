// Which commits lead to which.
import type { Commit } from './model.ts'

type Commits = ReadonlyMap<string, Commit>

export function between(commits: Commits, base: string, head: string): Commit[] {
  const known = ancestry(commits, base, new Map())
  return [...ancestry(commits, head, known).values()]
}

export function mergeBase(commits: Commits, base: string, head: string): Commit | undefined {
  const known = ancestry(commits, base, new Map())
  for (const sha of ancestry(commits, head, new Map()).keys()) {
    const shared = known.get(sha)
    if (shared) return shared
  }
  return undefined
}

/** A commit and all before it, nearest first, without those that are known. */
function ancestry(commits: Commits, from: string, known: Commits): Map<string, Commit> {
  const found = new Map<string, Commit>()
  const open = [from]
  for (let sha = open.shift(); sha !== undefined; sha = open.shift()) {
    const commit = commits.get(sha)
    if (!commit || found.has(sha) || known.has(sha)) continue
    found.set(sha, commit)
    open.push(...commit.parents)
  }
  return found
}
