// Calls about the policies of IAM users: inline ones, and managed ones that are attached.
import type { Evidence } from '../../../domain/lanes/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import { allPages, complete, mapFound } from './answers.ts'
import { attachedIn, policyNamesIn } from './policies-in.ts'
import type { Connection } from '../connection.ts'
import { decodeDocument } from '../documents.ts'
import type { Answer } from '../exchange.ts'
import { required } from './required.ts'

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
      return mapFound(pages, policyNamesIn)
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
      const answer = connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return required(answer, `AWS: there is no IAM user ${put.user}`)
    },

    /** `found` tells whether there was one to delete. */
    async deleteUserPolicy(user: string, policy: string, guard: CallGuard): Promise<Answer<true>> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.DeleteUserPolicyCommand({ UserName: user, PolicyName: policy })
      const what = `DeleteUserPolicy for ${user}`
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, () => true)
    },

    /** The ARNs of all managed policies on the user. */
    async attachedToUser(user: string, guard: CallGuard): Promise<Answer<ReadonlySet<string>>> {
      const { iam, iamClient } = await connection.sdk()
      const what = `ListAttachedUserPolicies for ${user}`
      const pages = await allPages(what, (marker) => {
        const command = new iam.ListAttachedUserPoliciesCommand({ UserName: user, ...marker })
        return connection.exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(pages, (found) => attachedIn(found, what))
    },

    async attachToUser(user: string, policyArn: string, guard: CallGuard): Promise<Evidence> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.AttachUserPolicyCommand({ UserName: user, PolicyArn: policyArn })
      const what = `AttachUserPolicy for ${user}`
      const answer = connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return required(
        answer,
        `AWS: there is no managed policy ${policyArn}, or no IAM user ${user}`,
      )
    },

    /** `found` tells whether it was attached. */
    async detachFromUser(user: string, policyArn: string, guard: CallGuard): Promise<Answer<true>> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.DetachUserPolicyCommand({ UserName: user, PolicyArn: policyArn })
      const what = `DetachUserPolicy for ${user}`
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, () => true)
    },

    /** The users that a managed policy is attached to. */
    async usersWith(
      policyArn: string,
      guard: CallGuard,
    ): Promise<Answer<readonly { readonly name: string; readonly userId: string }[]>> {
      const { iam, iamClient } = await connection.sdk()
      const what = `ListEntitiesForPolicy for ${policyArn}`
      const pages = await allPages(what, (marker) => {
        const command = new iam.ListEntitiesForPolicyCommand({
          PolicyArn: policyArn,
          EntityFilter: 'User',
          PolicyUsageFilter: 'PermissionsPolicy',
          ...marker,
        })
        return connection.exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(pages, (found) =>
        found.flatMap((p) =>
          (p.PolicyUsers ?? []).map(({ UserName, UserId }) => ({
            name: complete(UserName, what),
            userId: complete(UserId, what),
          })),
        ),
      )
    },
  }
}
