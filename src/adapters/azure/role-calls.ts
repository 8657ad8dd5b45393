// Role definitions: what a role is called, and its id.
import type { RoleDefinition } from '@azure/arm-authorization'
import type { CallGuard } from '../../workflows/ports.ts'
import { all, type Connection } from './connection.ts'
import type { Answer } from './exchange.ts'
import { forSdk } from './names.ts'

export function createRoleCalls({ exchange, sdk }: Connection) {
  return {
    role(scope: string, roleId: string, guard: CallGuard): Promise<Answer<RoleDefinition>> {
      return exchange(`GET roleDefinitions/${roleId} at ${scope}`, guard, async (options) =>
        (await sdk()).roleDefinitions.get(forSdk(scope), roleId, options),
      )
    },
    /** Of that name, among those that may be assigned at the scope. */
    rolesNamed(scope: string, name: string, guard: CallGuard): Promise<Answer<RoleDefinition[]>> {
      const filter = `roleName eq '${name.replaceAll("'", "''")}'`
      return exchange(`GET roleDefinitions at ${scope}`, guard, async (options) => {
        const client = await sdk()
        return all({ filter, ...options }, (o) => client.roleDefinitions.list(forSdk(scope), o))
      })
    },
  }
}
