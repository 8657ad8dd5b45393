// What a subject's report is rendered from: a view, and what stands in it besides grants.
import type { Debt } from '../../src/domain/debts/types.ts'
import type { Grant } from '../../src/domain/grants/types.ts'
import type { Notice, ReportView } from '../../src/domain/messages/types.ts'
import { grantId, hubot, instance, octocat, offer, start, subject } from './grants.fixtures.ts'

export const view = (grants: readonly Grant[], more: Partial<ReportView> = {}): ReportView => ({
  instance,
  subject,
  public: false,
  grants,
  notices: [],
  debts: [],
  headSha: 'f00d',
  now: start,
  ...more,
})

export const refusal: Notice = {
  key: '2/orders-db-read',
  kind: 'refused',
  text: 'hubot has no AWS identity. Add one to policy.yml.',
  recipient: hubot,
  role: 'orders-db-read',
  at: start,
}

export const brokenPolicy: Notice = {
  key: 'policy',
  kind: 'policy-broken',
  text: 'The policy has mistakes:\n- policy.yml:12:7 lease.max is missing: write `max: 4h`\n- policy.yml:30:1 unknown key',
  recipient: undefined,
  role: undefined,
  at: start,
}

export const breakGlass = {
  notify: [{ kind: 'team', slug: 'on-duty' }],
  reviewers: [{ kind: 'team', slug: 'security' }],
} as const

/** Of `octocat`, who broke the glass for `offer`. */
export const debt: Debt = {
  id: 'dddddddddddd',
  personId: octocat.id,
  requesterId: octocat.id,
  grantId,
  subject,
  role: offer.role,
  code: 'DEBT-0001',
  openedAt: start,
  reviewers: breakGlass.reviewers,
  reason: 'checkout is down',
  issue: undefined,
  acknowledged: undefined,
}
