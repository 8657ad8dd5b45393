// The Query protocol: form-encoded requests, XML answers.
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
  /** `Name.member.1.Key` and `.Value`, … */
  tags(name: string): ReadonlyMap<string, string> {
    const tags = new Map<string, string>()
    for (let n = 1; this.#form.has(`${name}.member.${n}.Key`); n += 1)
      tags.set(
        this.required(`${name}.member.${n}.Key`),
        this.#form.get(`${name}.member.${n}.Value`) ?? '',
      )
    return tags
  }
  /** `/`, or `/…/`. */
  path(name: string): string {
    const value = this.optional(name) ?? '/'
    if (value.length > 512 || !/^\/(?:[!-~]+\/)?$/.test(value))
      throw new AwsFault('ValidationError', `Value at '${name}' failed to satisfy constraint`)
    return value
  }
  all(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#form)
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
    .filter((item) => keyOf(item) > after)
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
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

const namespaces = {
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escaped = (text: string) => text.replace(/[&<>]/g, (char) => entities[char] ?? char)

const isList = (value: XmlValue): value is readonly (string | Xml)[] => Array.isArray(value)

/** A list repeats its element. What is unset is left out, not written empty. */
function elements(name: string, value: XmlValue | undefined): string {
  if (value === undefined) return ''
  if (typeof value !== 'object') return `<${name}>${escaped(String(value))}</${name}>`
  if (isList(value)) return value.map((item) => elements(name, item)).join('')
  return `<${name}>${inside(value)}</${name}>`
}

const inside = (body: Xml): string =>
  Object.entries(body)
    .map(([name, value]) => elements(name, value))
    .join('')

export interface Envelope {
  readonly service: 'iam' | 'sts'
  readonly action: string
  readonly requestId: string
  /** The sandbox's own time: becomes the answer's `Date`, which has whole seconds. */
  readonly at: number
}

function respond(envelope: Envelope, status: number, root: string, body: Xml): Response {
  const xml = `<${root} xmlns="${namespaces[envelope.service]}">${inside(body)}</${root}>`
  return new Response(xml, {
    status,
    headers: {
      'content-type': 'text/xml',
      'x-amzn-requestid': envelope.requestId,
      date: new Date(envelope.at).toUTCString(),
    },
  })
}

export function success(envelope: Envelope, result: Xml | undefined): Response {
  const { action, requestId } = envelope
  return respond(envelope, 200, `${action}Response`, {
    [`${action}Result`]: result,
    ResponseMetadata: { RequestId: requestId },
  })
}

export function failure(envelope: Envelope, fault: AwsFault): Response {
  return respond(envelope, fault.status, 'ErrorResponse', {
    Error: {
      Type: fault.status >= 500 ? 'Receiver' : 'Sender',
      Code: fault.code,
      Message: fault.message,
    },
    RequestId: envelope.requestId,
  })
}
