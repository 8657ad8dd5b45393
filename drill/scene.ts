// The sample organization with a cast of many, what the drill's roles give, and what is somebody else's beside it.
import { startManagedIdentity, type ManagedIdentity } from '../sandbox/azure/managed-identity.ts'
import type { AddedUser } from '../sandbox/aws/control.ts'
import type { PermissionSet } from '../sandbox/aws/identity-center/entities.ts'
import type { Account, PullRequest } from '../sandbox/github/index.ts'
import { azureRoleId, mailOf, type CloudPerson, type SceneClouds } from '../sandbox/scene-clouds.ts'
import { account, startScene, type Scene } from '../sandbox/scene.ts'
import { leaseSeconds, type Plan, type PlannedGrant } from './plan.ts'
import { bindingOf, drillRoles, place, type DrillRole } from './roles.ts'

export interface Person {
  readonly login: string
  readonly account: Account
  readonly user: AddedUser
  readonly inClouds: CloudPerson
}

export interface DrillScene extends Scene {
  readonly clouds: SceneClouds
  readonly cast: readonly Person[]
  readonly permissionSet: PermissionSet
  readonly azureIdentity: ManagedIdentity
  /** The pull request that each grant is asked for on, by its number in the plan. */
  readonly pulls: ReadonlyMap<number, PullRequest>
  /** Grants, by number, whose person and role another one shares. */
  readonly shared: ReadonlySet<number>
  /** The organization's document. */
  readonly policy: string
}

export async function openScene(plan: Plan): Promise<DrillScene> {
  const scene = await startScene({ clouds: true })
  const { clouds } = scene
  if (clouds === undefined) throw new Error('The scene has AWS alone')
  const { identityCenter } = clouds
  const permissionSet = scene.aws.addPermissionSet({
    instance: identityCenter.instance,
    name: 'Drill',
  })
  prepareClouds(scene, clouds)
  const cast = castOf(scene, clouds, plan.people)
  addOthers(scene, clouds, cast, permissionSet)
  const azureIdentity = await startManagedIdentity(() => clouds.azureApp.token())
  const everything = ['iam:*', 'sts:*', 'sso:*', 'identitystore:*']
  const pulls = new Map(plan.grants.map((grant) => [grant.n, openPull(scene, grant, cast)]))
  scene.github.deliversInParallel = true
  scene.github.deliveryMode = 'hold'
  return {
    ...scene,
    credentials: scene.aws.appCredentials(account, everything),
    clouds,
    cast,
    permissionSet,
    azureIdentity,
    pulls,
    shared: new Set(plan.grants.flatMap(({ shares }) => shares ?? [])),
    policy: policyOf(cast, permissionSet),
    async close() {
      await Promise.all([azureIdentity.close(), scene.close()])
    },
  }
}

const readsTables = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' }],
}
const readsQueues = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource: '*' }],
}

function prepareClouds({ aws }: Scene, { gcp, azure, azureApp }: SceneClouds): void {
  for (const key of ['assume', 'assume-ending'] as const)
    aws.addRole({
      account,
      name: place[key].name,
      trustAccountRoot: true,
      maxSessionSeconds: 900,
      policies: { read: readsTables },
    })
  aws.addManagedPolicy({ account, name: place.made.name, document: readsTables })
  aws.addManagedPolicy({ account, name: place.attached.name, document: readsQueues })
  aws.addGroup({ account, name: place.group })
  aws.addGroup({ account, name: place.wideGroup })
  for (const id of [place.project, place.wideProject]) gcp.addProject(id)
  const [, , subscription = ''] = place.plain.split('/')
  for (const scope of [place.plain, place.widePlain])
    azure.addResourceGroup({ subscription, name: scope.split('/').at(-1) ?? '' })
  if (azureApp.principalId === '') throw new Error('The app has no identity in Azure')
}

const firstId = 30_001

function castOf({ github, aws, ...scene }: Scene, clouds: SceneClouds, count: number): Person[] {
  return Array.from({ length: count }, (_, n) => {
    const login = `dev-${n + 1}`
    const person = github.addUser(login, { id: firstId + n })
    github.setMembership(scene.organization, person)
    github.setTeamMembership(scene.backend, person)
    github.setRole(scene.repository, person, 'write')
    return {
      login,
      account: person,
      user: aws.addUser({ account, name: login }),
      inClouds: clouds.person(login),
    }
  })
}

/** Storage Blob Data Reader. */
const othersAzureRole = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'

