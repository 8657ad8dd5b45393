// Identity Center and Identity Store over AWS JSON 1.1: a request's `X-Amz-Target` names its action.
import { attend, type Visit } from '../attend.ts'
import { mayCall } from '../authority.ts'
import { AwsFault } from '../fault.ts'
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

function find(target: string): Action | undefined {
  const [service = '', name = ''] = target.split('.')
  const actions: Readonly<Record<string, Action>> = services.get(service)?.actions ?? {}
  return actions[name]
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

interface Told {
  readonly at: number
  readonly requestId: string
}

function respond({ at, requestId }: Told, status: number, body: object): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': requestId,
      date: new Date(at).toUTCString(),
    },
  })
}

function failure(told: Told, fault: AwsFault): Response {
  const name = jsonNames[fault.code] ?? fault.code
  return respond(told, statusOf[name] ?? 400, { __type: name, Message: fault.message })
}

export function createIdentityCenterService(center: IdentityCenter, trouble: Trouble) {
  const { state } = center
  const told = (requestId: string): Told => ({ at: state.history.now(), requestId })

  const perform = (visit: Visit, target: string, body: string): object => {
    center.settle()
    const action = find(target)
    if (!action) throw new AwsFault('UnknownOperationException', `${target} is not known here`)
    const { caller, account, view } = visit
    const operation = operationOfTarget(target)
    const call: Call = { operation, center, input: Input.parse(body), caller, account, view }
    authorize(call, action)
    return action.run(call)
  }

  return (request: Request, body: string, target: string): Promise<Response> => {
    const operation = operationOfTarget(target)
    const asked = {
      request,
      body,
      service: operation.split(':')[0] ?? '',
      operation,
      parameters: { body },
      kind: find(target)?.kind ?? 'read',
    } as const
    return attend({ state, trouble }, asked, {
      run: (visit) => perform(visit, target, body),
      tell: (result, requestId) => respond(told(requestId), 200, result),
      refuse: (fault, requestId) => failure(told(requestId), fault),
    })
  }
}
