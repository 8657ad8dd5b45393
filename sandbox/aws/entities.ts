/** What the simulated AWS stores. Every record is immutable: a change is a new version of it. */

export interface User {
  readonly kind: 'user'
  /** 12 digits. */
  readonly account: string
  readonly name: string
  readonly path: string
  readonly arn: string
  /** `AIDA…`: random and never reused, unlike the name. */
  readonly userId: string
  readonly createdAt: number
  /** Policy name → document, byte for byte as it was put. */
  readonly inline: ReadonlyMap<string, string>
  /** ARNs of managed policies. */
  readonly attached: readonly string[]
  /** Names of groups. */
  readonly groups: readonly string[]
}

export interface Group {
  readonly kind: 'group'
  readonly account: string
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly groupId: string
  readonly createdAt: number
  readonly inline: ReadonlyMap<string, string>
}

export interface Role {
  readonly kind: 'role'
  readonly account: string
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly roleId: string
  readonly createdAt: number
  /** The trust policy's document. */
  readonly trust: string
  readonly maxSessionSeconds: number
  readonly inline: ReadonlyMap<string, string>
}

export interface ManagedPolicy {
  readonly kind: 'policy'
  readonly arn: string
  readonly name: string
  readonly document: string
}

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
  /** Who assumed it. */
  readonly user: { readonly arn: string; readonly userId: string }
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
