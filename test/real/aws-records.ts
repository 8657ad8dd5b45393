// One IAM user in one account, with a role, a group and a managed policy of the name `hallpass-test`.
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetAccountAuthorizationDetailsCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  NoSuchEntityException,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  SimulatePrincipalPolicyCommand,
  type RoleDetail,
} from '@aws-sdk/client-iam'
import type { AwsOptions } from '../../src/adapters/aws/connection.ts'
import { bystander, instance, madeFor, type Leftover } from './account.ts'

/** Allowed by the managed policy and the group, on what does not exist. */
export const action = 's3:GetObject'
export const nowhere = `arn:aws:s3:::${madeFor}-nowhere/*`
const ours = `hallpass-${instance}-`

interface Asked {
  readonly action: string
  readonly resource: string
  readonly at: number
  readonly sessionName?: string
}

export type AwsConnection = Pick<AwsOptions, 'endpoint' | 'credentials'>
export type Records = ReturnType<typeof createRecords>

/** Nothing where there is no such thing. */
const orNone = async <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((error: unknown) => {
    if (error instanceof NoSuchEntityException) return undefined
    throw error
  })

/** What IAM says itself. */
export function createRecords(account: string, user: string, connection: AwsConnection) {
  const iam = new IAMClient({ region: 'us-east-1', ...connection })
  const arn = (kind: string, name: string) => `arn:aws:iam::${account}:${kind}/${name}`
  const UserName = user
  const onUser = async () => {
    const [inline, groups, attached] = await Promise.all([
      iam.send(new ListUserPoliciesCommand({ UserName })),
      iam.send(new ListGroupsForUserCommand({ UserName })),
      iam.send(new ListAttachedUserPoliciesCommand({ UserName })),
    ])
    return {
      inline: inline.PolicyNames ?? [],
      groups: (groups.Groups ?? []).map((it) => it.GroupName ?? ''),
      attached: (attached.AttachedPolicies ?? []).map((it) => it.PolicyArn ?? ''),
    }
  }
  const documentOf = async (PolicyName: string) =>
    (await orNone(iam.send(new GetUserPolicyCommand({ UserName, PolicyName }))))?.PolicyDocument

  /** Whether IAM's own simulation allows it. False for whom there is not. */
  async function allows(PolicySourceArn: string, asked: Asked): Promise<boolean> {
    const context = { 'aws:CurrentTime': new Date(asked.at).toISOString() }
    const named = asked.sessionName && { 'sts:RoleSessionName': asked.sessionName }
    const answer = await orNone(
      iam.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn,
          ActionNames: [asked.action],
          ResourceArns: [asked.resource],
          ContextEntries: Object.entries({ ...context, ...named }).map(([key, value]) => ({
            ContextKeyName: key,
            ContextKeyType: key === 'aws:CurrentTime' ? 'date' : 'string',
            ContextKeyValues: [value],
          })),
        }),
      ),
    )
    return answer?.EvaluationResults?.[0]?.EvalDecision === 'allowed'
  }

  async function rolesOfOurs(): Promise<readonly RoleDetail[]> {
    const found: RoleDetail[] = []
    let Marker: string | undefined
    do {
      const page = await iam.send(
        new GetAccountAuthorizationDetailsCommand({
          Filter: ['Role'],
          ...(Marker === undefined ? {} : { Marker }),
        }),
      )
      found.push(...(page.RoleDetailList ?? []))
      Marker = page.IsTruncated === true ? page.Marker : undefined
    } while (Marker !== undefined)
    return found.filter((it) => it.Path === '/hallpass/' && it.RoleName?.startsWith(ours))
  }

  async function takeRole({ RoleName, AttachedManagedPolicies, RolePolicyList }: RoleDetail) {
    for (const { PolicyArn } of AttachedManagedPolicies ?? [])
      await orNone(iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })))
    for (const { PolicyName } of RolePolicyList ?? [])
      await orNone(iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })))
    await orNone(iam.send(new DeleteRoleCommand({ RoleName })))
  }

  const send = {
    removeInline: (PolicyName: string) =>
      orNone(iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName }))),
    leave: (GroupName: string) =>
      orNone(iam.send(new RemoveUserFromGroupCommand({ UserName, GroupName }))),
    detach: (PolicyArn: string) =>
      orNone(iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }))),
    putInline: (PolicyName: string, document: object) =>
      iam.send(
        new PutUserPolicyCommand({
          UserName,
          PolicyName,
          PolicyDocument: JSON.stringify(document),
        }),
      ),
    detachFromRole: (RoleName: string, PolicyArn: string) =>
      orNone(iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }))),
  }

  return {
    ...send,
    arn,
    user: async () => (await iam.send(new GetUserCommand({ UserName }))).User,
    userMay: (asked: Asked) => allows(arn('user', user), asked),
    roleMay: (name: string, asked: Asked) => allows(arn('role/hallpass', name), asked),
    /** What is neither ours nor the suite's, with the bystander's own policy. */
    async foreign() {
      const { inline, groups, attached } = await onUser()
      const names = inline.filter((name) => !name.startsWith(ours)).toSorted()
      const documents: (readonly [string, string | undefined])[] = []
      for (const name of names) documents.push([name, await documentOf(name)])
      return {
        documents,
        groups: groups.filter((name) => name !== madeFor).toSorted(),
        attached: attached.filter((it) => it !== arn('policy', madeFor)).toSorted(),
      }
    },
    async removeRole(name: string) {
      for (const role of await rolesOfOurs()) if (role.RoleName === name) await takeRole(role)
    },
    async leftovers(): Promise<Leftover[]> {
      const [{ inline, groups, attached }, denials, roles] = await Promise.all([
        onUser(),
        iam.send(new ListRolePoliciesCommand({ RoleName: madeFor })),
        rolesOfOurs(),
      ])
      return [
        ...inline
          .filter((name) => name.startsWith(ours) || name === bystander)
          .map((name) => ({
            what: `inline policy ${name} of ${user}`,
            remove: () => send.removeInline(name),
          })),
        ...groups
          .filter((name) => name === madeFor)
          .map((name) => ({ what: `${user} in group ${name}`, remove: () => send.leave(name) })),
        ...attached
          .filter((it) => it === arn('policy', madeFor))
          .map((it) => ({ what: `${it} on ${user}`, remove: () => send.detach(it) })),
        ...(denials.PolicyNames ?? [])
          .filter((name) => name.startsWith(ours))
          .map((PolicyName) => ({
            what: `inline policy ${PolicyName} of role ${madeFor}`,
            remove: () =>
              orNone(iam.send(new DeleteRolePolicyCommand({ RoleName: madeFor, PolicyName }))),
          })),
        ...roles.map((role) => ({
          what: `role ${role.RoleName}`,
          remove: () => takeRole(role),
        })),
      ]
    },
    close: () => iam.destroy(),
  }
}
