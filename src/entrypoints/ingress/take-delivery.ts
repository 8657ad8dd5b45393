import { hash } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { ConfigError } from '../../domain/errors.ts'
import type { NewDelivery } from '../../workflows/ports.ts'
import type { IngressDeps } from './app.ts'
import { holdUpTo, readBody } from './body.ts'
import { knownEvents, readEnvelope, type Envelope } from './envelope.ts'
import { keptOf } from './kept.ts'
import { parseJsonObject } from './parse-json.ts'
import { clean, createStrangerLog } from './refusals.ts'
import { isSignature, isSigned } from './signature.ts'

export interface Reply {
  readonly status: 202 | 400 | 401 | 403 | 413 | 415 | 429 | 503
  readonly word: string
  /** Some of the body was not read. */
  readonly unread?: boolean
}

const bodyBytesMaxDefault = 25 * 1024 * 1024
/** So many bodies of the largest size are held at once. */
const heldBodiesMax = 4

/**
 * Takes one delivery in. 413, 415 and 401 come before anything else is looked at: without the signature, the sender
 * is a stranger and learns nothing. 403 is a hook that is not our App's: it has our secret and must not have it, and
 * only a failed delivery is seen by those who set it up. 400 is a delivery that is not what it says. 202 is said as
 * well to what needs no work here, because GitHub would show anything else as our failure. 503 means that it could
 * not be stored: GitHub keeps it for redelivery.
 */
export function createTaker(deps: IngressDeps): (request: IncomingMessage) => Promise<Reply> {
  if (deps.secrets.length === 0 || deps.secrets.includes('')) {
    throw new ConfigError('the webhook secret is empty: everybody could sign deliveries')
  }
  const bytesMax = deps.bodyBytesMax ?? bodyBytesMaxDefault
  const held = holdUpTo(heldBodiesMax * bytesMax)
  const tellStranger = createStrangerLog(deps.log)
  const refuse = (status: Reply['status'], word: string, unread = true): Reply => {
    tellStranger(word)
    return { status, word, unread }
  }

  return async (request) => {
    const { headers } = request
    const signature = said(headers, 'x-hub-signature-256')
    if (!isPlainJson(headers)) return refuse(415, 'application/json only')
    if (Number(headers['content-length'] ?? 0) > bytesMax) return refuse(413, 'too large')
    if (!isSignature(signature)) return refuse(401, 'no signature')

    const read = await readBody(request, bytesMax, held)
    const { body } = read
    try {
      if (body === 'too-large') return refuse(413, 'too large')
      if (body === 'crowded') return refuse(429, 'too many at once')
      if (body === 'aborted') return refuse(400, 'incomplete')
      if (!isSigned(body, signature, deps.secrets)) return refuse(401, 'wrong signature', false)
      return await takeSigned(deps, headers, body)
    } finally {
      read.release()
    }
  }
}

/** Node joins what is said twice with a comma. */
function said(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

function isPlainJson(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  return type === 'application/json' && encoding === 'identity'
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

async function takeSigned(
  deps: IngressDeps,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
): Promise<Reply> {
  const id = said(headers, 'x-github-delivery')?.toLowerCase()
  const event = said(headers, 'x-github-event')
  const refuse = (status: Reply['status'], reason: string, more = {}): Reply => {
    const told = { delivery: clean(id), event: clean(event) }
    deps.log.warn('delivery.refused', { reason, ...told, ...more })
    return { status, word: reason }
  }

  if (!isOurs(headers, deps.appId)) return refuse(403, 'not a hook of this App')
  if (id === undefined || !guid.test(id)) return refuse(400, 'no delivery id')
  if (event === undefined || !/^[a-z_]{1,64}$/.test(event)) return refuse(400, 'no event name')
  const payload = parseJsonObject(body)
  if (payload === undefined) return refuse(400, 'not a JSON object')
  if (!knownEvents.has(event)) return { status: 202, word: 'not handled' }
  const envelope = readEnvelope(event, payload)
  if (envelope === undefined) return refuse(400, 'the body is not one of this event')

  const { action, installationId, accountId, repositoryId } = envelope
  const name = action === undefined ? event : `${event}.${action}`
  if (!deps.isStored(name, repositoryId)) return { status: 202, word: 'not handled' }
  if (installationId === undefined) return refuse(202, 'no installation', { account: accountId })
  if (accountId === undefined || !deps.servedAccounts.has(accountId)) {
    return refuse(202, 'account not served', { account: accountId })
  }
  const arrived = { id, event, body, payload }
  const delivery = toDelivery({ ...envelope, installationId, accountId }, arrived)
  return delivery === undefined ? refuse(400, 'not a JSON object') : store(deps, delivery)
}

type Payload = Readonly<Record<string, unknown>>

const isOurs = (headers: IncomingHttpHeaders, appId: number): boolean =>
  said(headers, 'x-github-hook-installation-target-type') === 'integration' &&
  said(headers, 'x-github-hook-installation-target-id') === String(appId)

interface Whose {
  readonly installationId: number
  readonly accountId: number
}

/** Undefined where it nests too deep. The hash is that of the bytes as they came: they are what a replay repeats. */
function toDelivery(
  { action, subject, installationId, accountId, undated }: Envelope & Whose,
  { id, event, body, payload }: Pick<NewDelivery, 'id' | 'event' | 'body'> & { payload: Payload },
): NewDelivery | undefined {
  const kept = keptOf(payload)
  if (kept === undefined) return undefined
  const whose = { installationId, accountId }
  const contents = { body: kept, bodyHash: hash('sha256', body), ...(undated ? { undated } : {}) }
  return { id, event, action, subject, ...whose, ...contents }
}

async function store(deps: IngressDeps, delivery: NewDelivery): Promise<Reply> {
  const { id, event, action, accountId } = delivery
  const told = { delivery: id, event, action, account: accountId }
  try {
    const accepted = await deps.accept(delivery)
    deps.log.info(`delivery.${accepted}`, told)
    if (accepted !== 'duplicate') deps.nudge(id)
    return { status: 202, word: accepted }
  } catch (error) {
    deps.log.error('delivery.not_stored', { ...told, error })
    return { status: 503, word: 'not stored' }
  }
}
