// Calls about what hangs on a role: its inline policies, and the managed ones that are attached.
import type { Evidence } from '../../../domain/lanes/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import { allPages, complete, mapFound } from './answers.ts'
import { attachedIn, policyNamesIn } from './policies-in.ts'
import type { Connection } from '../connection.ts'
import { decodeDocument } from '../documents.ts'
import type { Answer } from '../exchange.ts'
import { required } from './required.ts'

export function createRolePolicyCalls(connection: Connection) {
  return {
    /** The names of all inline policies. */
    async listRolePolicies(role: string, guard: CallGuard): Promise<Answer<ReadonlySet<string>>> {
      const { iam, iamClient } = await connection.sdk()
      const what = `ListRolePolicies for ${role}`
      const pages = await allPages(what, (marker) => {
        const command = new iam.ListRolePoliciesCommand({ RoleName: role, ...marker })
        return connection.exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(pages, policyNamesIn)
    },

    async getRolePolicy(role: string, policy: string, guard: CallGuard): Promise<Answer<string>> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.GetRolePolicyCommand({ RoleName: role, PolicyName: policy })
      const what = `GetRolePolicy for ${role}`
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, (found) => decodeDocument(complete(found.PolicyDocument, what)) ?? '')
    },

    /** `found` is undefined without such a role. */
    async putRolePolicy(
      put: { readonly role: string; readonly policy: string; readonly document: string },
      guard: CallGuard,
    ): Promise<Answer<true>> {
      const { iam, iamClient } = await connection.sdk()
      const what = `PutRolePolicy for ${put.role}`
      const command = new iam.PutRolePolicyCommand({
        RoleName: put.role,
        PolicyName: put.policy,
        PolicyDocument: put.document,
      })
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, () => true)
    },

    /** `found` tells whether there was one to delete. */
    async deleteRolePolicy(role: string, policy: string, guard: CallGuard): Promise<Answer<true>> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.DeleteRolePolicyCommand({ RoleName: role, PolicyName: policy })
      const what = `DeleteRolePolicy for ${role}`
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, () => true)
    },

    /** The ARNs of all managed policies on the role. */
    async attachedToRole(role: string, guard: CallGuard): Promise<Answer<ReadonlySet<string>>> {
      const { iam, iamClient } = await connection.sdk()
      const what = `ListAttachedRolePolicies for ${role}`
      const pages = await allPages(what, (marker) => {
        const command = new iam.ListAttachedRolePoliciesCommand({ RoleName: role, ...marker })
        return connection.exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(pages, (found) => attachedIn(found, what))
    },

    async attachToRole(role: string, policyArn: string, guard: CallGuard): Promise<Evidence> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn })
      const what = `AttachRolePolicy for ${role}`
      const answer = connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return required(answer, `AWS: there is no managed policy ${policyArn}, or no role ${role}`)
    },

    /** `found` tells whether it was attached. */
    async detachFromRole(role: string, policyArn: string, guard: CallGuard): Promise<Answer<true>> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.DetachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn })
      const what = `DetachRolePolicy for ${role}`
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, () => true)
    },
  }
}
