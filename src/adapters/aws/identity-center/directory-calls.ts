// Calls about instances, permission sets, and the people in the identity store.
import type { CallGuard } from '../../../workflows/ports.ts'
import { complete, mapFound } from '../calls/answers.ts'
import type { Answer } from '../exchange.ts'
import { everyPage, type Connection } from './connection.ts'

export interface Instance {
  readonly arn: string
  readonly store: string
  /** The account that it belongs to. */
  readonly owner: string
}

export interface PermissionSet {
  readonly name: string
  /** As AWS writes it: ISO 8601. */
  readonly sessionDuration: string
}

/** What somebody is called in the store. */
export interface StoreName {
  readonly store: string
  readonly attribute: 'userName' | 'emails.value'
  readonly value: string
}

export interface StoreUser {
  readonly store: string
  readonly userId: string
}

export function createDirectoryCalls({ exchange, sdk }: Connection) {
  return {
    /** Those that the credentials administer, in the region. */
    async instances(guard: CallGuard): Promise<readonly Instance[]> {
      const { sso, center } = await sdk()
      const what = 'ListInstances'
      const { found = [] } = await everyPage((next) => {
        const command = new sso.ListInstancesCommand(next)
        return exchange(what, guard, (o) => center.send(command, o))
      })
      return found
        .flatMap((page) => page.Instances ?? [])
        .map((it) => ({
          arn: complete(it.InstanceArn, what),
          store: complete(it.IdentityStoreId, what),
          owner: complete(it.OwnerAccountId, what),
        }))
    },

    async permissionSet(
      of: { readonly instanceArn: string; readonly permissionSet: string },
      guard: CallGuard,
    ): Promise<Answer<PermissionSet>> {
      const { sso, center } = await sdk()
      const what = `DescribePermissionSet for ${of.permissionSet}`
      const command = new sso.DescribePermissionSetCommand({
        InstanceArn: of.instanceArn,
        PermissionSetArn: of.permissionSet,
      })
      const answer = await exchange(what, guard, (o) => center.send(command, o))
      return mapFound(answer, (it) => {
        const { Name, SessionDuration } = complete(it.PermissionSet, what)
        // An hour is what AWS takes for a permission set that says nothing else.
        return { name: complete(Name, what), sessionDuration: SessionDuration ?? 'PT1H' }
      })
    },

    async userId(named: StoreName, guard: CallGuard): Promise<string | undefined> {
      const { store, directory } = await sdk()
      const what = `GetUserId by ${named.attribute}`
      const command = new store.GetUserIdCommand({
        IdentityStoreId: named.store,
        AlternateIdentifier: {
          UniqueAttribute: { AttributePath: named.attribute, AttributeValue: named.value },
        },
      })
      const { found } = await exchange(what, guard, (o) => directory.send(command, o))
      return found && complete(found.UserId, what)
    },

    async userName({ store: id, userId }: StoreUser, guard: CallGuard): Promise<Answer<string>> {
      const { store, directory } = await sdk()
      const what = `DescribeUser for ${userId}`
      const command = new store.DescribeUserCommand({ IdentityStoreId: id, UserId: userId })
      const answer = await exchange(what, guard, (o) => directory.send(command, o))
      return mapFound(answer, ({ UserName }) => UserName ?? userId)
    },

    /** Ids of the groups that the user is in. */
    async groupsOf({ store: id, userId }: StoreUser, guard: CallGuard) {
      const { store, directory } = await sdk()
      const what = `ListGroupMembershipsForMember for ${userId}`
      const { found = [] } = await everyPage((next) => {
        const command = new store.ListGroupMembershipsForMemberCommand({
          IdentityStoreId: id,
          MemberId: { UserId: userId },
          ...next,
        })
        return exchange(what, guard, (o) => directory.send(command, o))
      })
      const memberships = found.flatMap((page) => page.GroupMemberships ?? [])
      return new Set(memberships.flatMap(({ GroupId }) => GroupId ?? []))
    },
  }
}
