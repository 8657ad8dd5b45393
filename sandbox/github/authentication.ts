// Who is calling: the App by its signed JWT, or an installation by its token. Both are really checked.
import { createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { errors, jwtVerify, type JWTPayload } from 'jose'
import { ApiError, badCredentials, forbidden, notFound } from './answers.ts'
import type { Installation, Permissions, Repository, Token } from './model.ts'
import type { World } from './world.ts'

export type Level = 'read' | 'write'
/** Any one of these permissions at its level is enough. */
export type Needs = Partial<Record<keyof Permissions, Level>>

export interface Caller {
  readonly token: Token
  readonly installation: Installation
}

const hourMs = 3_600_000
const expired =
  "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
const tooFar = "'Expiration time' claim ('exp') is too far in the future"
const issuedWrong =
  "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"

export const generatePrivateKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs1',
    format: 'pem',
  }) as string

export class Authentication {
  readonly #world: World
  readonly #publicKeys = new Map<string, KeyObject>()
  readonly #now: () => number

  /** `now` judges credentials: Octokit signs and caches them by the machine's clock, whatever the sandbox's says. */
  constructor(world: World, privateKey: string, now: () => number) {
    this.#world = world
    this.addKey(privateKey)
    this.#now = now
  }

  get now(): number {
    return this.#now()
  }

  /** An App may have several keys at once. */
  addKey(privateKey: string): void {
    this.#publicKeys.set(privateKey, createPublicKey(privateKey))
  }

  removeKey(privateKey: string): void {
    this.#publicKeys.delete(privateKey)
  }

  /** Passes when the request carries a JWT that one of the App's keys signed, alive for at most ten minutes. */
  async app(request: Request): Promise<void> {
    const jwt = credential(request)
    const now = Math.floor(this.#now() / 1000)
    const payload = await this.#signed(jwt)
    if (payload.exp === undefined) throw new ApiError(401, expired)
    if (payload.exp > now + 600) throw new ApiError(401, tooFar)
    if (payload.iat === undefined || payload.iat > now + 60) throw new ApiError(401, issuedWrong)
    if (String(payload.iss) !== String(this.#world.app.id))
      throw new ApiError(404, 'Integration not found')
  }

  async #signed(jwt: string): Promise<JWTPayload> {
    for (const key of this.#publicKeys.values())
      try {
        const currentDate = new Date(this.#now())
        return (await jwtVerify(jwt, key, { algorithms: ['RS256'], currentDate })).payload
      } catch (error) {
        if (error instanceof errors.JWTExpired) throw new ApiError(401, expired)
      }
    throw new ApiError(401, 'A JSON web token could not be decoded')
  }

  installation(request: Request): Caller {
    const token = this.#world.tokens.get(credential(request))
    if (!token || token.expiresAt <= this.#now()) throw badCredentials()
    const installation = this.#world.installations.get(token.installationId)
    if (!installation) throw badCredentials()
    if (installation.suspendedAt !== null)
      throw new ApiError(403, 'This installation has been suspended')
    return { token, installation }
  }

  issue(installation: Installation, wanted: TokenRequest): Token {
    if (installation.suspendedAt !== null)
      throw new ApiError(403, 'This installation has been suspended')
    const token: Token = {
      token: `ghs_${this.#world.app.id}_${part(27)}.${part(180)}.${part(190)}`,
      installationId: installation.id,
      expiresAt: Math.floor((this.#now() + hourMs) / 1000) * 1000,
      permissions: narrowed(installation.permissions, wanted.permissions),
      repositoryIds: wanted.repositoryIds,
    }
    this.#world.tokens.set(token.token, token)
    return token
  }
}

export interface TokenRequest {
  readonly permissions: Permissions | undefined
  readonly repositoryIds: ReadonlySet<number> | undefined
}

const part = (bytes: number) => randomBytes(bytes).toString('base64url')

function credential(request: Request): string {
  const header = request.headers.get('authorization')
  if (header === null) throw new ApiError(401, 'Requires authentication')
  const [, value] = /^(?:bearer|token)\s+(\S+)$/i.exec(header) ?? []
  if (value === undefined) throw badCredentials()
  return value
}

function narrowed(granted: Permissions, wanted: Permissions | undefined): Permissions {
  if (!wanted) return { metadata: 'read', ...granted }
  for (const [name, level] of Object.entries(wanted))
    if (!suffices(granted[name as keyof Permissions], level))
      throw new ApiError(422, 'The permissions requested are not granted to this installation.')
  return { metadata: 'read', ...wanted }
}

const levels = ['read', 'write', 'admin']
const suffices = (has: string | undefined, needed: string) =>
  has !== undefined && levels.indexOf(has) >= levels.indexOf(needed)

export const permits = (token: Token, needs: Needs): boolean =>
  Object.entries(needs).some(([name, level]) =>
    suffices(token.permissions[name as keyof Permissions], level),
  )

export function covers({ token, installation }: Caller, repository: Repository): boolean {
  if (installation.accountId !== repository.ownerId) return false
  if (installation.repositories !== 'all' && !installation.repositories.has(repository.id))
    return false
  return token.repositoryIds?.has(repository.id) ?? true
}

/** 404 hides a private repository that the token does not cover; what everybody may read of a public one stays readable. */
export function requireRepository(caller: Caller, repository: Repository, needs: Needs): void {
  if (covers(caller, repository)) {
    if (!permits(caller.token, needs)) throw forbidden()
    return
  }
  if (repository.visibility !== 'public') throw notFound()
  const readsOnly = Object.entries(needs).some(
    ([name, level]) => level === 'read' && name !== 'administration',
  )
  if (!readsOnly) throw forbidden()
}
