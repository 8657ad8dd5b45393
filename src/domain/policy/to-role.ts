// A role as it is written, in the domain's words.
import { approvalLeftOut, roleLimitsLeftOut, valuesMaxLeftOut } from './left-out.ts'
import type { RoleDocument } from './schema.ts'
import { toCloudRole } from './to-binding.ts'
import type { Approval, Limits, Parameter, RoleBreakGlass, RoleDefinition } from './types.ts'

export const toRole = (name: string, role: RoleDocument): RoleDefinition => ({
  name,
  description: role.description,
  bindings: role.bindings.flatMap((binding) => toCloudRole(binding) ?? []),
  repositories: role.repositories,
  eligible: role.eligible,
  lease: { defaultSeconds: role.lease.default, maxSeconds: role.lease.max },
  residualSeconds: role.residual ?? 0,
  approval: toApproval(role.approval),
  parameters: Object.entries(role.parameters ?? {}).map(toParameter),
  limits: toLimits(role.limits, roleLimitsLeftOut),
  breakGlass: role.break_glass === undefined ? undefined : toBreakGlass(role.break_glass, role),
  forks: role.forks ?? false,
  publicRepositories: role.public ?? false,
})

function toApproval(approval: RoleDocument['approval']): Approval {
  if (approval === 'none') return 'none'
  const { by = [], count = 1, separate, lapses } = approval
  return {
    stages: approval.stages ?? [{ by, count }],
    separate: separate ?? approvalLeftOut.separate,
    lapseSeconds: lapses ?? approvalLeftOut.lapseSeconds,
  }
}

const toParameter = ([name, { exists, max = valuesMaxLeftOut }]: [
  string,
  NonNullable<RoleDocument['parameters']>[string],
]): Parameter => ({ name, exists, max })

const toBreakGlass = (
  { eligible, notify, reviewers, lease }: NonNullable<RoleDocument['break_glass']>,
  role: RoleDocument,
): RoleBreakGlass => ({ eligible, notify, reviewers, leaseSeconds: lease ?? role.lease.default })

/** What is not written is as in `leftOut`. */
export const toLimits = (limits: RoleDocument['limits'], leftOut: Limits): Limits => ({
  atOnce: limits?.at_once ?? leftOut.atOnce,
  cooldownSeconds: limits?.cooldown ?? leftOut.cooldownSeconds,
  dailySeconds: limits?.daily ?? leftOut.dailySeconds,
})
