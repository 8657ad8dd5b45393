import { createHmac, timingSafeEqual } from 'node:crypto'

const form = /^sha256=([0-9a-f]{64})$/i

export const isSignature = (header: string | undefined): header is string =>
  header !== undefined && form.test(header)

/** GitHub's `X-Hub-Signature-256`, over the bytes as they came. Takes as long for every secret, right or wrong. */
export function isSigned(body: Uint8Array, header: string, secrets: readonly string[]): boolean {
  const given = Buffer.from(form.exec(header)?.[1] ?? '', 'hex')
  let signed = false
  for (const secret of secrets) {
    const own = createHmac('sha256', secret).update(body).digest()
    if (given.byteLength === own.byteLength && timingSafeEqual(given, own)) signed = true
  }
  return signed
}
