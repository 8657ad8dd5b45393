/** What the simulated AWS stores. Every record is immutable: a change is a new version of it. */

/** What users, groups and roles have in common. */
interface Owner {
  /** 12 digits. */
  readonly account: string
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly createdAt: number
  /** Policy name → document, byte for byte as it was put. */
  readonly inline: ReadonlyMap<string, string>
  /** ARNs of managed policies. */
  readonly attached: readonly string[]
}

export interface User extends Owner {
  readonly kind: 'user'
  /** `AIDA…`: random and never reused, unlike the name. */
  readonly userId: string
  /** ARN of the managed policy that bounds what it may do. */
  readonly boundary: string | undefined
  /** Names of groups. */
  readonly groups: readonly string[]
}

export interface Group extends Owner {
  readonly kind: 'group'
  readonly groupId: string
}

export interface Role extends Owner {
  readonly kind: 'role'
  readonly roleId: string
  readonly boundary: string | undefined
  readonly description: string | undefined
  readonly tags: ReadonlyMap<string, string>
  /** The trust policy's document, as it was put. */
  readonly trust: string
  /** Whom its principals named when it was put: ARN → unique id. The id is what counts. */
  readonly trusted: ReadonlyMap<string, string>
  readonly maxSessionSeconds: number
}

export interface ManagedPolicy {
  readonly kind: 'policy'
  /** `aws` for those that AWS brings along. */
  readonly account: string
  readonly arn: string
  readonly policyId: string
  readonly path: string
  readonly name: string
  readonly document: string
  readonly createdAt: number
}

export type IamRecord = User | Group | Role | ManagedPolicy

export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** What AssumeRole issued. It lives until `expiresAt` whatever becomes of the policy that allowed it. */
export interface Session extends AccessKey {
  readonly kind: 'session'
  readonly account: string
  readonly arn: string
  readonly sessionToken: string
  readonly sessionName: string
  readonly roleArn: string
  readonly roleId: string
  /** The user with whose key it began, also where a role was assumed from a role. */
  readonly user: { readonly arn: string; readonly userId: string }
  /** The session policy that it was asked for with: it may do no more than that allows. */
  readonly policy?: string
  readonly issuedAt: number
  /** Exclusive. */
  readonly expiresAt: number
}

export interface UserKey extends AccessKey {
  readonly kind: 'user'
  readonly user: { readonly arn: string; readonly userId: string }
}

/** Names a user; with the id it means that one and no later user of the same name. */
export interface UserRef {
  readonly arn: string
  readonly userId?: string
}
