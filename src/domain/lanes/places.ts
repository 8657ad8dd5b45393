// Where in a cloud something of ours may stand, and what is found when one looks there.
import { sharedIdOf } from './bindings-of.ts'
import type { AwsRole, Binding, CloudName, CloudRole, Evidence, Lane } from './types.ts'

/** What is looked through at once. Wider than a lane: it may hold what no lane of the ledger knows. */
export type Place =
  /**
   * By their marks: inline policies of any user, roles under the path `/hallpass/`, denials of sessions on other roles.
   * Nothing in it is exclusive.
   */
  | { readonly cloud: 'aws'; readonly kind: 'account'; readonly account: string }
  /** The members of a group that is Hallpass's alone. */
  | {
      readonly cloud: 'aws'
      readonly kind: 'group'
      readonly account: string
      readonly group: string
    }
  /** The users to whom a managed policy is attached that is Hallpass's alone. */
  | {
      readonly cloud: 'aws'
      readonly kind: 'policy'
      readonly account: string
      readonly policyArn: string
    }
  /** The users to whom a permission set is assigned in an account. */
  | {
      readonly cloud: 'identity-center'
      readonly permissionSet: string
      readonly account: string
    }
  /** The whole policy of a project, a folder or an organization. */
  | { readonly cloud: 'gcp'; readonly resource: string }
  /** Schedules and assignments made at exactly this scope, for people. */
  | { readonly cloud: 'azure'; readonly scope: string }
export type PlaceOf<C extends CloudName> = Extract<Place, { cloud: C }>

/**
 * What stands in a place and could be Hallpass's. `binding` tells enough of it for `apply` to remove it, with
 * `endless` as its end where the cloud tells none, and `longestSessionSeconds` as residual where the mode leaves any.
 */
export type Found =
  /** It bears a Hallpass's mark. Adapters tell of every instance's: which are ours is decided in one place. */
  | {
      readonly kind: 'marked'
      readonly instance: string
      readonly binding: Binding
      readonly lane: Lane
    }
  /**
   * In an exclusive place where nothing bears a mark: ours only if the ledger knows `binding.id`, the one that several
   * grants share. Of Azure's every plain assignment to a person without a mark: whether its role is exclusive is
   * decided from what the policy offers.
   */
  | {
      readonly kind: 'unmarked'
      readonly binding: Binding
      readonly lane: Lane
      /** Plain words, for an alarm: "IAM user bob in the group oncall of account 111122223333". */
      readonly what: string
    }

export interface Listing {
  readonly found: readonly Found[]
  readonly evidence: Evidence
}

/** What the app's own credentials cannot do and have to, or can do and need not. */
export interface Shortcoming {
  readonly kind: 'lacks' | 'exceeds'
  /** As the cloud calls it: `iam:PutUserPolicy`, `resourcemanager.projects.setIamPolicy` … */
  readonly permission: string
  /** Plain words: "on users of account 111122223333". */
  readonly where: string
}

/** The end of what has none: 9999-12-31T23:59:59Z. */
export const endless = 253_402_300_799_000

/** What no cloud lets a session outlast. */
export const longestSessionSeconds = 12 * 3600

/** All places where a binding of this role can stand. */
export function placesOf(role: CloudRole): readonly Place[] {
  switch (role.cloud) {
    case 'aws':
      return [{ cloud: 'aws', kind: 'account', account: role.account }, ...exclusiveOf(role)]
    case 'identity-center':
      return [{ cloud: role.cloud, permissionSet: role.permissionSet, account: role.account }]
    case 'gcp':
      return [{ cloud: 'gcp', resource: role.resource }]
    case 'azure':
      return [{ cloud: 'azure', scope: role.scope }]
    default:
      return role satisfies never
  }
}

function exclusiveOf(role: AwsRole): readonly Place[] {
  const { account } = role
  if (role.mode === 'group') return [{ cloud: 'aws', kind: 'group', account, group: role.group }]
  if (role.mode === 'managed-policy')
    return [{ cloud: 'aws', kind: 'policy', account, policyArn: role.policyArn }]
  return []
}

/** The same for the same place: to IAM names are the same whatever their case. */
export function placeId(place: Place): string {
  switch (place.cloud) {
    case 'aws':
      if (place.kind === 'account') return `aws/${place.account}`
      return place.kind === 'group'
        ? `aws/${place.account}/group/${place.group.toLowerCase()}`
        : `aws/${place.account}/policy/${place.policyArn.toLowerCase()}`
    case 'identity-center':
      return `identity-center/${place.permissionSet}/${place.account}`
    case 'gcp':
      return `gcp/${place.resource}`
    case 'azure':
      return `azure${place.scope}`
    default:
      return place satisfies never
  }
}

/**
 * The same for roles that are found in the same place, and of which the same is exclusive: one of them stands for all
 * when the place is looked at again.
 */
export function siteOf(role: CloudRole): string {
  const place = placesOf(role).map(placeId).at(-1) ?? role.cloud
  if (role.cloud !== 'azure' || role.mode === 'pim') return place
  return `${place}/role/${role.roleId ?? role.role}`
}

/** A role of the catalog that a rule fills in is no place yet: what was given of it is. */
export const isFilledIn = (place: Place): boolean => !placeId(place).includes('{')

/**
 * Whether what was found without a mark is a thing that this role gives, to whomever: then nobody but Hallpass may have
 * made it.
 */
export function isOfRole({ role: found, principal }: Binding, role: CloudRole): boolean {
  if (role.cloud === 'azure' && found.cloud === 'azure') {
    if (role.mode === 'pim' || role.scope !== found.scope) return false
    return role.roleId === undefined
      ? role.role.toLowerCase() === found.role.toLowerCase()
      : role.roleId === found.roleId
  }
  if (role.cloud !== found.cloud) return false
  const id = sharedIdOf(role, principal)
  return id !== undefined && id === sharedIdOf(found, principal)
}
