// Makes new records: used by the API's actions and by the control alike.
import type { Group, Role, User } from './entities.ts'
import { uniqueId } from './state.ts'

interface Named {
  readonly account: string
  readonly name: string
  readonly path?: string | undefined
  readonly at: number
}

function naming(kind: 'user' | 'group' | 'role', { account, name, path = '/', at }: Named) {
  return {
    account,
    name,
    path,
    createdAt: at,
    arn: `arn:aws:iam::${account}:${kind}${path}${name}`,
  }
}

export const newUser = (named: Named): User => ({
  kind: 'user',
  ...naming('user', named),
  userId: uniqueId('AIDA'),
  inline: new Map(),
  attached: [],
  groups: [],
})

export const newGroup = (named: Named): Group => ({
  kind: 'group',
  ...naming('group', named),
  groupId: uniqueId('AGPA'),
  inline: new Map(),
})

export const newRole = (
  named: Named & Pick<Role, 'trust' | 'maxSessionSeconds'> & Partial<Pick<Role, 'inline'>>,
): Role => ({
  kind: 'role',
  ...naming('role', named),
  roleId: uniqueId('AROA'),
  trust: named.trust,
  maxSessionSeconds: named.maxSessionSeconds,
  inline: named.inline ?? new Map(),
})
