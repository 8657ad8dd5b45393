// Every failed call becomes a CloudError: its kind chooses the path, its message names the call and never its contents.
import { CloudError, retryAfterMsIn, type CloudErrorKind } from '../../domain/errors.ts'
import { field } from '../../domain/field.ts'
import type { Instant } from '../../domain/time.ts'

/** What Azure itself said, for those that know more than a kind can tell. */
export class AzureError extends CloudError {
  /** Such as `RoleAssignmentExists`. */
  readonly code: string
  /** Azure's time at that answer; undefined without one. */
  readonly cloudAt: Instant | undefined
  constructor(
    kind: CloudErrorKind,
    message: string,
    more: {
      code: string
      cloudAt: Instant | undefined
      cause: unknown
      retryAfterMs: number | undefined
    },
  ) {
    super(kind, message, { cause: more.cause, retryAfterMs: more.retryAfterMs })
    this.code = more.code
    this.cloudAt = more.cloudAt
  }
}

export const isCode = (error: unknown, code: string): error is AzureError =>
  error instanceof AzureError && error.code === code

const kinds: Readonly<Record<string, CloudErrorKind>> = {
  TooManyRequests: 'transient',
  SubscriptionRequestsThrottled: 'transient',
  InternalServerError: 'transient',
  ServiceUnavailable: 'transient',
  ServerTimeout: 'transient',
  GatewayTimeout: 'transient',
  RequestTimeout: 'transient',
  // The SDK brings a new one with the next request.
  ExpiredAuthenticationToken: 'transient',
  ActiveDurationTooShort: 'transient',
  AuthorizationFailed: 'denied',
  LinkedAuthorizationFailed: 'denied',
  AuthenticationFailed: 'denied',
  InvalidAuthenticationToken: 'denied',
  InvalidAuthenticationTokenTenant: 'denied',
  RequestDisallowedByPolicy: 'denied',
  ScopeLocked: 'denied',
  CannotDeleteLastRbacAdmin: 'denied',
  AadPremiumLicenseRequired: 'denied',
  CredentialUnavailableError: 'denied',
  AuthenticationRequiredError: 'denied',
  PrincipalNotFound: 'missing',
  SubjectNotFound: 'missing',
  RoleDefinitionDoesNotExist: 'missing',
  RoleAssignmentDoesNotExist: 'missing',
  SubscriptionNotFound: 'missing',
  ResourceGroupNotFound: 'missing',
  ResourceNotFound: 'missing',
  RoleAssignmentLimitExceeded: 'quota',
  RoleAssignmentExists: 'conflict',
  RoleAssignmentRequestExists: 'conflict',
  PendingRoleAssignmentRequest: 'conflict',
  RoleAssignmentUpdateNotPermitted: 'invalid',
  RoleAssignmentRequestPolicyValidationFailed: 'invalid',
  UnmatchedPrincipalType: 'invalid',
}

const hints: Readonly<Record<CloudErrorKind, string>> = {
  transient: 'it will be tried again',
  denied:
    "Hallpass's own Azure identity may not do this: an operator must extend what it may do, or renew its credentials",
  missing: 'there is no such scope, role or person',
  conflict: 'somebody else is changing it: it will be tried again',
  quota:
    'a limit of Azure is reached (4,000 role assignments in a subscription): remove some of the subscription',
  invalid: 'Azure will not accept this request',
}

/** Of codes that say more than their kind. */
const hintsByCode: Readonly<Record<string, string>> = {
  CredentialUnavailableError:
    'no Azure credentials were found: give this process a workload identity, a managed identity, or AZURE_TENANT_ID and AZURE_CLIENT_ID with a certificate or a secret',
  AadPremiumLicenseRequired:
    'the tenant has no licence for Privileged Identity Management (Entra ID P2 or Governance): an operator must buy it, or write another way in the policy',
  CannotDeleteLastRbacAdmin: 'it is the last Owner of the subscription: make another one first',
  PrincipalNotFound: 'nobody in the tenant has this object id',
  SubjectNotFound: 'nobody in the tenant has this object id',
  UnmatchedPrincipalType: 'this object id is no user: correct `identities` in the policy',
  ActiveDurationTooShort:
    'Azure ends nothing within its first five minutes: it will be tried again',
}

