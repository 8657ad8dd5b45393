import { OnCallDown } from './on-call-down.ts'

const bodyBytesMax = 256 * 1024

/** Throws OnCallDown, and what `fetch` throws. */
export async function fetchJson(
  url: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<unknown> {
  const response = await fetch(safeUrl(url), {
    headers: {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: authorizationOf(token) }),
    },
    // NB: a redirect would take the token, or our place in the network, to wherever the answer says.
    redirect: 'manual',
    signal,
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new OnCallDown('it does not answer with the status 200')
  }
  return parse(await readBody(response))
}

/** A bearer token, unless the setting names another scheme before it, such as `Token token=…`. */
const authorizationOf = (token: string): string => (token.includes(' ') ? token : `Bearer ${token}`)

/** Unencrypted only on this machine itself. */
function safeUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '')
    throw new OnCallDown('its address is not usable')
  const loopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) return url
  throw new OnCallDown('its address is not https')
}

async function readBody(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const body: AsyncIterable<Uint8Array> = response.body ?? new Blob([]).stream()
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > bodyBytesMax) throw new OnCallDown('its answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new OnCallDown('its answer is not JSON', { cause })
  }
}
