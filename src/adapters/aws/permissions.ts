// The actions of AWS that the adapter calls, by what they are needed for. `deploy/terraform` is held to these.
import type { AwsRole } from '../../domain/lanes/types.ts'

const inline = [
  'iam:DeleteUserPolicy',
  'iam:GetUserPolicy',
  'iam:ListUserPolicies',
  'iam:PutUserPolicy',
] as const

/** On roles that Hallpass makes: `arn:aws:iam::<account>:role/hallpass/*`. */
export const onOwnRoles = [
  'iam:AttachRolePolicy',
  'iam:CreateRole',
  'iam:DeleteRole',
  'iam:DeleteRolePermissionsBoundary',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:ListAttachedRolePolicies',
  'iam:ListRolePolicies',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:TagRole',
  'iam:UpdateAssumeRolePolicy',
] as const

/** On the roles that are assumed where `end_sessions` is written. */
export const toEndSessions = [
  'iam:DeleteRolePolicy',
  'iam:ListRolePolicies',
  'iam:PutRolePolicy',
] as const

export const onGroups = ['iam:AddUserToGroup', 'iam:GetGroup', 'iam:RemoveUserFromGroup'] as const

/** In every mode. `sts:GetCallerIdentity` needs no permission. */
export const always = [
  'iam:GetAccountAuthorizationDetails',
  'iam:GetRole',
  'iam:GetUser',
  'iam:ListUsers',
  'iam:SimulatePrincipalPolicy',
] as const

/** On users, by mode. */
export const onUsers: Readonly<Record<AwsRole['mode'], readonly string[]>> = {
  'assume-role': inline,
  'inline-permissions': inline,
  'role-per-grant': [],
  group: ['iam:ListGroupsForUser'],
  'managed-policy': [
    'iam:AttachUserPolicy',
    'iam:DetachUserPolicy',
    'iam:ListAttachedUserPolicies',
  ],
}

/** Beside `always`. The actions of `end-sessions` are needed only where a policy says `end_sessions`. */
export const apiActionsByMode: Readonly<
  Record<AwsRole['mode'] | 'end-sessions', readonly string[]>
> = {
  'assume-role': onUsers['assume-role'],
  'inline-permissions': onUsers['inline-permissions'],
  'role-per-grant': onOwnRoles,
  group: [...onUsers.group, ...onGroups],
  'managed-policy': [...onUsers['managed-policy'], 'iam:ListEntitiesForPolicy'],
  'end-sessions': toEndSessions,
}

/** What Hallpass's own credentials must be allowed to do in an account, over all modes. */
export const apiActions: readonly string[] = [
  ...new Set([...always, ...Object.values(apiActionsByMode).flat()]),
].toSorted()