/** Resource Manager's own code, or else the error's name. */
function codeOf(error: unknown): string {
  const code = field(error, 'code')
  return typeof code === 'string' && code !== '' ? code : String(field(error, 'name'))
}

function statusOf(error: unknown): number | undefined {
  const status = field(error, 'statusCode')
  return typeof status === 'number' ? status : undefined
}

export function kindOf(error: unknown): CloudErrorKind {
  const status = statusOf(error)
  if (status === 429 || (status !== undefined && status >= 500)) return 'transient'
  const known = kinds[codeOf(error)]
  if (known) return known
  const name = String(field(error, 'name'))
  // Entra answered, and gave no token. Whether another of several ways is only out of reach is not told.
  if (name === 'AuthenticationError' || name === 'AggregateAuthenticationError') return 'denied'
  // No answer at all: aborted, timed out, connection refused or lost. Or an answer that was no error.
  if (status === undefined || status < 400) return 'transient'
  // A 404 without a code that is known comes from something in between, and proves nothing.
  if (status === 404 || status === 408) return 'transient'
  if (status === 409) return 'conflict'
  return status === 401 || status === 403 ? 'denied' : 'invalid'
}

/**
 * There is no such assignment, request or role; or the resource group or the resource is gone, and all that stood there
 * with it. NB: not a subscription: one that the identity cannot see is answered in the same way.
 */
export const answersNone = (error: unknown): boolean =>
  statusOf(error) === 404 &&
  /^(Role\w+(NotFound|DoesNotExist)|ResourceGroupNotFound|ResourceNotFound)$/.test(codeOf(error))

/** `what` names the call, such as `PUT roleAssignments at /subscriptions/…`. */
export function toAzureError(
  error: unknown,
  what: string,
  cloudAt: Instant | undefined,
): CloudError {
  if (error instanceof CloudError) return error
  const kind = kindOf(error)
  const code = codeOf(error)
  const status = statusOf(error)
  const said = status === undefined ? code : `${status} ${code}`
  const hint = detailOf(code, String(field(error, 'message'))) ?? hintsByCode[code] ?? hints[kind]
  return new AzureError(kind, `Azure: ${what} failed (${said}): ${hint}`, {
    code,
    cloudAt,
    cause: error,
    retryAfterMs: retryAfterMsOf(error),
  })
}

/** NB: Azure's own message is left out but for what is named here: it can repeat what was sent. */
function detailOf(code: string, message: string): string | undefined {
  if (code === 'AuthorizationFailed') {
    const [, action, scope] = /action '([\w./*-]+)' over scope '([^'\s]+)'/.exec(message) ?? []
    if (action !== undefined)
      return `Hallpass's own Azure identity may not do ${action} at ${scope}: an operator must allow it there`
  }
  if (code === 'ScopeLocked') {
    const [, locked] = /locked: '([^'\s]+)'/.exec(message) ?? []
    return `${locked ?? 'the scope'} is locked: an operator must take the lock away`
  }
  if (code === 'RoleAssignmentRequestPolicyValidationFailed') {
    const rules = [...message.matchAll(/\b\w+Rule\b/g)].map(([rule]) => rule)
    return `the role's settings in Privileged Identity Management do not allow it (${rules.join(', ') || 'no rule was named'}): an operator must change them, or the policy`
  }
  return undefined
}

function retryAfterMsOf(error: unknown): number | undefined {
  const headers = field(field(error, 'response'), 'headers')
  const get = field(headers, 'get')
  return typeof get === 'function' ? retryAfterMsIn(get.call(headers, 'retry-after')) : undefined
}
