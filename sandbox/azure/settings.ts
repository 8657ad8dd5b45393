// What differs between tenants, days and reports of what Azure does. Tests turn these as they need them.

export interface Settings {
  /** How a PUT of exactly what is there is answered. Reports disagree. */
  identicalPut: 'conflict' | 'ok'
  /** For this long a new principal is unknown to Resource Manager. */
  principalReplicationMs: number
  pageSize: number
  assignmentsPerSubscription: number
  /** How much later than a change decisions follow it. A schedule's own end needs no change. */
  additionLagMs: number
  removalLagMs: number
  /** From a schedule request to its being carried out. */
  pimProvisioningMs: number
  /** No schedule may be removed before it was active this long. 0 for no such rule. */
  pimActiveMinimumMs: number
  /** So many schedule requests, from the next on, are accepted and then fail. */
  pimFailures: number
}

export const defaultSettings = (): Settings => ({
  identicalPut: 'conflict',
  principalReplicationMs: 0,
  pageSize: 400,
  assignmentsPerSubscription: 4000,
  additionLagMs: 0,
  removalLagMs: 0,
  pimProvisioningMs: 0,
  pimActiveMinimumMs: 5 * 60_000,
  pimFailures: 0,
})
