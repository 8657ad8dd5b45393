// Makes new records: used by the API's actions and by the control alike.
import type { Group, ManagedPolicy, Role, User } from './entities.ts'
import { uniqueId } from './state.ts'

interface Named {
  readonly account: string
  readonly name: string
  readonly path?: string | undefined
  readonly at: number
}

function naming(
  kind: 'user' | 'group' | 'role' | 'policy',
  { account, name, path = '/', at }: Named,
) {
  return {
    account,
    name,
    path,
    createdAt: at,
    arn: `arn:aws:iam::${account}:${kind}${path}${name}`,
  }
}

const nothingYet = { inline: new Map<string, string>(), attached: [] }

export const newUser = (named: Named & Partial<Pick<User, 'boundary'>>): User => ({
  kind: 'user',
  ...naming('user', named),
  ...nothingYet,
  userId: uniqueId('AIDA'),
  boundary: named.boundary,
  groups: [],
})

export const newGroup = (named: Named): Group => ({
  kind: 'group',
  ...naming('group', named),
  ...nothingYet,
  groupId: uniqueId('AGPA'),
})

type RoleParts = Pick<Role, 'trust' | 'trusted' | 'maxSessionSeconds'> &
  Partial<Pick<Role, 'inline' | 'attached' | 'boundary' | 'description' | 'tags'>>

export const newRole = (named: Named & RoleParts): Role => ({
  kind: 'role',
  ...naming('role', named),
  inline: named.inline ?? new Map(),
  attached: named.attached ?? [],
  roleId: uniqueId('AROA'),
  boundary: named.boundary,
  description: named.description,
  tags: named.tags ?? new Map(),
  trust: named.trust,
  trusted: named.trusted,
  maxSessionSeconds: named.maxSessionSeconds,
})

export const newManagedPolicy = (named: Named & { document: string }): ManagedPolicy => ({
  kind: 'policy',
  ...naming('policy', named),
  policyId: uniqueId('ANPA'),
  document: named.document,
})
