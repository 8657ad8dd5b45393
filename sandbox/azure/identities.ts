// Tokens: who calls, and what the app's own identity was given.
import { createHmac, randomBytes } from 'node:crypto'
import { may } from './authority.ts'
import { AzureFault } from './fault.ts'
import { matchesAction, roleKey } from './roles.ts'
import { keyOf } from './scopes.ts'
import type { State } from './state.ts'

/** What an identity may do, said outright instead of by its assignments. */
export interface Permit {
  /** As in role definitions, with `*`. */
  readonly actions: readonly string[]
  /** It holds there and below. Everywhere when left out. */
  readonly scopes?: readonly string[]
  /** Like the condition of a Role Based Access Control Administrator: the only roles it may assign or take away. */
  readonly onlyRoles?: readonly string[]
}

export interface Token {
  readonly token: string
  /** Milliseconds since 1970, by the cloud's clock. */
  readonly expiresOnTimestamp: number
}

export interface Caller {
  readonly principalId: string
  readonly tenantId: string
}

interface Claims {
  readonly oid: string
  readonly tid: string
  readonly iat: number
  readonly exp: number
}

const lifetimeMs = 3_600_000
const encode = (value: object | Buffer) =>
  (Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))).toString('base64url')

/** Issues tokens that hold for an hour, and knows its own again. */
export class Identities {
  readonly #state: State
  readonly #secret = randomBytes(32)
  /** By object id in lower case. */
  readonly #permits = new Map<string, Permit>()
  constructor(state: State) {
    this.#state = state
  }

  permit(principalId: string, permit: Permit): void {
    this.#permits.set(principalId.toLowerCase(), permit)
  }

  issue(principalId: string): Token {
    const principal = this.#state.principal(principalId)
    if (!principal) throw new Error(`The sandbox has no principal ${principalId}`)
    const expiresOnTimestamp = this.#state.now() + lifetimeMs
    const claims: Claims = {
      oid: principal.principalId,
      tid: principal.tenantId,
      iat: this.#state.now() / 1000,
      exp: expiresOnTimestamp / 1000,
    }
    const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
    return { token: `${text}.${this.#sign(text)}`, expiresOnTimestamp }
  }

  authenticate(header: string | null): Caller {
    const token = /^Bearer (.+)$/i.exec(header ?? '')?.[1]
    if (token === undefined)
      throw unauthorized('AuthenticationFailed', "The 'Authorization' header is missing.")
    const [head, body, signature] = token.split('.')
    if (signature === undefined || this.#sign(`${head}.${body}`) !== signature)
      throw unauthorized('InvalidAuthenticationToken', 'The access token is invalid.')
    const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString()) as Claims
    if (this.#state.now() >= claims.exp * 1000)
      throw unauthorized('ExpiredAuthenticationToken', 'The access token expiry UTC time is past.')
    if (!this.#state.principal(claims.oid))
      throw unauthorized('InvalidAuthenticationToken', 'The identity does not exist any more.')
    return { principalId: claims.oid, tenantId: claims.tid }
  }

  /** By its permit where it has one, by its role assignments otherwise. */
  authorize(caller: Caller, action: string, scope: string, over: string): void {
    const permit = this.#permits.get(caller.principalId.toLowerCase())
    const { principalId } = caller
    const allowed = permit
      ? permit.actions.some((pattern) => matchesAction(pattern, action)) &&
        this.#covers(permit, scope)
      : may(this.#state, { principalId, action, scope, at: this.#state.now() }).allowed
    if (!allowed) throw forbidden(caller, 'does not have authorization', action, over)
  }

  /** NB: asked about the role in the request on writes, about that of the stored assignment on removals. */
  authorizeRole(caller: Caller, roleDefinitionId: string, action: string, over: string): void {
    const only = this.#permits.get(caller.principalId.toLowerCase())?.onlyRoles
    if (!only || only.some((role) => roleKey(role) === roleKey(roleDefinitionId))) return
    const what = 'has an authorization with ABAC condition that is not fulfilled'
    throw forbidden(caller, what, action, over)
  }

  #covers(permit: Permit, scope: string): boolean {
    if (!permit.scopes) return true
    const chain = this.#state.places.chain(scope)
    return permit.scopes.some((allowed) => chain.includes(keyOf(allowed)))
  }

  #sign(text: string): string {
    return encode(createHmac('sha256', this.#secret).update(text).digest())
  }
}

const unauthorized = (code: string, message: string) =>
  new AzureFault(401, code, `Authentication failed. ${message}`, {
    'www-authenticate':
      'Bearer authorization_uri="https://login.microsoftonline.com/common", error="invalid_token"',
  })

const forbidden = ({ principalId: id }: Caller, what: string, action: string, over: string) =>
  new AzureFault(
    403,
    'AuthorizationFailed',
    `The client '${id}' with object id '${id}' ${what} to perform action '${action}' over scope '${over}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  )
