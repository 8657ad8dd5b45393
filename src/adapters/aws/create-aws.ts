import { ofCloud } from '../../domain/lanes/of-cloud.ts'
import { outcomeOf } from '../../domain/lanes/outcome-of.ts'
import type { Applied, BindingId } from '../../domain/lanes/types.ts'
import type { CallGuard, Cloud } from '../../workflows/ports.ts'
import { createAccounts } from './accounts.ts'
import { carryOut } from './change.ts'
import type { AwsOptions } from './connection.ts'
import { examineAccounts } from './examine.ts'
import { listPlace } from './inventory.ts'
import { observeLane } from './observe.ts'
import { resolvePrincipal } from './principals.ts'
import { isStanding } from './standing.ts'
import type { CallerIdentity } from './calls/user-calls.ts'

export { apiActions, apiActionsByMode } from './permissions.ts'

/** IAM says that changes may take seconds to be seen everywhere; nothing says how many. */
const lagMsByDefault = 15_000
const whoAmITimeoutMs = 10_000
const ours = ofCloud('aws')
const ownGuard = (): CallGuard => ({
  signal: AbortSignal.timeout(whoAmITimeoutMs),
  check: () => undefined,
})

export interface AwsCloud extends Cloud {
  readonly name: 'aws'
  /** Whose credentials these are (STS GetCallerIdentity): the process's own, or those that act in this account. */
  whoAmI(asked?: { readonly account?: string; readonly guard?: CallGuard }): Promise<CallerIdentity>
  /** The accounts that are reached by assuming a role there. */
  readonly accounts: readonly string[]
}

/** IAM, in all its modes, as one `Cloud`. Nothing is loaded or called before the first call. */
export function createAws(options: AwsOptions): AwsCloud {
  const accounts = createAccounts(options)
  const { instance, log } = options
  const enforcementMs = options.lagMs ?? lagMsByDefault
  return {
    name: 'aws',
    lagMs: options.lagMs ?? lagMsByDefault,
    enforcementMs,
    // Each is a call of its own.
    changesAtOnce: 1,
    resolve: async (role, identity, guard) =>
      resolvePrincipal(accounts.of(ours(role).account), ours(role), identity, guard),
    async standing(role, principal, guard) {
      const asked = { role: ours(role), principal: ours(principal), instance }
      return isStanding(accounts.of(asked.principal.account), asked, guard)
    },
    async observe(lane, bindings, guard) {
      const { principal } = ours(lane)
      return observeLane(accounts.of(principal.account), ours(lane), bindings, guard)
    },
    async apply(lane, changes, guard) {
      const api = accounts.of(ours(lane).principal.account)
      const applied = new Map<BindingId, Applied>()
      for (const change of changes) {
        const work = carryOut(api, ours(lane), change, { instance, enforcementMs, log }, guard)
        applied.set(change.binding.id, await outcomeOf(work))
      }
      return applied
    },
    list: async (place, guard) => listPlace(accounts.of(ours(place).account), ours(place), guard),
    examine: async (roles, guard) => examineAccounts(accounts, roles.map(ours), instance, guard),
    async whoAmI({ account, guard = ownGuard() } = {}) {
      const api = account === undefined ? accounts.own : accounts.of(account)
      return api.callerIdentity(guard)
    },
    accounts: accounts.listed,
  }
}
