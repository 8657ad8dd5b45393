import { CloudError } from '../../../domain/errors.ts'
import { ofCloud } from '../../../domain/lanes/of-cloud.ts'
import { outcomeOf } from '../../../domain/lanes/outcome-of.ts'
import type { Applied, BindingId } from '../../../domain/lanes/types.ts'
import type { CallGuard, Cloud } from '../../../workflows/ports.ts'
import { createApi } from './api.ts'
import { carryOut } from './change.ts'
import type { IdentityCenterOptions } from './connection.ts'
import type { Instance } from './directory-calls.ts'
import { examineAccess } from './examine.ts'
import { createFollower } from './follow.ts'
import { listPlace } from './inventory.ts'
import { observeLane } from './observe.ts'
import { resolvePrincipal } from './principals.ts'
import { isStanding } from './standing.ts'

export { apiActions } from './api.ts'

/** AWS says nothing about how long either takes: as for IAM. */
const lagMsByDefault = 15_000
const enforcementMsByDefault = 15_000
const patienceMsByDefault = 10_000
const pollMsByDefault = 100
const whoAmITimeoutMs = 10_000
const ours = ofCloud('identity-center')

export interface IdentityCenterCloud extends Cloud {
  readonly name: 'identity-center'
  /** The Identity Centers that these credentials administer. Throws CloudError('denied') when there is none. */
  whoAmI(guard?: CallGuard): Promise<readonly Instance[]>
}

/** Assignments of permission sets to users of IAM Identity Center. Nothing is loaded or called before the first call. */
export function createIdentityCenter(options: IdentityCenterOptions): IdentityCenterCloud {
  const api = createApi(options)
  const follower = createFollower(api, {
    patienceMs: options.patienceMs ?? patienceMsByDefault,
    pollMs: options.pollMs ?? pollMsByDefault,
  })
  return {
    name: 'identity-center',
    lagMs: options.lagMs ?? lagMsByDefault,
    enforcementMs: options.enforcementMs ?? enforcementMsByDefault,
    // A lane is one assignment.
    changesAtOnce: 1,
    resolve: (role, identity, guard) => resolvePrincipal(api, ours(role), identity, guard),
    standing: (role, principal, guard) => isStanding(api, ours(role), ours(principal), guard),
    observe: (lane, bindings, guard) => observeLane(api, ours(lane), bindings, guard),
    async apply(lane, changes, guard) {
      const applied = new Map<BindingId, Applied>()
      for (const change of changes) {
        const work = carryOut({ api, follower }, ours(lane), change, guard)
        applied.set(change.binding.id, await outcomeOf(work))
      }
      return applied
    },
    list: (place, guard) => listPlace(api, ours(place), guard),
    examine: (roles, guard) => examineAccess(api, roles.map(ours), guard),
    async whoAmI(guard = { signal: AbortSignal.timeout(whoAmITimeoutMs), check: () => undefined }) {
      const found = await api.instances(guard)
      if (found.length > 0) return found
      throw new CloudError(
        'denied',
        `AWS: these credentials administer no Identity Center in ${options.region}`,
      )
    },
  }
}
