// A day of a team, on every store: what it takes to ask, approve, extend, end, break the glass and acknowledge it.
import { afterEach, describe, expect, test } from 'vitest'
import { cameOf, idOf, inShort, say, told, written } from '../support/acts.ts'
import { castOf, catalog, reads } from '../support/catalog.ts'
import { stores } from '../support/databases.ts'
import { begin, type Journey } from '../support/journey.ts'
import { check, ended, line, refused } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const minute = 60_000
const bySecurity = { by: ['team:security'], count: 1 }
const policy = catalog([
  ['reviewing', { when: { review_requested: {} } }],
  [
    'repairing',
    { when: { labeled: ['incident/*'] }, to: 'assignees' },
    {
      approval: bySecurity,
      break_glass: {
        eligible: ['team:backend'],
        notify: ['team:security'],
        reviewers: ['team:security'],
      },
    },
  ],
  ['helping', { when: { requested: {} } }, { approval: bySecurity }],
])
  // The one role, also for who asks for it.
  .replace(
    '"rules":[',
    '"rules":[{"name":"on request","when":{"requested":{}},"give":"repairing"},',
  )

let on: Journey
afterEach(() => on.end())

describe.each(stores())('stored in $name', (store) => {
  const timeout = 120_000
  test(
    'a review by a team, an incident, an approval, an extension, and the glass',
    { timeout },
    async () => {
      const clock = turnedClock()
      on = await begin({ store, clock, policy })
      const somebody = castOf(() => on)
      const [author, one, other, late] = [somebody(), somebody(), somebody(), somebody()]
      const guard = somebody({ writes: false, backend: false }).person
      on.github.addTeam(on.organization, 'security', { members: [guard] })
      const reviewers = on.github.addTeam(on.organization, 'reviewers', {
        members: [one.person, other.person],
      })

      const pull = on.github.openPullRequest(on.repository, {
        author: author.person,
        files: { 'services/orders/b.ts': '1\n' },
      })
      const reviews = await cameOf(on, pull, on.github.requestTeamReview(pull, 'alice', reviewers))
      expect([one, other].map((each) => reads(on, each, 'reviewing'))).toEqual([true, true])
      await check(on, pull, { conclusion: 'neutral' })
      on.github.closePullRequest(pull, 'alice', { merged: true })
      for (const { id } of reviews) await ended(on, id)
      await check(on, pull, { conclusion: 'success' })

      const issue = on.github.openIssue(on.repository, {
        author: 'alice',
        assignees: [one.person],
      })
      const asked = await cameOf(on, issue, on.github.addLabel(issue, 'alice', 'incident/db'))
      expect(inShort(asked)).toEqual([`${one.person.login} repairing requested`])
      const repairing = idOf(asked, one.person)
      await told(on, issue, asked[0]?.revision.code ?? '')
      await say(on, issue, guard, `/access approve ${asked[0]?.revision.code}`)
      await line(on, 'grant.activated', { grant: repairing })
      expect(reads(on, one, 'repairing')).toBe(true)

      clock.turn(50 * minute)
      await say(on, issue, one.person, '/access extend 2h')
      const [extending] = await cameOf(on, issue)
      const waiting = extending?.phase === 'active' ? extending.extension?.revision : undefined
      await say(on, issue, guard, `/access approve ${waiting?.code}`)
      await line(on, 'grant.extended', { grant: repairing })
      await written(on, one, 3)
      clock.turn(30 * minute)
      expect(reads(on, one, 'repairing')).toBe(true)

      await say(on, issue, late.person, '/access request repairing --break-glass because it burns')
      await cameOf(on, issue)
      expect(reads(on, late, 'repairing')).toBe(true)
      const [debt] = await on.hallpass.composition.deps.ledger.debtsOf([late.person.id])
      await say(on, issue, late.person, '/access done')
      const again = await say(
        on,
        issue,
        late.person,
        '/access request repairing --break-glass because it burns again',
      )
      expect(await refused(on, [again.delivery])).toEqual(['debt-open'])
      await say(on, issue, guard, `/access acknowledge ${debt?.code}`)
      expect(await on.hallpass.composition.deps.ledger.debtsOf([late.person.id])).toEqual([])

      on.github.unassign(issue, 'alice', one.person)
      await ended(on, repairing)
      expect([one, late].map((each) => reads(on, each, 'repairing'))).toEqual([false, false])
      await told(on, issue, 'ended')
    },
  )
})
