// A binding as it is written, in the domain's words.
import type { AwsRole, CloudRole, IdentityCenterAssignment } from '../lanes/clouds.ts'
import type { AwsBindingInput } from './schema-aws.ts'
import { isGuid, type AzureBindingInput } from './schema-azure.ts'
import type { GcpBindingInput } from './schema-gcp.ts'
import type { BindingInput } from './schema-role.ts'

/** Undefined when not exactly one way is written: a finding tells of it. */
export function toCloudRole({ aws, gcp, azure }: BindingInput): CloudRole | undefined {
  if (aws !== undefined) return toAwsRole(aws)
  if (gcp !== undefined) return toGcpRole(gcp)
  return azure === undefined ? undefined : toAzureRole(azure)
}

function toAwsRole(written: AwsBindingInput): AwsRole | IdentityCenterAssignment | undefined {
  const { account, assume, allow, role_with, group, attach, permission_set } = written
  const cloud = 'aws'
  if (assume !== undefined)
    return {
      cloud,
      mode: 'assume-role',
      account,
      roleArn: assume,
      ...(written.end_sessions === undefined ? {} : { endSessions: true }),
    }
  if (allow !== undefined) return { cloud, mode: 'inline-permissions', account, allow }
  if (role_with !== undefined)
    return {
      cloud,
      mode: 'role-per-grant',
      account,
      policies: role_with.policies,
      boundary: role_with.boundary,
    }
  if (group !== undefined) return { cloud, mode: 'group', account, group }
  if (attach !== undefined) return { cloud, mode: 'managed-policy', account, policyArn: attach }
  if (permission_set !== undefined)
    return {
      cloud: 'identity-center',
      mode: 'account-assignment',
      account,
      permissionSet: permission_set,
    }
  return undefined
}

function toGcpRole({ project, folder, organization, role, only }: GcpBindingInput): CloudRole {
  const place =
    project !== undefined
      ? `projects/${project}`
      : folder !== undefined
        ? `folders/${folder}`
        : `organizations/${organization ?? ''}`
  return { cloud: 'gcp', mode: 'conditional-binding', resource: place, role, only }
}

function toAzureRole({ scope, role, via }: AzureBindingInput): CloudRole {
  const roleId = isGuid(role) ? role.toLowerCase() : undefined
  return {
    cloud: 'azure',
    mode: via ?? 'by-licence',
    scope,
    role: roleId ?? role,
    roleId,
  }
}
