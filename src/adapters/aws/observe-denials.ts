// Denials of sessions that nobody needs any more: they stand on roles, which take the place of the user in their lane.
import type {
  Binding,
  BindingId,
  LaneOf,
  Observation,
  ObservedBinding,
} from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AwsApi } from './api.ts'
import { assertAccount } from './principals.ts'

export async function observeDenials(
  api: AwsApi,
  { principal: { account, userName: role, userId: roleId } }: LaneOf<'aws'>,
  bindings: readonly Binding[],
  guard: CallGuard,
): Promise<Observation> {
  const { found, evidence } = await api.getRole(role, guard)
  assertAccount(found?.arn.split(':')[4] ?? (await api.callerIdentity(guard)).account, account)
  const there = found?.roleId === roleId
  const { found: names = new Set<string>() } = there
    ? await api.listRolePolicies(role, guard)
    : { found: undefined }
  return {
    principal: there ? 'same' : 'deleted',
    bindings: new Map<BindingId, ObservedBinding>(
      bindings.map(({ id, name }) => [
        id,
        { state: names.has(name) ? 'different' : 'absent', evidence },
      ]),
    ),
    evidence,
  }
}
