// What the whole catalog says of things that are Hallpass's alone: each of them has one name, and one directory.
import { valueAt, type Finding } from './issues.ts'
import type { OrganizationDocument } from './schema.ts'
import type { Path } from './yaml-document.ts'

interface Placed {
  readonly account: string
  readonly name: string
  readonly at: Path
}

/** NB: what is written in two ways would be two bindings of one membership, and the end of one would take the other's. */
export function exclusiveFindings({ roles }: OrganizationDocument): readonly Finding[] {
  const placed = (key: 'group' | 'permission_set'): readonly Placed[] =>
    Object.entries(roles).flatMap(([role, { bindings }]) =>
      bindings.flatMap(({ aws }, index) => {
        const name = aws?.[key]
        const at = ['roles', role, 'bindings', index, 'aws', key]
        return aws === undefined || name === undefined ? [] : [{ account: aws.account, name, at }]
      }),
    )
  return [...groupFindings(placed('group')), ...instanceFindings(placed('permission_set'))]
}

/** To IAM they are the same whatever their case. */
function groupFindings(groups: readonly Placed[]): readonly Finding[] {
  const spelt = new Map<string, string>()
  return groups.flatMap(({ account, name, at }) => {
    const key = `${account}/${name.toLowerCase()}`
    const first = spelt.get(key) ?? name
    spelt.set(key, first)
    return first === name ? [] : [valueAt(at, `to IAM it is the same as \`${first}\`: write that`)]
  })
}

/** Who is who is known for one identity store. */
function instanceFindings(sets: readonly Placed[]): readonly Finding[] {
  const [first] = sets
  if (first === undefined) return []
  const instance = instanceOf(first.name)
  return sets.flatMap(({ name, at }) =>
    instanceOf(name) === instance
      ? []
      : [valueAt(at, `write permission sets of one instance: others here are of \`${instance}\``)],
  )
}

const instanceOf = (arn: string): string => arn.split('/')[1] ?? ''
