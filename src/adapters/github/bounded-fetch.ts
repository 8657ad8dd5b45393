// The only way out to GitHub: every call ends in time, and no half-read answer passes for a whole one.

const bodyBytesMax = 32 * 1024 * 1024

/**
 * A `fetch` whose call and body together take at most `timeoutMs`, and no longer than until `hungUp`.
 * NB: Octokit reads a body that breaks off, or an empty one, as an empty list: here both are failures.
 */
export function boundedFetch(timeoutMs: number, hungUp?: AbortSignal): typeof fetch {
  return async (input, init) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const given = [init?.signal, hungUp].flatMap((each) => each ?? [])
    const signal = AbortSignal.any([timeout, ...given])
    const response = await fetch(input, { ...init, signal })
    const bytes = await readBody(response)
    if (response.status === 200 || response.status === 201) checkJson(bytes)
    const body = bytes.byteLength === 0 ? null : bytes
    const { status, headers } = response
    const whole = new Response(body, { status, headers })
    Object.defineProperty(whole, 'url', { value: response.url })
    return whole
  }
}

async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null) return new Uint8Array()
  const body: AsyncIterable<Uint8Array> = response.body
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > bodyBytesMax) throw new Error(`the answer is larger than ${bodyBytesMax} bytes`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks, size))
}

/** The REST API answers with an object or a list, always. */
function checkJson(bytes: Uint8Array): void {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
  if (typeof value !== 'object' || value === null) throw new Error('the answer is not an object')
}
