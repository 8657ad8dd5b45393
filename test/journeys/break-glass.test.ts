// Access at once and without approval, for those whom the policy lets break the glass; and what they owe for it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Account, Issue, Team } from '../../sandbox/github/index.ts'
import { isOwed } from '../../src/domain/debts/acknowledge.ts'
import type { Debt } from '../../src/domain/debts/types.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import { announced, answered, cameOf, inShort, say, told } from '../support/acts.ts'
import { castOf, catalog, reads, type Member } from '../support/catalog.ts'
import { begin, type Journey } from '../support/journey.ts'
import { ended, found, refused } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const minute = 60_000
const clock = turnedClock()
let on: Journey
let sre: Team
let security: Team
const somebody = castOf(() => on)

const breakable = {
  approval: { by: ['team:security'], count: 1 },
  break_glass: {
    eligible: ['team:sre'],
    notify: ['team:security'],
    reviewers: ['team:security'],
    lease: '30m',
  },
}
const policy = catalog([
  ['repair', { when: { requested: {} } }, breakable],
  ['emergency', { when: { labeled: ['break-glass'] }, to: 'sender', break_glass: true }, breakable],
  [
    'for-assignees',
    { when: { labeled: ['break-glass-for'] }, to: 'assignees', break_glass: true },
    breakable,
  ],
  ['sealed', { when: { requested: {} } }, { approval: { by: ['team:security'], count: 1 } }],
])

beforeAll(async () => {
  on = await begin({ clock, policy, timing: { standingEveryMs: 100 * 60 * minute } })
  sre = on.github.addTeam(on.organization, 'sre')
  security = on.github.addTeam(on.organization, 'security')
})
afterAll(() => on.end())
beforeEach(() => clock.turn(minute))

function responder(...teams: readonly Team[]): Member {
  const member = somebody()
  for (const team of [sre, ...teams]) on.github.setTeamMembership(team, member.person)
  return member
}
/** They may read the repository, and review. */
function reviewer(): Account {
  const { person } = somebody({ writes: false, backend: false })
  on.github.setTeamMembership(security, person)
  return person
}
const issueBy = ({ person }: Member): Issue =>
  on.github.openIssue(on.repository, { author: person })

const label = (issue: Issue, { person }: Member, name = 'break-glass') =>
  on.github.addLabel(issue, person, name)
const ask = async (issue: Issue, { person }: Member, what: string) =>
  (await say(on, issue, person, `/access request ${what}`)).delivery
const glass = 'repair --break-glass because the orders are stuck'

async function debtsOn(issue: Issue): Promise<readonly Debt[]> {
  const report = await on.hallpass.composition.deps.ledger.report(subjectKey(issue))
  return report?.debts ?? []
}
async function debtOn(issue: Issue): Promise<Debt> {
  const [debt, ...more] = await debtsOn(issue)
  if (debt === undefined || more.length > 0) throw new Error('there is not one debt')
  return debt
}
async function acknowledge(issue: Issue, by: Account, code: string): Promise<string> {
  const { comment } = await say(on, issue, by, `/access acknowledge ${code}`)
  return on.github.reactions(comment).at(-1) ?? 'none'
}
/** The issue that asks for its review. */
const reviewOf = (debt: Debt): Promise<Issue> =>
  found(on, 'an issue that asks for the review', () =>
    [...on.repository.issues.values()].find(
      ({ body, authorId }) =>
        authorId === on.github.world.bot.id && (body ?? '').includes(`:debt:${debt.id} `),
    ),
  )
/** Somebody broke the glass, and owes for it. */
async function broken(who = responder()): Promise<{ who: Member; issue: Issue; debt: Debt }> {
  const issue = issueBy(who)
  await cameOf(on, issue, [await ask(issue, who, glass)])
  expect(reads(on, who, 'repair')).toBe(true)
  return { who, issue, debt: await debtOn(issue) }
}

describe('the glass is broken', () => {
  test('by a label: at once, without approval, for the time that the policy has for it', async () => {
    const who = responder()
    const issue = issueBy(somebody())
    const [grant] = await cameOf(on, issue, label(issue, who))
    expect(grant).toMatchObject({
      phase: 'active',
      revision: { offer: { role: 'emergency', leaseSeconds: 1_800, approval: 'none' } },
    })
    expect(reads(on, who, 'emergency')).toBe(true)
    expect(await debtOn(issue)).toMatchObject({
      personId: who.person.id,
      requesterId: who.person.id,
      reason: '',
    })
    await told(on, issue, '**active**', `\`${who.person.login}\``)
    clock.turn(31 * minute)
    await ended(on, grant?.id ?? '')
    expect(reads(on, who, 'emergency')).toBe(false)
  })

  test('by a command, with its reason', async () => {
    const { issue, debt } = await broken()
    expect(debt).toMatchObject({ reason: 'the orders are stuck', role: 'repair' })
    await told(on, issue, '**active**', '30m')
    await announced(on, issue, '@acme/security', 'broke the glass', 'the orders are stuck')
    const review = await reviewOf(debt)
    expect(review.title).toContain('Review break-glass access')
    expect(review.body).toContain(`/access acknowledge ${debt.code}`)
    expect(review.body).toMatch(/why \|.*the orders are stuck/)
  })

  test.each([
    ['without a reason', 'repair --break-glass', []],
    ['for longer than that', glass.replace('repair', 'repair for 2h'), ['lease-too-long']],
    ['where the role has none', glass.replace('repair', 'sealed'), ['break-glass-not-allowed']],
  ])('not %s', async (_, what, codes) => {
    const who = responder()
    const issue = issueBy(who)
    expect(await refused(on, [await ask(issue, who, what)])).toEqual(codes)
    expect(await cameOf(on, issue)).toEqual([])
    expect(await debtsOn(issue)).toEqual([])
  })

  test('not by who is not named for it, by label or by command', async () => {
    const who = somebody()
    const issue = issueBy(who)
    const asked = [await ask(issue, who, glass), ...label(issue, who)]
    expect(await refused(on, asked)).toEqual(['break-glass-not-allowed', 'break-glass-not-allowed'])
    expect(await cameOf(on, issue)).toEqual([])
    await told(on, issue, '**Refused**', 'may not break the glass')
  })

  test('not for others by who is not named, nor for others who are not', async () => {
    const [named, other] = [responder(), somebody()]
    for (const [by, whom] of [
      [other, named],
      [named, other],
    ] as const) {
      const issue = on.github.openIssue(on.repository, {
        author: by.person,
        assignees: [whom.person],
      })
      const asked = label(issue, by, 'break-glass-for')
      expect(await refused(on, asked)).toEqual(['break-glass-not-allowed'])
      expect(await cameOf(on, issue)).toEqual([])
    }
    expect(reads(on, named, 'for-assignees')).toBe(false)
  })
})

