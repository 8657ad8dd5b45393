// The calls about one resource's policy. Nothing is ever written without the etag of what was read.
import { CloudError } from '../../domain/errors.ts'
import type { Evidence } from '../../domain/lanes/types.ts'
import { untilAborted } from '../../domain/until-aborted.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { Connection } from './connection.ts'
import { claimOver, type Answer } from './exchange.ts'
import { bindingsIn, type GcpPolicy } from './policy.ts'

/** The version that has conditions. NB: a lower one hides them, and writing what was read so would drop them. */
const withConditions = 3

const etagOf = ({ etag }: GcpPolicy): Buffer =>
  typeof etag === 'string' ? Buffer.from(etag, 'base64') : Buffer.from(etag ?? [])

const versioned = ({ value, evidence }: Answer<GcpPolicy>): Evidence => ({
  ...evidence,
  version: etagOf(value).toString('base64'),
})

function proven(policy: GcpPolicy, what: string): void {
  if (etagOf(policy).length === 0)
    throw new CloudError('transient', `Google Cloud: ${what} was answered without an etag`)
  if (bindingsIn(policy).some(({ role }) => role?.includes('_withcond_')))
    throw new CloudError('transient', `Google Cloud: ${what} was answered without conditions`)
}

export interface PolicyCalls {
  /** Throws CloudError('transient') for an answer that nothing can be based on. */
  read(resource: string, guard: CallGuard): Promise<Answer<GcpPolicy>>
  /** `reason`: what Google's audit log tells of it. Throws CloudError('conflict') when the policy is another by now. */
  write(
    resource: string,
    written: { readonly policy: GcpPolicy; readonly reason: string },
    guard: CallGuard,
  ): Promise<Evidence>
  /** Which of these permissions Hallpass's own credentials have there. */
  test(
    resource: string,
    permissions: readonly string[],
    guard: CallGuard,
  ): Promise<Answer<readonly string[]>>
}

export function createPolicyCalls(connection: Connection, instance: string): PolicyCalls {
  const mark = `hallpass ${instance}:`
  const clientFor = (resource: string, { signal }: CallGuard) =>
    untilAborted(signal, claimOver, () => connection.clientFor(resource))
  return {
    async read(resource, guard) {
      const client = await clientFor(resource, guard)
      const what = `GetIamPolicy of ${resource}`
      const request = { resource, options: { requestedPolicyVersion: withConditions } }
      const call = { what, reason: `${mark} read` }
      const answer = await connection.exchange(call, guard, (o) => client.getIamPolicy(request, o))
      proven(answer.value, what)
      return { value: answer.value, evidence: versioned(answer) }
    },

    async write(resource, { policy, reason }, guard) {
      const client = await clientFor(resource, guard)
      const what = `SetIamPolicy of ${resource}`
      proven(policy, what)
      // Without a mask Google takes bindings and etag alone: audit configs are not even looked at.
      const request = { resource, policy: { ...policy, version: withConditions } }
      const call = { what, reason: `${mark} ${reason}` }
      return versioned(
        await connection.exchange(call, guard, (o) => client.setIamPolicy(request, o)),
      )
    },

    async test(resource, permissions, guard) {
      const client = await clientFor(resource, guard)
      const request = { resource, permissions: [...permissions] }
      const call = { what: `TestIamPermissions of ${resource}`, reason: `${mark} examine` }
      const { value, evidence } = await connection.exchange(call, guard, (o) =>
        client.testIamPermissions(request, o),
      )
      return { value: value.permissions ?? [], evidence }
    },
  }
}
