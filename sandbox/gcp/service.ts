// What happens to a call from its arrival to its answer.
import type { CallLog, Ending, GcpCall, Interceptor } from './call-log.ts'
import type { Stroke } from './chance.ts'
import type { Caller, Kind } from './entities.ts'
import { GcpFault } from './fault.ts'
import { methods, nameOf, type Call, type Method, type Request } from './methods.ts'
import type { State } from './state.ts'
import type { Trouble } from './trouble.ts'

const serviceOf = { projects: 'Projects', folders: 'Folders', organizations: 'Organizations' }

export interface Arrival {
  readonly kind: Kind
  readonly method: string
  readonly request: Request
  readonly header: (name: string) => string | undefined
  readonly bytesOf: (policy: object) => number
}

function callerOf(state: State, authorization: string | undefined): Caller | undefined {
  if (authorization === undefined) return state.anonymous
  return state.callers.get(authorization.replace(/^Bearer /, ''))
}

interface Parts {
  readonly state: State
  readonly trouble: Trouble
  readonly log: CallLog
  readonly interceptors: ReadonlySet<Interceptor>
}

function note({ state, log }: Parts, arrival: Arrival): GcpCall {
  const { kind, method, request, header } = arrival
  const etag = request.policy?.etag.toString('base64')
  return log.note({
    operation: `${serviceOf[kind]}.${method}`,
    resource: nameOf(request),
    at: state.now(),
    caller: callerOf(state, header('authorization'))?.member,
    reason: header('x-goog-request-reason'),
    etag: etag === '' ? undefined : etag,
  })
}

function carryOut(
  parts: Parts,
  arrival: Arrival,
  entry: GcpCall,
  method: Method,
  stroke: Stroke | undefined,
): object {
  const { state, trouble } = parts
  const caller = callerOf(state, arrival.header('authorization'))
  if (!caller)
    throw new GcpFault('UNAUTHENTICATED', 'Request had invalid authentication credentials.')
  const call: Call = {
    state,
    caller,
    operation: entry.operation,
    kind: arrival.kind,
    seen: (resource) => trouble.seen(resource, stroke),
    bytesOf: arrival.bytesOf,
    beforeWrite: (resource) => trouble.interfere(resource),
    wrote(before, after) {
      entry.wrote = { before, after }
    },
  }
  return method(call, arrival.request)
}

type Outcome = { readonly answer: object } | { readonly ending: Ending }

async function intercepted(parts: Parts, entry: GcpCall, phase: 'before' | 'after') {
  for (const interceptor of [...parts.interceptors]) {
    const ending = await interceptor(entry, phase)
    if (ending) return ending
  }
  return undefined
}

function nameOfStroke(stroke: Stroke): string {
  if (!('ending' in stroke)) return stroke.kind
  return `${stroke.kind} ${stroke.ending === 'cut' ? 'cut' : stroke.ending.code}`
}

async function perform(parts: Parts, arrival: Arrival, entry: GcpCall): Promise<Outcome> {
  const { trouble } = parts
  const { operation } = entry
  const method = methods[arrival.method]
  if (!method) return { ending: new GcpFault('UNIMPLEMENTED', `${operation} is not simulated`) }
  const stroke = trouble.draw(operation)
  entry.struck = stroke && nameOfStroke(stroke)
  const before = await intercepted(parts, entry, 'before')
  if (before) return { ending: before }
  await trouble.delay(operation, stroke)
  const instead = trouble.next(operation, 'instead')
  if (instead) return { ending: instead }
  if (stroke?.kind === 'instead') return { ending: stroke.ending }
  const answer = carryOut(parts, arrival, entry, method, stroke)
  const after = (await intercepted(parts, entry, 'after')) ?? trouble.next(operation, 'after')
  if (after) return { ending: after }
  return stroke?.kind === 'after' ? { ending: stroke.ending } : { answer }
}

export const createService = (parts: Parts) =>
  async function serve(arrival: Arrival): Promise<Outcome> {
    const entry = note(parts, arrival)
    const outcome = await perform(parts, arrival, entry).catch((error: unknown): Outcome => {
      if (error instanceof GcpFault) return { ending: error }
      throw error
    })
    if (!('ending' in outcome)) entry.code = 'OK'
    else entry.code = outcome.ending === 'cut' ? 'UNAVAILABLE' : outcome.ending.code
    parts.state.waiting.changed()
    return outcome
  }

export type Service = ReturnType<typeof createService>
