// What holds where a document says nothing.
import type { Approval, Limits, Policy, RoleDefinition } from './types.ts'

const noLimits: Limits = { atOnce: undefined, cooldownSeconds: undefined, dailySeconds: undefined }

export const leftOutOfRole: Pick<RoleDefinition, 'parameters' | 'limits' | 'breakGlass'> = {
  parameters: [],
  limits: { ...noLimits, atOnce: 20 },
  breakGlass: undefined,
}

export const leftOutOfApproval: Omit<Exclude<Approval, 'none'>, 'stages'> = {
  separate: true,
  lapseSeconds: 86_400,
}

export const leftOut: Pick<
  Policy,
  'enrolledBy' | 'limits' | 'onCall' | 'identitySources' | 'widening'
> = {
  enrolledBy: undefined,
  limits: {
    person: { ...noLimits, atOnce: 5, dailySeconds: 86_400 },
    repository: { ...noLimits, atOnce: 50 },
    teamMembersMax: 10,
  },
  onCall: new Map(),
  identitySources: { saml: [], template: [] },
  widening: undefined,
}
