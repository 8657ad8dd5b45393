// What Google takes in one policy (docs: "Quotas and limits" of IAM), looked at before Google has to refuse a whole write.
import { CloudError } from '../../domain/errors.ts'
import { bindingsIn, membersOf, sameMember, type GcpBinding, type GcpPolicy } from './policy.ts'

const conditionsMax = 20
const principalsMax = 1500
/** Google says "a few 10s of KB" and no number. */
const bytesMax = 64 * 1024
const titleMax = 100

const basicRoles: readonly string[] = ['roles/owner', 'roles/editor', 'roles/viewer']

export const isBasicRole = (role: string): boolean => basicRoles.includes(role)

/** How much of a policy's room something takes. */
export interface Size {
  readonly principals: number
  readonly bytes: number
}

/** A field of a message on the wire: a tag, a length, and the contents. */
const field = (bytes: number): number => bytes + (bytes < 128 ? 2 : bytes < 16_384 ? 3 : 4)
const text = (value: string | null | undefined): number =>
  value ? field(Buffer.byteLength(value)) : 0
const sum = (numbers: readonly number[]): number => numbers.reduce((total, it) => total + it, 0)

/** NB: whoever stands in several bindings counts in each of them. */
export function sizeOfBinding({ role, members, condition }: GcpBinding): Size {
  const { expression, title, description, location } = condition ?? {}
  const inner = sum([expression, title, description, location].map(text))
  return {
    principals: members?.length ?? 0,
    bytes: field(text(role) + sum((members ?? []).map(text)) + (condition ? field(inner) : 0)),
  }
}

export function sizeOf(policy: GcpPolicy): Size {
  const logs = (policy.auditConfigs ?? []).flatMap((it) => it.auditLogConfigs ?? [])
  const exempted = logs.flatMap((it) => it.exemptedMembers ?? [])
  const services = (policy.auditConfigs ?? []).map((it) => field(text(it.service)))
  const sizes = bindingsIn(policy).map(sizeOfBinding)
  return {
    principals: exempted.length + sum(sizes.map((it) => it.principals)),
    bytes:
      sum(sizes.map((it) => it.bytes)) +
      sum([...services, ...exempted.map(text)]) +
      logs.length * field(2),
  }
}

const quota = (message: string) => new CloudError('quota', `Google Cloud: ${message}`)
const invalid = (message: string) => new CloudError('invalid', `Google Cloud: ${message}`)

/** What Google never stores, whatever else is there. */
function whyNever(binding: GcpBinding, resource: string): CloudError | undefined {
  const { role = '', condition } = binding
  if (isBasicRole(role ?? ''))
    return invalid(`${role} cannot be given for a time: Google sets no condition on basic roles`)
  const member = membersOf(binding)[0] ?? ''
  if (!/^(user|group|serviceAccount):./.test(member))
    return invalid(`on ${resource}, ${member} is nobody that Hallpass could give ${role} to`)
  if ((condition?.title ?? '').length > titleMax)
    return invalid(`a condition's title has at most ${titleMax} characters`)
  return undefined
}

/**
 * Why this binding cannot be added. `others` are those beside it; `before` is the policy's size with what it replaces,
 * and `after` with it.
 */
export function whyNot(
  binding: GcpBinding,
  beside: { others: readonly GcpBinding[]; before: Size; after: Size; resource: string },
): CloudError | undefined {
  const { others, before, after, resource } = beside
  const never = whyNever(binding, resource)
  if (never) return never
  const { role } = binding
  const member = membersOf(binding)[0] ?? ''
  const same = others.filter(
    (it) => it.role === role && it.condition && membersOf(it).some((m) => sameMember(m, member)),
  )
  if (same.length >= conditionsMax)
    return quota(
      `on ${resource} one account has ${role} under ${same.length} conditions, and Google takes ${conditionsMax}: end a grant of this role, or remove conditions that are over`,
    )
  if (after.principals > principalsMax && after.principals > before.principals)
    return quota(
      `the policy of ${resource} names ${before.principals} principals, and Google takes ${principalsMax}: put people into groups, or remove some`,
    )
  if (after.bytes > bytesMax && after.bytes > before.bytes)
    return quota(
      `the policy of ${resource} has ${before.bytes} bytes, and Google takes about ${bytesMax}: remove bindings that nobody needs`,
    )
  return undefined
}
