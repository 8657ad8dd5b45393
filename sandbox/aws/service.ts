import { Hono } from 'hono'
import { accountActions } from './account-actions.ts'
import type { Action, Call } from './action.ts'
import { attachmentActions } from './attachment-actions.ts'
import { attend } from './attend.ts'
import { authorize } from './authorize.ts'
import { AwsFault } from './fault.ts'
import { groupActions } from './group-actions.ts'
import { operationOfTarget } from './identity-center/index.ts'
import { inlineActions } from './inline-actions.ts'
import { failure, Params, success, type Envelope } from './query.ts'
import { roleActions } from './role-actions.ts'
import { simulatePrincipalPolicy } from './simulate-action.ts'
import type { State } from './state.ts'
import { stsActions } from './sts-actions.ts'
import type { Trouble } from './trouble.ts'
import { userActions } from './user-actions.ts'

const iamActions: Readonly<Record<string, Action>> = {
  ...accountActions,
  ...attachmentActions,
  ...groupActions,
  ...inlineActions,
  ...roleActions,
  ...userActions,
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

interface Incoming {
  readonly request: Request
  readonly body: string
  readonly params: Params
  readonly service: 'iam' | 'sts'
  readonly name: string
  readonly action: Action | undefined
}

function read(request: Request, body: string): Incoming {
  const params = new Params(body)
  const service = params.optional('Version') === stsVersion ? 'sts' : 'iam'
  const name = params.optional('Action') ?? ''
  const action = (service === 'sts' ? stsActions : iamActions)[name]
  return { request, body, params, service, name, action }
}

function perform(action: Action | undefined, call: Call, service: 'iam' | 'sts') {
  if (!action) throw new AwsFault('InvalidAction', `The action ${call.name} is not valid here.`)
  if (service === 'iam') authorize(call, action)
  return action.run(call)
}

/** IAM and STS on one address: a request tells by its `Version` which of the two it means; one with a target is for others. */
export function createService(state: State, trouble: Trouble, serveTarget: ServeTarget): Hono {
  const serve = ({ action, name, params, service, ...sent }: Incoming): Promise<Response> => {
    const now = () => state.history.now()
    const envelope = (requestId: string): Envelope => ({
      service,
      action: name,
      requestId,
      at: now(),
    })
    const asked = {
      ...sent,
      service,
      operation: name,
      parameters: params.all(),
      kind: action?.kind ?? 'read',
    }
    return attend({ state, trouble }, asked, {
      run: (visit) => perform(action, { ...visit, name, state, params, at: now() }, service),
      tell: (result, requestId) => success(envelope(requestId), result),
      refuse: (fault, requestId) => failure(envelope(requestId), fault),
    })
  }

  const app = new Hono()
  app.post('/', async (c) => {
    const body = await c.req.text()
    const target = c.req.header('x-amz-target')
    return target ? serveTarget(c.req.raw, body, target) : serve(read(c.req.raw, body))
  })
  return app
}
