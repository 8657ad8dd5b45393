import { expect, test } from 'vitest'
import {
  decideAcknowledge,
  isOwed,
  type Acknowledgement,
} from '../../src/domain/debts/acknowledge.ts'
import type { Debt } from '../../src/domain/debts/types.ts'
import { hubot, monalisa, octocat, sre, start, subject } from './grants.fixtures.ts'

const debt: Debt = {
  id: 'd1',
  personId: octocat.id,
  requesterId: monalisa.id,
  grantId: '0123456789ab',
  subject,
  role: 'orders-db-write',
  code: 'DEBT-0001',
  openedAt: start,
  reviewers: [{ kind: 'team', slug: 'security' }],
  reason: 'orders stand still',
  issue: undefined,
  acknowledged: undefined,
}
const reviewed: Acknowledgement = { code: 'DEBT-0001', by: sre, isBot: false, isReviewer: true }

test('a reviewer acknowledges it, with the time and their name', () => {
  expect(isOwed(debt)).toBe(true)
  const decision = decideAcknowledge(debt, reviewed, start + 1)
  expect(decision).toEqual({
    kind: 'acknowledged',
    debt: { ...debt, acknowledged: { by: sre, at: start + 1 } },
    event: { type: 'debt.acknowledged', id: 'd1', by: sre, code: 'DEBT-0001' },
  })
  expect(decision.kind === 'acknowledged' && isOwed(decision.debt)).toBe(false)
})

test.each<[string, Partial<Debt>, Partial<Acknowledgement>, RegExp]>([
  ['by another code', {}, { code: 'DEBT-0002' }, /no review/],
  ['by who received it', {}, { by: octocat }, /Another reviewer/],
  ['by who asked for it', {}, { by: monalisa }, /Another reviewer/],
  ['by nobody else', {}, { isReviewer: false }, /not name you/],
  ['by a bot', {}, { isBot: true }, /bot/],
  ['twice', { acknowledged: { by: hubot, at: start } }, {}, /before/],
])('it is not acknowledged %s', (_how, owed, by, why) => {
  const decision = decideAcknowledge({ ...debt, ...owed }, { ...reviewed, ...by }, start)
  expect(decision).toEqual({ kind: 'refused', reason: expect.stringMatching(why) as string })
})
