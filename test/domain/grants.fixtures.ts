// Values that the domain's tests start from.
import { apply } from '../../src/domain/grants/apply.ts'
import { revisionOf } from '../../src/domain/grants/revision.ts'
import type { Grant, GrantCommand, Offer } from '../../src/domain/grants/types.ts'
import { bindingIdsOf } from '../../src/domain/lanes/bindings-of.ts'
import type { AwsPrincipal, CloudRole } from '../../src/domain/lanes/types.ts'
import type { Approval } from '../../src/domain/policy/types.ts'
import type { Subject } from '../../src/domain/subjects.ts'

export const instance = 'i7'
export const start = Date.UTC(2026, 10, 22, 17, 0, 0)
export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

export const octocat = { id: 1, login: 'octocat' }
export const hubot = { id: 2, login: 'hubot' }
export const monalisa = { id: 3, login: 'monalisa' }
export const sre = { id: 4, login: 'sre' }

export const subject: Subject = {
  installationId: 9,
  accountId: 8,
  repositoryId: 77,
  number: 12,
  kind: 'pull_request',
  owner: 'acme',
  repository: 'shop',
}
export const principal: AwsPrincipal = {
  cloud: 'aws',
  account: '111122223333',
  userName: 'octo',
  userId: 'AIDAOCTO',
}
export const assume: CloudRole = {
  cloud: 'aws',
  mode: 'assume-role',
  account: '111122223333',
  roleArn: 'arn:aws:iam::111122223333:role/orders-read',
}
export const inline: CloudRole = {
  cloud: 'aws',
  mode: 'inline-permissions',
  account: '111122223333',
  allow: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::orders/*'] }],
}

export const offer: Offer = {
  cause: 'review-request:1',
  askedAt: start,
  trigger: 'review_requested',
  rule: 'reviewers see what they review',
  role: 'orders-db-read',
  description: 'Read the orders database in production',
  subject,
  recipient: octocat,
  requester: monalisa,
  bindings: [{ role: assume, principal }],
  leaseSeconds: 7200,
  residualSeconds: 3600,
  selfExpiring: true,
  approval: 'none',
  separated: [1, 3],
  separationUnproven: false,
  team: undefined,
  label: undefined,
  parameters: {},
  reason: undefined,
  breakGlass: undefined,
  until: ['reviewed', 'unrequested', 'closed'],
  boundHead: undefined,
  policy: {
    organization: { where: 'acme/access:policy.yml', commit: 'c1', blob: 'b1' },
    repository: undefined,
  },
  because: 'octocat was asked for a review',
}
/** People of `sre`, that many, one stage after the other. */
export const staged = (...counts: readonly number[]): Exclude<Approval, 'none'> => ({
  stages: counts.map((count) => ({ by: [{ kind: 'team', slug: 'sre' }], count })),
  separate: true,
  lapseSeconds: 86_400,
})
export const byTwo: Offer = { ...offer, approval: staged(2) }

export const grantId = '0123456789ab'
export const bindingId = `hallpass-${instance}-${grantId}`

export const request = (
  of: Offer,
  more: { readonly id?: string; readonly code?: string } = {},
): Extract<GrantCommand, { type: 'request' }> => ({
  type: 'request',
  id: more.id ?? grantId,
  revision: revisionOf(of, 1, more.code ?? 'AAAA-AAAA'),
  lapseSeconds: 86_400,
  bindingIds: bindingIdsOf(of, more.id ?? grantId, instance),
})

export type Step = readonly [command: GrantCommand, at: number]

/** The grant after these commands. Throws on a refusal. */
export function grantAfter(...steps: readonly Step[]): Grant {
  const grant = steps.reduce<Grant | undefined>((before, [command, at]) => {
    const result = apply(command, before, at)
    if (result.kind === 'refused') throw new Error(`${command.type}: ${result.reason}`)
    return result.grant
  }, undefined)
  if (grant === undefined) throw new Error('no steps')
  return grant
}

export const approve = (
  by: { readonly id: number; readonly login: string },
  more: Partial<Extract<GrantCommand, { type: 'approve' }>> = {},
): Extract<GrantCommand, { type: 'approve' }> => ({
  type: 'approve',
  code: 'AAAA-AAAA',
  by,
  isBot: false,
  stages: [0],
  writesHead: false,
  ...more,
})

export const seen: GrantCommand = { type: 'observe-present', bindingId }
export const revoke: GrantCommand = {
  type: 'end',
  reason: 'revoked',
  by: { kind: 'person', person: sre },
  detail: 'enough',
}
export const goneAt = (at: number, sessionsUntil?: number): GrantCommand => ({
  type: 'observe-gone',
  bindingId,
  removedAt: at,
  certainAt: at,
  sessionsUntil,
  heldBy: [],
})

export const requested: Step = [request(byTwo), start]
export const approved: Step = [request(offer), start]
export const activated: readonly Step[] = [approved, [seen, start + minute]]
export const revoked: readonly Step[] = [...activated, [revoke, start + hour]]
