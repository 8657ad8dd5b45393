// Who receives in a cloud, and what: one shape for each way (mode) in which a cloud can be told to give access.

/** One provider each. Identity Center is AWS's own directory and way of giving: it has nothing in common with IAM's users. */
export type CloudName = 'aws' | 'identity-center' | 'gcp' | 'azure'

/** What people call it. */
export const cloudTitles: Readonly<Record<CloudName, string>> = {
  aws: 'AWS',
  'identity-center': 'AWS IAM Identity Center',
  gcp: 'Google Cloud',
  azure: 'Azure',
}

/** An IAM user. */
export interface AwsPrincipal {
  readonly cloud: 'aws'
  /** 12 digits. */
  readonly account: string
  /** The IAM user's name at the time of the offer: what API calls address. */
  readonly userName: string
  /** `AIDA…`: never reused, unlike the name. Verified before each write. */
  readonly userId: string
}
export interface IdentityCenterPrincipal {
  readonly cloud: 'identity-center'
  /** The identity store: `d-1234567890`. */
  readonly store: string
  readonly userName: string
  /** Never reused, unlike the name. */
  readonly userId: string
}
export interface GcpPrincipal {
  readonly cloud: 'gcp'
  /** `user:alice@example.com`, lower case. Resource Manager tells no id that would outlast the address. */
  readonly member: string
}
export interface AzurePrincipal {
  readonly cloud: 'azure'
  /** The Entra object id, lower case: never reused. */
  readonly objectId: string
  /** For reading only. */
  readonly name: string | undefined
}
export type Principal = AwsPrincipal | IdentityCenterPrincipal | GcpPrincipal | AzurePrincipal

interface Permissions {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
}

/** Mode A: an inline policy that allows assuming one role inside the date window, under a session name pinned to the grant. */
export interface AwsAssumeRole {
  readonly cloud: 'aws'
  readonly mode: 'assume-role'
  readonly account: string
  readonly roleArn: string
  /** Whether an early end also stops sessions that run, by a denial on the role that names the grant's sessions alone. */
  readonly endSessions?: true
}
/** Mode B: an inline policy with the permissions themselves inside the date window. Evaluated at each request, so no residual. */
export interface AwsInlinePermissions {
  readonly cloud: 'aws'
  readonly mode: 'inline-permissions'
  readonly account: string
  readonly allow: readonly Permissions[]
}
/** Mode C: a role that is made for one grant, which one user may assume inside the window, and which denies everything after it. */
export interface AwsRolePerGrant {
  readonly cloud: 'aws'
  readonly mode: 'role-per-grant'
  readonly account: string
  /** ARNs of the managed policies that the role gets. */
  readonly policies: readonly string[]
  /** ARN of the managed policy that bounds what it can ever do. */
  readonly boundary: string | undefined
}
/** Mode D: membership in a group that is Hallpass's alone. */
export interface AwsGroup {
  readonly cloud: 'aws'
  readonly mode: 'group'
  readonly account: string
  readonly group: string
}
/** Mode E: a managed policy that Hallpass alone attaches to users. */
export interface AwsManagedPolicy {
  readonly cloud: 'aws'
  readonly mode: 'managed-policy'
  readonly account: string
  readonly policyArn: string
}
/** Mode F: a permission set in an account, assigned by Hallpass alone. */
export interface IdentityCenterAssignment {
  readonly cloud: 'identity-center'
  readonly mode: 'account-assignment'
  readonly account: string
  /** `arn:aws:sso:::permissionSet/ssoins-…/ps-…`: it names its instance. */
  readonly permissionSet: string
}
/** A binding in the policy of a project, a folder or an organization, with the window as its condition. */
export interface GcpConditionalBinding {
  readonly cloud: 'gcp'
  readonly mode: 'conditional-binding'
  /** `projects/<id>`, `folders/<number>`, `organizations/<number>`. */
  readonly resource: string
  /** `roles/…`, `projects/…/roles/…` or `organizations/…/roles/…`. */
  readonly role: string
  /** Narrows it to resources whose full name is this one, or begins so where it ends in `*`. */
  readonly only: string | undefined
}
/** `pim`: a schedule that Azure ends. `assignment`: a plain one, in a scope that is Hallpass's alone. */
export interface AzureRoleAssignment {
  readonly cloud: 'azure'
  /** `by-licence` as written: `pim` where the tenant can, else `assignment`. What is offered is one of these two. */
  readonly mode: 'pim' | 'assignment' | 'by-licence'
  /** From `/subscriptions/…` or `/providers/Microsoft.Management/managementGroups/…` on, lower case. */
  readonly scope: string
  /** The role's name as written. */
  readonly role: string
  /** GUID, lower case. Undefined as written with a name: what is offered has it. */
  readonly roleId: string | undefined
}

export type AwsRole =
  | AwsAssumeRole
  | AwsInlinePermissions
  | AwsRolePerGrant
  | AwsGroup
  | AwsManagedPolicy
export type CloudRole =
  | AwsRole
  | IdentityCenterAssignment
  | GcpConditionalBinding
  | AzureRoleAssignment
export type Mode = CloudRole['mode']
