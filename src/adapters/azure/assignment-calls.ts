// Role assignments, as Resource Manager keeps them.
import type { RoleAssignment, RoleAssignmentCreateParameters } from '@azure/arm-authorization'
import type { CallGuard } from '../../workflows/ports.ts'
import { all, type Connection } from './connection.ts'
import type { Answer } from './exchange.ts'
import { forSdk } from './names.ts'

interface Named {
  readonly scope: string
  readonly name: string
}

export function createAssignmentCalls({ exchange, sdk }: Connection) {
  return {
    /** At the scope and above it, for the filter. Every page. */
    assignments(
      scope: string,
      filter: string,
      guard: CallGuard,
    ): Promise<Answer<RoleAssignment[]>> {
      return exchange(`GET roleAssignments at ${scope}`, guard, async (options) => {
        const client = await sdk()
        return all({ filter, ...options }, (o) =>
          client.roleAssignments.listForScope(forSdk(scope), o),
        )
      })
    },
    assignment({ scope, name }: Named, guard: CallGuard): Promise<Answer<RoleAssignment>> {
      return exchange(`GET roleAssignments/${name} at ${scope}`, guard, async (options) =>
        (await sdk()).roleAssignments.get(forSdk(scope), name, options),
      )
    },
    createAssignment(
      { scope, name }: Named,
      wanted: RoleAssignmentCreateParameters,
      guard: CallGuard,
    ): Promise<Answer<RoleAssignment>> {
      return exchange(`PUT roleAssignments/${name} at ${scope}`, guard, async (options) =>
        (await sdk()).roleAssignments.create(forSdk(scope), name, wanted, options),
      )
    },
    /** One that is not there is a success for Azure too. */
    deleteAssignment({ scope, name }: Named, guard: CallGuard): Promise<Answer<unknown>> {
      return exchange(`DELETE roleAssignments/${name} at ${scope}`, guard, async (options) =>
        (await sdk()).roleAssignments.delete(forSdk(scope), name, options),
      )
    },
  }
}
