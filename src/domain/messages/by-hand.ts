// The exact command that takes one binding back by hand, for whoever has to when Hallpass cannot.
import type { AzureRoleAssignment, Binding, GcpConditionalBinding } from '../lanes/types.ts'
import { shellWord } from './escape.ts'

/** One line of a shell. */
export function byHand({ role, principal, name }: Binding): string {
  switch (role.mode) {
    case 'assume-role':
    case 'inline-permissions':
      return `aws iam delete-user-policy --user-name ${userOf(principal)} --policy-name ${shellWord(name)}`
    // Over its own policy that ends it, so that nothing foreign is left on the role.
    case 'role-per-grant':
      return `aws iam update-assume-role-policy --role-name ${shellWord(name)} --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}' && aws iam put-role-policy --role-name ${shellWord(name)} --policy-name hallpass-end --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'`
    case 'group':
      return `aws iam remove-user-from-group --user-name ${userOf(principal)} --group-name ${shellWord(role.group)}`
    case 'managed-policy':
      return `aws iam detach-user-policy --user-name ${userOf(principal)} --policy-arn ${shellWord(role.policyArn)}`
    case 'account-assignment':
      return `aws sso-admin delete-account-assignment --instance-arn ${shellWord(instanceOf(role.permissionSet))} --permission-set-arn ${shellWord(role.permissionSet)} --target-type AWS_ACCOUNT --target-id ${shellWord(role.account)} --principal-type USER --principal-id ${userIdOf(principal)}`
    case 'conditional-binding':
      return gcpByHand(role, principal, name)
    case 'assignment':
    case 'pim':
    case 'by-licence':
      return azureByHand(role, principal)
    default:
      return role satisfies never
  }
}

/** The instance that a permission set's ARN names. */
const instanceOf = (permissionSet: string): string =>
  permissionSet.replace(/:permissionSet\/([^/]+)\/.*$/, ':instance/$1')

const userOf = (principal: Binding['principal']): string =>
  shellWord('userName' in principal ? principal.userName : '')
const userIdOf = (principal: Binding['principal']): string =>
  shellWord('userId' in principal ? principal.userId : '')

function gcpByHand(
  { resource, role }: GcpConditionalBinding,
  principal: Binding['principal'],
  name: string,
): string {
  const [kind = '', id = ''] = resource.split('/')
  const command = { projects: 'projects', folders: 'resource-manager folders' }[kind]
  const member = principal.cloud === 'gcp' ? principal.member : ''
  return `gcloud ${command ?? 'organizations'} get-iam-policy ${shellWord(id)} --format=json | jq ${shellWord(`.bindings|=map(select((.role==${JSON.stringify(role)} and .condition.title==${JSON.stringify(name)} and .members==[${JSON.stringify(member)}])|not))`)} > policy.json && gcloud ${command ?? 'organizations'} set-iam-policy ${shellWord(id)} policy.json`
}

function azureByHand(
  { mode, scope, role, roleId }: AzureRoleAssignment,
  principal: Binding['principal'],
): string {
  const objectId = principal.cloud === 'azure' ? principal.objectId : ''
  if (mode !== 'pim')
    return `az role assignment delete --assignee ${shellWord(objectId)} --role ${shellWord(roleId ?? role)} --scope ${shellWord(scope)}`
  // Azure's own roles are known to each subscription, and to the tenant for what is above them.
  const [place = ''] = /^\/subscriptions\/[^/]+/.exec(scope) ?? []
  const definition = `${place}/providers/Microsoft.Authorization/roleDefinitions/${roleId ?? role}`
  const body = {
    properties: { principalId: objectId, roleDefinitionId: definition, requestType: 'AdminRemove' },
  }
  return `az rest --method put --url ${shellWord(`${scope}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/`)}"$(uuidgen)"'?api-version=2020-10-01' --body ${shellWord(JSON.stringify(body))}`
}
