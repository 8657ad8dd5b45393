// Who somebody is in a cloud, and what a role lets them do there, in Markdown.
import type { CloudRole, Principal } from '../lanes/types.ts'
import { code } from './escape.ts'

/** NB: whole, for what is cut off would be approved all the same. */
const nameMax = 2048
const named = (name: string): string => code(name, nameMax)

export const names = (values: readonly string[]): string => values.map(named).join(', ')

export function whoIn(principal: Principal): string {
  switch (principal.cloud) {
    case 'aws':
      return `IAM user ${code(principal.userName)} in account ${code(principal.account)}`
    case 'identity-center':
      return `Identity Center user ${code(principal.userName)}`
    case 'gcp':
      return `Google account ${code(mailOf(principal.member))}`
    case 'azure':
      return `Entra user ${code(principal.name ?? principal.objectId)}`
    default:
      return principal satisfies never
  }
}

const mailOf = (member: string): string => member.replace(/^user:/, '')

/** With what stays theirs whatever they are called. */
export function whoForSure(principal: Principal): string {
  switch (principal.cloud) {
    case 'aws':
      return `IAM user ${code(principal.userName)} (${code(principal.userId)}) in account ${code(principal.account)}`
    case 'identity-center':
      return `Identity Center user ${code(principal.userName)} (${code(principal.userId)})`
    case 'gcp':
      return whoIn(principal)
    case 'azure':
      return principal.name === undefined
        ? whoIn(principal)
        : `${whoIn(principal)} (${code(principal.objectId)})`
    default:
      return principal satisfies never
  }
}

/** What follows “could”. */
export function resourcesOf(role: CloudRole): string {
  switch (role.mode) {
    case 'assume-role':
      return `assume ${named(role.roleArn)}`
    case 'inline-permissions':
      return role.allow
        .map(({ actions, resources }) => `call ${names(actions)} on ${names(resources)}`)
        .join('; ')
    case 'role-per-grant':
      return `assume a role made for this, with ${names(role.policies)}${role.boundary === undefined ? '' : `, bounded by ${named(role.boundary)}`}`
    case 'group':
      return `do what the group ${named(role.group)} may do`
    case 'managed-policy':
      return `do what ${named(role.policyArn)} allows`
    case 'account-assignment':
      return `use the permission set ${named(role.permissionSet)} in account ${code(role.account)}`
    case 'conditional-binding':
      return `act as ${named(role.role)} on ${named(role.resource)}${role.only === undefined ? '' : `, only on ${named(role.only)}`}`
    case 'assignment':
    case 'pim':
    case 'by-licence':
      return `act as ${named(role.role)} on ${named(role.scope)}`
    default:
      return role satisfies never
  }
}
