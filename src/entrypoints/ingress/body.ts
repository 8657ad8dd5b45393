import type { IncomingMessage } from 'node:http'

/** A body as it came, or why there is none. `aborted`: the sender went away. `crowded`: too much is held already. */
export type Body = Uint8Array | 'too-large' | 'aborted' | 'crowded'

/** What all requests in hand hold together: strangers may send bodies before their signature is known. */
export interface Held {
  bytes: number
  readonly bytesMax: number
  /** Those that are not whole yet, the oldest first. */
  readonly arriving: Set<Arriving>
}

interface Arriving {
  bytes(): number
  /** Lets go of all it holds, and ends as `crowded`. */
  giveWay(): void
}

export const holdUpTo = (bytesMax: number): Held => ({ bytes: 0, bytesMax, arriving: new Set() })

/** GitHub's usual deliveries are far below it. What is larger leaves them a quarter of the room, whoever sends it. */
const usualBytes = 1024 * 1024
const isLarge = (bytes: number): boolean => bytes > usualBytes

const firstBytes = 64 * 1024

/**
 * Reads while it counts, and stops at `bytesMax`: what comes after that is not read. What it holds stays counted in
 * `held` until `release`.
 */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  held: Held,
): Promise<{ body: Body; release(): void }> {
  const { promise, resolve } = Promise.withResolvers<{ body: Body; release(): void }>()
  const gathered = gathering(Number(request.headers['content-length']), bytesMax, held)
  const end = (body: Body): void => {
    held.arriving.delete(own)
    request.off('data', take).off('end', whole).off('close', cut).pause()
    resolve({ body, release: gathered.release })
  }
  const own: Arriving = {
    bytes: gathered.held,
    giveWay() {
      gathered.release()
      end('crowded')
    },
  }
  const take = (chunk: Buffer): void => {
    const why = gathered.add(chunk, (bytes) => makeRoom(held, own, bytes))
    if (why !== undefined) end(why)
  }
  const whole = (): void => end(gathered.bytes())
  const cut = (): void => end('aborted')
  held.arriving.add(own)
  // `close` follows, and tells it.
  request.on('error', () => undefined)
  request.on('data', take).on('end', whole).on('close', cut)
  return promise
}

/**
 * Whether `own` may hold so much. GitHub's deliveries arrive in a moment: where there is no room, what has been arriving
 * for longer gives way, and what is large takes none of it from what is not.
 */
function makeRoom(held: Held, own: Arriving, bytes: number): boolean {
  const bytesMax = isLarge(bytes) ? (held.bytesMax / 4) * 3 : held.bytesMax
  const fits = () => held.bytes - own.bytes() + bytes <= bytesMax
  for (const older of held.arriving) {
    if (older === own || fits()) break
    const frees = older.bytes()
    if (frees > 0 && (isLarge(frees) || !isLarge(bytes))) older.giveWay()
  }
  return fits()
}

/**
 * What came whole, in one piece, stays as it is. NB: all else is copied into one buffer that grows: a body sent byte by
 * byte would cost a hundred times its size as a list of chunks, for each keeps what it was read into.
 */
function gathering(declared: number, bytesMax: number, held: Held) {
  let buffer: Uint8Array = new Uint8Array(0)
  let length = 0
  const hold = (next: Uint8Array): void => {
    held.bytes += next.byteLength - buffer.byteLength
    buffer = next
  }
  return {
    bytes: () => buffer.subarray(0, length),
    held: () => buffer.byteLength,
    release: () => hold(new Uint8Array(0)),
    add(
      chunk: Uint8Array,
      mayHold: (bytes: number) => boolean,
    ): 'too-large' | 'crowded' | undefined {
      const needed = length + chunk.byteLength
      if (needed > bytesMax) return 'too-large'
      if (needed > buffer.byteLength) {
        const size = Math.min(bytesMax, Math.max(firstBytes, needed, buffer.byteLength * 2))
        const alone = chunk.byteLength === declared
        if (!mayHold(alone ? needed : size)) return 'crowded'
        if (alone) {
          hold(chunk)
          length = needed
          return undefined
        }
        const larger = new Uint8Array(size)
        larger.set(buffer.subarray(0, length))
        hold(larger)
      }
      buffer.set(chunk, length)
      length = needed
      return undefined
    },
  }
}
