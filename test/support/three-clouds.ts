// A journey over three clouds: its policies, and what the clouds themselves would let somebody do.
import type { UserRef } from '../../sandbox/aws/entities.ts'
import type { Account, PullRequest } from '../../sandbox/github/index.ts'
import { account } from '../../sandbox/scene.ts'
import {
  azureRoleId,
  mailOf,
  objectIdOf,
  project,
  projectRole,
  resourceGroup,
  type CloudPerson,
  type SceneClouds,
} from '../../sandbox/scene-clouds.ts'
import { asked, beginGuarded, says, type Guarded, type Waits } from './guarded.ts'
import type { JourneyOptions } from './journey.ts'
import { assumedRoleArn, enrolledIds } from './policies.ts'
import { countOf, nthLine } from './seen.ts'

export const everywhereRole = 'orders-everywhere'

/** One binding of a role, by the mode that it is given in. */
export const bindingIn = {
  assume: { aws: { account, assume: assumedRoleArn } },
  allow: {
    aws: { account, allow: [{ actions: ['rds:DescribeDBInstances'], resources: ['*'] }] },
  },
  group: { aws: { account, group: 'orders', exclusive: true } },
  gcp: { gcp: { project: project.split('/')[1], role: projectRole } },
  pim: { azure: { scope: resourceGroup, role: 'Reader', via: 'pim' } },
  plain: { azure: { scope: resourceGroup, role: 'Reader', via: 'assignment', exclusive: true } },
} as const

export const permissionSetOf = ({ identityCenter }: SceneClouds) => ({
  aws: { account, permission_set: identityCenter.permissionSet.arn, exclusive: true },
})

export interface EverywhereRole {
  /** A role to assume, a binding in Google Cloud and a schedule of PIM unless given. */
  readonly bindings?: readonly object[]
  readonly residual?: string
  /** By one of team sre unless given. */
  readonly approval?: unknown
  readonly identities?: readonly object[]
}

const identityOf = (github: number, login: string) => ({
  github,
  aws: [{ account, user: login }],
  identity_center: { user: login },
  gcp: { email: mailOf(login) },
  azure: { object_id: objectIdOf(login), name: login },
})
const identities = [identityOf(583231, 'octocat'), identityOf(1002, 'mona')]

/** What is given to reviewers, and to whoever asks for it. */
export const everywherePolicy = ({
  bindings = [bindingIn.assume, bindingIn.gcp, bindingIn.pim],
  residual = '1h',
  approval = { by: ['team:sre'], count: 1 },
  identities: people = identities,
}: EverywhereRole = {}): string =>
  JSON.stringify({
    version: 1,
    enrolled: enrolledIds,
    roles: {
      [everywhereRole]: {
        description: 'Look into the orders wherever they run',
        bindings,
        repositories: ['shop-*'],
        eligible: ['team:backend'],
        lease: { default: '1h', max: '4h' },
        ...(residual === '' ? {} : { residual }),
        approval,
      },
    },
    rules: [
      {
        name: 'reviewers look everywhere',
        when: { review_requested: {} },
        give: everywhereRole,
        until: ['reviewed', 'unrequested', 'closed'],
      },
    ],
    limits: { person: { at_once: 100, daily: '240h' }, repository: { at_once: 1000 } },
    identities: people,
  })

export interface Everywhere extends Guarded {
  readonly clouds: SceneClouds
}

export async function beginEverywhere(options: JourneyOptions = {}): Promise<Everywhere> {
  const on = await beginGuarded({ policy: everywherePolicy(), ...options, clouds: true })
  const { clouds } = on
  if (clouds === undefined) throw new Error('The scene has AWS alone')
  return { ...on, clouds }
}

/** A reviewer, as GitHub and as each cloud knows them. */
export interface Somebody {
  readonly person: Account
  readonly user: UserRef
  readonly inClouds: CloudPerson
}
export const somebody = (on: Everywhere, login: 'octocat' | 'mona'): Somebody => ({
  person: on.people[login],
  user: on.iam[login],
  inClouds: on.clouds[login],
})

/** Of an offer that waits for approval: Sara of team sre approves it. */
export async function approve(on: Everywhere, pull: PullRequest, { code }: Waits): Promise<void> {
  const { refusals } = await says(on, pull, on.cast.sara, `/access approve ${code}`)
  if (refusals.length > 0) throw new Error(refusals.join('\n'))
}

/** Asked for a review. Resolves to the grant, which waits. */
export const waits = (on: Everywhere, pull: PullRequest, { person }: Somebody): Promise<Waits> =>
  asked(on, pull, person, () => on.github.requestReview(pull, on.people.alice, person))

/** Asked for a review and approved; each of the clouds was read to have it. */
export async function givenEverywhere(
  on: Everywhere,
  pull: PullRequest,
  who: Somebody,
): Promise<string> {
  const waiting = await waits(on, pull, who)
  await approve(on, pull, waiting)
  await inParts(on, waiting.grant, 3)
  return waiting.grant
}

/** So many of its bindings were seen in their clouds. */
export async function inParts(on: Everywhere, grant: string, parts: number): Promise<void> {
  await nthLine(on, parts, 'grant.binding-present', { grant })
}

/** The lanes of somebody's bindings there. */
export const lanesOf = ({ user }: Somebody) => ({
  aws: `aws/${account}/user/${user.userId}`,
  gcp: `gcp/${project}`,
  azure: `azure${resourceGroup.toLowerCase()}`,
})

/** Done in each of these lanes once more, and recorded. */
export async function changed(
  on: Everywhere,
  lanes: readonly string[],
  change: 'put' | 'remove',
  act: () => Promise<unknown>,
): Promise<void> {
  const former = lanes.map((lane) => countOf(on, 'binding.changed', { lane, change }))
  await act()
  for (const [index, lane] of lanes.entries())
    await nthLine(on, (former[index] ?? 0) + 1, 'binding.changed', { lane, change })
}

export interface May {
  readonly aws: boolean
  readonly gcp: boolean
  readonly azure: boolean
}
export const everywhere: May = { aws: true, gcp: true, azure: true }
export const nowhere: May = { aws: false, gcp: false, azure: false }

/** By the clouds' own decisions, at that instant. In AWS: whether the role may be assumed for this grant. */
export function mayIn(on: Everywhere, who: Somebody, grant: string, at?: number): May {
  const { gcp, azure } = on.clouds
  const when = at === undefined ? {} : { at }
  return {
    aws: on.aws.mayAssume({
      user: who.user,
      roleArn: assumedRoleArn,
      sessionName: `hallpass-${grant}`,
      ...when,
    }).allowed,
    gcp: gcp.may({
      resource: project,
      role: projectRole,
      member: who.inClouds.member,
      ...when,
    }).allowed,
    azure: mayInAzure(azure, who, at),
  }
}

export const mayInAzure = (
  azure: SceneClouds['azure'],
  { inClouds }: Somebody,
  at?: number,
): boolean =>
  azure.may({
    principalId: inClouds.objectId,
    scope: resourceGroup,
    roleDefinitionId: azureRoleId,
    ...(at === undefined ? {} : { at }),
  }).allowed
