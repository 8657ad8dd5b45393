import { ofCloud } from '../../domain/lanes/of-cloud.ts'
import { minuteMs, secondMs } from '../../domain/time.ts'
import type { CallGuard, Cloud } from '../../workflows/ports.ts'
import { createApi } from './api.ts'
import { applyChanges, type Context } from './change.ts'
import type { AzureOptions } from './connection.ts'
import { examineAccess } from './examine.ts'
import { listPlace } from './inventory.ts'
import { createLicences } from './licence.ts'
import { observeLane } from './observe.ts'
import { resolvePrincipal } from './principals.ts'
import { isStanding } from './standing.ts'
import { whoHasToken, type AzureCaller } from './who-am-i.ts'

export { apiActions } from './api.ts'

/** Resource Manager answers from many places: a write is seen everywhere after some seconds. */
const lagMsByDefault = 30 * secondMs
/** Decisions are cached: Microsoft names up to ten minutes. */
const enforcementMsByDefault = 10 * minuteMs
const whoAmITimeoutMs = 10_000
const ours = ofCloud('azure')

export interface AzureCloud extends Cloud {
  readonly name: 'azure'
  /** Whose credentials these are, as their token says. */
  whoAmI(guard?: CallGuard): Promise<AzureCaller>
}

/** Role assignments of Azure, plain and by PIM, as one `Cloud`. Nothing is loaded or called before the first call. */
export function createAzure(options: AzureOptions): AzureCloud {
  const api = createApi(options)
  const licences = createLicences(api)
  const lagMs = options.lagMs ?? lagMsByDefault
  const context: Context = {
    api,
    lagMs,
    instance: options.instance,
    pollWaitsMs: options.pollWaitsMs,
  }
  return {
    name: 'azure',
    lagMs,
    enforcementMs: options.enforcementMs ?? enforcementMsByDefault,
    changesAtOnce: 16,
    resolve: (role, identity, guard) =>
      resolvePrincipal({ api, licences }, { role: ours(role), identity }, guard),
    standing: (role, principal, guard) =>
      isStanding(context, { role: ours(role), principal: ours(principal) }, guard),
    observe: (lane, bindings, guard) => observeLane(context, ours(lane), bindings, guard),
    apply: (lane, changes, guard) => applyChanges(context, ours(lane), changes, guard),
    list: (place, guard) => listPlace(context, ours(place), guard),
    examine: (roles, guard) => examineAccess(api, roles.map(ours), guard),
    whoAmI: (guard = { signal: AbortSignal.timeout(whoAmITimeoutMs), check: () => undefined }) =>
      whoHasToken(api.credential, guard),
  }
}
