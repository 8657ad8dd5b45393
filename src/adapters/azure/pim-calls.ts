// Privileged Identity Management: schedules, and the requests that make, change and end them.
import type {
  RoleAssignmentSchedule,
  RoleAssignmentScheduleRequest,
} from '@azure/arm-authorization'
import type { CallGuard } from '../../workflows/ports.ts'
import { all, type Connection } from './connection.ts'
import type { Answer } from './exchange.ts'
import { forSdk } from './names.ts'

export function createPimCalls({ exchange, sdk }: Connection) {
  return {
    /** What runs and what is to come, at the scope and above it, for the filter. What was assigned without PIM too. */
    schedules(
      scope: string,
      filter: string,
      guard: CallGuard,
    ): Promise<Answer<RoleAssignmentSchedule[]>> {
      return exchange(`GET roleAssignmentSchedules at ${scope}`, guard, async (options) => {
        const { roleAssignmentSchedules } = await sdk()
        return all({ filter, ...options }, (o) =>
          roleAssignmentSchedules.listForScope(forSdk(scope), o),
        )
      })
    },
    /** What was asked for, at the scope and above it, as far back as Azure remembers. */
    requests(
      scope: string,
      filter: string,
      guard: CallGuard,
    ): Promise<Answer<RoleAssignmentScheduleRequest[]>> {
      return exchange(`GET roleAssignmentScheduleRequests at ${scope}`, guard, async (options) => {
        const { roleAssignmentScheduleRequests } = await sdk()
        return all({ filter, ...options }, (o) =>
          roleAssignmentScheduleRequests.listForScope(forSdk(scope), o),
        )
      })
    },
    request(
      scope: string,
      name: string,
      guard: CallGuard,
    ): Promise<Answer<RoleAssignmentScheduleRequest>> {
      const what = `GET roleAssignmentScheduleRequests/${name} at ${scope}`
      return exchange(what, guard, async (options) =>
        (await sdk()).roleAssignmentScheduleRequests.get(forSdk(scope), name, options),
      )
    },
    createRequest(
      { scope, name }: { readonly scope: string; readonly name: string },
      asked: RoleAssignmentScheduleRequest,
      guard: CallGuard,
    ): Promise<Answer<RoleAssignmentScheduleRequest>> {
      const what = `PUT roleAssignmentScheduleRequests/${name} at ${scope} (${asked.requestType ?? ''})`
      return exchange(what, guard, async (options) =>
        (await sdk()).roleAssignmentScheduleRequests.create(forSdk(scope), name, asked, options),
      )
    },
    /** Reads a little of PIM and changes nothing: without the licence, Azure refuses that too. */
    probePim(scope: string, objectId: string, guard: CallGuard): Promise<Answer<unknown>> {
      const filter = `principalId eq '${objectId}'`
      return exchange(`GET roleAssignmentScheduleInstances at ${scope}`, guard, async (options) => {
        const { roleAssignmentScheduleInstances } = await sdk()
        const pages = roleAssignmentScheduleInstances
          .listForScope(forSdk(scope), { filter, ...options })
          .byPage()
        return pages.next()
      })
    },
  }
}
