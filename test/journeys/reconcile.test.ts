// What stands in the cloud and should not: found on a schedule, whatever was forgotten and whoever put it there.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { logGroup } from '../../sandbox/scene.ts'
import { begin, type Journey } from '../support/journey.ts'
import { newcomer } from '../support/newcomer.ts'
import {
  countOf,
  given,
  grantOf,
  line,
  mayReadLogs,
  nthLine,
  openPull,
  ours,
} from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
let on: Journey
beforeAll(async () => {
  on = await begin({ clock, timing: { reconcileEveryMs: 10 * minute } })
})
afterAll(() => on.end())

const readLogs = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'logs:FilterLogEvents', Resource: logGroup },
}
/** Somebody looks around once more. */
async function lookedAround(): Promise<void> {
  const former = countOf(on, 'reconcile.done')
  clock.turn(12 * minute)
  await nthLine(on, former + 1, 'reconcile.done')
}

test('what an old backup has forgotten is removed, and nothing of anybody else', async () => {
  const { instance } = on.hallpass.composition.deps.ledger
  const [wanted, forgotten, stranger] = [newcomer(on, 1), newcomer(on, 2), newcomer(on, 3)]
  const id = await given(on, openPull(on), wanted.person)
  const lost = `hallpass-${instance}-0forgotten00`
  on.aws.putUserPolicy({ user: forgotten.user, name: lost, document: readLogs })
  for (const name of ['hallpass-lookalike', 'hallpass-another0-0123456789ab', 'own'])
    on.aws.putUserPolicy({ user: stranger.user, name, document: readLogs })
  const before = on.aws.policiesOf(stranger.user)
  expect(mayReadLogs(on, forgotten.user)).toBe(true)

  await lookedAround()
  await line(on, 'binding.adopted', { binding: lost, because: 'orphan' })
  await line(on, 'binding.changed', { binding: lost, change: 'remove' })
  expect(mayReadLogs(on, forgotten.user)).toBe(false)
  expect(on.aws.policiesOf(stranger.user)).toEqual(before)
  expect(ours(on, wanted.user)).toHaveLength(1)
  expect(await grantOf(on, id)).toMatchObject({ phase: 'active' })
  expect(await on.hallpass.operations.alarms()).toEqual([])
})

test('what ended and is there again is removed', async () => {
  const { person, user } = newcomer(on, 4)
  const pull = openPull(on)
  const id = await given(on, pull, person)
  const [policy] = ours(on, user)
  if (policy === undefined) throw new Error('Nothing was given')
  on.github.closePullRequest(pull, on.people.alice)
  await line(on, 'grant.ended', { grant: id })
  on.aws.putUserPolicy({ user, name: policy.name, document: readLogs })

  clock.turn(1 * minute)
  await lookedAround()
  await line(on, 'binding.adopted', { binding: policy.name, because: 'ended' })
  const { binding } = { binding: policy.name }
  await nthLine(on, 2, 'binding.changed', { binding, change: 'remove' })
  expect(mayReadLogs(on, user)).toBe(false)
})
