// Calls about the inline policies of IAM users.
import { CloudError } from '../../domain/errors.ts'
import type { Evidence } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import { allPages, complete, mapFound, type Connection } from './connection.ts'
import { decodeDocument } from './documents.ts'
import type { Answer } from './exchange.ts'

export function createPolicyCalls(connection: Connection) {
  return {
    /** The names of all inline policies. */
    async listUserPolicies(user: string, guard: CallGuard): Promise<Answer<ReadonlySet<string>>> {
      const { iam, iamClient } = await connection.sdk()
      const what = `ListUserPolicies for ${user}`
      const pages = await allPages(what, (marker) => {
        const command = new iam.ListUserPoliciesCommand({ UserName: user, ...marker })
        return connection.exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(pages, (found) => new Set(found.flatMap((p) => p.PolicyNames ?? [])))
    },

    /** The document as it was put. */
    async getUserPolicy(user: string, policy: string, guard: CallGuard): Promise<Answer<string>> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.GetUserPolicyCommand({ UserName: user, PolicyName: policy })
      const what = `GetUserPolicy for ${user}`
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, (found) => decodeDocument(complete(found.PolicyDocument, what)) ?? '')
    },

    async putUserPolicy(
      put: { readonly user: string; readonly policy: string; readonly document: string },
      guard: CallGuard,
    ): Promise<Evidence> {
      const { iam, iamClient } = await connection.sdk()
      const what = `PutUserPolicy for ${put.user}`
      const command = new iam.PutUserPolicyCommand({
        UserName: put.user,
        PolicyName: put.policy,
        PolicyDocument: put.document,
      })
      const { found, evidence } = await connection.exchange(what, guard, (o) =>
        iamClient.send(command, o),
      )
      if (!found) throw new CloudError('missing', `AWS: there is no IAM user ${put.user}`)
      return evidence
    },

    /** `found` tells whether there was one to delete. */
    async deleteUserPolicy(user: string, policy: string, guard: CallGuard): Promise<Answer<true>> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.DeleteUserPolicyCommand({ UserName: user, PolicyName: policy })
      const what = `DeleteUserPolicy for ${user}`
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, () => true)
    },
  }
}
