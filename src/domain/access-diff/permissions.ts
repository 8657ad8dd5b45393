// What bindings give, as single things of which more are more.
import type { CloudRole } from '../lanes/types.ts'

/** So that one more action in a list is more, and not something else. */
export const permissionsOf = (bindings: readonly CloudRole[]): readonly unknown[] =>
  bindings.flatMap(thingsOf)

function thingsOf(role: CloudRole): readonly unknown[] {
  switch (role.mode) {
    case 'inline-permissions': {
      const { account } = role
      return role.allow.flatMap(({ actions, resources }) =>
        actions.flatMap((action) => resources.map((resource) => ({ account, action, resource }))),
      )
    }
    case 'assume-role': {
      const { endSessions, ...given } = role
      return [given, ...(endSessions === true ? [] : [{ ...given, sessions: 'run on' }])]
    }
    case 'pim':
    case 'by-licence':
    case 'assignment': {
      const { mode, ...given } = role
      return [given, ...lasting[mode].map((end) => ({ ...given, end }))]
    }
    // NB: whole, for a managed policy that goes, and a boundary that comes, may have denied or may allow something.
    case 'role-per-grant':
    case 'group':
    case 'managed-policy':
    case 'account-assignment':
    case 'conditional-binding':
      return [role]
    default:
      return role satisfies never
  }
}

/** Who ends it in Azure: the less Azure does by itself, the more is given. */
const lasting = {
  pim: [],
  'by-licence': ['if licensed'],
  assignment: ['if licensed', 'by Hallpass'],
} as const
