// Who has to say yes, how often and in which order; and what a yes no longer counts for.
import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Account, Comment, Issue, PullRequest, Team } from '../../sandbox/github/index.ts'
import { waitingOf } from '../../src/domain/grants/phases.ts'
import { announced, answered, cameOf, inShort, say, told, written } from '../support/acts.ts'
import { castOf, catalog, reads, type Member } from '../support/catalog.ts'
import { begin, type Journey } from '../support/journey.ts'
import { check, ended, found, grantOf, handled, line } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const minute = 60_000
const hour = 60 * minute
const clock = turnedClock()
let on: Journey
const somebody = castOf(() => on)

const asked = (name: string, approval: unknown, more = {}) =>
  [name, { when: { requested: {} } }, { approval, ...more }] as const
/** Of the scene, and in no team that approves. */
const named = 1002

const rules = [
  asked('by-one', { by: ['team:sre'], count: 1 }),
  asked('by-two', { by: ['team:sre'], count: 2 }),
  asked('by-person', { by: [`user:${named}`], count: 1 }),
  asked('by-list', { by: ['on-call:primary'], count: 1 }),
  asked('in-stages', {
    stages: [
      { by: ['team:leads'], count: 1 },
      { by: ['team:sre', `user:${named}`], count: 2 },
    ],
  }),
  asked('by-backend', { by: ['team:backend'], count: 1 }),
  asked('not-separate', { by: ['team:backend'], count: 1, separate: false }),
  asked('lapses', { by: ['team:sre'], count: 1, lapses: '2h' }),
] as const
const more = { on_call: { primary: { people: [583231] } } }
const policy = catalog(rules, more)

let sre: Team
let leads: Team
beforeAll(async () => {
  on = await begin({ clock, policy, timing: { standingEveryMs: 100 * hour } })
  sre = on.github.addTeam(on.organization, 'sre')
  leads = on.github.addTeam(on.organization, 'leads')
})
afterAll(() => on.end())
beforeEach(() => clock.turn(3 * minute))

/** They may read the repository, and approve. */
function memberOf(...teams: readonly Team[]): Account {
  const { person } = somebody({ writes: false, backend: false })
  for (const team of teams) on.github.setTeamMembership(team, person)
  return person
}

interface Asked {
  readonly who: Member
  readonly subject: Issue
  readonly id: string
  readonly code: string
}

async function ask(what: string, subject?: Issue): Promise<Asked> {
  const who = somebody()
  const where = subject ?? on.github.openIssue(on.repository, { author: who.person })
  await say(on, where, who.person, `/access request ${what}`)
  const grants = await cameOf(on, where)
  const grant = grants.find(({ revision }) => revision.offer.recipient.id === who.person.id)
  if (grant === undefined) throw new Error(`${what} was not asked for`)
  expect(grant.phase).toBe('requested')
  return { who, subject: where, id: grant.id, code: grant.revision.code }
}

/** Returns the last reaction to it: how it went. */
async function approve({ subject, code }: Asked, by: Account, other = code) {
  const { comment } = await say(on, subject, by, `/access approve ${other}`)
  return verdictOn(comment)
}
const verdictOn = (comment: Comment): string => on.github.reactions(comment).at(-1) ?? 'none'
const [yes, no] = ['rocket', '-1']
/** Whoever is nobody here gets a reaction where there is room for it. */
const unheard: unknown = expect.stringMatching(/^(confused|none)$/)

const isGiven = async ({ who, id }: Asked, what: string): Promise<void> => {
  await line(on, 'grant.activated', { grant: id })
  expect(reads(on, who, what)).toBe(true)
}
const waits = async ({ who, id }: Asked, what: string): Promise<void> => {
  expect(await grantOf(on, id)).toMatchObject({ phase: 'requested' })
  expect(reads(on, who, what)).toBe(false)
}
const waitingCode = async (id: string): Promise<string> => {
  const grant = await grantOf(on, id)
  const waiting = 'extension' in grant && grant.extension ? grant.extension : grant
  return waiting.revision.code
}

