// What holds where a document says nothing.
import type { Approval, Limits, Policy } from './types.ts'

const none: Limits = { atOnce: undefined, cooldownSeconds: undefined, dailySeconds: undefined }

export const roleLimitsLeftOut: Limits = { ...none, atOnce: 20 }

export const limitsLeftOut: Policy['limits'] = {
  person: { ...none, atOnce: 5, dailySeconds: 86_400 },
  repository: { ...none, atOnce: 50 },
  teamMembersMax: 10,
}

export const approvalLeftOut: Omit<Exclude<Approval, 'none'>, 'stages'> = {
  separate: true,
  lapseSeconds: 86_400,
}

/** Of one parameter. */
export const valuesMaxLeftOut = 3
