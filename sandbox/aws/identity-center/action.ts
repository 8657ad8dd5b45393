import type { Session, UserKey } from '../entities.ts'
import { AwsFault } from '../fault.ts'
import type { View } from '../../versions.ts'
import type { IdentityCenter } from './center.ts'
import type { Instance, PermissionSet } from './entities.ts'
import type { Input } from './input.ts'

/** One authenticated request. */
export interface Call {
  /** As policies name it, such as `sso:ListInstances`. */
  readonly operation: string
  readonly center: IdentityCenter
  readonly input: Input
  readonly caller: UserKey | Session
  /** The caller's account. */
  readonly account: string
  /** What this request sees: behind the truth while reads are stale. */
  readonly view: View
}

export interface Action {
  /** Reads may be stale. */
  readonly kind: 'read' | 'write'
  /** What the caller's own policies must allow it on: all of them. */
  resources(call: Call): readonly string[]
  run(call: Call): object
}

export const accountPattern = /^\d{12}$/
const instancePattern = /^arn:aws:sso:::instance\/ssoins-[a-zA-Z0-9-.]{16}$/
const setPattern = /^arn:aws:sso:::permissionSet\/ssoins-[a-zA-Z0-9-.]{16}\/ps-[a-zA-Z0-9-.]{16}$/
const uuid = '[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}'
export const principalPattern = new RegExp(`^([0-9a-f]{10}-|)${uuid}$`)
export const uuidPattern = new RegExp(`^${uuid}$`)

export const onInstance = ({ input }: Call) => [input.required('InstanceArn', instancePattern)]
export const onPermissionSet = (call: Call) => [
  ...onInstance(call),
  call.input.required('PermissionSetArn', setPattern),
]
export const accountArn = (account: string) => `arn:aws:sso:::account/${account}`

export const accessDenied = ({ caller, operation }: Call, resource: string) =>
  new AwsFault(
    'AccessDeniedException',
    `User: ${caller.kind === 'user' ? caller.user.arn : caller.arn} is not authorized to perform: ${operation} on resource: ${resource}`,
  )

const notFound = (what: string) => new AwsFault('ResourceNotFoundException', what)

export const administers = (instance: Instance, account: string) =>
  instance.managementAccount === account || instance.delegatedAdministrators.includes(account)

/** Only the management account and its delegates see an instance. */
export function instanceOf(call: Call): Instance {
  const { account, center, input, view } = call
  const arn = input.required('InstanceArn', instancePattern)
  const instance = center.instances.get(arn, view)
  if (!instance) throw notFound(`Instance ${arn} could not be found`)
  if (!administers(instance, account)) throw accessDenied(call, arn)
  return instance
}

export function permissionSetOf(call: Call, instance: Instance): PermissionSet {
  const arn = call.input.required('PermissionSetArn', setPattern)
  const found = call.center.permissionSets.get(arn, call.view)
  if (found?.instanceArn !== instance.arn)
    throw notFound(`Could not find PermissionSet with id ${arn.slice(arn.lastIndexOf('/') + 1)}`)
  return found
}

/** The JSON protocol's dates. */
export const epochSeconds = (at: number) => at / 1000