describe('an approval', () => {
  test('by one of a team gives it', async () => {
    const request = await ask('by-one')
    await told(on, request.subject, 'waits for approval', request.code, 'team `sre`')
    await announced(on, request.subject, '@acme/sre', '**Needs approval:**', request.code)
    expect(await approve(request, memberOf(sre))).toEqual(yes)
    await isGiven(request, 'by-one')
    await told(on, request.subject, '**active**')
    await announced(on, request.subject, `@${request.who.person.login}`, '**Granted:**', 'by-one')
    // Single use: the same code again, by another one.
    expect(await approve(request, memberOf(sre))).toEqual(no)
    await answered(on, request.subject, 'names nothing that waits')
  })

  test('in other letters is the same code', async () => {
    const request = await ask('by-one')
    const typed = `\`${request.code.toLowerCase().replace('-', '').replaceAll('1', 'l')}\``
    expect(await approve(request, memberOf(sre), typed)).toEqual(yes)
    await isGiven(request, 'by-one')
  })

  test('by a person whom the policy names', async () => {
    const request = await ask('by-person')
    expect(await approve(request, memberOf(sre))).toEqual(unheard)
    await waits(request, 'by-person')
    expect(await approve(request, on.people.mona)).toEqual(yes)
    await isGiven(request, 'by-person')
  })

  test('by whoever the policy’s list has on call', async () => {
    const request = await ask('by-list')
    await told(on, request.subject, 'on call', '`primary`')
    expect(await approve(request, memberOf(sre, leads))).toEqual(unheard)
    expect(await approve(request, on.people.octocat)).toEqual(yes)
    await isGiven(request, 'by-list')
  })

  test('by two of them, of whom each counts once', async () => {
    const request = await ask('by-two')
    const [first, second] = [memberOf(sre), memberOf(sre)]
    expect(await approve(request, first)).toEqual(yes)
    await waits(request, 'by-two')
    expect(await approve(request, first)).toEqual(no)
    await answered(on, request.subject, 'You have approved this before.')
    await waits(request, 'by-two')
    expect(await approve(request, second)).toEqual(yes)
    await isGiven(request, 'by-two')
  })

  test('in two stages, one after the other, of whom each person counts in one', async () => {
    const request = await ask('in-stages')
    const [lead, both, other] = [memberOf(leads), memberOf(leads, sre), memberOf(sre)]
    expect(await approve(request, other)).toEqual(no)
    await answered(on, request.subject, 'Stage 1 of 2 comes first')
    expect(await approve(request, both)).toEqual(yes)
    expect(await approve(request, lead)).toEqual(no)
    await answered(on, request.subject, 'has its approval')
    expect(await approve(request, both)).toEqual(no)
    expect(await approve(request, other)).toEqual(yes)
    await waits(request, 'in-stages')
    expect(await approve(request, on.people.mona)).toEqual(yes)
    await isGiven(request, 'in-stages')
  })

  test('of a request under another one’s code gives the other', async () => {
    const one = await ask('by-one')
    const two = await ask('by-one', one.subject)
    expect(await approve(one, memberOf(sre), two.code)).toEqual(yes)
    await isGiven(two, 'by-one')
    await waits(one, 'by-one')
  })

  test('elsewhere than where it was asked for names nothing', async () => {
    const request = await ask('by-one')
    const elsewhere = on.github.openIssue(on.repository, { author: 'alice' })
    const by = memberOf(sre)
    // Whoever writes may be heard there, and finds nothing.
    on.github.setRole(on.repository, by, 'write')
    expect(await approve({ ...request, subject: elsewhere }, by)).toEqual(no)
    await answered(on, elsewhere, 'names nothing that waits')
    await waits(request, 'by-one')
  })

  test('by who left the team since then does not count', async () => {
    const request = await ask('by-one')
    const by = memberOf(sre)
    on.github.setRole(on.repository, by, 'write')
    on.github.leaveTeam(sre, 'alice', by)
    expect(await approve(request, by)).toEqual(no)
    await answered(on, request.subject, 'does not name you as an approver')
    await waits(request, 'by-one')
  })
})

