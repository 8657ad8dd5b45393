/** `google.type.Expr`. */
export interface Condition {
  readonly expression: string
  readonly title: string
  readonly description: string
  readonly location: string
}

export interface Binding {
  readonly role: string
  readonly members: readonly string[]
  readonly condition: Condition | undefined
}

export interface AuditConfig {
  readonly service: string
  readonly auditLogConfigs: readonly {
    readonly logType: string
    readonly exemptedMembers: readonly string[]
  }[]
}

/** What a write says: the rest of a policy follows from it. */
export interface PolicyDraft {
  readonly bindings: readonly Binding[]
  readonly auditConfigs: readonly AuditConfig[]
}

/** One version of a resource's policy. Never changed; versions share the bindings that they have in common. */
export interface Policy extends PolicyDraft {
  /** In base64, as REST shows it. */
  readonly etag: string
}

export type Kind = 'projects' | 'folders' | 'organizations'

export interface Resource {
  readonly kind: Kind
  /** `projects/<id>`, `folders/<number>`, `organizations/<number>`. */
  readonly name: string
  readonly number: string
  readonly displayName: string
  /** Its folder or organization: their policies hold here too. */
  readonly parent: string | undefined
  readonly createdAt: number
}

/** Who calls, and what its own roles would let it do. */
export interface Caller {
  /** `serviceAccount:<mail>` */
  readonly member: string
  /** All, when undefined. */
  readonly permissions: ReadonlySet<string> | undefined
  /** The condition `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([…])`; no condition when undefined. */
  readonly modifiedGrantsByRole: ReadonlySet<string> | undefined
}
