// Who may write a repository's rules has no say in whether what the organization takes back is taken back.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { begin, type Journey } from '../support/journey.ts'
import { newcomer } from '../support/newcomer.ts'
import { ended, given, grantOf, mayReadLogs, openPull, ours } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
let on: Journey
beforeAll(async () => {
  on = await begin({ clock })
})
afterAll(() => on.end())

test('breaking them keeps nobody who left the team', async () => {
  const { person, user } = newcomer(on, 1)
  const id = await given(on, openPull(on), person)
  on.github.putFile(on.repository, '.github/hallpass.yml', 'version: 1\nrules: [\n')
  on.github.leaveTeam(on.backend, 'alice', person)
  clock.turn(4 * 60_000)
  await ended(on, id)
  expect(await grantOf(on, id)).toMatchObject({
    reason: 'standing-lost',
    detail: 'the recipient is not eligible for the role any more',
  })
  expect(mayReadLogs(on, user)).toBe(false)
  expect(ours(on, user)).toEqual([])
})