describe('separation: no approval by', () => {
  interface People {
    readonly who: Member
    readonly author: Account
    readonly pusher: Account
  }
  const cases: readonly (readonly [string, (people: People) => Account])[] = [
    ['who receives and asked', ({ who }) => who.person],
    ['the author', ({ author }) => author],
    ['who pushed to the head', ({ pusher }) => pusher],
  ]
  test.each(cases)('%s', async (_, chosen) => {
    const [author, pusher, other] = [somebody(), somebody(), somebody()]
    const pull: PullRequest = on.github.openPullRequest(on.repository, {
      author: author.person,
      files: { [`services/orders/${on.repository.nextNumber}.ts`]: 'export {}\n' },
    })
    on.github.push(pull, pusher.person, { 'services/orders/pushed.ts': '1\n' })
    const request = await ask('by-backend', pull)
    await check(on, pull, { status: 'completed', conclusion: 'action_required' })
    const by = chosen({ who: request.who, author: author.person, pusher: pusher.person })
    expect(await approve(request, by)).toEqual(no)
    await answered(on, pull, 'Who asked for it, receives it or worked on it does not approve it.')
    await waits(request, 'by-backend')
    expect(await approve(request, other.person)).toEqual(yes)
    await isGiven(request, 'by-backend')
    await check(on, pull, { conclusion: 'neutral' })
  })

  test('anybody, and yes by somebody else with the button of its check', async () => {
    const [author, other] = [somebody(), somebody()]
    const pull = on.github.openPullRequest(on.repository, {
      author: author.person,
      files: { [`services/orders/${on.repository.nextNumber}.ts`]: 'export {}\n' },
    })
    const request = await ask('by-backend', pull)
    const offer = await found(on, 'a check of the offer', () =>
      on.github
        .checks(pull.pull.headSha)
        .find(
          ({ name, status }) => name === `hallpass/offer ${request.code}` && status === 'completed',
        ),
    )
    expect(offer.actions.map(({ identifier }) => identifier)).toEqual([
      'approve',
      'deny',
      'withdraw',
    ])
    await handled(on, on.github.press(offer, author.person, 'approve'))
    await waits(request, 'by-backend')
    await handled(on, on.github.press(offer, other.person, 'approve'))
    await isGiven(request, 'by-backend')
    const access = await check(on, pull, { status: 'completed', conclusion: 'neutral' })
    expect(access.actions.map(({ identifier }) => identifier)).toEqual(['done', 'extend', 'revoke'])
    await handled(on, on.github.press(access, request.who.person, 'done'))
    await ended(on, request.id)
    expect(reads(on, request.who, 'by-backend')).toBe(false)
    await check(on, pull, { conclusion: 'success' })
  })

  test('anybody is lifted where the policy says so', async () => {
    const request = await ask('not-separate')
    expect(await approve(request, request.who.person)).toEqual(yes)
    await isGiven(request, 'not-separate')
  })
})

describe('a denial', () => {
  test('by an approver ends the request, and says why', async () => {
    const request = await ask('by-two')
    expect(await approve(request, memberOf(sre))).toEqual(yes)
    const { comment } = await say(
      on,
      request.subject,
      memberOf(sre),
      `/access deny ${request.code} because staging is enough`,
    )
    expect(verdictOn(comment)).toEqual(yes)
    expect(await grantOf(on, request.id)).toMatchObject({
      phase: 'denied',
      detail: 'staging is enough',
    })
    await told(on, request.subject, 'denied')
    await announced(on, request.subject, '**Denied:**', `@${request.who.person.login}`)
    expect(await approve(request, memberOf(sre))).toEqual(unheard)
    expect(reads(on, request.who, 'by-two')).toBe(false)
  })

  test('by anybody else does nothing', async () => {
    const request = await ask('by-one')
    const writer = somebody().person
    const { comment } = await say(on, request.subject, writer, `/access deny ${request.code}`)
    expect(verdictOn(comment)).toEqual(no)
    await answered(on, request.subject, 'Only who may approve this may deny it.')
    await waits(request, 'by-one')
  })
})

test('what nobody approved in time lapses', async () => {
  const request = await ask('lapses')
  clock.turn(119 * minute)
  await waits(request, 'lapses')
  clock.turn(2 * minute)
  await line(on, 'grant.lapsed', { grant: request.id })
  await told(on, request.subject, 'lapsed')
  expect(await approve(request, memberOf(sre))).toEqual(unheard)
  expect(reads(on, request.who, 'lapses')).toBe(false)
})

