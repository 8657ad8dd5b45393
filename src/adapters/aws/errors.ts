// Every failed call becomes a CloudError: its kind chooses the path, its message names the call and never its contents.
import { CloudError, retryAfterMsIn, type CloudErrorKind } from '../../domain/errors.ts'
import { field } from '../../domain/field.ts'

const kinds: Readonly<Record<string, CloudErrorKind>> = {
  Throttling: 'transient',
  Throttled: 'transient',
  ThrottledClient: 'transient',
  RequestLimitExceeded: 'transient',
  TooManyRequests: 'transient',
  SlowDown: 'transient',
  ServiceFailure: 'transient',
  ServiceUnavailable: 'transient',
  InternalFailure: 'transient',
  InternalError: 'transient',
  RequestTimeout: 'transient',
  // A clock that is off: the SDK corrects itself by the answer's `Date`.
  RequestExpired: 'transient',
  RequestTimeTooSkewed: 'transient',
  AccessDenied: 'denied',
  InvalidClientTokenId: 'denied',
  ExpiredToken: 'denied',
  SignatureDoesNotMatch: 'denied',
  CredentialsProviderError: 'denied',
  TokenProviderError: 'denied',
  NoSuchEntity: 'missing',
  LimitExceeded: 'quota',
  ConcurrentModification: 'conflict',
  EntityTemporarilyUnmodifiable: 'conflict',
  // Reads were behind: what is there already, or hangs on it still, shows at the next look.
  EntityAlreadyExists: 'conflict',
  DeleteConflict: 'conflict',
  // What Identity Center and its store say instead.
  Conflict: 'conflict',
  InternalServer: 'transient',
  InvalidSignature: 'denied',
  ResourceNotFound: 'missing',
  ServiceQuotaExceeded: 'quota',
  UnrecognizedClient: 'denied',
  Validation: 'invalid',
}

const hints: Readonly<Record<CloudErrorKind, string>> = {
  transient: 'it will be tried again',
  denied: "Hallpass's own AWS credentials may not do this: an operator must renew or extend them",
  missing: 'there is no such user, role or policy',
  conflict: 'somebody else is changing it: it will be tried again',
  quota:
    'a limit of AWS is reached (such as 2,048 characters for all inline policies of a user, 10 groups or 10 managed policies on a user, or the roles of an account): end a grant, or remove what is not needed there',
  invalid: 'AWS will not accept this request',
}

/** Of codes that say more than their kind. */
const hintsByCode: Readonly<Record<string, string>> = {
  CredentialsProviderError:
    'no AWS credentials were found: give this process some by any way that the AWS SDK knows',
  ResourceNotFound: 'Identity Center has no such instance, permission set, user or request',
  ServiceQuotaExceeded: 'a quota of Identity Center is reached: see Service Quotas',
}

/**
 * IAM's own code: `Code` where the SDK gives it, or else the error's name, which has a suffix for modelled errors only.
 * Where no answer came, the system's: `ENOTFOUND`.
 */
export function codeOf(error: unknown): string {
  const code = field(error, 'Code')
  const name = typeof code === 'string' && code !== '' ? code : String(field(error, 'name'))
  const system = field(error, 'code')
  if (name === 'Error' && typeof system === 'string' && /^E[A-Z_]+$/.test(system)) return system
  return name.replace(/Exception$/, '')
}

function statusOf(error: unknown): number | undefined {
  const status = field(field(error, '$metadata'), 'httpStatusCode')
  return typeof status === 'number' ? status : undefined
}

/** The SDK signs by this machine's clock, and learns from the answer's `Date` how far that is off: the next try is right. */
const isOfWrongClock = (error: unknown): boolean =>
  /^(SignatureDoesNotMatch|InvalidSignature)$/.test(codeOf(error)) &&
  /^Signature (expired|not yet current)/.test(String(field(error, 'message')))

export function kindOf(error: unknown): CloudErrorKind {
  if (isOfWrongClock(error)) return 'transient'
  const known = kinds[codeOf(error)]
  if (known) return known
  const status = statusOf(error)
  // No answer at all: aborted, timed out, connection refused or lost. Or an answer that was no error and not IAM's.
  if (status === undefined || status < 400) return 'transient'
  if (status === 429 || status >= 500) return 'transient'
  // A 404 without IAM's own code comes from something in between, and proves nothing.
  if (status === 404 || status === 408) return 'transient'
  return status === 401 || status === 403 ? 'denied' : 'invalid'
}

/** `what` names the call, such as `PutUserPolicy for alice`. */
export function toCloudError(error: unknown, what: string): CloudError {
  if (error instanceof CloudError) return error
  const kind = kindOf(error)
  const status = statusOf(error)
  // NB: AWS's own message is left out: it can repeat the policy document, or the headers that were signed.
  const said = status === undefined ? codeOf(error) : `${status} ${codeOf(error)}`
  const hint = hintsByCode[codeOf(error)] ?? hints[kind]
  return new CloudError(kind, `AWS: ${what} failed (${said}): ${hint}`, {
    cause: error,
    retryAfterMs: retryAfterMsOf(error),
  })
}

/** Of the response that the SDK keeps with its error. */
const retryAfterMsOf = (error: unknown): number | undefined =>
  retryAfterMsIn(field(field(field(error, '$response'), 'headers'), 'retry-after'))
