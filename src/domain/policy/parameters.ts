// What a rule fills in from the changed paths: whether its values are good, and the cloud roles that they make.
import type { CloudRole } from '../lanes/types.ts'
import { parametersOf } from './path-globs.ts'
import type { Values } from './path-match.ts'
import type { Parameter, RoleDefinition } from './types.ts'

const valuePattern = /^[A-Za-z0-9_-]{1,64}$/

export const isGoodValue = (value: string): boolean => valuePattern.test(value)

/** Where a value has to exist: with `{name}` filled in. */
export const placeOf = ({ name, exists }: Parameter, value: string): string =>
  exists.replaceAll(`{${name}}`, () => value)

/** The paths to look up on the base branch. NB: values that are refused anyway name no path. */
export const placesOf = (role: RoleDefinition, values: Values): readonly string[] =>
  role.parameters.flatMap((parameter) => {
    const all = values.get(parameter.name) ?? []
    return all.length > parameter.max || !all.every(isGoodValue)
      ? []
      : all.map((value) => placeOf(parameter, value))
  })

/** The role's bindings, each once for every combination of the values that it names. */
export function filled(bindings: readonly CloudRole[], values: Values): readonly CloudRole[] {
  const all = bindings.flatMap((binding) => {
    const names = parametersOf(JSON.stringify(binding)).filter((name) => values.has(name))
    return combinations(names, values).map((choice) => fill(binding, choice))
  })
  const known = new Set<string>()
  return all.filter((binding) => {
    const key = keyOfRole(binding)
    if (known.has(key)) return false
    known.add(key)
    return true
  })
}

export const keyOfRole = (role: CloudRole): string => JSON.stringify(role)

type Choice = ReadonlyMap<string, string>

function combinations(names: readonly string[], values: Values): readonly Choice[] {
  let choices: readonly Choice[] = [new Map()]
  for (const name of names)
    choices = choices.flatMap((choice) =>
      (values.get(name) ?? []).map((value) => new Map([...choice, [name, value]])),
    )
  return choices
}

/** NB: the values' characters mean themselves in an ARN, so that nothing is left to encode. */
function fill(role: CloudRole, choice: Choice): CloudRole {
  if (choice.size === 0) return role
  const put = (text: string) =>
    text.replaceAll(/\{([a-z][a-z0-9_-]*)\}/g, (whole, name: string) => choice.get(name) ?? whole)
  switch (role.mode) {
    case 'assume-role':
      return { ...role, roleArn: put(role.roleArn) }
    case 'inline-permissions':
      return {
        ...role,
        allow: role.allow.map(({ actions, resources }) => ({
          actions,
          resources: resources.map(put),
        })),
      }
    case 'group':
      return { ...role, group: put(role.group) }
    case 'conditional-binding':
      return { ...role, ...(role.only === undefined ? {} : { only: put(role.only) }) }
    case 'assignment':
    case 'pim':
    case 'by-licence':
      return { ...role, scope: put(role.scope) }
    case 'role-per-grant':
    case 'managed-policy':
    case 'account-assignment':
      return role
    default:
      return role satisfies never
  }
}
