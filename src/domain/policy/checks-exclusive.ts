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
  return [
    ...groupFindings(placed('group')),
    ...instanceFindings(placed('permission_set')),
    ...viaFindings(roles),
  ]
}

/** NB: where assignments of a role are Hallpass's alone, a schedule of its own would stand there as a stranger. */
function viaFindings(roles: OrganizationDocument['roles']): readonly Finding[] {
  const ways = new Map<string, string | undefined>()
  return Object.entries(roles).flatMap(([name, { bindings }]) =>
    bindings.flatMap(({ azure }, index) => {
      if (azure === undefined) return []
      const { scope, role, via } = azure
      const key = `${scope}/${role.toLowerCase()}`
      if (!ways.has(key)) ways.set(key, via)
      const first = ways.get(key)
      const instead = first === undefined ? 'leave it out' : `write \`${first}\``
      const at = ['roles', name, 'bindings', index, 'azure', 'via']
      return first === via
        ? []
        : [valueAt(at, `${instead}, as for the same role in the same scope above`)]
    }),
  )
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
