// The table of routes: each names its call for the log, and says who may make it.
import { Hono } from 'hono'
import type { operations } from '@octokit/openapi-types'
import { ApiError, notFound } from './answers.ts'
import {
  requireRepository,
  type Authentication,
  type Caller,
  type Needs,
} from './authentication.ts'
import type { ContentAccounts } from './content-limits.ts'
import type { Repository } from './model.ts'
import type { World } from './world.ts'

export interface Call {
  readonly request: Request
  readonly url: URL
  readonly body: unknown
  /** A part of the path by its name in the pattern, decoded. */
  readonly param: (name: string) => string
  readonly number: (name: string) => number
}
export type InstallationCall = Call & { readonly caller: Caller }
export type RepositoryCall = InstallationCall & { readonly repository: Repository }
type Answer = Response | Promise<Response>

interface Entry {
  readonly operation: string
  readonly method: string
  readonly matcher: RegExp
  readonly names: readonly string[]
  readonly answer: (call: Call) => Answer
}

/** The JSON of one of an operation's answers. */
export type Answered<Id extends keyof operations> = operations[Id] extends {
  responses: infer Responses
}
  ? {
      [Status in keyof Responses]: Status extends 200 | 201 | 202
        ? Responses[Status] extends { content: { 'application/json': infer Body } }
          ? Body
          : never
        : never
    }[keyof Responses]
  : never

/** Answers with a body whose type is that of the operation's successful answer. */
export const answer = <Id extends keyof operations>(body: Answered<Id>, status = 200): Response =>
  Response.json(body, { status })
export const empty = (status = 204): Response => new Response(null, { status })

export class Router {
  readonly world: World
  readonly authentication: Authentication
  /** Calls that no route answers, as `GET /path`. */
  readonly unhandled: string[] = []
  readonly #entries: Entry[] = []

  readonly #content: ContentAccounts

  constructor(world: World, authentication: Authentication, content: ContentAccounts) {
    this.world = world
    this.#content = content
    this.authentication = authentication
  }

  /** Only with the App's JWT. */
  app(operation: string, handle: (call: Call) => Answer): void {
    this.#add(operation, async (call) => {
      await this.authentication.app(call.request)
      return handle(call)
    })
  }

  /** With any installation's token. */
  installation(operation: string, handle: (call: InstallationCall) => Answer): void {
    this.#add(operation, (call) =>
      handle({ ...call, caller: this.authentication.installation(call.request) }),
    )
  }

  /** Below a repository: `GET /pulls/:number` serves by owner and name, and by the repository's id. */
  repository(operation: string, needs: Needs, handle: (call: RepositoryCall) => Answer): void {
    const [method, path = ''] = operation.split(' ')
    const serve = (call: Call, repository: Repository | undefined) => {
      const caller = this.authentication.installation(call.request)
      if (!repository) throw notFound()
      requireRepository(caller, repository, needs)
      this.#content.spend(caller.installation.id, call.request.method)
      return handle({ ...call, caller, repository })
    }
    this.#add(`${method} /repos/:owner/:repo${path}`, (call) => {
      const found = this.world.repository(call.param('owner'), call.param('repo'))
      return (!found && this.#moved(call)) || serve(call, found)
    })
    this.#add(`${method} /repositories/:repository_id${path}`, (call) =>
      serve(call, this.world.repositories.get(call.number('repository_id'))),
    )
  }

  /** GitHub redirects a repository's former names to its id. */
  #moved(call: Call): Response | undefined {
    const former = `${call.param('owner')}/${call.param('repo')}`
    const id = this.world.formerNames.get(former.toLowerCase())
    if (id === undefined) return undefined
    const [prefix, rest] = call.url.href.split(`/repos/${former}`)
    const read = call.request.method === 'GET'
    return Response.json(
      { message: read ? 'Moved Permanently' : 'Temporary Redirect' },
      { status: read ? 301 : 307, headers: { location: `${prefix}/repositories/${id}${rest}` } },
    )
  }

  #add(operation: string, handle: Entry['answer']): void {
    const [method = '', pattern = ''] = operation.split(' ')
    const names = [...pattern.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
    // A part named `…path` or `ref` may hold slashes.
    const source = pattern.replaceAll(/:(\w+)/g, (_, name: string) =>
      /^(path|ref)$/.test(name) ? '(.+?)' : '([^/]+)',
    )
    this.#entries.push({
      operation,
      method,
      matcher: new RegExp(`^${source}/?$`),
      names,
      answer: handle,
    })
  }

  operationOf = (method: string, path: string): string =>
    this.#find(method, withoutPrefix(path))?.entry.operation ?? `${method} ${path}`

  #find(method: string, path: string) {
    for (const entry of this.#entries) {
      const found = entry.method === method ? entry.matcher.exec(path) : null
      if (found) return { entry, values: found.slice(1) }
    }
    return undefined
  }

  /** The whole service, at the root and below GitHub Enterprise Server's `/api/v3` and `/api/graphql`. */
  hono(): Hono {
    const app = new Hono()
    app.all('*', async ({ req }) => {
      const response = await this.#answer(req.raw).catch((error: unknown) => {
        if (error instanceof ApiError) return error.response()
        throw error
      })
      response.headers.set('date', new Date(this.authentication.now).toUTCString())
      if (req.method !== 'GET') this.world.changed()
      return response
    })
    app.onError((error) => Response.json({ message: error.stack }, { status: 500 }))
    return app
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url)
    const found = this.#find(request.method, withoutPrefix(url.pathname))
    if (!found) {
      const call = `${request.method} ${url.pathname}`
      this.unhandled.push(call)
      throw new ApiError(404, `The sandbox has no route for ${call}`)
    }
    const values = new Map(found.entry.names.map((name, at) => [name, found.values[at] ?? '']))
    const param = (name: string) => decodeURIComponent(values.get(name) ?? '')
    const number = (name: string) => Number(param(name))
    return found.entry.answer({ request, url, body: await readBody(request), param, number })
  }
}

const withoutPrefix = (path: string) => path.replace(/^\/api\/(v3\/|(?=graphql$))/, '/')

async function readBody(request: Request): Promise<unknown> {
  const text = await request.text()
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ApiError(400, `Problems parsing JSON: ${String(error)}`)
  }
}

/** The named field when it is a string. */
export function stringIn(body: unknown, field: string): string | undefined {
  const value = fieldIn(body, field)
  return typeof value === 'string' ? value : undefined
}
export const fieldIn = (body: unknown, field: string): unknown =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[field] : undefined
