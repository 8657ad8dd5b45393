// The Query protocol: form-encoded requests, XML answers.
import { XMLBuilder } from 'fast-xml-parser'
import { AwsFault } from './fault.ts'

export type Xml = { readonly [element: string]: XmlValue | undefined }
export type XmlValue = string | number | boolean | Xml | readonly (string | Xml)[]

/** A request's parameters. Lists are `Name.member.1`, `Name.member.2`, … */
export class Params {
  readonly #form: URLSearchParams
  constructor(body: string) {
    this.#form = new URLSearchParams(body)
  }
  optional(name: string): string | undefined {
    return this.#form.get(name) ?? undefined
  }
  required(name: string): string {
    const value = this.optional(name)
    if (value === undefined || value === '')
      throw new AwsFault('ValidationError', `Value null at '${name}' failed to satisfy constraint`)
    return value
  }
  /** A name as IAM takes it, at most `max` characters. */
  name(name: string, max: number): string {
    const value = this.required(name)
    if (value.length > max || !/^[\w+=,.@-]+$/.test(value))
      throw new AwsFault('ValidationError', `Value at '${name}' failed to satisfy constraint`)
    return value
  }
  list(name: string): string[] {
    const values: string[] = []
    for (let n = 1; this.#form.has(`${name}.member.${n}`); n += 1)
      values.push(this.#form.get(`${name}.member.${n}`) ?? '')
    return values
  }
  integer(name: string, bounds: { min: number; max: number; byDefault: number }): number {
    const value = Number(this.optional(name) ?? bounds.byDefault)
    if (!Number.isInteger(value) || value < bounds.min || value > bounds.max)
      throw new AwsFault(
        'ValidationError',
        `Value '${value}' at '${name}' failed to satisfy constraint: ${bounds.min} to ${bounds.max}`,
      )
    return value
  }
}

/** One page by `Marker` and `MaxItems`, in the order of the keys: what is removed between two pages skips nothing. */
export function page<T>(items: readonly T[], keyOf: (item: T) => string, params: Params) {
  const size = params.integer('MaxItems', { min: 1, max: 1000, byDefault: 100 })
  const marker = params.optional('Marker')
  const after = marker === undefined ? '' : Buffer.from(marker, 'base64url').toString()
  const rest = items
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .filter((item) => keyOf(item) > after)
  const shown = rest.slice(0, size)
  const last = shown.at(-1)
  const truncated = rest.length > shown.length && last !== undefined
  return {
    shown,
    xml: {
      IsTruncated: truncated,
      Marker: truncated ? Buffer.from(keyOf(last)).toString('base64url') : undefined,
    },
  }
}

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: false })

const namespaces = {
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
}

/** Unset elements are left out, not written empty. */
const compact = (value: XmlValue): XmlValue => {
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item) => compact(item) as string | Xml)
  const entries = Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : [[key, compact(inner as XmlValue)]],
  )
  return Object.fromEntries(entries)
}

export interface Envelope {
  readonly service: 'iam' | 'sts'
  readonly action: string
  readonly requestId: string
  /** The sandbox's own time: becomes the answer's `Date`, which has whole seconds. */
  readonly at: number
}

function respond(envelope: Envelope, status: number, body: Xml): Response {
  return new Response(builder.build(compact(body)), {
    status,
    headers: {
      'content-type': 'text/xml',
      'x-amzn-requestid': envelope.requestId,
      date: new Date(envelope.at).toUTCString(),
    },
  })
}

export function success(envelope: Envelope, result: Xml | undefined): Response {
  const { action, requestId, service } = envelope
  return respond(envelope, 200, {
    [`${action}Response`]: {
      '@_xmlns': namespaces[service],
      [`${action}Result`]: result,
      ResponseMetadata: { RequestId: requestId },
    },
  })
}

export function failure(envelope: Envelope, fault: AwsFault): Response {
  return respond(envelope, fault.status, {
    ErrorResponse: {
      '@_xmlns': namespaces[envelope.service],
      Error: {
        Type: fault.status >= 500 ? 'Receiver' : 'Sender',
        Code: fault.code,
        Message: fault.message,
      },
      RequestId: envelope.requestId,
    },
  })
}
