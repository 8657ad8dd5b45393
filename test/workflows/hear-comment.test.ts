import { expect, test } from 'vitest'
import type { CommandWritten } from '../../src/domain/signals.ts'
import { hearComment } from '../../src/workflows/commands/hear-comment.ts'
import { handleDelivery } from '../../src/workflows/handle-delivery.ts'
import { start, subject } from '../domain/grants.fixtures.ts'
import { fakeDeps } from '../support/fakes.ts'

const signal: CommandWritten = {
  type: 'CommandWritten',
  delivery: 'd-1',
  subject,
  actor: { id: 77, login: 'alice', type: 'User' },
  at: start,
  commentId: 5,
  lines: ['help'],
  ignored: 0,
  throughApp: false,
  cause: 'comment/5',
}

test('a command is carried out once, under however many deliveries it is heard', async () => {
  const { deps, ledger } = fakeDeps()
  for (const delivery of ['d-1', 'd-2']) {
    ledger.addDelivery(delivery)
    const hear = () =>
      handleDelivery(deps, (_, held) => hearComment(deps, { ...signal, delivery }, held), delivery)
    await hear()
  }
  const told = ledger.commits.flatMap(({ notices = [] }) => notices)
  expect(told.map(({ key }) => key)).toEqual(['answer/comment/5#1'])
  expect([...ledger.acts]).toEqual(['comment/5#1'])
})
