import type { CallGuard, Cloud } from '../../workflows/ports.ts'
import { createApi } from './api.ts'
import { carryOut } from './change.ts'
import type { AwsOptions } from './connection.ts'
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
    resolve: (role, identity, guard) => resolvePrincipal(api, role, identity, guard),
    standing: (role, principal, guard) => isStanding(api, { role, principal, instance }, guard),
    observe: (lane, bindings, guard) => observeLane(api, lane, bindings, guard),
    change: (lane, change, guard) => carryOut(api, lane, change, guard),
    whoAmI: (guard = { signal: AbortSignal.timeout(whoAmITimeoutMs), check: () => undefined }) =>
      api.callerIdentity(guard),
  }
}
