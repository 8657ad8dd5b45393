// Whether Privileged Identity Management may be used: asked once for a subscription, and remembered for a while.
import { minuteMs, type Instant } from '../../domain/time.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AzureApi } from './api.ts'
import { isCode } from './errors.ts'

/** A licence that was just bought is found sooner than one that has run out, which shows at the next request. */
const rememberedMs = { has: 60 * minuteMs, hasNot: 5 * minuteMs }

export type Licences = (
  about: { readonly scope: string; readonly objectId: string; readonly now: Instant },
  guard: CallGuard,
) => Promise<boolean>

/** `now` is Azure's own time. Throws what keeps it from being known: nothing is concluded from that. */
export function createLicences(api: AzureApi): Licences {
  const known = new Map<string, { readonly has: boolean; readonly until: Instant }>()
  return async ({ scope, objectId, now }, guard) => {
    // What has one tenant: a subscription, or a management group.
    const key = scope
      .split('/')
      .slice(0, scope.startsWith('/subscriptions/') ? 3 : 5)
      .join('/')
    const former = known.get(key)
    if (former && now < former.until) return former.has
    const has = await api.probePim(scope, objectId, guard).then(
      () => true,
      (error: unknown) => {
        if (isCode(error, 'AadPremiumLicenseRequired')) return false
        throw error
      },
    )
    known.set(key, { has, until: now + (has ? rememberedMs.has : rememberedMs.hasNot) })
    return has
  }
}
