// What all principals have in common: a directory that knows them, and an id there.
import type { CloudRole, Principal } from './clouds.ts'

/** Who is who is known for each of these by itself: an AWS account, or the one of its cloud. */
export interface Directory {
  readonly cloud: Principal['cloud']
  /** The AWS account; else the cloud's own name, as it has one directory. */
  readonly key: string
}

export const directoryOf = (of: CloudRole | Principal): Directory =>
  of.cloud === 'aws' ? { cloud: 'aws', key: of.account } : { cloud: of.cloud, key: of.cloud }

export const sameDirectory = (a: Directory, b: Directory): boolean =>
  a.cloud === b.cloud && a.key === b.key

/** Never another's, where the cloud has such an id. */
export function principalId(principal: Principal): string {
  switch (principal.cloud) {
    case 'aws':
    case 'identity-center':
      return principal.userId
    case 'gcp':
      return principal.member
    case 'azure':
      return principal.objectId
    default:
      return principal satisfies never
  }
}

/** The same for the same one, whatever it is called now. */
export const keyOfPrincipal = (principal: Principal): string =>
  `${principal.cloud}/${directoryOf(principal).key}/${principalId(principal)}`

/** Plain words, for an error's or an event's text. */
export function principalInWords(principal: Principal): string {
  switch (principal.cloud) {
    case 'aws':
      return `IAM user ${principal.userName}`
    case 'identity-center':
      return `Identity Center user ${principal.userName}`
    case 'gcp':
      return `Google account ${principal.member.replace(/^user:/, '')}`
    case 'azure':
      return `Entra user ${principal.name ?? principal.objectId}`
    default:
      return principal satisfies never
  }
}
