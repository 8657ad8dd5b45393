import type { GrantId, Offer } from '../grants/types.ts'
import { floorToSecond, type Instant } from '../time.ts'
import { laneOf } from './lane-of.ts'
import type { Binding, BindingId } from './types.ts'

/** The ids of the bindings an offer brings, in its order; known before it is approved. */
export const bindingIdsOf = (
  offer: Pick<Offer, 'bindings'>,
  grantId: GrantId,
  instance: string,
): readonly BindingId[] => offer.bindings.map((_, index) => bindingName(grantId, instance, index))

/** The bindings an approved offer brings, with the window that the cloud itself enforces. */
export const bindingsOf = (
  offer: Pick<Offer, 'bindings' | 'residualSeconds'>,
  grantId: GrantId,
  instance: string,
  approvedAt: Instant,
  endsAt: Instant,
): readonly Binding[] =>
  offer.bindings.map(({ role, principal }, index) => ({
    id: bindingName(grantId, instance, index),
    laneId: laneOf(principal).id,
    name: bindingName(grantId, instance, index),
    sessionName: sessionNameOf(grantId),
    principal,
    role,
    // Clouds compare whole seconds: rounding up would shut the recipient out for a moment.
    startsAt: floorToSecond(approvedAt),
    endsAt: floorToSecond(endsAt),
    // Permissions inside the date window are evaluated at each request: no session outlives them.
    residualSeconds: role.mode === 'inline-permissions' ? 0 : offer.residualSeconds,
  }))

/** What mode A pins: the cloud's trail then names the grant. */
export const sessionNameOf = (grantId: GrantId): string => `hallpass-${grantId}`

/** In AWS the policy's name is the only mark it can carry, so it serves as the id too. */
const bindingName = (grantId: GrantId, instance: string, index: number): string =>
  `hallpass-${instance}-${grantId}${index === 0 ? '' : `-${index + 1}`}`
