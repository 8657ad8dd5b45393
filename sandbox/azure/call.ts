import type { z } from 'zod'
import { badRequest } from './fault.ts'
import type { Filter } from './filter.ts'
import type { Reason } from './history.ts'
import type { View } from '../versions.ts'
import type { Caller, Identities } from './identities.ts'
import type { State } from './state.ts'

/** One authenticated request. */
export interface Call {
  /** Such as `roleAssignments.create`. */
  readonly operation: string
  readonly state: State
  readonly identities: Identities
  readonly caller: Caller
  /** As it was written, with its leading slash. Empty for the tenant itself. */
  readonly scope: string
  /** The last part of the path, where there is one. */
  readonly name: string
  /** The whole path, as it was written. */
  readonly path: string
  readonly body: string
  readonly filter: Filter
  readonly at: number
  /** What this request sees: behind the truth while reads are stale. */
  readonly view: View
  readonly requestId: string
}

export type Answer =
  | { readonly status: 200 | 201; readonly body: object }
  | { readonly status: 200 | 204; readonly body?: undefined }
  /** A list, of which only one page is told: what is not shown need not be made. */
  | { readonly items: readonly (() => object)[] }

export interface Action {
  readonly apiVersion: string
  /** What the caller must be permitted to do, all of it. */
  readonly needs: readonly string[]
  run(call: Call): Answer
}

export const reasonOf = (call: Call): Reason => ({
  operation: call.operation,
  by: 'api',
  caller: call.caller.principalId,
  requestId: call.requestId,
})

/** The request's body, by its schema. */
export function bodyOf<T>(call: Call, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(json(call.body))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw badRequest(
    'InvalidRequestContent',
    `The request content was invalid: ${issue?.path.join('.')}: ${issue?.message}`,
  )
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('InvalidRequestContent', 'The request content was not JSON.')
  }
}

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i
export const isGuid = (text: string): boolean => guid.test(text)

export const iso = (at: number): string => new Date(at).toISOString()
