// Calls about roles themselves. What hangs on them: role-policy-calls.ts.
import type { Role } from '@aws-sdk/client-iam'
import type { Evidence } from '../../../domain/lanes/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import { complete, mapFound } from './answers.ts'
import type { Connection } from '../connection.ts'
import { decodeDocument } from '../documents.ts'
import type { Answer } from '../exchange.ts'
import { required } from './required.ts'

export interface IamRole {
  readonly arn: string
  /** `AROA…`: never reused, unlike the name. */
  readonly roleId: string
  /** The trust policy, as JSON. */
  readonly trust: string
  /** MaxSessionDuration. */
  readonly sessionSecondsMax: number
  /** ARN of the managed policy that bounds it. */
  readonly boundary: string | undefined
}

/** What AWS takes for a role that says nothing else. */
const sessionSecondsByDefault = 3600

const toIamRole = (role: Role | undefined, what: string): IamRole => ({
  arn: complete(role?.Arn, what),
  roleId: complete(role?.RoleId, what),
  trust: decodeDocument(complete(role?.AssumeRolePolicyDocument, what)) ?? '',
  sessionSecondsMax: role?.MaxSessionDuration ?? sessionSecondsByDefault,
  boundary: role?.PermissionsBoundary?.PermissionsBoundaryArn,
})

export interface NewRole {
  readonly path: string
  readonly name: string
  readonly trust: string
  readonly boundary: string | undefined
  readonly sessionSecondsMax: number
  readonly tags: Readonly<Record<string, string>>
}

export function createRoleCalls(connection: Connection) {
  return {
    async getRole(role: string, guard: CallGuard): Promise<Answer<IamRole>> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.GetRoleCommand({ RoleName: role })
      const what = `GetRole for ${role}`
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, ({ Role }) => toIamRole(Role, what))
    },

    async createRole(role: NewRole, guard: CallGuard): Promise<Evidence> {
      const { iam, iamClient } = await connection.sdk()
      const what = `CreateRole for ${role.name}`
      const command = new iam.CreateRoleCommand({
        Path: role.path,
        RoleName: role.name,
        AssumeRolePolicyDocument: role.trust,
        MaxSessionDuration: role.sessionSecondsMax,
        Tags: Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
        ...(role.boundary === undefined ? {} : { PermissionsBoundary: role.boundary }),
      })
      const answer = connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return required(answer, `AWS: there is no permissions boundary ${role.boundary ?? ''}`)
    },

    /** `found` tells whether there was one to delete. */
    async deleteRole(role: string, guard: CallGuard): Promise<Answer<true>> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.DeleteRoleCommand({ RoleName: role })
      const what = `DeleteRole for ${role}`
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, () => true)
    },

    async updateTrust(role: string, trust: string, guard: CallGuard): Promise<Evidence> {
      const { iam, iamClient } = await connection.sdk()
      const what = `UpdateAssumeRolePolicy for ${role}`
      const command = new iam.UpdateAssumeRolePolicyCommand({
        RoleName: role,
        PolicyDocument: trust,
      })
      const answer = connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return required(answer, `AWS: there is no role ${role}`)
    },

    /** Undefined takes it off. */
    async setBoundary(
      role: string,
      boundary: string | undefined,
      guard: CallGuard,
    ): Promise<Evidence> {
      const { iam, iamClient } = await connection.sdk()
      if (boundary === undefined) {
        const off = new iam.DeleteRolePermissionsBoundaryCommand({ RoleName: role })
        const what = `DeleteRolePermissionsBoundary for ${role}`
        const gone = await connection.exchange(what, guard, (o) => iamClient.send(off, o))
        return gone.evidence
      }
      const what = `PutRolePermissionsBoundary for ${role}`
      const command = new iam.PutRolePermissionsBoundaryCommand({
        RoleName: role,
        PermissionsBoundary: boundary,
      })
      const answer = connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return required(
        answer,
        `AWS: there is no role ${role}, or no permissions boundary ${boundary}`,
      )
    },
  }
}
