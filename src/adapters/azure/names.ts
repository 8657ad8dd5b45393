// What things are called in Azure: scopes, roles, and the names and marks of what is ours.
import { createHash } from 'node:crypto'
import { trimmed } from '../../domain/trim.ts'

/** Of names that Hallpass makes: a random UUID, made once. */
const namespace = Buffer.from('8f3c61f27ad94b0f9c0e5d1e6f0b7a42', 'hex')

/** RFC 9562, version 5: the same name gives the same UUID. */
export function uuidOf(...parts: readonly string[]): string {
  const hash = createHash('sha1').update(namespace).update(JSON.stringify(parts)).digest()
  const bytes = hash.subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** Without its leading slash, which the SDK adds. */
export const forSdk = (scope: string): string => scope.replace(/^\/+/, '')

/** One leading slash, in lower case: Azure answers scopes in the case they were first written in. */
export const scopeKey = (scope: string | undefined): string =>
  `/${trimmed(scope ?? '', '/').toLowerCase()}`

/** The last part of an id, in lower case. */
export const lastOf = (id: string | undefined): string =>
  (id ?? '').slice((id ?? '').lastIndexOf('/') + 1).toLowerCase()

/** Azure wants a role by its id under the subscription, or the tenant's. */
export function definitionId(scope: string, roleId: string): string {
  const [subscription = ''] = /^\/subscriptions\/[^/]+/.exec(scope) ?? []
  return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
}

export const isGuid = (text: string): boolean =>
  /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)

/** In the description of a plain assignment. */
export const descriptionMark = (instance: string): string => `hallpass:${instance}:`
/** In the justification of a request. */
export const justificationMark = (instance: string): string => `hallpass-${instance}-`
