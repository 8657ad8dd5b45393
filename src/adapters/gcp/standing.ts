// Whether somebody already has this without us. NB: only by their own name: who is in a group, Resource Manager does not tell.
import type { GcpConditionalBinding, GcpPrincipal } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import { isOver, markOf } from './condition.ts'
import { bindingsIn, membersOf, sameMember, titleOf } from './policy.ts'
import type { PolicyCalls } from './policy-calls.ts'

/**
 * The same role on the same resource, without a condition or under one that is not ours and that can still be true.
 * What is inherited from above is not seen.
 */
export async function isStanding(
  calls: PolicyCalls,
  asked: { role: GcpConditionalBinding; principal: GcpPrincipal; instance: string },
  guard: CallGuard,
): Promise<boolean> {
  const { role, principal, instance } = asked
  const { value: policy, evidence } = await calls.read(role.resource, guard)
  return bindingsIn(policy).some(
    (binding) =>
      binding.role === role.role &&
      membersOf(binding).some((member) => sameMember(member, principal.member)) &&
      !titleOf(binding).startsWith(markOf(instance)) &&
      !isOver(binding.condition?.expression ?? '', evidence.cloudAt),
  )
}
