// The ways into Google Cloud and Azure, as they judge them themselves.
import { azureRoleId } from '../sandbox/scene-clouds.ts'
import type { Policy } from '../sandbox/gcp/entities.ts'
import { place } from './roles.ts'
import type { DrillScene, Person } from './scene.ts'
import { changesOf, grantIn, noEnds, type Way } from './way.ts'

const lessThan = /request\.time < timestamp\("([^"]+)"\)/

export function bound({ clouds: { gcp } }: DrillScene, project: string): Way {
  const resource = `projects/${project}`
  const role = place.gcpRole
  const ours = ({ inClouds }: Person, at: number) =>
    gcp
      .policyOf(resource, at)
      .bindings.filter(
        ({ condition, members }) =>
          condition?.title.startsWith('hallpass') === true && members.includes(inClouds.member),
      )
  const changes = ({ inClouds }: Person) =>
    gcp.history
      .filter(
        ({ resource: of, before: was, after }) =>
          of === resource && titlesIn(was, inClouds.member) !== titlesIn(after, inClouds.member),
      )
      .map(({ at }) => at)
  return {
    cloud: 'gcp',
    endsItself: true,
    own: true,
    may: ({ inClouds }, at) => gcp.may({ resource, role, member: inClouds.member, at }).allowed,
    stands: (person, at) => ours(person, at).length > 0,
    changes,
    ends: (person) =>
      new Map(
        changes(person)
          .flatMap((at) => ours(person, at))
          .map(({ condition }) => [
            grantIn(condition?.title ?? ''),
            Date.parse(lessThan.exec(condition?.expression ?? '')?.[1] ?? ''),
          ]),
      ),
  }
}

/** One write may take one away and put another. */
const titlesIn = ({ bindings }: Policy, member: string): string =>
  bindings
    .filter(({ members }) => members.includes(member))
    .map(({ condition }) => condition?.title)
    .join(' ')

export function scheduled({ clouds: { azure } }: DrillScene): Way {
  const isHeld = ({ inClouds }: Person, at: number) =>
    azure.may({
      principalId: inClouds.objectId,
      scope: place.pim,
      roleDefinitionId: azureRoleId,
      at,
    }).allowed
  const own = ({ inClouds }: Person) =>
    azure.schedulesAt(place.pim).filter(({ principalId }) => principalId === inClouds.objectId)
  return {
    cloud: 'azure',
    endsItself: true,
    own: false,
    may: isHeld,
    stands: isHeld,
    changes: (person) => changesOf(azure.history, ...own(person).map(({ key }) => key)),
    ends: (person) =>
      new Map(
        own(person).map(({ terms }) => ['', Math.max(...terms.map(({ endsAt = 0 }) => endsAt))]),
      ),
  }
}

export function plain({ clouds: { azure } }: DrillScene, scope: string): Way {
  return {
    cloud: 'azure',
    endsItself: false,
    own: false,
    may: ({ inClouds }, at) =>
      azure.may({ principalId: inClouds.objectId, scope, roleDefinitionId: azureRoleId, at })
        .allowed,
    stands: ({ inClouds }, at) =>
      azure
        .assignmentsAt(scope, at)
        .some(
          ({ principalId, roleDefinitionId }) =>
            principalId === inClouds.objectId && roleDefinitionId.endsWith(azureRoleId),
        ),
    changes: ({ inClouds }) =>
      azure.history
        .filter(({ before: was, after }) =>
          [was, after].some(
            (it) => it?.kind === 'assignment' && it.principalId === inClouds.objectId,
          ),
        )
        .map(({ at }) => at),
    ends: noEnds,
  }
}
