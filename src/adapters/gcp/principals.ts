import type { GcpConditionalBinding, GcpPrincipal } from '../../domain/lanes/types.ts'
import type { Identity } from '../../domain/policy/types.ts'
import { isBasicRole } from './limits.ts'

type Resolution = { ok: true; principal: GcpPrincipal } | { ok: false; why: string }
const unresolved = (why: string): Resolution => ({ ok: false, why })

const address = /^[^\s@:?"\\\p{Cc}]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u

/**
 * NB: Resource Manager knows no users, so nobody is looked up: that there is no such account shows at the write. Nor is
 * there an id that outlasts the address: whoever has it when it is given is who gets it.
 */
export function resolvePrincipal(
  { role }: GcpConditionalBinding,
  identity: Identity | undefined,
): Resolution {
  if (isBasicRole(role))
    return unresolved(
      `\`${role}\` cannot be given for a time: Google Cloud sets no condition on basic roles. Name a predefined or a custom role instead.`,
    )
  const email = identity?.gcp?.email.toLowerCase()
  if (email === undefined)
    return unresolved(
      "No Google account is known for this person. Add one to `identities` in the organization's policy: `gcp: { email: <address of the Google account> }`.",
    )
  if (!address.test(email))
    return unresolved(
      "The Google account that `identities` in the organization's policy gives for this person is no address. Correct it: `gcp: { email: <address of the Google account> }`.",
    )
  return { ok: true, principal: { cloud: 'gcp', member: `user:${email}` } }
}
