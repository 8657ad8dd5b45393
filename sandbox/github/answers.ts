// How GitHub words its answers: errors, times, pages.
import type { components } from '@octokit/openapi-types'

type Schemas = components['schemas']
const documentation = 'https://docs.github.com/rest'

export const iso = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')
export const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at))
export const nodeId = (type: string, id: number): string =>
  Buffer.from(`0${type.length}:${type}${id}`).toString('base64')

export interface FieldProblem {
  readonly resource: string
  readonly field: string
  readonly code: string
  readonly message?: string
}

/** Thrown by routes; becomes the answer. */
export class ApiError extends Error {
  readonly status: number
  readonly errors: readonly FieldProblem[] | undefined
  constructor(status: number, message: string, errors?: readonly FieldProblem[]) {
    super(message)
    this.status = status
    this.errors = errors
  }

  response(): Response {
    const body: Schemas['basic-error'] & { errors?: readonly FieldProblem[] } = {
      message: this.message,
      documentation_url: documentation,
      status: String(this.status),
      ...(this.errors && { errors: this.errors }),
    }
    return Response.json(body, { status: this.status })
  }
}

export const notFound = () => new ApiError(404, 'Not Found')
export const badCredentials = () => new ApiError(401, 'Bad credentials')
export const forbidden = () => new ApiError(403, 'Resource not accessible by integration')
export const invalid = (resource: string, field: string, message: string) =>
  new ApiError(422, 'Validation Failed', [{ resource, field, code: 'custom', message }])

/** One page of a list, with the Link header that Octokit's paginate follows. `wrap` makes the body of the page's items. */
export function paged<T>(url: URL, items: readonly T[], wrap: (page: T[]) => unknown): Response {
  const size = Math.min(Math.max(Number(url.searchParams.get('per_page') ?? 30) || 30, 1), 100)
  const page = Math.max(Number(url.searchParams.get('page') ?? 1) || 1, 1)
  const last = Math.max(Math.ceil(items.length / size), 1)
  const links: string[] = []
  const add = (rel: string, number: number) => {
    const target = new URL(url)
    target.searchParams.set('page', String(number))
    links.push(`<${target.href}>; rel="${rel}"`)
  }
  if (page > 1) add('prev', page - 1)
  if (page < last) {
    add('next', page + 1)
    add('last', last)
  }
  if (page > 1) add('first', 1)
  return Response.json(
    wrap(items.slice((page - 1) * size, page * size)),
    links.length > 0 ? { headers: { link: links.join(', ') } } : {},
  )
}
