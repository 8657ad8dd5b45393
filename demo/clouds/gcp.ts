import { project, type SceneClouds } from '../../sandbox/scene-clouds.ts'
import { memberOf, people } from './people.ts'
import { instant, readLogs, type DemoCloud } from './types.ts'

const role = 'roles/logging.viewer'
const permission = 'logging.logEntries.list'

export function inGcp(clouds: SceneClouds): DemoCloud {
  const { gcp } = clouds
  gcp.addRole(role, [permission])
  const loginOf = (member: string) => people.find((login) => memberOf(clouds, login) === member)
  return {
    name: 'gcp',
    title: 'Google Cloud',
    abilities: [
      {
        name: readLogs,
        action: permission,
        mayDo(login, at) {
          const member = memberOf(clouds, login)
          if (member === undefined) return false
          return gcp.may({ resource: project, member, permission, ...instant(at) }).allowed
        },
      },
    ],
    standing: () =>
      gcp.policyOf(project).bindings.map((binding) => ({
        name: binding.condition?.title ?? binding.role,
        whose: binding.members.map((member) => loginOf(member) ?? member).join(', '),
        ends: /request\.time < timestamp\("([^"]+)"/.exec(binding.condition?.expression ?? '')?.[1],
        stored: binding,
      })),
    waitFor: (predicate) => gcp.waitFor(predicate),
  }
}
