// Whether the people whom a document names can do what it wants of them.
import { keyAt, valueAt, type Finding } from './issues.ts'
import { nearest } from './nearest.ts'
import type { OnCallDocument } from './schema-on-call.ts'
import type { Approver, Eligible, Stage } from './types.ts'
import type { Path } from './yaml-document.ts'

/** The people, when nobody else can be meant. */
export function onlyPeople(entries: readonly Approver[]): ReadonlySet<number> | undefined {
  const people = entries.flatMap((entry) => (entry.kind === 'user' ? [entry.id] : []))
  return people.length === entries.length ? new Set(people) : undefined
}

export function stageFindings(
  { by, count }: Stage,
  at: Path,
  onCall: ReadonlySet<string>,
): readonly Finding[] {
  const people = onlyPeople(by)
  const tooMany =
    people === undefined || count <= people.size
      ? []
      : [valueAt([...at, 'count'], `write at most ${people.size}: nobody else may approve`)]
  return [...tooMany, ...by.flatMap((entry, index) => unknown(entry, [...at, 'by', index], onCall))]
}

function unknown(entry: Approver, at: Path, onCall: ReadonlySet<string>): readonly Finding[] {
  if (entry.kind !== 'on-call' || onCall.has(entry.name)) return []
  return [valueAt(at, () => noSuchSource(entry.name, onCall))]
}

function noSuchSource(name: string, onCall: ReadonlySet<string>): string {
  const near = nearest(name, onCall)
  const meant = near === undefined ? 'write it to `on_call`' : `did you mean \`on-call:${near}\`?`
  return `\`on_call\` has no \`${name}\`; ${meant}`
}

/** Nobody reviews what they did themselves: somebody else must be there. */
export function reviewerFindings(
  eligible: readonly Eligible[],
  reviewers: readonly Eligible[],
  at: Path,
): readonly Finding[] {
  const people = onlyPeople(reviewers)
  const [only] = people ?? []
  const alone =
    people?.size === 1 && eligible.some((entry) => entry.kind === 'user' && entry.id === only)
  return alone
    ? [
        valueAt(
          [...at, 'reviewers'],
          'write somebody else too: nobody reviews what they did themselves',
        ),
      ]
    : []
}

export const onCallFindings = (
  sources: Readonly<Record<string, OnCallDocument>>,
): readonly Finding[] =>
  Object.entries(sources).flatMap(([name, source]) => {
    const at = ['on_call', name]
    return source.url === undefined ? listFindings(source, at) : endpointFindings(source, at)
  })

function listFindings(source: OnCallDocument, at: Path): readonly Finding[] {
  const found = (['token', 'select', 'fallback'] as const).flatMap((key) =>
    source[key] === undefined
      ? []
      : [keyAt([...at, key], 'stands beside a `url` alone: write the `url`, or leave this out')],
  )
  return Array.isArray(source.people)
    ? found
    : [
        ...found,
        valueAt(
          [...at, 'people'],
          'write a list of numeric user ids; names of a source need its `url`',
        ),
      ]
}

function endpointFindings(source: OnCallDocument, at: Path): readonly Finding[] {
  const found: Finding[] = []
  if (Array.isArray(source.people))
    found.push(
      valueAt(
        [...at, 'people'],
        "write GitHub's numeric user ids by the source's names: `{ <name>: <id> }`",
      ),
    )
  if (source.select === undefined)
    found.push(
      valueAt(
        [...at, 'select'],
        'write where the names stand in the answer, such as `oncalls.*.user.id`',
      ),
    )
  if (source.fallback === undefined)
    found.push(
      valueAt(
        [...at, 'fallback'],
        'write who approves while the source does not answer; `[]` means nobody',
      ),
    )
  return found
}
