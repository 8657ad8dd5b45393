// What the API's methods do, once it is known who calls.
import { checkPolicy, modifiedRoles } from './check-policy.ts'
import type { Caller, Kind, Policy, PolicyDraft, Resource } from './entities.ts'
import { denied, GcpFault, invalid } from './fault.ts'
import {
  bindingsOf,
  checkVersion,
  hasConditions,
  octal,
  toWire,
  type WirePolicy,
} from './messages.ts'
import { normalPolicy } from './normalise.ts'
import type { State } from './state.ts'

/** One call whose sender is known. */
export interface Call {
  readonly state: State
  /** Such as `Projects.SetIamPolicy`. */
  readonly operation: string
  readonly kind: Kind
  readonly caller: Caller
  /** The policy as this read sees it: behind the truth while reads are stale. */
  readonly seen: (resource: Resource) => Policy
  /** The policy's length on the wire. */
  readonly bytesOf: (policy: object) => number
  /** Somebody else's turn, right before a write is carried out. */
  readonly beforeWrite: (resource: Resource) => void
  readonly wrote: (before: Policy, after: Policy) => void
}

export interface Request {
  readonly name?: string
  readonly resource?: string
  readonly options?: { readonly requestedPolicyVersion: number } | null
  readonly policy?: WirePolicy | null
  readonly updateMask?: { readonly paths: readonly string[] } | null
  readonly permissions?: readonly string[]
}

export type Method = (call: Call, request: Request) => object

export const nameOf = (request: Request): string => request.resource ?? request.name ?? ''

const may = (caller: Caller, permission: string) => caller.permissions?.has(permission) ?? true

/** NB: what does not exist is denied as what may not be seen is. */
function resourceFor(call: Call, request: Request, act: string): Resource {
  const name = nameOf(request)
  if (!name.startsWith(`${call.kind}/`) || name.split('/').length !== 2)
    throw invalid(`The resource name '${name}' is invalid.`)
  const resource = call.state.find(call.kind, name)
  if (!resource || !may(call.caller, `resourcemanager.${call.kind}.${act}`)) throw denied()
  return resource
}

const get: Method = (call, request) => {
  const { kind, name, number, displayName, parent, createdAt } = resourceFor(call, request, 'get')
  const seconds = Math.floor(createdAt / 1000)
  return {
    name: `${kind}/${number}`,
    displayName,
    state: 'ACTIVE',
    createTime: { seconds, nanos: 0 },
    ...(parent === undefined ? {} : { parent }),
    ...(kind === 'projects' ? { projectId: name.slice('projects/'.length) } : {}),
  }
}

const getIamPolicy: Method = (call, request) => {
  const version = request.options?.requestedPolicyVersion ?? 0
  checkVersion(version)
  return toWire(call.seen(resourceFor(call, request, 'getIamPolicy')), version)
}

function checkEtag(given: WirePolicy, current: Policy): void {
  // NB: a write that gives no etag overwrites whatever is there, conditions of others included.
  if (given.etag.length === 0) return
  const etag = given.etag.toString('base64')
  if (etag !== current.etag)
    throw new GcpFault(
      'ABORTED',
      `There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff. The request's ETag '${octal(etag)}' did not match the current policy's ETag '${octal(current.etag)}'.`,
    )
  if (hasConditions(current) && given.version !== 3)
    throw invalid('The policy has conditions: changing it takes version 3.')
}

/** Without a mask, a write changes bindings alone. */
function draftOf(given: WirePolicy, request: Request, current: Policy): PolicyDraft {
  const paths = request.updateMask?.paths ?? []
  const masked = (...names: string[]) => paths.some((path) => names.includes(path))
  return {
    bindings: paths.length === 0 || masked('bindings', '*') ? bindingsOf(given) : current.bindings,
    auditConfigs: masked('audit_configs', 'auditConfigs', '*')
      ? given.auditConfigs
      : current.auditConfigs,
  }
}

const setIamPolicy: Method = (call, request) => {
  const { state, caller, operation } = call
  const resource = resourceFor(call, request, 'setIamPolicy')
  const given = request.policy
  if (!given) throw invalid('The policy is required.')
  checkVersion(given.version)
  if (given.version !== 3 && given.bindings.some((binding) => binding.condition))
    throw invalid('Conditions in a policy take version 3.')
  call.beforeWrite(resource)
  const before = state.history.policyOf(resource.name)
  checkEtag(given, before)
  const draft = normalPolicy(draftOf(given, request, before), before)
  checkPolicy(state, draft, { resource, before, bytes: call.bytesOf(draft) })
  const limit = caller.modifiedGrantsByRole
  if (limit && [...modifiedRoles(before, draft)].some((role) => !limit.has(role))) throw denied()
  const after = state.history.put(resource.name, draft, { operation, by: 'api' })
  call.wrote(before, after)
  return toWire(after, given.version)
}

const testIamPermissions: Method = (call, request) => {
  const resource = call.state.find(call.kind, nameOf(request))
  if (!resource) throw denied()
  const asked = request.permissions ?? []
  if (asked.length > 100 || asked.some((it) => it.includes('*')))
    throw invalid('At most 100 permissions, and none with wildcards.')
  return { permissions: asked.filter((permission) => may(call.caller, permission)) }
}

export const methods: Readonly<Record<string, Method>> = {
  GetIamPolicy: getIamPolicy,
  SetIamPolicy: setIamPolicy,
  TestIamPermissions: testIamPermissions,
  GetProject: get,
  GetFolder: get,
  GetOrganization: get,
}
