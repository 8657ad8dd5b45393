// Role definitions: some of those that Azure comes with, under their real ids, and what a role's permissions allow.
import type { Permission, RoleDefinition } from './entities.ts'

type Allowed = Partial<Permission>

const builtIn = (name: string, roleName: string, allowed: Allowed): RoleDefinition => ({
  kind: 'role',
  key: roleKey(name),
  name,
  roleName,
  roleType: 'BuiltInRole',
  permissions: [permission(allowed)],
  assignableScopes: ['/'],
})

export const permission = (allowed: Allowed): Permission => ({
  actions: [],
  notActions: [],
  dataActions: [],
  notDataActions: [],
  ...allowed,
})

/** From a role definition's id, or its bare GUID. */
export const roleKey = (id: string): string => `roles/${(id.split('/').at(-1) ?? '').toLowerCase()}`

export const ownerRole = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'

const containers = 'Microsoft.Storage/storageAccounts/blobServices/containers'

export const builtInRoles: readonly RoleDefinition[] = [
  builtIn(ownerRole, 'Owner', { actions: ['*'] }),
  builtIn('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', {
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
    ],
  }),
  builtIn('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', { actions: ['*/read'] }),
  builtIn('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'User Access Administrator', {
    actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
  }),
  builtIn('f58310d9-a9f6-439a-9e8d-f62e7b41a168', 'Role Based Access Control Administrator', {
    actions: [
      'Microsoft.Authorization/roleAssignments/write',
      'Microsoft.Authorization/roleAssignments/delete',
      '*/read',
      'Microsoft.Support/*',
    ],
  }),
  builtIn('2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', 'Storage Blob Data Reader', {
    actions: [
      `${containers}/read`,
      'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action',
    ],
    dataActions: [`${containers}/blobs/read`],
  }),
  builtIn('ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'Storage Blob Data Contributor', {
    actions: [
      `${containers}/delete`,
      `${containers}/read`,
      `${containers}/write`,
      'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action',
    ],
    dataActions: ['delete', 'read', 'write', 'move/action', 'add/action'].map(
      (act) => `${containers}/blobs/${act}`,
    ),
  }),
  builtIn('4633458b-17de-408a-b874-0445c86b69e6', 'Key Vault Secrets User', {
    dataActions: [
      'Microsoft.KeyVault/vaults/secrets/getSecret/action',
      'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
    ],
  }),
]

/** `*` as in Azure's permissions: any characters, slashes too. Without regard to case. */
export function matchesAction(pattern: string, action: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${source}$`, 'i').test(action)
}

export type Act = { readonly action: string } | { readonly dataAction: string }

/** What `not…` takes out of one permission, another may still allow. */
export function allows(role: RoleDefinition, act: Act): boolean {
  const matches = (patterns: readonly string[], name: string) =>
    patterns.some((pattern) => matchesAction(pattern, name))
  return role.permissions.some((p) =>
    'action' in act
      ? matches(p.actions, act.action) && !matches(p.notActions, act.action)
      : matches(p.dataActions, act.dataAction) && !matches(p.notDataActions, act.dataAction),
  )
}
