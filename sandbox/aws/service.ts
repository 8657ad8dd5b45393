import { Hono } from 'hono'
import { randomUUID } from 'node:crypto'
import type { Action, Call } from './action.ts'
import { mayCall } from './authority.ts'
import { AwsFault } from './fault.ts'
import { groupAndRoleActions } from './group-and-role-actions.ts'
import { operationOfTarget } from './identity-center/index.ts'
import { failure, Params, success, type Envelope } from './query.ts'
import { authenticate } from './signature.ts'
import { simulatePrincipalPolicy } from './simulate-action.ts'
import type { State } from './state.ts'
import { stsActions } from './sts-actions.ts'
import type { Trouble } from './trouble.ts'
import { userActions } from './user-actions.ts'

const iamActions: Readonly<Record<string, Action>> = {
  ...userActions,
  ...groupAndRoleActions,
  SimulatePrincipalPolicy: simulatePrincipalPolicy,
}

const stsVersion = '2011-06-15'

export function operationOf(
  _method: string,
  _path: string,
  body: string,
  headers: Headers,
): string {
  const target = headers.get('x-amz-target')
  return target ? operationOfTarget(target) : (new Params(body).optional('Action') ?? '(none)')
}

/** Serves the services that are told by `X-Amz-Target`. */
export type ServeTarget = (request: Request, body: string, target: string) => Promise<Response>

function find(service: 'iam' | 'sts', name: string): Action {
  const action = (service === 'sts' ? stsActions : iamActions)[name]
  if (!action) throw new AwsFault('InvalidAction', `The action ${name} is not valid here.`)
  return action
}

/** IAM acts only for callers whose own policies allow it. */
function authorize(call: Call, action: Action): void {
  const { at, caller, name, state } = call
  const asked = { action: `iam:${name}`, resource: action.resource(call), at }
  const who = caller.kind === 'user' ? { user: caller.user } : { session: caller }
  const answer = mayCall(state, { ...asked, ...who }, state.latest)
  const arn = caller.kind === 'user' ? caller.user.arn : caller.arn
  if (!answer.allowed)
    throw new AwsFault(
      'AccessDenied',
      `User: ${arn} is not authorized to perform: ${asked.action} on resource: ${asked.resource}`,
    )
}

const accountOf = (caller: Call['caller']) =>
  caller.kind === 'session' ? caller.account : (caller.user.arn.split(':')[4] ?? '')

/** IAM and STS on one address: a request tells by its `Version` which of the two it means; one with a target is for others. */
export function createService(state: State, trouble: Trouble, serveTarget: ServeTarget): Hono {
  const perform = async (request: Request, body: string, service: 'iam' | 'sts', name: string) => {
    await trouble.delay()
    trouble.strike(name, 'instead')
    const caller = authenticate(state, request, body)
    const action = find(service, name)
    const call: Call = {
      name,
      state,
      params: new Params(body),
      caller,
      account: accountOf(caller),
      at: state.history.now(),
      view: action.kind === 'read' ? trouble.readView() : state.latest,
    }
    if (service === 'iam') authorize(call, action)
    const result = action.run(call)
    trouble.strike(name, 'after')
    return result
  }

  const app = new Hono()
  app.post('/', async (c) => {
    const body = await c.req.text()
    const target = c.req.header('x-amz-target')
    if (target) return serveTarget(c.req.raw, body, target)
    const params = new Params(body)
    const service = params.optional('Version') === stsVersion ? 'sts' : 'iam'
    const action = params.optional('Action') ?? ''
    const envelope = (): Envelope => ({
      service,
      action,
      requestId: randomUUID(),
      at: state.history.now(),
    })
    try {
      const result = await perform(c.req.raw, body, service, action)
      return success(envelope(), result)
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error
      return failure(envelope(), error)
    }
  })
  return app
}
