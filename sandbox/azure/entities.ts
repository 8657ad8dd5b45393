// What the simulated Azure keeps. Identifiers stay in the case they were written in; every `key` is in lower case.

export type PrincipalType = 'User' | 'Group' | 'ServicePrincipal'

export interface Principal {
  readonly kind: 'principal'
  /** `principals/<object id>` */
  readonly key: string
  readonly tenantId: string
  readonly principalId: string
  readonly type: PrincipalType
  /** A user's principal name, or what a group or an application is called. */
  readonly name: string
  readonly addedAt: number
  /** Object ids, in lower case, of the groups it is in. */
  readonly groups: readonly string[]
}

export interface Permission {
  readonly actions: readonly string[]
  readonly notActions: readonly string[]
  readonly dataActions: readonly string[]
  readonly notDataActions: readonly string[]
}

export interface RoleDefinition {
  readonly kind: 'role'
  /** `roles/<guid>` */
  readonly key: string
  /** A GUID. */
  readonly name: string
  readonly roleName: string
  readonly roleType: 'BuiltInRole' | 'CustomRole'
  readonly permissions: readonly Permission[]
  /** `/` for everywhere. */
  readonly assignableScopes: readonly string[]
}

interface Triple {
  readonly scope: string
  /** The full id, as it is answered. */
  readonly roleDefinitionId: string
  readonly principalId: string
  readonly principalType: PrincipalType
}

interface Conditional {
  readonly condition: string | undefined
  readonly conditionVersion: string | undefined
}

export interface RoleAssignment extends Triple, Conditional {
  readonly kind: 'assignment'
  /** The id in lower case. */
  readonly key: string
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  readonly createdOn: number
  readonly updatedOn: number
  /** An object id; empty when somebody did it behind everybody's back. */
  readonly createdBy: string
  readonly updatedBy: string
}

/** When a schedule runs, as said by one request. It counts from `from` on. */
export interface Terms {
  readonly from: number
  readonly startsAt: number
  /** Exclusive. Undefined for never. */
  readonly endsAt: number | undefined
}

export interface Schedule extends Triple, Conditional {
  readonly kind: 'schedule'
  /** The id in lower case. */
  readonly key: string
  readonly id: string
  readonly name: string
  /** The id of the request that made it or changed it last. */
  readonly requestId: string
  /** The name under which it shows among role assignments while it is active. */
  readonly assignmentName: string
  /** In order of `from`. */
  readonly terms: readonly Terms[]
  readonly revokedAt: number | undefined
  readonly createdOn: number
  readonly updatedOn: number
}

export type RequestType = 'AdminAssign' | 'AdminRemove' | 'AdminUpdate' | 'AdminExtend'

export interface Expiration {
  readonly type: 'AfterDuration' | 'AfterDateTime' | 'NoExpiration'
  readonly endDateTime: string | null
  readonly duration: string | null
}

export interface ScheduleRequest extends Triple, Conditional {
  readonly kind: 'request'
  /** The id in lower case. */
  readonly key: string
  readonly id: string
  readonly name: string
  readonly requestType: RequestType
  readonly justification: string | undefined
  readonly startDateTime: string | undefined
  readonly expiration: Expiration | undefined
  readonly schedule: string | undefined
  readonly createdOn: number
  /** When it is carried out, or fails. */
  readonly settlesAt: number
  readonly outcome: 'Provisioned' | 'Revoked' | 'Failed' | 'FailedAsResourceIsLocked'
  readonly canceledAt: number | undefined
  readonly requestorId: string
}

export type Entity = Principal | RoleDefinition | RoleAssignment | Schedule | ScheduleRequest
