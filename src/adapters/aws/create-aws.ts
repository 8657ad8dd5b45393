import { CloudError } from '../../domain/errors.ts'
import type { Applied, BindingId, Evidence } from '../../domain/lanes/types.ts'
import type { CallGuard, Cloud } from '../../workflows/ports.ts'
import { createApi } from './api.ts'
import { carryOut } from './change.ts'
import type { AwsOptions } from './connection.ts'
import { examineAccess } from './examine.ts'
import { listPlace } from './inventory.ts'
import { observeLane } from './observe.ts'
import { resolvePrincipal } from './principals.ts'
import { isStanding } from './standing.ts'
import type { CallerIdentity } from './user-calls.ts'

export { apiActions } from './api.ts'

/** IAM says that changes may take seconds to be seen everywhere; nothing says how many. */
const lagMsByDefault = 15_000
const whoAmITimeoutMs = 10_000

export interface AwsCloud extends Cloud {
  readonly name: 'aws'
  /** Whose credentials these are (STS GetCallerIdentity). */
  whoAmI(guard?: CallGuard): Promise<CallerIdentity>
}

/** Inline policies of IAM users, as one `Cloud`. Nothing is loaded or called before the first call. */
export function createAws(options: AwsOptions): AwsCloud {
  const api = createApi(options)
  const { instance } = options
  return {
    name: 'aws',
    lagMs: options.lagMs ?? lagMsByDefault,
    enforcementMs: options.lagMs ?? lagMsByDefault,
    // Each policy is a call of its own.
    changesAtOnce: 1,
    resolve: (role, identity, guard) => resolvePrincipal(api, ours(role), identity, guard),
    standing: (role, principal, guard) =>
      isStanding(api, { role: ours(role), principal: ours(principal), instance }, guard),
    observe: (lane, bindings, guard) => observeLane(api, ours(lane), bindings, guard),
    async apply(lane, changes, guard) {
      const applied = new Map<BindingId, Applied>()
      for (const change of changes)
        applied.set(change.binding.id, await outcomeOf(carryOut(api, ours(lane), change, guard)))
      return applied
    },
    list: (place, guard) => listPlace(api, ours(place), guard),
    examine: (roles, guard) => examineAccess(api, roles.map(ours), guard),
    whoAmI: (guard = { signal: AbortSignal.timeout(whoAmITimeoutMs), check: () => undefined }) =>
      api.callerIdentity(guard),
  }
}

/** What is another cloud's never gets here. */
function ours<T extends { readonly cloud: string }>(of: T): Extract<T, { cloud: 'aws' }> {
  if (!isOurs(of)) throw new CloudError('invalid', `AWS: this is for ${of.cloud}`)
  return of
}

const isOurs = <T extends { readonly cloud: string }>(of: T): of is Extract<T, { cloud: 'aws' }> =>
  of.cloud === 'aws'

async function outcomeOf(change: Promise<Evidence>): Promise<Applied> {
  try {
    return { ok: true, evidence: await change }
  } catch (error) {
    if (!(error instanceof CloudError)) throw error
    return { ok: false, error }
  }
}
