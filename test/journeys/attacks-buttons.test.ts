// Defends: a button is a command of whoever presses it, about what its own run shows, and counts once.
import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Account, Check, Delivery, PullRequest } from '../../sandbox/github/index.ts'
import {
  askedToReview,
  beginGuarded,
  guardedPolicy,
  says,
  stillWaits,
  type Guarded,
  type Waits,
} from '../support/guarded.ts'
import { newcomer } from '../support/newcomer.ts'
import { countOf, ended, grantOf, handled, line, openPull, ours } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
let on: Guarded
beforeAll(async () => {
  on = await beginGuarded({ clock })
})
afterAll(() => on.end())
afterEach(async () => {
  await writeFile(on.hallpass.policyPath, guardedPolicy())
  // What GitHub takes in a minute is not what is looked at here.
  clock.turn(61_000)
})

const noSuchCode =
  'That code names nothing that waits for approval here. The code that counts is the one shown now.'

/** The run that shows what waits, as soon as its buttons are there. */
const shown = ({ pull }: PullRequest, { code }: Waits): Promise<Check> =>
  on.github.waitFor(
    () =>
      on.github
        .checks(pull.headSha)
        .find(({ name, actions }) => name === `hallpass/offer ${code}` && actions.length > 0),
    AbortSignal.timeout(45_000),
  )

async function waiting(reviewer: Account) {
  const pull = openPull(on)
  const waits = await askedToReview(on, pull, reviewer)
  return { pull, waits, run: await shown(pull, waits) }
}

/** Worked on, and why it does nothing. */
async function heard(deliveries: readonly Delivery[], before: number): Promise<readonly string[]> {
  await handled(on, deliveries)
  return on.events
    .slice(before)
    .flatMap((event) =>
      event.type === 'command.refused' && event.cause.startsWith('button/') ? [event.because] : [],
    )
}
const pressed = async (run: Check, who: Account, button: string) => {
  const before = on.events.length
  return heard(on.github.press(run, who, button), before)
}

/** As it would be sent, and is not. */
function captured(act: () => readonly Delivery[]): Record<string, unknown> {
  const [delivery] = on.github.untold(act)
  return JSON.parse(delivery?.body ?? '{}') as Record<string, unknown>
}

test('nobody approves by it who would not by a command', async () => {
  const { run, waits } = await waiting(on.people.octocat)
  expect(await pressed(run, on.people.octocat, 'approve')).toEqual([
    'Who asked for it, receives it or worked on it does not approve it.',
  ])
  expect(await pressed(run, on.cast.bob, 'approve')).toEqual([
    'The policy does not name you as an approver of this role.',
  ])
  expect(await pressed(run, on.cast.bob, 'deny')).toEqual([
    'Only who may approve this may deny it.',
  ])
  expect(await pressed(run, on.cast.bob, 'withdraw')).toEqual([
    'Nothing that you asked for waits here.',
  ])
  await stillWaits(on, waits)
})

test('whoever presses it is judged anew, whatever GitHub showed them', async () => {
  const { run, waits } = await waiting(on.people.octocat)
  const payload = captured(() => on.github.press(run, on.cast.sara, 'approve'))
  const by = (sender: object) => ({
    ...payload,
    sender: { ...(payload['sender'] as object), ...sender },
  })
  const before = on.events.length
  const reader = on.github.send('check_run', by({ id: on.cast.rita.id, login: 'rita' }))
  expect(await heard([reader], before)).toEqual([
    '`rita` has the role `read` on this repository, which is not enough for `approve`.',
  ])
  const bot = on.github.send('check_run', by({ type: 'Bot' }))
  await line(on, 'button.ignored', { delivery: bot.id, because: 'no person' })
  // An approver’s login with another account’s id is that other account.
  const usurper = on.github.send('check_run', by({ id: on.cast.bob.id }))
  expect(await heard([usurper], on.events.length)).toEqual([
    'The policy does not name you as an approver of this role.',
  ])
  await stillWaits(on, waits)
})

test('a run of another repository, or without its code, means nothing here', async () => {
  const { run, waits, pull } = await waiting(on.people.octocat)
  const payload = captured(() => on.github.press(run, on.cast.sara, 'approve'))
  const changed = (more: object) => ({
    ...payload,
    check_run: { ...(payload['check_run'] as object), ...more },
  })
  const moved = run.externalId.replace(`:${pull.repositoryId}#`, ':7777#')
  expect(moved).not.toBe(run.externalId)
  const elsewhere = on.github.send('check_run', changed({ external_id: moved }))
  await line(on, 'delivery.refused', { delivery: elsewhere.id })
  const nameless = on.github.send('check_run', changed({ name: 'hallpass/offer' }))
  await line(on, 'button.ignored', { delivery: nameless.id, because: 'it lacks its code' })
  const other = openPull(on)
  const theirs = run.externalId.replace(`#${pull.number}:`, `#${other.number}:`)
  const before = on.events.length
  const beside = on.github.send('check_run', changed({ external_id: theirs }))
  expect(await heard([beside], before)).toEqual([noSuchCode])
  await stillWaits(on, waits)
})

test('what an old run showed is not approved', async () => {
  const { run, waits, pull } = await waiting(on.people.octocat)
  on.github.deliveryMode = 'hold'
  const late = on.github.press(run, on.cast.sara, 'approve')
  on.github.deliveryMode = 'send'
  await writeFile(on.hallpass.policyPath, guardedPolicy({ lease: '4h' }))
  await says(on, pull, on.cast.sven, `/access approve ${waits.code}`)
  const before = on.events.length
  on.github.release(late)
  expect(await heard(late, before)).toEqual([noSuchCode])
  expect(await grantOf(on, waits.grant)).toMatchObject({
    phase: 'requested',
    approvals: [],
    revision: { number: 2 },
  })
})

test('one press approves once, under however many ids it comes', async () => {
  const { person, user } = newcomer(on, 1)
  const { run, waits, pull } = await waiting(person)
  const first = on.github.press(run, on.cast.sara, 'approve')
  await handled(on, first)
  await line(on, 'grant.activated', { grant: waits.grant })
  const [{ body } = { body: '{}' }] = first
  const again = on.github.send('check_run', { ...(JSON.parse(body) as object), more: 'of nothing' })
  await handled(on, [again])
  expect(countOf(on, 'grant.approved', { grant: waits.grant })).toBe(1)
  await says(on, pull, person, '/access done')
  await ended(on, waits.grant)
  expect(ours(on, user)).toEqual([])
})
