// Identity Center and Identity Store over AWS JSON 1.1: a request's `X-Amz-Target` names its action.
import { randomUUID } from 'node:crypto'
import { mayCall } from '../authority.ts'
import { AwsFault } from '../fault.ts'
import { authenticate } from '../signature.ts'
import type { Trouble } from '../trouble.ts'
import { accessDenied, type Action, type Call } from './action.ts'
import { assignmentActions } from './assignment-actions.ts'
import type { IdentityCenter } from './center.ts'
import { identityStoreActions } from './identity-store-actions.ts'
import { Input } from './input.ts'
import { listingActions } from './listing-actions.ts'

const services = new Map([
  ['SWBExternalService', { prefix: 'sso', actions: { ...listingActions, ...assignmentActions } }],
  ['AWSIdentityStore', { prefix: 'identitystore', actions: identityStoreActions }],
])

/** Named as in policies: `sso:CreateAccountAssignment`, `identitystore:GetUserId`. */
export function operationOfTarget(target: string): string {
  const [service = '', name = ''] = target.split('.')
  return `${services.get(service)?.prefix ?? service}:${name}`
}

function find(target: string): Action {
  const [service = '', name = ''] = target.split('.')
  const actions: Readonly<Record<string, Action>> = services.get(service)?.actions ?? {}
  const action = actions[name]
  if (!action) throw new AwsFault('UnknownOperationException', `${target} is not known here`)
  return action
}

function authorize(call: Call, action: Action): void {
  const { caller, center, operation } = call
  const { state } = center
  const who = caller.kind === 'user' ? { user: caller.user } : { session: caller }
  for (const resource of action.resources(call)) {
    const asked = { action: operation, resource, at: state.history.now(), ...who }
    if (!mayCall(state, asked, state.latest).allowed) throw accessDenied(call, resource)
  }
}

/** How the JSON protocol names what the Query protocol names otherwise. */
const jsonNames: Readonly<Record<string, string>> = {
  AccessDenied: 'AccessDeniedException',
  ExpiredToken: 'ExpiredTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
  InvalidClientTokenId: 'UnrecognizedClientException',
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  ServiceFailure: 'InternalServerException',
  ServiceUnavailable: 'ServiceUnavailableException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  Throttling: 'ThrottlingException',
}

const statusOf: Readonly<Record<string, number>> = {
  InternalServerException: 500,
  ServiceUnavailableException: 503,
}

function respond(at: number, status: number, body: object): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': randomUUID(),
      date: new Date(at).toUTCString(),
    },
  })
}

function failure(at: number, fault: AwsFault): Response {
  const name = jsonNames[fault.code] ?? fault.code
  return respond(at, statusOf[name] ?? 400, { __type: name, Message: fault.message })
}

export function createIdentityCenterService(center: IdentityCenter, trouble: Trouble) {
  const { state } = center

  const perform = async (request: Request, body: string, target: string): Promise<object> => {
    const operation = operationOfTarget(target)
    await trouble.delay()
    center.settle()
    trouble.strike(operation, 'instead')
    const caller = authenticate(state, request, body)
    const action = find(target)
    const account =
      caller.kind === 'session' ? caller.account : (caller.user.arn.split(':')[4] ?? '')
    const view = action.kind === 'read' ? trouble.readView() : state.latest
    const call: Call = { operation, center, input: Input.parse(body), caller, account, view }
    authorize(call, action)
    const result = action.run(call)
    trouble.strike(operation, 'after')
    return result
  }

  return async (request: Request, body: string, target: string): Promise<Response> => {
    try {
      const result = await perform(request, body, target)
      return respond(state.history.now(), 200, result)
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error
      return failure(state.history.now(), error)
    }
  }
}
