import { describe, expect, test } from 'vitest'
import { GitHubError } from '../../src/domain/errors.ts'
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
  lines: ['revoke'],
  ignored: 0,
  throughApp: false,
  cause: 'comment/5',
}

async function given(more: Partial<CommandWritten> = {}, attempts = 11) {
  const { deps, github, ledger, log } = fakeDeps()
  ledger.addDelivery('d-1', { attempts })
  github.before = () => {
    throw new GitHubError('transient', 'GitHub: could not read (503)')
  }
  await handleDelivery(
    deps,
    async (_, held) => {
      await hearComment(deps, { ...signal, ...more }, held).catch((error: unknown) => {
        throw new AggregateError([error])
      })
    },
    'd-1',
  )
  return {
    told: ledger.commits.flatMap(({ notices = [] }) => notices.map(({ notice }) => notice)),
    events: ledger.commits.flatMap(({ events = [] }) => events.map(({ event }) => event)),
    logged: log.lines.map(({ id }) => id),
    dirty: ledger.commits.flatMap(({ dirtySubjects = [] }) => dirtySubjects),
  }
}

describe('a command that is given up on', () => {
  test('is told, so that nobody believes that it was done', async () => {
    const { told, events, dirty, logged } = await given()
    expect(told).toMatchObject([
      { kind: 'answer', asked: '/access revoke', recipient: { id: 77, login: 'alice' } },
    ])
    expect(told[0]?.text).toMatch(/^This was not carried out/)
    expect(events).toMatchObject([{ type: 'command.refused', cause: 'comment/5' }])
    expect(dirty).toEqual([subject])
    expect(logged).toEqual(['delivery.failed', 'command.unheard'])
  })

  test.each<[string, Partial<CommandWritten>]>([
    ['a bot', { actor: { ...signal.actor, type: 'Bot' } }],
    ['an App', { throughApp: true }],
    ['an account that is not served', { subject: { ...subject, accountId: 9 } }],
  ])('is not told where %s said it', async (_, more) => {
    expect(await given(more)).toMatchObject({ told: [], events: [] })
  })

  test('is not told while it is tried again', async () => {
    expect(await given({}, 3)).toMatchObject({ told: [], events: [] })
  })
})