describe('a change of the policy while it waits', () => {
  afterEach(() => writeFile(on.hallpass.policyPath, policy))
  const changed = (lease: string) =>
    writeFile(
      on.hallpass.policyPath,
      catalog(
        rules.map(([name, rule, of]) =>
          name === 'by-two'
            ? ([name, rule, { ...of, lease: { default: lease, max: '4h' } }] as const)
            : ([name, rule, of] as const),
        ),
        more,
      ),
    )

  test('makes a new code, says so, and counts no former approval', async () => {
    const request = await ask('by-two')
    const [first, second, third] = [memberOf(sre), memberOf(sre), memberOf(sre)]
    expect(await approve(request, first)).toEqual(yes)
    await changed('30m')
    expect(await approve(request, second)).toEqual(no)
    await waits(request, 'by-two')
    const code = await waitingCode(request.id)
    expect(code).not.toBe(request.code)
    await answered(on, request.subject, 'has changed since it was shown', code)
    expect(await approve(request, second)).toEqual(no)

    const anew = { ...request, code }
    expect(await approve(anew, second)).toEqual(yes)
    await waits(request, 'by-two')
    expect(await approve(anew, third)).toEqual(yes)
    await isGiven(request, 'by-two')
    expect((await grantOf(on, request.id)).revision.number).toBe(2)
  })

  test('that offers the role no more refuses the approval', async () => {
    const request = await ask('by-one')
    await writeFile(
      on.hallpass.policyPath,
      catalog(
        rules.filter(([name]) => name !== 'by-one'),
        more,
      ),
    )
    expect(await approve(request, memberOf(sre))).toEqual(no)
    await waits(request, 'by-one')
    await answered(on, request.subject, 'No rule gives `by-one` here')
  })
})

describe('an extension', () => {
  async function holding(what: string): Promise<Asked> {
    const request = await ask(what)
    await approve(request, memberOf(sre))
    await isGiven(request, what)
    return request
  }
  const extend = async ({ subject, who }: Asked, time: string): Promise<Comment> =>
    (await say(on, subject, who.person, `/access extend ${time}`)).comment
  const endOf = async (id: string) => {
    const grant = await grantOf(on, id)
    return 'endsAt' in grant ? grant.endsAt : 0
  }

  test('needs what the first lease needed, and moves the end once it has it', async () => {
    const held = await holding('by-one')
    const before = await endOf(held.id)
    expect(verdictOn(await extend(held, '3h'))).toEqual(yes)
    expect(await endOf(held.id)).toBe(before)
    const code = await waitingCode(held.id)
    expect(code).not.toBe(held.code)
    await told(on, held.subject, code)
    // The first lease's code extends nothing, and its holder approves nothing.
    const by = memberOf(sre)
    expect(await approve(held, by)).toEqual(no)
    expect(await approve({ ...held, code }, held.who.person)).toEqual(no)
    expect(await endOf(held.id)).toBe(before)
    expect(await approve({ ...held, code }, by)).toEqual(yes)
    expect(await endOf(held.id)).toBeGreaterThan(before)
    await written(on, held.who, 2)
    clock.turn(90 * minute)
    expect(reads(on, held.who, 'by-one')).toBe(true)
  })

  test('that nobody approved leaves the end where it was', async () => {
    const held = await holding('by-one')
    await extend(held, '3h')
    clock.turn(61 * minute)
    await ended(on, held.id)
    expect(await grantOf(on, held.id)).toMatchObject({ reason: 'expired' })
    expect(reads(on, held.who, 'by-one')).toBe(false)
  })

  test('is denied and withdrawn without ending what runs', async () => {
    const held = await holding('by-one')
    await extend(held, '3h')
    const denied = await waitingCode(held.id)
    await say(on, held.subject, memberOf(sre), `/access deny ${denied}`)
    expect(waitingOf(await grantOf(on, held.id))).toBeUndefined()
    await extend(held, '3h')
    await say(on, held.subject, held.who.person, '/access withdraw')
    expect(waitingOf(await grantOf(on, held.id))).toBeUndefined()
    expect(inShort(await cameOf(on, held.subject))).toEqual([
      `${held.who.person.login} by-one active`,
    ])
    expect(reads(on, held.who, 'by-one')).toBe(true)
  })
})