describe('until a reviewer acknowledged it', () => {
  test('nobody who received or asked breaks the glass again; with approval they may', async () => {
    const { who, debt, issue: first } = await broken()
    const issue = issueBy(who)
    const asked = [...label(issue, who), await ask(issue, who, glass)]
    expect(await refused(on, asked)).toEqual(['debt-open', 'debt-open'])
    await told(on, issue, '**Refused**', 'nobody has reviewed that yet')
    expect(await refused(on, [await ask(issue, who, 'sealed')])).toEqual([])
    expect(inShort(await cameOf(on, issue))).toEqual([`${who.person.login} sealed requested`])

    expect(await acknowledge(first, reviewer(), debt.code)).toBe('rocket')
    clock.turn(minute)
    await say(on, first, who.person, '/access done')
    const again = issueBy(who)
    const given = await cameOf(on, again, label(again, who))
    expect(inShort(given)).toEqual([`${who.person.login} emergency active`])
  })

  test('who asked for somebody else owes as well', async () => {
    const [asker, holder] = [responder(), responder()]
    const issue = on.github.openIssue(on.repository, {
      author: 'alice',
      assignees: [holder.person],
    })
    await cameOf(on, issue, label(issue, asker, 'break-glass-for'))
    expect(reads(on, holder, 'for-assignees')).toBe(true)
    for (const who of [asker, holder]) {
      const next = issueBy(who)
      expect(await refused(on, [await ask(next, who, glass)])).toEqual(['debt-open'])
    }
  })

  test('closing, reopening and deleting the issues clears nothing', async () => {
    const { who, issue, debt } = await broken()
    const review = await reviewOf(debt)
    const owner = on.github.addUser(`owner-of-${issue.number}`)
    on.github.setMembership(on.organization, owner, 'admin')
    on.github.closeIssue(issue, owner)
    const [grant] = await cameOf(on, issue)
    await ended(on, grant?.id ?? '')
    on.github.reopenIssue(issue, owner)
    on.github.deleteIssue(issue, owner)
    on.github.closeIssue(review, owner)
    on.github.deleteIssue(review, owner)
    const next = issueBy(who)
    expect(await refused(on, [await ask(next, who, glass)])).toEqual(['debt-open'])
    expect((await debtsOn(issue)).map(isOwed)).toEqual([true])
  })
})

describe('it is acknowledged', () => {
  test('by a reviewer who may only read, on the issue that asks for it, once', async () => {
    const { debt, issue } = await broken()
    const by = reviewer()
    expect(await acknowledge(await reviewOf(debt), by, debt.code.toLowerCase())).toBe('rocket')
    expect(await debtOn(issue)).toMatchObject({ acknowledged: { by: { id: by.id } } })
    expect(await acknowledge(issue, reviewer(), debt.code)).not.toBe('rocket')
  })

  test('not by who holds it, though they review', async () => {
    const { who, debt, issue } = await broken(responder(security))
    expect(await acknowledge(issue, who.person, debt.code)).toBe('-1')
    await answered(on, issue, 'Another reviewer has to')
    expect(isOwed(await debtOn(issue))).toBe(true)
  })

  test('not by who asked for it, though they review', async () => {
    const [asker, holder] = [responder(security), responder()]
    const issue = on.github.openIssue(on.repository, {
      author: 'alice',
      assignees: [holder.person],
    })
    await cameOf(on, issue, label(issue, asker, 'break-glass-for'))
    const { code } = await debtOn(issue)
    expect(await acknowledge(issue, asker.person, code)).toBe('-1')
    expect(isOwed(await debtOn(issue))).toBe(true)
  })

  test('not by who does not review, and not by another code', async () => {
    const { debt, issue } = await broken()
    expect(await acknowledge(issue, on.people.alice, debt.code)).toBe('-1')
    await answered(on, issue, 'does not name you as a reviewer')
    expect(await acknowledge(issue, reviewer(), 'AAAA-AAAA')).toBe('-1')
    await answered(on, issue, 'names no review that is owed here')
    expect(isOwed(await debtOn(issue))).toBe(true)
  })
})
