// Calls about groups and their members.
import type { Evidence } from '../../../domain/lanes/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import { allPages, complete, mapFound } from './answers.ts'
import type { Connection } from '../connection.ts'
import type { Answer } from '../exchange.ts'
import { required } from './required.ts'
import { toIamUser, type IamUser } from './user-calls.ts'

export function createGroupCalls(connection: Connection) {
  return {
    /** The group's ARN, and who is in it. */
    async getGroup(
      group: string,
      guard: CallGuard,
    ): Promise<Answer<{ readonly arn: string; readonly members: readonly IamUser[] }>> {
      const { iam, iamClient } = await connection.sdk()
      const what = `GetGroup for ${group}`
      const pages = await allPages(what, (marker) => {
        const command = new iam.GetGroupCommand({ GroupName: group, ...marker })
        return connection.exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(pages, (found) => ({
        arn: complete(found[0]?.Group?.Arn, what),
        members: found.flatMap(({ Users }) => (Users ?? []).map(toIamUser)),
      }))
    },

    /** The names of all groups that the user is in. */
    async groupsOf(user: string, guard: CallGuard): Promise<Answer<ReadonlySet<string>>> {
      const { iam, iamClient } = await connection.sdk()
      const what = `ListGroupsForUser for ${user}`
      const pages = await allPages(what, (marker) => {
        const command = new iam.ListGroupsForUserCommand({ UserName: user, ...marker })
        return connection.exchange(what, guard, (o) => iamClient.send(command, o))
      })
      return mapFound(
        pages,
        (found) =>
          new Set(found.flatMap((p) => (p.Groups ?? []).map((g) => complete(g.GroupName, what)))),
      )
    },

    async addToGroup(user: string, group: string, guard: CallGuard): Promise<Evidence> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.AddUserToGroupCommand({ UserName: user, GroupName: group })
      const what = `AddUserToGroup for ${user}`
      const answer = connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return required(answer, `AWS: there is no IAM user ${user}, or no group ${group}`)
    },

    /** `found` tells whether the user was in it. */
    async removeFromGroup(user: string, group: string, guard: CallGuard): Promise<Answer<true>> {
      const { iam, iamClient } = await connection.sdk()
      const command = new iam.RemoveUserFromGroupCommand({ UserName: user, GroupName: group })
      const what = `RemoveUserFromGroup for ${user}`
      const answer = await connection.exchange(what, guard, (o) => iamClient.send(command, o))
      return mapFound(answer, () => true)
    },
  }
}
