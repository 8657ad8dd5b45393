// The clouds, as workflows ask them.
import type { Listing, Place, Shortcoming } from '../domain/lanes/places.ts'
import type {
  Applied,
  Binding,
  BindingId,
  Change,
  CloudName,
  CloudRole,
  Lane,
  Observation,
  Principal,
} from '../domain/lanes/types.ts'
import type { Identity } from '../domain/policy/types.ts'

/** The bounds of one cloud call: aborted by `signal`; `send` throws immediately before each request once the claim is over. */
export interface CallGuard {
  readonly signal: AbortSignal
  /** Called synchronously before every request leaves. Throws CloudError('transient') once the claim's time is over. */
  check(): void
}

/** What stands where: for whatever no lane of the ledger knows. Throws CloudError. */
export interface Inventory {
  /**
   * Everything in the place that bears a Hallpass's mark, of whichever instance, and in an exclusive place all that
   * does not. NB: all of it or nothing: a list that ends early is a CloudError, and so is a place that is not there.
   */
  list(place: Place, guard: CallGuard): Promise<Listing>
}

/** Whether the app's own credentials can do the work, and no more than it needs. */
export interface Examined {
  /** For these roles of this cloud; empty when all is well. Throws CloudError where the cloud does not tell. */
  examine(roles: readonly CloudRole[], guard: CallGuard): Promise<readonly Shortcoming[]>
}

/** One cloud, lane-shaped. Throws CloudError. Contract: test/contracts/cloud.ts. */
export interface Cloud extends Inventory, Examined {
  readonly name: CloudName
  /** For how long a read may still show what was before a write, in milliseconds. */
  readonly lagMs: number
  /** For how long the cloud may still allow what was removed, in milliseconds. A deadline of its own needs none. */
  readonly enforcementMs: number
  /** How many changes of one lane it takes at once: the claim is renewed before each such batch. */
  readonly changesAtOnce: number
  /**
   * Turns the identity map's entry for this person into a principal with its immutable id, read live. `given` is the role
   * as the cloud would give it, where that is not as it is written: what the policy leaves open is settled there.
   */
  resolve(
    role: CloudRole,
    identity: Identity | undefined,
    guard: CallGuard,
  ): Promise<{ ok: true; principal: Principal; given?: CloudRole } | { ok: false; why: string }>
  /** Whether somebody already has this without us. Hallpass's own bindings do not count. */
  standing(role: CloudRole, principal: Principal, guard: CallGuard): Promise<boolean>
  observe(lane: Lane, bindings: readonly Binding[], guard: CallGuard): Promise<Observation>
  /**
   * Carries out at most `changesAtOnce` changes, with as few writes as the cloud allows, and tells by binding what came
   * of each: one that fails keeps no other from being carried out. Idempotent: a binding that is there as wanted
   * already, or gone already, is a success. Throws for what fails all of them alike.
   */
  apply(
    lane: Lane,
    changes: readonly Change[],
    guard: CallGuard,
  ): Promise<ReadonlyMap<BindingId, Applied>>
}

export type Clouds = ReadonlyMap<CloudName, Cloud>
