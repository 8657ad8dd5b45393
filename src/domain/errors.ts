/** Faults. A refusal that was to be expected is a value (`{ kind: 'refused' }`), never one of these. */

/** A setting that is missing or wrong. Shown at boot; names the setting and what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** A delivery that lacks or misstates what is read from it: trying again never helps. Names the fields, never their values. */
export class DeliveryFault extends TypeError {
  override name = 'DeliveryFault'
}

/** Somebody else changed what this write was based on, or the claim behind it ran out. Reload and retry. */
export class LedgerConflict extends Error {
  override name: string = 'LedgerConflict'
}

/** The act has been carried out already: deciding anew never helps. */
export class ActRepeated extends LedgerConflict {
  override name = 'ActRepeated'
}

/** Nobody may act on this ledger before a person has claimed it. The message says why, and what to do. */
export class LedgerUnclaimed extends Error {
  override name = 'LedgerUnclaimed'
}

/**
 * - `transient`: try again (throttled, 5xx, connection lost, timed out).
 * - `conflict`: somebody else writes at the same time; read again, then try again.
 * - `denied`: the app's own credentials may not do this. An operator must act.
 * - `missing`: the principal or the resource is not there.
 * - `quota`: a limit of the cloud is reached; trying again does not help.
 * - `invalid`: the cloud will never accept this request.
 */
export type CloudErrorKind = 'transient' | 'denied' | 'missing' | 'conflict' | 'quota' | 'invalid'

export class CloudError extends Error {
  override name = 'CloudError'
  readonly kind: CloudErrorKind
  /** For how long the cloud said not to ask again, in milliseconds. */
  readonly retryAfterMs: number | undefined
  constructor(
    kind: CloudErrorKind,
    message: string,
    options?: { cause?: unknown; retryAfterMs?: number | undefined },
  ) {
    super(message, options)
    this.kind = kind
    this.retryAfterMs = options?.retryAfterMs
  }
}

/** Of a `Retry-After` in seconds. A date, which no cloud sends, is not understood. */
export const retryAfterMsIn = (said: unknown): number | undefined =>
  typeof said === 'string' && /^\d{1,6}$/.test(said) ? Number(said) * 1000 : undefined

/** Trying again cannot help, or not before a person acted. */
export const isFinal = (error: unknown): error is CloudError =>
  error instanceof CloudError && error.kind !== 'transient' && error.kind !== 'conflict'

/** GitHub did not answer usefully. `missing` is a 404; `denied` is a 401 or 403 that is no rate limit. */
export class GitHubError extends Error {
  override name = 'GitHubError'
  readonly kind: 'transient' | 'denied' | 'missing' | 'invalid'
  /** When GitHub said that a next try may succeed, in seconds from now. */
  readonly retryAfterSeconds: number | undefined
  constructor(
    kind: 'transient' | 'denied' | 'missing' | 'invalid',
    message: string,
    options?: { cause?: unknown; retryAfterSeconds?: number },
  ) {
    super(message, options)
    this.kind = kind
    this.retryAfterSeconds = options?.retryAfterSeconds
  }
}
