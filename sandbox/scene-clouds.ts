// The sample organization's further clouds: Google Cloud, Azure and Identity Center, each with the scene's two reviewers.
import type { Aws } from './aws/index.ts'
import { startAzure } from './azure/index.ts'
import { startGcp } from './gcp/index.ts'

export const project = 'projects/shop-prod'
export const projectRole = 'roles/cloudsql.viewer'
export const resourceGroup =
  '/subscriptions/ab12cd34-1111-4222-8333-444455556666/resourceGroups/shop-prod'
/** Reader. */
export const azureRoleId = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
const tenantId = '0f0a7c2e-6b1d-4d0e-9c55-3b1f6f1f0001'

export type SceneClouds = Awaited<ReturnType<typeof startClouds>>

/** Who somebody is in each of them. */
export type CloudPerson = ReturnType<SceneClouds['person']>

const sampleIds: Readonly<Record<string, string>> = {
  octocat: '5d2f1c1e-5a5e-4c0a-9c1f-3a7f0f1d2b11',
  mona: '5d2f1c1e-5a5e-4c0a-9c1f-3a7f0f1d2b12',
}
/** Policies name people by it. */
export const objectIdOf = (login: string): string => sampleIds[login] ?? ''
export const mailOf = (login: string): string => `${login}@acme.example`

export async function startClouds({
  now,
  aws,
  account,
}: {
  readonly now?: () => number
  readonly aws: Aws
  readonly account: string
}) {
  const clock = now === undefined ? {} : { now }
  const [gcp, azure] = await Promise.all([startGcp(clock), startAzure(clock)])
  gcp.addProject(project.split('/')[1] ?? '', { parent: gcp.addOrganization('123456789012').name })
  gcp.appCredentials({
    permissions: ['getIamPolicy', 'setIamPolicy'].map((it) => `resourcemanager.projects.${it}`),
  })
  azure.addTenant({ tenantId })
  const [, , id = '', , name = ''] = resourceGroup.split('/')
  azure.addResourceGroup({ subscription: azure.addSubscription({ tenantId, id }), name })
  const instance = aws.addInstance({ managementAccount: account })
  const person = (login: string, principalId = objectIdOf(login)) => ({
    member: gcp.addUser(mailOf(login)).member,
    objectId: azure.addPrincipal({
      tenantId,
      name: mailOf(login),
      ...(principalId === '' ? {} : { principalId }),
    }),
    ssoUser: aws.addSsoUser({ instance, userName: login }),
  })
  return {
    gcp,
    azure,
    azureApp: azure.appCredentials(tenantId),
    identityCenter: {
      instance,
      permissionSet: aws.addPermissionSet({ instance, name: 'OrdersRead' }),
      credentials: aws.appCredentials(account, ['sso:*', 'identitystore:*']),
    },
    /** One more person, known in all three; in Azure by that object id, where one is given. */
    person,
    octocat: person('octocat'),
    mona: person('mona'),
    async close() {
      await Promise.all([gcp.close(), azure.close()])
    },
  }
}
