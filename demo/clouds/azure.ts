import { resourceGroup, type SceneClouds } from '../../sandbox/scene-clouds.ts'
import { objectIdIn, people } from './people.ts'
import { instant, readLogs, type DemoCloud } from './types.ts'

/** As Azure comes with it. */
const role = {
  roleName: 'Log Analytics Reader',
  id: '73c42c96-874c-492b-b04d-ab87d138a893',
  actions: ['*/read'],
}
const action = 'Microsoft.OperationalInsights/workspaces/query/read'

export function inAzure(clouds: SceneClouds): DemoCloud {
  const { azure } = clouds
  azure.addRoleDefinition(role)
  const loginOf = (id: string) => people.find((login) => objectIdIn(clouds, login) === id)
  /** Of a schedule that shows as this assignment: one that was made without PIM has none. */
  const endOf = (name: string): string | undefined => {
    const schedule = azure.schedulesAt(resourceGroup).find((it) => it.assignmentName === name)
    const endsAt = schedule?.terms.at(-1)?.endsAt
    return endsAt === undefined ? undefined : new Date(endsAt).toISOString()
  }
  return {
    name: 'azure',
    title: 'Azure',
    abilities: [
      {
        name: readLogs,
        action,
        mayDo(login, at) {
          const principalId = objectIdIn(clouds, login)
          if (principalId === undefined) return false
          return azure.may({ principalId, scope: resourceGroup, action, ...instant(at) }).allowed
        },
      },
    ],
    standing: () =>
      azure.assignmentsAt(resourceGroup).map((assignment) => ({
        name: assignment.name,
        whose: loginOf(assignment.principalId) ?? assignment.principalId,
        ends: endOf(assignment.name),
        stored: assignment,
      })),
    waitFor: (predicate) => azure.waitFor(predicate),
  }
}
