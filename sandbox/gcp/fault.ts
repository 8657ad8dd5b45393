import type { status } from '@grpc/grpc-js'

/** `ABORTED`, `UNAVAILABLE` …: the names of `google.rpc.Code`. */
export type Code = keyof typeof status

export class GcpFault extends Error {
  override name = 'GcpFault'
  readonly code: Code
  constructor(code: Code, message: string) {
    super(message)
    this.code = code
  }
}

export const invalid = (message: string) => new GcpFault('INVALID_ARGUMENT', message)

/** NB: the same for what is forbidden and for what does not exist: a caller cannot tell which. */
export const denied = () => new GcpFault('PERMISSION_DENIED', 'The caller does not have permission')
