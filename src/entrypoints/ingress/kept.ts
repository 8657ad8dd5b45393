// What is stored of a delivery: what a handler reads. GitHub repeats whole accounts, repositories and branches in each one,
// and people's words with them.
import { isTooDeep } from './parse-json.ts'

/** The fields that are kept of an object, or of each in a list. */
interface Kept {
  readonly [field: string]: true | Kept
}

const account: Kept = { id: true, login: true, type: true }
const branch: Kept = { ref: true, sha: true }

/** By the names of GitHub's fields. What is named nowhere here stays as it came: most events are small. */
const kept: ReadonlyMap<string, Kept> = new Map([
  ['sender', account],
  ['requested_reviewer', account],
  ['assignee', account],
  ['organization', { id: true, login: true }],
  ['repository', { id: true, name: true, full_name: true, owner: account }],
  [
    'pull_request',
    {
      number: true,
      state: true,
      updated_at: true,
      merged: true,
      user: account,
      head: branch,
      base: branch,
    },
  ],
  // Of a push: with names and addresses.
  ['commits', {}],
  ['head_commit', {}],
  ['pusher', {}],
  ['issue', { number: true, state: true, updated_at: true, user: account, pull_request: {} }],
])

const encoder = new TextEncoder()

/** As JSON in UTF-8. Undefined where it nests deeper than what recursive code can walk. */
export function keptOf(payload: Readonly<Record<string, unknown>>): Uint8Array | undefined {
  const fields = Object.entries(payload).map(([name, value]) => [
    name,
    cut(value, kept.get(name) ?? true),
  ])
  try {
    // NB: not by assignment: a field may be called `__proto__`.
    const bytes = encoder.encode(JSON.stringify(Object.fromEntries(fields)))
    return isTooDeep(bytes) ? undefined : bytes
  } catch {
    // What writes JSON is recursive itself.
    return undefined
  }
}

function cut(value: unknown, to: true | Kept): unknown {
  if (to === true) return value
  return Array.isArray(value) ? value.map((each) => cutObject(each, to)) : cutObject(value, to)
}

function cutObject(value: unknown, to: Kept): unknown {
  if (!isObject(value)) return value
  const fields = Object.entries(to).filter(([name]) => Object.hasOwn(value, name))
  return Object.fromEntries(fields.map(([name, deeper]) => [name, cut(value[name], deeper)]))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
