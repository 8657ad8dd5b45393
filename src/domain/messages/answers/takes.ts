// What it would take to receive a role, in words.
import type { Approval, Approver, Rule } from '../../policy/types.ts'
import { code } from '../escape.ts'

export function approvalInWords(approval: Approval): string {
  if (approval === 'none') return 'nobody has to approve'
  return approval.stages
    .map(({ by, count }) => `${count} of ${by.map(approverInWords).join(', ')}`)
    .join(', then ')
}

export function approverInWords(approver: Approver): string {
  switch (approver.kind) {
    case 'team':
      return `team ${code(approver.slug)}`
    case 'user':
      return `user ${approver.id}`
    case 'on-call':
      return `whoever is on call for ${code(approver.name)}`
    default:
      return approver satisfies never
  }
}

/** The act that starts a rule. */
export function actInWords({ when, give, to }: Rule): string {
  switch (when.trigger) {
    case 'review_requested':
      return `a review is requested${to === 'reviewer' ? ' of you' : ''}`
    case 'labeled':
      return `a label is added: ${(when.added ?? []).map((glob) => code(glob)).join(', ')}`
    case 'assigned':
      return 'somebody is assigned'
    case 'requested':
      return code(`/access request ${give}`)
    default:
      return when.trigger satisfies never
  }
}
