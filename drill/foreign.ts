// What is somebody else's in the clouds: how it was before the drill, and what Hallpass did to it.
import { resourceGroup } from '../sandbox/scene-clouds.ts'
import { account } from '../sandbox/scene.ts'
import { place } from './roles.ts'
import type { DrillScene } from './scene.ts'

/** Everything that is none of Hallpass's, as text that can be compared. */
export type ForeignView = Readonly<Record<string, string>>

const isOurs = (name: string): boolean => name.startsWith('hallpass-')

export function foreignView(scene: DrillScene): ForeignView {
  const { aws, cast, clouds, permissionSet } = scene
  const view: Record<string, unknown> = {}
  for (const { login, user } of cast) {
    view[`policies of ${login}`] = aws.policiesOf(user).filter(({ name }) => !isOurs(name))
    view[`attachments of ${login}`] = aws
      .attachmentsOf(user)
      .filter((arn) => arn !== place.attached.arn)
  }
  view['members of everybody'] = aws.membersOf({ account, name: 'everybody' }).map(({ arn }) => arn)
  const devs = new Set(cast.map(({ user }) => user.userId))
  view['strangers in the group'] = aws
    .membersOf({ account, name: place.group })
    .filter(({ userId }) => !devs.has(userId))
    .map(({ arn }) => arn)
  const people = new Set(cast.map(({ inClouds }) => inClouds.ssoUser.userId))
  for (const set of [permissionSet, clouds.identityCenter.permissionSet])
    view[`assignments of ${set.name}`] = aws
      .assignmentsOf(account, set)
      .filter(({ principalId }) => set !== permissionSet || !people.has(principalId))
      .map(({ arn }) => arn)
  for (const key of [place.assume, place['assume-ending']])
    view[`role ${key.name}`] = aws.policiesOf({ arn: key.arn }).filter(({ name }) => !isOurs(name))
  for (const id of [place.project, place.wideProject])
    view[`policy of ${id}`] = clouds.gcp.foreignView(`projects/${id}`, 'hallpass')
  for (const scope of [resourceGroup, place.plain, place.widePlain])
    view[`assignments at ${scope}`] = clouds.azure
      .foreignTo(clouds.azureApp.principalId, scope)
      .map(({ id }) => id)
      .toSorted()
  return Object.fromEntries(
    Object.entries(view).map(([key, value]) => [key, JSON.stringify(value)]),
  )
}

export function foreignTouched(scene: DrillScene, before: ForeignView): readonly string[] {
  const now = foreignView(scene)
  const differing = Object.keys(before).filter((key) => now[key] !== before[key])
  return [
    ...differing.map((key) => `${key} is not as it was: ${before[key]} became ${now[key]}`),
    ...inAws(scene),
    ...inGcp(scene),
    ...inAzure(scene),
  ]
}

/** Inline policies and roles bear a mark; what else it may change is declared to be its own. */
function inAws({ aws }: DrillScene): readonly string[] {
  const own = [
    'AddUserToGroup',
    'RemoveUserFromGroup',
    'AttachUserPolicy',
    'DetachUserPolicy',
    'AttachRolePolicy',
    'DetachRolePolicy',
    'CreateAccountAssignment',
    'DeleteAccountAssignment',
    'AssumeRole',
  ]
  return aws
    .iamChanges()
    .filter(
      ({ by, policy, target, operation }) =>
        by === 'api' &&
        !isOurs(policy ?? '') &&
        !target.includes(':role/hallpass/') &&
        !own.includes(operation),
    )
    .map(({ operation, target, policy = '' }) => `AWS: ${operation} on ${target} ${policy}`)
}

/** Each write leaves all that is not marked as it was. */
function inGcp({ clouds: { gcp } }: DrillScene): readonly string[] {
  const foreign = ({ bindings, auditConfigs }: (typeof gcp.history)[number]['before']) =>
    JSON.stringify([
      bindings.filter(({ condition }) => condition?.title.startsWith('hallpass') !== true),
      auditConfigs,
    ])
  return gcp.history
    .filter(({ by, before, after }) => by === 'api' && foreign(before) !== foreign(after))
    .map(({ operation, resource }) => `Google Cloud: ${operation} on ${resource}`)
}

function inAzure({ clouds: { azure, azureApp } }: DrillScene): readonly string[] {
  return azure.history
    .filter(
      ({ by, before }) =>
        by === 'api' && before?.kind === 'assignment' && before.createdBy !== azureApp.principalId,
    )
    .map(({ operation, target }) => `Azure: ${operation} on ${target}`)
}
