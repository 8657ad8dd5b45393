import { startAzure } from '../../sandbox/azure/index.ts'
import type { Holding, Removal, Size, Twin } from './twin.ts'

const tenantId = '0f0a7c2e-6b1d-4d0e-9c55-3b1f6f1f0001'
const subscriptionId = 'ab12cd34-1111-4222-8333-444455556666'
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
const isOurs = (text: string | undefined) => text?.startsWith('hallpass:') === true

/** A lane is a resource group; one subscription takes 4,000 assignments. Plain ones: what Azure ends by itself is no work. */
export async function azureTwin({ lanes, perLane, callMs }: Size): Promise<Twin> {
  const azure = await startAzure()
  azure.addTenant({ tenantId })
  const subscription = azure.addSubscription({ tenantId, id: subscriptionId })
  const groups = Array.from({ length: lanes }, (_, n) =>
    azure.addResourceGroup({ subscription, name: `bench-${n}` }),
  )
  const holdings = groups.flatMap((scope, lane) =>
    Array.from({ length: perLane }, (_, n): Holding => {
      const objectId = azure.addPrincipal({ tenantId, name: `p${lane}-${n}@acme.example` })
      return {
        role: {
          cloud: 'azure',
          mode: 'assignment',
          scope: scope.toLowerCase(),
          role: 'Reader',
          roleId: reader,
        },
        principal: { cloud: 'azure', objectId, name: undefined },
      }
    }),
  )
  const app = azure.appCredentials(tenantId)
  azure.slow(callMs)
  return {
    connection: { url: azure.url, token: app.token().token },
    holdings,
    standing: () =>
      groups.reduce(
        (sum, scope) =>
          sum + azure.assignmentsAt(scope).filter((each) => isOurs(each.description)).length,
        0,
      ),
    removals: () =>
      azure.history.flatMap(({ by, before, after, target, at }): readonly Removal[] =>
        by === 'api' && before !== undefined && after === undefined ? [{ name: target, at }] : [],
      ),
    callsSince: (since) => azure.calls.filter(({ at }) => at >= since).length,
    foreignTouched: () =>
      groups.filter((scope) => azure.assignmentsAt(scope).length > perLane).length,
    close: () => azure.close(),
  }
}
