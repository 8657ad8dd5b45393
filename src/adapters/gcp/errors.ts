// Every failed call becomes a CloudError: its kind chooses the path, its message names the call and never its contents.
import { CloudError, type CloudErrorKind } from '../../domain/errors.ts'
import { field } from '../../domain/field.ts'

interface Meaning {
  readonly name: string
  readonly kind: CloudErrorKind
}

/** By gRPC's codes (google.rpc.Code). */
const codes: Readonly<Record<number, Meaning>> = {
  1: { name: 'CANCELLED', kind: 'transient' },
  2: { name: 'UNKNOWN', kind: 'transient' },
  3: { name: 'INVALID_ARGUMENT', kind: 'invalid' },
  4: { name: 'DEADLINE_EXCEEDED', kind: 'transient' },
  5: { name: 'NOT_FOUND', kind: 'missing' },
  6: { name: 'ALREADY_EXISTS', kind: 'conflict' },
  7: { name: 'PERMISSION_DENIED', kind: 'denied' },
  8: { name: 'RESOURCE_EXHAUSTED', kind: 'transient' },
  9: { name: 'FAILED_PRECONDITION', kind: 'invalid' },
  10: { name: 'ABORTED', kind: 'conflict' },
  11: { name: 'OUT_OF_RANGE', kind: 'invalid' },
  12: { name: 'UNIMPLEMENTED', kind: 'invalid' },
  13: { name: 'INTERNAL', kind: 'transient' },
  14: { name: 'UNAVAILABLE', kind: 'transient' },
  15: { name: 'DATA_LOSS', kind: 'transient' },
  16: { name: 'UNAUTHENTICATED', kind: 'denied' },
}

const hints: Readonly<Record<CloudErrorKind, string>> = {
  transient: 'it will be tried again',
  denied:
    "Hallpass's own Google credentials may not do this, or there is no such resource: an operator must extend them or correct the policy",
  missing: 'there is no such resource',
  conflict: 'somebody else is changing it: it will be tried again',
  quota: 'a limit of Google Cloud is reached',
  invalid:
    "Google Cloud will not accept this: check that the role can be given there, and what the organization's constraints say about that account",
}

const noCredentials =
  'no Google credentials were found: give this process some by any way that Application Default Credentials know'

const textOf = (error: unknown, name: string): string => {
  const value = field(error, name)
  return typeof value === 'string' ? value : ''
}

function codeOf(error: unknown): number | undefined {
  const code = field(error, 'code')
  return typeof code === 'number' ? code : undefined
}

/** What google-auth-library says where it finds none: nobody can be asked anything then. */
const lacksCredentials = (error: unknown): boolean =>
  /could not load the default credentials|unable to read the credential file/i.test(
    textOf(error, 'message'),
  )

/** A token is asked for over HTTP: what fails there has HTTP's status for its code, or none. */
function kindOfStatus(status: number): CloudErrorKind {
  return [400, 401, 403].includes(status) ? 'denied' : 'transient'
}

function kindOf(error: unknown): CloudErrorKind {
  if (lacksCredentials(error)) return 'denied'
  const code = codeOf(error)
  // No answer at all: aborted, or the connection refused or lost.
  if (code === undefined) return 'transient'
  return codes[code]?.kind ?? kindOfStatus(code)
}

/** Google's own words, which may name people: for looking into, never for showing. */
export const detailsOf = (error: unknown): string => textOf(error, 'details')

const secondsOf = (value: unknown): number => {
  const seconds = Number(value)
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0
}

/** `google.rpc.RetryInfo`, as the SDK decodes it, or the header of HTTP's name. */
function retryAfterMsOf(error: unknown): number | undefined {
  const details = field(error, 'statusDetails')
  const delays = (Array.isArray(details) ? details : []).map((it) => field(it, 'retryDelay'))
  const metadata = field(error, 'metadata')
  const get = field(metadata, 'get')
  const header: unknown =
    typeof get === 'function' ? Reflect.apply(get, metadata, ['retry-after']) : undefined
  const given = [
    ...delays.map(
      (it) => secondsOf(field(it, 'seconds')) * 1000 + secondsOf(field(it, 'nanos')) / 1e6,
    ),
    secondsOf(Array.isArray(header) ? header[0] : undefined) * 1000,
  ]
  const longest = Math.ceil(Math.max(...given))
  return longest > 0 ? longest : undefined
}

/** `what` names the call, such as `SetIamPolicy of projects/shop`. */
export function toCloudError(error: unknown, what: string): CloudError {
  if (error instanceof CloudError) return error
  const kind = kindOf(error)
  const code = codeOf(error)
  const unanswered = lacksCredentials(error) ? 'nothing was sent' : 'no answer'
  const said = code === undefined ? unanswered : `${code} ${codes[code]?.name ?? 'no gRPC code'}`
  const hint = lacksCredentials(error) ? noCredentials : hints[kind]
  return new CloudError(kind, `Google Cloud: ${what} failed (${said}): ${hint}`, {
    cause: error,
    retryAfterMs: retryAfterMsOf(error),
  })
}

/** A write that was refused for what is in it: with less in it, it may succeed. */
export const isRejection = (error: unknown): error is CloudError =>
  error instanceof CloudError && (error.kind === 'invalid' || error.kind === 'denied')
