/** A body as it came, or why there is none. `aborted`: the sender went away. `crowded`: too much is held already. */
export type Body = Uint8Array | 'too-large' | 'aborted' | 'crowded'

/** The bytes that all requests in hand hold together: strangers may send bodies before their signature is known. */
export interface Held {
  bytes: number
  readonly bytesMax: number
}

const firstBytes = 64 * 1024

/**
 * Reads while it counts, and stops at `bytesMax`. Copies into one buffer that grows: a body sent byte by byte would
 * cost a hundred times its size as a list of chunks. What it holds stays counted in `held` until `release`.
 */
export async function readBody(
  request: Request,
  bytesMax: number,
  held: Held,
): Promise<{ body: Body; release(): void }> {
  let buffer = new Uint8Array(0)
  let length = 0
  const release = (): void => {
    held.bytes -= buffer.byteLength
    buffer = new Uint8Array(0)
  }
  const ended = (body: Body) => ({ body, release })
  if (request.body === null) return ended(new Uint8Array(0))

  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader()
  for (;;) {
    const chunk = await reader.read().catch(() => undefined)
    if (chunk === undefined) return ended('aborted')
    if (chunk.done) return ended(buffer.subarray(0, length))
    const needed = length + chunk.value.byteLength
    if (needed > bytesMax) return ended('too-large')
    if (needed > buffer.byteLength) {
      const size = Math.min(bytesMax, Math.max(firstBytes, needed, buffer.byteLength * 2))
      if (held.bytes - buffer.byteLength + size > held.bytesMax) return ended('crowded')
      held.bytes += size - buffer.byteLength
      const larger = new Uint8Array(size)
      larger.set(buffer.subarray(0, length))
      buffer = larger
    }
    buffer.set(chunk.value, length)
    length = needed
  }
}
