// AWS Signature Version 4 as the service checks it. The age of a signature is judged where a test says so: the sandbox's clock may be turned.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Session, UserKey } from './entities.ts'
import { AwsFault } from './fault.ts'
import type { State } from './state.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

interface Claimed {
  readonly accessKeyId: string
  /** `<date>/<region>/<service>/aws4_request` */
  readonly scope: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

function parse(authorization: string | null): Claimed {
  if (!authorization)
    throw new AwsFault('MissingAuthenticationToken', 'Request is missing Authentication Token')
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/.exec(
      authorization,
    )
  const [, accessKeyId, scope, headers, signature] = found ?? []
  if (!accessKeyId || !scope || !headers || !signature)
    throw new AwsFault('IncompleteSignature', 'The request signature does not conform to standards')
  return { accessKeyId, scope, signedHeaders: headers.split(';'), signature }
}

function expectedSignature(request: Request, body: string, claimed: Claimed, secret: string) {
  const headers = claimed.signedHeaders.map((name) => {
    const value = (request.headers.get(name) ?? '').trim().replace(/ +/g, ' ')
    return `${name}:${value}\n`
  })
  const canonical = [
    request.method,
    new URL(request.url).pathname,
    '',
    headers.join(''),
    claimed.signedHeaders.join(';'),
    sha256(body),
  ].join('\n')
  const date = request.headers.get('x-amz-date') ?? ''
  const toSign = ['AWS4-HMAC-SHA256', date, claimed.scope, sha256(canonical)].join('\n')
  const key = claimed.scope.split('/').reduce<Buffer | string>(hmac, `AWS4${secret}`)
  return hmac(key, toSign)
}

const invalidToken = () =>
  new AwsFault('InvalidClientTokenId', 'The security token included in the request is invalid.')

/** A user's key dies with the user, also when another one takes the name; a session's with its role. */
function keyOf(state: State, request: Request, accessKeyId: string): UserKey | Session {
  const key = state.keys.get(accessKeyId)
  if (!key) throw invalidToken()
  if (key.kind === 'user') {
    const user = state.users.get(key.user.arn, state.latest)
    if (user?.userId !== key.user.userId) throw invalidToken()
    return key
  }
  if (request.headers.get('x-amz-security-token') !== key.sessionToken) throw invalidToken()
  if (state.history.now() >= key.expiresAt)
    throw new AwsFault('ExpiredToken', 'The security token included in the request is expired')
  if (state.roles.get(key.roleArn, state.latest)?.roleId !== key.roleId) throw invalidToken()
  return key
}

function requireTimely({ history, signatureMsMax }: State, request: Request): void {
  const signed = request.headers.get('x-amz-date') ?? ''
  const at = Date.parse(
    signed.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  )
  const ageMs = history.now() - at
  // NB: also one that has no time at all.
  if (signatureMsMax === Infinity || Math.abs(ageMs) <= signatureMsMax) return
  throw new AwsFault(
    'SignatureDoesNotMatch',
    ageMs > 0 ? `Signature expired: ${signed} is too old` : `Signature not yet current: ${signed}`,
  )
}

/** Whose call it is. Throws the faults of a request that is unsigned, wrongly signed or signed with a dead key. */
export function authenticate(state: State, request: Request, body: string): UserKey | Session {
  const claimed = parse(request.headers.get('authorization'))
  const key = keyOf(state, request, claimed.accessKeyId)
  const expected = expectedSignature(request, body, claimed, key.secretAccessKey)
  if (!timingSafeEqual(expected, Buffer.from(claimed.signature, 'hex')))
    throw new AwsFault(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    )
  requireTimely(state, request)
  return key
}
