/** A refusal as Resource Manager tells it: a status, and `{ error: { code, message } }`. */
export class AzureFault extends Error {
  override name = 'AzureFault'
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>
  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

export const badRequest = (code: string, message: string) => new AzureFault(400, code, message)
