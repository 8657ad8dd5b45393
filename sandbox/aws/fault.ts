const statusOf: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  ConcurrentModification: 409,
  DeleteConflict: 409,
  EntityAlreadyExists: 409,
  EntityTemporarilyUnmodifiable: 409,
  ExpiredToken: 403,
  IncompleteSignature: 403,
  InvalidClientTokenId: 403,
  LimitExceeded: 409,
  MissingAuthenticationToken: 403,
  NoSuchEntity: 404,
  ServiceFailure: 500,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  UnmodifiableEntity: 400,
}

/** An error as the Query protocol tells it: any code that is not listed is a 400. */
export class AwsFault extends Error {
  override name = 'AwsFault'
  readonly code: string
  readonly status: number
  constructor(code: string, message: string) {
    super(message)
    this.code = code
    this.status = statusOf[code] ?? 400
  }
}

export const noSuchEntity = (what: string) =>
  new AwsFault('NoSuchEntity', `${what} cannot be found.`)

/** No answer at all: the caller's connection closes. */
export class ConnectionCut extends Error {
  override name = 'ConnectionCut'
}
