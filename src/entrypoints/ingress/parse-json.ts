/** GitHub's own payloads stay under twenty levels. */
const depthMax = 100

/** Parsing takes the memory of every level: a larger body is looked through before. No delivery that is handled is. */
const trustedBytesMax = 1024 * 1024

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The object that the bytes spell, or undefined. NB: a small one may be deeper than what recursive code can walk. */
export function parseJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (bytes.byteLength > trustedBytesMax && isTooDeep(bytes)) return undefined
  try {
    const text = decoder.decode(bytes)
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    // Not UTF-8, or not JSON: the caller refuses both alike.
    return undefined
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const quote = 0x22
const backslash = 0x5c
const isOpener = (byte: number): boolean => byte === 0x5b || byte === 0x7b
const isCloser = (byte: number): boolean => byte === 0x5d || byte === 0x7d

/** Of JSON: whether it nests deeper than what recursive code can walk. */
export const isTooDeep = (bytes: Uint8Array): boolean => depth(bytes) > depthMax

/** How deep brackets nest outside of strings. Of bytes that are no JSON it says nothing useful. */
function depth(bytes: Uint8Array): number {
  let level = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === backslash) at += 1
    else if (byte === quote) inString = !inString
    else if (inString) continue
    else if (isOpener(byte)) deepest = Math.max(deepest, ++level)
    else if (isCloser(byte)) level -= 1
  }
  return deepest
}
