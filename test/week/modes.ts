// The ways in which access is given during the week, and what each cloud itself says about it.
import type { AddedUser } from '../../sandbox/aws/control.ts'
import type { Account } from '../../sandbox/github/index.ts'
import { account, type Scene } from '../../sandbox/scene.ts'
import {
  azureRoleId,
  mailOf,
  project,
  projectRole,
  resourceGroup,
  type CloudPerson,
  type SceneClouds,
} from '../../sandbox/scene-clouds.ts'
import { assumedRoleArn } from '../support/policies.ts'

export type Week = Scene & { readonly clouds: SceneClouds }

export interface Developer {
  readonly person: Account
  readonly user: AddedUser
  readonly inClouds: CloudPerson
}

export interface Mode {
  readonly binding: (scene: Week) => object
  readonly hours: number
  /** How long a session may outlive it, in hours. */
  readonly residual?: number
  /** Whether the cloud itself would let them in at that instant. `session`: how AWS's role session for the grant is called. */
  may(scene: Week, who: Developer, at: number, session: string | undefined): boolean
}

export const plainGroup = `${resourceGroup}-plain`
const onTable = { action: 'dynamodb:GetItem', resource: '*' }
const onQueue = { action: 'sqs:ReceiveMessage', resource: '*' }

/** Makes what the modes need that the scene does not have. Before Hallpass starts. */
export function setPlaces({ aws, clouds }: Week): void {
  const allows = (action: string) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
  })
  aws.addGroup({ account, name: 'queues', policies: { read: allows(onQueue.action) } })
  const [, , id = '', , name = ''] = plainGroup.split('/')
  clouds.azure.addResourceGroup({ subscription: id, name })
}

const azureMay =
  (scope: string) =>
  ({ clouds }: Week, { inClouds }: Developer, at: number) =>
    clouds.azure.may({ principalId: inClouds.objectId, scope, roleDefinitionId: azureRoleId, at })
      .allowed

export const modes = {
  allow: {
    binding: () => ({
      aws: { account, allow: [{ actions: [onTable.action], resources: [onTable.resource] }] },
    }),
    hours: 1,
    may: ({ aws }, { user }, at) => aws.mayCall({ user, ...onTable, at }).allowed,
  },
  assume: {
    binding: () => ({ aws: { account, assume: assumedRoleArn } }),
    hours: 2,
    residual: 1,
    may: ({ aws }, { user }, at, sessionName) =>
      sessionName !== undefined &&
      aws.mayAssume({ user, roleArn: assumedRoleArn, sessionName, at }).allowed,
  },
  group: {
    binding: () => ({ aws: { account, group: 'queues', exclusive: true } }),
    hours: 1,
    may: ({ aws }, { user }, at) => aws.mayCall({ user, ...onQueue, at }).allowed,
  },
  sso: {
    binding: ({ clouds }) => ({
      aws: { account, permission_set: clouds.identityCenter.permissionSet.arn, exclusive: true },
    }),
    hours: 1,
    residual: 1,
    may: ({ aws, clouds }, { inClouds }, at) =>
      aws.mayOpen(
        {
          user: inClouds.ssoUser,
          account,
          permissionSet: clouds.identityCenter.permissionSet,
        },
        at,
      ).allowed,
  },
  gcp: {
    binding: () => ({ gcp: { project: project.split('/')[1], role: projectRole } }),
    hours: 3,
    may: ({ clouds }, { inClouds }, at) =>
      clouds.gcp.may({ resource: project, role: projectRole, member: inClouds.member, at }).allowed,
  },
  pim: {
    binding: () => ({ azure: { scope: resourceGroup, role: 'Reader', via: 'pim' } }),
    hours: 1,
    may: azureMay(resourceGroup),
  },
  plain: {
    binding: () => ({
      azure: { scope: plainGroup, role: 'Reader', via: 'assignment', exclusive: true },
    }),
    hours: 2,
    may: azureMay(plainGroup),
  },
} as const satisfies Readonly<Record<string, Mode>>

export type ModeName = keyof typeof modes
export const modeNames = Object.keys(modes) as readonly ModeName[]

const objectIdOf = (n: number) => `5d2f1c1e-5a5e-4c0a-9c1f-3a7f0f1d${String(n).padStart(4, '0')}`

/** Somebody who reviews, known everywhere. */
export function addDeveloper(scene: Week, n: number): Developer {
  const login = `dev-${n}`
  const { github, organization, backend, repository, aws, clouds } = scene
  const person = github.addUser(login, { id: 4000 + n })
  github.setMembership(organization, person)
  github.setTeamMembership(backend, person)
  github.setRole(repository, person, 'write')
  return {
    person,
    user: aws.addUser({ account, name: login }),
    inClouds: clouds.person(login, objectIdOf(n)),
  }
}

export interface WeekPolicy {
  readonly scene: Week
  readonly developers: readonly Developer[]
  /** The modes that are offered; all unless given. */
  readonly offered?: readonly ModeName[]
}

/** Who changes `services/<mode>/…` and asks for a review gives the reviewer that access. */
export function weekPolicy({ scene, developers, offered = modeNames }: WeekPolicy): string {
  const roleOf = (name: ModeName): object => {
    const mode: Mode = modes[name]
    return {
      description: `Access by ${name}`,
      bindings: [mode.binding(scene)],
      repositories: ['shop-*'],
      eligible: ['team:backend'],
      lease: { default: `${mode.hours}h`, max: '8h' },
      ...(mode.residual === undefined ? {} : { residual: `${mode.residual}h` }),
      approval: 'none',
    }
  }
  return JSON.stringify({
    version: 1,
    enrolled: [scene.repository.id],
    roles: Object.fromEntries(offered.map((name) => [name, roleOf(name)])),
    rules: offered.map((name) => ({
      name: `reviewers by ${name}`,
      when: { review_requested: { paths: [`services/${name}/**`] } },
      give: name,
      until: ['reviewed', 'unrequested', 'closed'],
    })),
    limits: { person: { at_once: 100, daily: '240h' }, repository: { at_once: 1000 } },
    identities: developers.map(({ person, inClouds: { objectId } }) => ({
      github: person.id,
      aws: [{ account, user: person.login }],
      identity_center: { user: person.login },
      gcp: { email: mailOf(person.login) },
      azure: { object_id: objectId, name: person.login },
    })),
  })
}
