// How every request to a simulated AWS service fares: it is logged, meets its trouble, and is carried out.
import { randomUUID } from 'node:crypto'
import { cutConnection } from '../wire.ts'
import type { Session, UserKey } from './entities.ts'
import { AwsFault, ConnectionCut } from './fault.ts'
import type { View } from '../versions.ts'
import type { RequestRecord } from './request-log.ts'
import { authenticate } from './signature.ts'
import type { State } from './state.ts'
import type { Luck, Trouble } from './trouble.ts'

export interface Asked extends Pick<RequestRecord, 'service' | 'operation' | 'parameters'> {
  readonly request: Request
  readonly body: string
  /** Reads may be stale. */
  readonly kind: 'read' | 'write'
}

/** One request while it is carried out. */
export interface Visit {
  readonly caller: UserKey | Session
  /** The caller's. */
  readonly account: string
  readonly requestId: string
  /** What it sees. */
  readonly view: View
}

/** How a service speaks. */
export interface Voice<T> {
  run(visit: Visit): T
  tell(result: T, requestId: string): Response
  refuse(fault: AwsFault, requestId: string): Response
}

const accountOf = (caller: Visit['caller']) =>
  caller.kind === 'session' ? caller.account : (caller.user.arn.split(':')[4] ?? '')

function logged(state: State, { service, operation, parameters }: Asked): RequestRecord {
  const log: RequestRecord = {
    requestId: randomUUID(),
    at: state.history.now(),
    service,
    operation,
    parameters,
    by: undefined,
    account: undefined,
    mishap: undefined,
    carriedOut: false,
    outcome: undefined,
  }
  state.requests.push(log)
  return log
}

function visit(state: State, asked: Asked, luck: Luck, log: RequestRecord): Visit {
  const caller = authenticate(state, asked.request, asked.body)
  const account = accountOf(caller)
  log.by = caller.kind === 'user' ? caller.user.arn : caller.arn
  log.account = account
  return { caller, account, requestId: log.requestId, view: luck.view() }
}

async function carryOut<T>(
  { state, trouble }: { readonly state: State; readonly trouble: Trouble },
  [asked, voice, log]: [Asked, Voice<T>, RequestRecord],
): Promise<T> {
  const luck = trouble.meet(asked.operation, asked.kind)
  try {
    await luck.delay()
    luck.strike('instead')
    const result = voice.run(visit(state, asked, luck, log))
    log.carriedOut = true
    luck.strike('after')
    return result
  } finally {
    log.mishap = luck.mishap
  }
}

export async function attend<T>(
  world: { readonly state: State; readonly trouble: Trouble },
  asked: Asked,
  voice: Voice<T>,
): Promise<Response> {
  const log = logged(world.state, asked)
  try {
    const result = await carryOut(world, [asked, voice, log])
    log.outcome = 'ok'
    return voice.tell(result, log.requestId)
  } catch (error) {
    if (error instanceof ConnectionCut) {
      log.outcome = 'connection cut'
      return cutConnection()
    }
    if (!(error instanceof AwsFault)) throw error
    log.outcome = error.code
    return voice.refuse(error, log.requestId)
  }
}
