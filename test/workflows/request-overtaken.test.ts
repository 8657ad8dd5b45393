import { expect, it } from 'vitest'
import { LedgerConflict } from '../../src/domain/errors.ts'
import { askOf } from '../../src/domain/policy/ask-of.ts'
import { requestAccess } from '../../src/workflows/request-access.ts'
import { underClaim } from '../../src/workflows/under-claim.ts'
import { octocat, principal, start, subject } from '../domain/grants.fixtures.ts'
import { policyOf } from '../domain/policy.world.ts'
import { fakeDeps } from '../support/fakes.ts'

const policy = policyOf(`
version: 1
roles:
  logs:
    description: Read the logs
    bindings: [{ aws: { account: "${principal.account}", allow: [{ actions: [logs:GetLogEvents], resources: ["*"] }] } }]
    repositories: [shop]
    eligible: ["user:${octocat.id}"]
    lease: { default: 1h, max: 4h }
    approval: none
rules:
  - { name: reviewers, when: { review_requested: {} }, give: logs }
identities:
  - { github: ${octocat.id}, aws: [{ account: "${principal.account}", user: octo }] }
`)

it('gives nothing once its delivery is in other hands: they may have heard that it was taken back', async () => {
  const { deps, ledger, cloud, policy: place } = fakeDeps()
  place.reading = { kind: 'policy', policy }
  const signal = {
    type: 'ReviewRequested',
    delivery: 'd-1',
    subject,
    actor: { id: 77, login: 'alice', type: 'User' },
    at: start,
    reviewer: octocat,
    cause: 'c-1',
  } as const
  const ask = (overtaken: boolean) =>
    underClaim(deps, 'delivery:d-1', (held) => {
      cloud.resolved = { ok: true, principal }
      if (overtaken) ledger.claims.set('delivery:d-1', { ...held.current(), fence: 99, held: true })
      return requestAccess(deps, askOf(signal), held)
    })
  await expect(ask(true)).rejects.toThrow(LedgerConflict)
  expect(ledger.grants.size).toBe(0)
  ledger.claims.clear()
  await ask(false)
  expect(ledger.grants.size).toBe(1)
})
