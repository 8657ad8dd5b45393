import { ofCloud } from '../../domain/lanes/of-cloud.ts'
import { minuteMs } from '../../domain/time.ts'
import type { Cloud } from '../../workflows/ports.ts'
import { applyChanges } from './change.ts'
import { createConnection, type GcpOptions } from './connection.ts'
import { examineAccess } from './examine.ts'
import { listPlace } from './inventory.ts'
import { observeLane } from './observe.ts'
import { createPolicyCalls } from './policy-calls.ts'
import { resolvePrincipal } from './principals.ts'
import { isStanding } from './standing.ts'

export { apiActions } from './examine.ts'

/** A write with an older etag is refused, so little depends on it: a read that is behind is found out. */
const lagMsByDefault = 2_000
/** Google: a change is in force within 2 minutes as a rule, and may take 7 and more. A deadline takes none of it. */
const enforcementMsByDefault = 7 * minuteMs
const ours = ofCloud('gcp')

export interface GcpCloud extends Cloud {
  readonly name: 'gcp'
  /** Whose credentials these are, as far as they tell. Throws CloudError('denied') where there are none. */
  whoAmI(): Promise<string | undefined>
  close(): Promise<void>
}

/** The IAM policies of projects, folders and organizations, as one `Cloud`. Nothing is loaded or called before the first call. */
export function createGcp(options: GcpOptions): GcpCloud {
  const { instance } = options
  const connection = createConnection(options)
  const calls = createPolicyCalls(connection, instance)
  return {
    name: 'gcp',
    lagMs: options.lagMs ?? lagMsByDefault,
    enforcementMs: options.enforcementMs ?? enforcementMsByDefault,
    changesAtOnce: Number.MAX_SAFE_INTEGER,
    resolve: async (role, identity) => resolvePrincipal(ours(role), identity),
    standing: (role, principal, guard) =>
      isStanding(calls, { role: ours(role), principal: ours(principal), instance }, guard),
    observe: (lane, bindings, guard) => observeLane(calls, ours(lane), bindings, guard),
    apply: (lane, changes, guard) => applyChanges({ calls, instance, guard }, ours(lane), changes),
    list: (place, guard) => listPlace(calls, ours(place), guard),
    examine: (roles, guard) => examineAccess(calls, roles.map(ours), guard),
    whoAmI: () => connection.whoAmI(),
    close: () => connection.close(),
  }
}
