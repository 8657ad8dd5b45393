// Policies between the wire's form and ours.
import { createHash } from 'node:crypto'
import type { AuditConfig, Binding, Policy } from './entities.ts'
import { invalid } from './fault.ts'

/** `google.iam.v1.Policy` as the wire's decoder gives it: nothing is left out but `condition`. */
export interface WirePolicy {
  readonly version: number
  readonly bindings: readonly {
    readonly role: string
    readonly members: readonly string[]
    readonly condition: Binding['condition'] | null
  }[]
  readonly auditConfigs: readonly AuditConfig[]
  readonly etag: Buffer
}

export const bindingsOf = (policy: WirePolicy): Binding[] =>
  policy.bindings.map(({ role, members, condition }) => ({
    role,
    members,
    condition: condition ?? undefined,
  }))

export const hasConditions = (policy: { readonly bindings: readonly Binding[] }) =>
  policy.bindings.some((binding) => binding.condition)

export function checkVersion(version: number): void {
  if (![0, 1, 3].includes(version))
    throw invalid(`The policy version ${version} is not valid: it is 0, 1 or 3.`)
}

/** How a condition is hinted at to those who asked for a version that has none. */
function withoutCondition({ role, members, condition }: Binding): object {
  if (!condition) return { role, members }
  const hash = createHash('sha256').update(JSON.stringify(condition)).digest('hex').slice(0, 20)
  return { role: `${role}_withcond_${hash}`, members }
}

/** As asked for by `requestedPolicyVersion`: the answer may have a lower one. */
export function toWire(policy: Policy, requested: number): object {
  const [conditional, full] = [hasConditions(policy), requested >= 3]
  return {
    version: conditional && full ? 3 : 1,
    bindings: full ? policy.bindings : policy.bindings.map(withoutCondition),
    auditConfigs: policy.auditConfigs,
    etag: Buffer.from(policy.etag, 'base64'),
  }
}

/** `\007\006…`: how Google writes etags in its messages. */
export const octal = (etag: string): string =>
  [...Buffer.from(etag, 'base64')].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
