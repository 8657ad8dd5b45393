/** What the simulated IAM Identity Center and its Identity Store keep. Every record is immutable. */

export interface Instance {
  /** `arn:aws:sso:::instance/ssoins-…` */
  readonly arn: string
  /** `d-…`, 10 hexadecimal digits. */
  readonly identityStoreId: string
  /** The organization's management account. */
  readonly managementAccount: string
  /** Member accounts that administer it too, save for what touches the management account. */
  readonly delegatedAdministrators: readonly string[]
  readonly createdAt: number
}

export interface PermissionSet {
  /** `arn:aws:sso:::permissionSet/ssoins-…/ps-…` */
  readonly arn: string
  readonly instanceArn: string
  readonly name: string
  /** ISO 8601, from `PT1H` to `PT12H`. */
  readonly sessionDuration: string
  readonly createdAt: number
}

export interface SsoUser {
  /** `arn:aws:identitystore:::user/…` */
  readonly arn: string
  readonly identityStoreId: string
  /** Random and never reused, unlike the name. */
  readonly userId: string
  readonly userName: string
  readonly emails: readonly string[]
  readonly enabled: boolean
}

export interface SsoGroup {
  /** `arn:aws:identitystore:::group/…` */
  readonly arn: string
  readonly identityStoreId: string
  readonly groupId: string
  readonly name: string
  /** Ids of users. */
  readonly members: readonly string[]
}

export type PrincipalType = 'USER' | 'GROUP'

/** It carries no tags, no dates and no maker: it is there or not. */
export interface Assignment {
  /** The sandbox's own key: assignments have no ARN. */
  readonly arn: string
  readonly instanceArn: string
  readonly account: string
  readonly permissionSetArn: string
  readonly principalType: PrincipalType
  readonly principalId: string
}

export type Change = 'creation' | 'deletion'

export interface AssignmentRequest {
  /** The sandbox's own key. */
  readonly arn: string
  readonly requestId: string
  readonly change: Change
  readonly status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED'
  readonly failureReason?: string
  readonly createdAt: number
  readonly assignment: Assignment
}

/** A role session that the access portal gave out. It lives until its end whatever becomes of the assignment. */
export interface SsoSession {
  readonly userId: string
  readonly account: string
  readonly permissionSetArn: string
  readonly issuedAt: number
  /** Exclusive. */
  readonly expiresAt: number
}

export const assignmentOf = (it: Omit<Assignment, 'arn'>): Assignment => ({
  arn: `assignment ${it.permissionSetArn} ${it.account} ${it.principalType} ${it.principalId}`,
  instanceArn: it.instanceArn,
  account: it.account,
  permissionSetArn: it.permissionSetArn,
  principalType: it.principalType,
  principalId: it.principalId,
})