/** Access that others gave, beside what Hallpass gives, and strangers in what the policy declares to be Hallpass's alone. */
function addOthers(
  { aws }: Scene,
  { gcp, azure, octocat, mona, identityCenter }: SceneClouds,
  cast: readonly Person[],
  permissionSet: PermissionSet,
): void {
  const own = aws.addManagedPolicy({ account, name: 'own', document: readsQueues })
  aws.addGroup({ account, name: 'everybody' })
  const stranger = aws.addUser({ account, name: 'stranger' })
  aws.addToGroup(stranger, place.group)
  aws.attachPolicy(stranger, place.attached.arn)
  for (const { user, inClouds } of cast) {
    aws.putUserPolicy({ user, name: 'own', document: readsQueues })
    aws.attachPolicy(user, own.arn)
    aws.addToGroup(user, 'everybody')
    for (const scope of [place.pim, place.plain, place.widePlain])
      azure.assign({ scope, roleDefinitionId: othersAzureRole, principalId: inClouds.objectId })
    aws.assign({
      account,
      permissionSet: identityCenter.permissionSet,
      principal: inClouds.ssoUser,
    })
  }
  aws.assign({ account, permissionSet, principal: mona.ssoUser })
  const [roleDefinitionId, principalId] = [azureRoleId, octocat.objectId]
  azure.assign({ scope: place.plain, roleDefinitionId, principalId })
  for (const id of [place.project, place.wideProject])
    gcp.setPolicy(
      `projects/${id}`,
      [
        { role: 'roles/browser', members: cast.map(({ inClouds }) => inClouds.member) },
        { role: place.gcpRole, members: [octocat.member] },
      ],
      [
        {
          service: 'allServices',
          auditLogConfigs: [{ logType: 'DATA_READ', exemptedMembers: [] }],
        },
      ],
    )
}

const labelOf = (role: string) => `access/${role}`

/** The path's first part is how long, the second what is given to whom is asked to review it. */
function openPull(scene: Scene, grant: PlannedGrant, cast: readonly Person[]): PullRequest {
  const { github, repository, people } = scene
  const person = cast[grant.person]
  if (person === undefined) throw new Error('The cast is too small')
  return github.openPullRequest(repository, {
    author: grant.trigger === 'label' ? person.account : people.alice,
    title: `Change ${grant.n}`,
    files: { [`${termOf(grant)}/${grant.role}/${grant.n}.ts`]: `export const n = ${grant.n}\n` },
  })
}

type Term = keyof typeof leaseSeconds
const termOf = (grant: PlannedGrant): Term =>
  grant.leaseSeconds === leaseSeconds.long ? 'long' : 'short'

/** Of the label that asks for the grant. */
export const labelFor = (grant: PlannedGrant): string => `${labelOf(grant.role)}/${termOf(grant)}`

function policyOf(cast: readonly Person[], permissionSet: PermissionSet): string {
  const bindings = bindingOf(permissionSet.arn)
  const role = ({ ways, residualSeconds }: DrillRole) => ({
    description: `Look at orders by way of ${ways.join(' and ')}`,
    bindings: ways.map((way) => bindings[way]),
    repositories: ['shop-orders'],
    eligible: ['team:backend'],
    lease: { default: `${leaseSeconds.short}s`, max: `${leaseSeconds.long}s` },
    ...(residualSeconds === 0 ? {} : { residual: `${residualSeconds}s` }),
    approval: 'none',
    limits: { at_once: 10_000 },
  })
  return JSON.stringify({
    version: 1,
    roles: Object.fromEntries(drillRoles.map((each) => [each.name, role(each)])),
    rules: drillRoles.flatMap(({ name }) => rulesOf(name)),
    limits: { person: { at_once: 100, daily: '240h' }, repository: { at_once: 10_000 } },
    identities: cast.map(({ login, account: { id }, inClouds }) => ({
      github: id,
      name: `@${login}`,
      aws: [{ account, user: login }],
      identity_center: { user: login },
      gcp: { email: mailOf(login) },
      azure: { object_id: inClouds.objectId, name: login },
    })),
  })
}

function rulesOf(role: string) {
  const terms: readonly Term[] = ['short', 'long']
  return [
    ...terms.flatMap((term) => [
      {
        name: `${term} for reviewers: ${role}`,
        when: { review_requested: { paths: [`${term}/${role}/**`] } },
        give: role,
        for: `${leaseSeconds[term]}s`,
        until: ['reviewed', 'unrequested', 'closed'],
      },
      {
        name: `${term} by label: ${role}`,
        when: { labeled: [`${labelOf(role)}/${term}`] },
        to: 'author',
        give: role,
        for: `${leaseSeconds[term]}s`,
        until: ['unlabeled', 'closed'],
      },
    ]),
    { name: `asked for: ${role}`, when: { requested: {} }, give: role, until: ['closed'] },
  ]
}
