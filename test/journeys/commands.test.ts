// Each command of a comment: what it does to grants and in IAM, how it is acknowledged, and what is answered.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Comment, Issue, PullRequest } from '../../sandbox/github/index.ts'
import type { Grant } from '../../src/domain/grants/types.ts'
import {
  announced,
  answered,
  cameOf,
  inShort,
  logged,
  say,
  told,
  written,
} from '../support/acts.ts'
import { castOf, catalog, reads, type Member } from '../support/catalog.ts'
import { begin, type Journey } from '../support/journey.ts'
import { countOf, ended, grantOf, line, refused } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const minute = 60_000
const clock = turnedClock()
let on: Journey
const somebody = castOf(() => on)

const policy = catalog([
  ['plain', { when: { requested: {} } }],
  ['other', { when: { requested: {} } }],
  ['guarded', { when: { requested: {} } }, { approval: { by: ['team:approvers'], count: 1 } }],
  ['labeled', { when: { labeled: ['give-labeled'] }, to: 'author' }],
  ['labelers', { when: { labeled: ['give-labelers'] }, to: 'sender' }],
])

beforeAll(async () => {
  on = await begin({ clock, policy, timing: { standingEveryMs: 60 * minute } })
})
afterAll(() => on.end())
beforeEach(() => clock.turn(3 * minute))

const issueBy = ({ person }: Member): Issue =>
  on.github.openIssue(on.repository, { author: person })
const pullBy = ({ person }: Member): PullRequest =>
  on.github.openPullRequest(on.repository, {
    author: person,
    files: { [`services/orders/${on.repository.nextNumber}.ts`]: 'export {}\n' },
  })

const done = ['eyes', 'rocket']
const no = ['eyes', '-1']
/** Of those who may not write here: one reaction, where there is room for it. */
const unheard = [[], ['confused']]
const reactions = ({ comment }: { readonly comment: Comment }) => on.github.reactions(comment)

/** The verbs that were refused on this subject, as the log has them. */
const against = async (subject: Issue) =>
  (await logged(on, subject, 'command.refused')).map(({ verb }) => verb)

async function approver(): Promise<Member> {
  const member = somebody({ writes: false, backend: false })
  const team =
    [...on.github.world.teams.values()].find(({ slug }) => slug === 'approvers') ??
    on.github.addTeam(on.organization, 'approvers')
  on.github.setTeamMembership(team, member.person)
  return member
}

interface Holding {
  readonly who: Member
  readonly subject: Issue
  readonly grant: Grant
}
async function holding(what = 'plain', subject?: Issue): Promise<Holding> {
  const who = somebody()
  const where = subject ?? issueBy(who)
  const { delivery } = await say(on, where, who.person, `/access request ${what}`)
  const grants = await cameOf(on, where, [delivery])
  const grant = grants.find(({ revision }) => revision.offer.recipient.id === who.person.id)
  if (grant === undefined) throw new Error(`${what} was not given`)
  return { who, subject: where, grant }
}

describe('request', () => {
  test('gives for so long, for a reason that is kept', async () => {
    const who = somebody()
    const pull = pullBy(who)
    const text = '/access request plain for 90m because of the failing rollout'
    const said = await say(on, pull, who.person, text)
    const [grant] = await cameOf(on, pull)
    expect(grant?.revision.offer).toMatchObject({
      leaseSeconds: 5_400,
      reason: 'of the failing rollout',
      requester: { id: who.person.id },
    })
    expect(reads(on, who, 'plain')).toBe(true)
    expect(reactions(said)).toEqual(done)
    await told(on, pull, '**active**', '1h 30m')
  })

  const mistakes: readonly (readonly [string, string, string, string])[] = [
    ['for longer than the role lasts', 'plain for 5h', 'lease-too-long', 'at most 4h'],
    ['for a role that nobody offers', 'plan', 'no-such-rule', 'Did you mean `plain`?'],
    ['for a role that a label gives', 'labeled', 'no-such-rule', '`/access roles` lists'],
  ]
  test.each(mistakes)('%s is refused', async (_, what, code, answer) => {
    const who = somebody()
    const issue = issueBy(who)
    const said = await say(on, issue, who.person, `/access request ${what}`)
    expect(await refused(on, [said.delivery])).toEqual([code])
    expect(reactions(said)).toEqual(no)
    expect(await cameOf(on, issue)).toEqual([])
    await told(on, issue, '**Refused**', answer)
  })

  test('twice gives once', async () => {
    const { who, subject } = await holding()
    const again = await say(on, subject, who.person, '/access request plain')
    expect(await refused(on, [again.delivery])).toEqual(['already-held'])
    expect(await cameOf(on, subject)).toHaveLength(1)
    expect(reactions(again)).toEqual(no)
  })

  test('delivered once more, or replayed under another id, gives once', async () => {
    const { subject, grant } = await holding()
    const first = on.github.lastDelivery('issue_comment', 'created')
    await say(on, subject, on.people.alice, '/access revoke')
    await ended(on, grant.id)
    on.github.redeliver(first.id)
    on.github.replay(first.id)
    await on.github.deliveriesSettled()
    await say(on, subject, on.people.alice, '/access status')
    expect(inShort(await cameOf(on, subject))).toEqual([
      `${grant.revision.offer.recipient.login} plain ended`,
    ])
  })

  test('by who may only triage gets a reaction, and no word', async () => {
    const issue = issueBy(somebody())
    const said = await say(on, issue, on.people.tom, '/access request plain')
    expect(unheard).toContainEqual(reactions(said))
    expect(await cameOf(on, issue)).toEqual([])
    expect(on.github.comments(issue)).toHaveLength(1)
    expect(await against(issue)).toEqual(['request'])
  })
})

describe('extend', () => {
  test('moves the end, in IAM as well', async () => {
    const { who, subject, grant } = await holding()
    clock.turn(50 * minute)
    const said = await say(on, subject, who.person, '/access extend 2h')
    expect(reactions(said)).toEqual(done)
    const [longer] = await cameOf(on, subject)
    expect(longer).toMatchObject({ phase: 'active', id: grant.id })
    await written(on, who, 2)
    clock.turn(30 * minute)
    expect(reads(on, who, 'plain')).toBe(true)
    await told(on, subject, '**active**', '2h')
    clock.turn(91 * minute)
    await ended(on, grant.id)
    expect(reads(on, who, 'plain')).toBe(false)
  })

  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ['to an end that is no later', '10m', /no later/],
    ['past the role’s longest lease', '9h', /at most 4h/],
    ['by no time at all', 'soon', /is no time/],
  ]
  test.each(refusals)('%s is refused', async (_, time, why) => {
    const { who, subject, grant } = await holding()
    const said = await say(on, subject, who.person, `/access extend ${time}`)
    expect(reactions(said)).toEqual(no)
    await answered(on, subject, why)
    expect(await grantOf(on, grant.id)).toMatchObject({ endsAt: endOf(grant) })
  })

  test('of what somebody else holds is refused', async () => {
    const { subject, grant } = await holding()
    const said = await say(on, subject, somebody().person, '/access extend 2h')
    expect(reactions(said)).toEqual(no)
    await answered(on, subject, 'You hold nothing here')
    expect(await grantOf(on, grant.id)).toMatchObject({ endsAt: endOf(grant) })
  })

  const endOf = (grant: Grant) => ('endsAt' in grant ? grant.endsAt : undefined)
})

describe('done', () => {
  test('ends all that its writer holds here, and nothing else', async () => {
    const { who, subject, grant } = await holding()
    const second = await holding('plain', subject)
    await say(on, subject, who.person, '/access request other')
    await cameOf(on, subject)
    const said = await say(on, subject, who.person, '/access done')
    expect(reactions(said)).toEqual(done)
    await ended(on, grant.id)
    expect(await grantOf(on, grant.id)).toMatchObject({ reason: 'done' })
    expect([reads(on, who, 'plain'), reads(on, second.who, 'plain')]).toEqual([false, true])
    const mine = (await cameOf(on, subject)).filter(
      ({ revision }) => revision.offer.recipient.id === who.person.id,
    )
    expect(mine.map(({ phase }) => phase.startsWith('end'))).toEqual([true, true])
    await told(on, subject, /done/)
  })

  test('by who holds nothing is answered so', async () => {
    const { subject, who } = await holding()
    const said = await say(on, subject, on.people.alice, '/access done')
    expect(reactions(said)).toEqual(no)
    await answered(on, subject, 'You hold nothing here.')
    expect(reads(on, who, 'plain')).toBe(true)
  })

  test('is heard from a holder who may only read by now', async () => {
    const { who, subject, grant } = await holding()
    on.github.changeCollaborator(on.repository, 'alice', who.person, 'read')
    await say(on, subject, who.person, '/access done')
    await ended(on, grant.id)
    expect(reads(on, who, 'plain')).toBe(false)
  })
})

describe('withdraw', () => {
  test('takes back what waits', async () => {
    const { who, subject } = await holding('guarded')
    const said = await say(on, subject, who.person, '/access withdraw')
    expect(reactions(said)).toEqual(done)
    expect(inShort(await cameOf(on, subject))).toEqual([`${who.person.login} guarded withdrawn`])
    await told(on, subject, 'withdrawn')
  })

  test('with a code takes back that alone', async () => {
    const { who, subject, grant } = await holding('guarded')
    const other = await say(on, subject, who.person, '/access withdraw AAAA-AAAA')
    expect(reactions(other)).toEqual(no)
    expect(await grantOf(on, grant.id)).toMatchObject({ phase: 'requested' })
    await say(on, subject, who.person, `/access withdraw ${grant.revision.code.toLowerCase()}`)
    expect(await grantOf(on, grant.id)).toMatchObject({ phase: 'withdrawn' })
  })

  test('takes back nothing of others', async () => {
    const { subject, grant } = await holding('guarded')
    const said = await say(on, subject, on.people.alice, '/access withdraw')
    expect(reactions(said)).toEqual(no)
    await answered(on, subject, 'Nothing that you asked for waits here.')
    expect(await grantOf(on, grant.id)).toMatchObject({ phase: 'requested' })
  })
})

describe('revoke', () => {
  test('ends all that is held here, and what waits', async () => {
    const { who, subject, grant } = await holding()
    const second = await holding('plain', subject)
    const third = await holding('guarded', subject)
    const said = await say(on, subject, on.people.alice, '/access revoke')
    expect(reactions(said)).toEqual(done)
    await ended(on, grant.id)
    await ended(on, second.grant.id)
    expect([who, second.who].map((each) => reads(on, each, 'plain'))).toEqual([false, false])
    expect(await grantOf(on, grant.id)).toMatchObject({ reason: 'revoked' })
    expect(await grantOf(on, third.grant.id)).toMatchObject({ phase: 'withdrawn' })
    await told(on, subject, /revoked/)
    await announced(on, subject, '**Ended early:**', `@${who.person.login}`)
  })

  test.each([
    ['a person', ({ who }: Holding) => `@${who.person.login}`],
    ['a grant', ({ grant }: Holding) => grant.id],
    ['a code', ({ grant }: Holding) => grant.revision.code],
    ['a grant, as telephones write it', ({ grant }: Holding) => grant.id.toUpperCase()],
  ])('ends what %s alone has', async (_, target) => {
    const one = await holding()
    const other = await holding('plain', one.subject)
    await say(on, one.subject, on.people.alice, `/access revoke ${target(one)}`)
    await ended(on, one.grant.id)
    expect([one, other].map(({ who }) => reads(on, who, 'plain'))).toEqual([false, true])
  })

  test.each([
    ['somebody who holds nothing', '@octocat', /holds nothing here/],
    ['a grant that is not here', '0123456789ab', /no grant .* here/],
    ['a code that names nothing', 'K7Q2-9MXD', /names nothing here/],
    ['anything else', 'everything', /neither an `@user`, nor/],
  ])('of %s is answered so', async (_, target, answer) => {
    const { who, subject } = await holding()
    const said = await say(on, subject, on.people.alice, `/access revoke ${target}`)
    expect(reactions(said)).toEqual(no)
    await answered(on, subject, answer)
    expect(reads(on, who, 'plain')).toBe(true)
  })

  test('by who may only read, and approves nothing of it, gets a reaction', async () => {
    const { who, subject } = await holding()
    const reader = somebody({ writes: false })
    const said = await say(on, subject, reader.person, '/access revoke')
    expect(unheard).toContainEqual(reactions(said))
    expect(reads(on, who, 'plain')).toBe(true)
    const [own] = on.github.comments(subject).filter(({ body }) => body.includes('/access revoke`'))
    expect(own).toBeUndefined()
  })

  test('by an approver who may only read takes away what they approve', async () => {
    const yes = await approver()
    const { who, subject, grant } = await holding('guarded')
    const plain = await holding('plain', subject)
    await say(on, subject, yes.person, `/access approve ${grant.revision.code}`)
    await cameOf(on, subject)
    expect(reads(on, who, 'guarded')).toBe(true)
    await say(on, subject, yes.person, '/access revoke')
    await ended(on, grant.id)
    expect(reads(on, who, 'guarded')).toBe(false)
    expect(reads(on, plain.who, 'plain')).toBe(true)
  })
})

describe('what only answers', () => {
  test('status says what is held, and how late access was gone', async () => {
    const former = await holding()
    await say(on, former.subject, former.who.person, '/access done')
    await ended(on, former.grant.id)
    const { subject } = await holding()
    await holding('guarded', subject)
    const said = await say(on, subject, on.people.alice, '/access status')
    expect(reactions(said)).toEqual(done)
    await answered(on, subject, '1 held', '1 waiting for approval')
    await answered(on, subject, /was gone [\d.]+ (s|min) \(p50\), .* after its time \(\d+ removal/)
  })

  test('roles lists what could be asked for, and what it takes', async () => {
    const who = somebody({ backend: false })
    const issue = issueBy(who)
    await say(on, issue, who.person, '/access roles')
    await answered(on, issue, '`plain`', '`guarded`', 'team `approvers`', '`/access request plain`')
    await answered(on, issue, /`plain`.*\| no: /)
    const mate = somebody()
    await say(on, issue, mate.person, '/access roles')
    await answered(on, issue, /`plain`.*\| yes \|/)
  })

  test('why says step by step what stands in the way', async () => {
    const who = somebody({ backend: false })
    const issue = issueBy(who)
    await say(on, issue, who.person, '/access why plain')
    await answered(on, issue, `\`${who.person.login}\` and \`plain\``, 'would not give it', '❌')
    const mate = somebody()
    await say(on, issue, mate.person, '/access why plain')
    await answered(on, issue, `\`${mate.person.login}\` and \`plain\``, 'would give it')
    expect(await cameOf(on, issue)).toEqual([])
  })

  test('why about others is for who approves the role alone', async () => {
    const who = somebody()
    const issue = issueBy(who)
    const about = `/access why @${who.person.login} guarded`
    const curious = await say(on, issue, on.people.alice, about)
    expect(reactions(curious)).toEqual(no)
    await answered(on, issue, 'Only who approves `guarded` may ask about others.')
    const yes = await approver()
    const asked = await say(on, issue, yes.person, about)
    expect(reactions(asked)).toEqual(['rocket'])
    await answered(on, issue, `\`${who.person.login}\` and \`guarded\``, 'would give it')
    await say(on, issue, yes.person, '/access why @nobody-here guarded')
    await answered(on, issue, '`nobody-here` has no part in this')
  })

  test('why supposes that whoever would receive adds the label, where who adds it receives', async () => {
    const who = somebody()
    const issue = issueBy(who)
    const admin = somebody({ backend: false })
    on.github.setRole(on.repository, admin.person, 'admin')
    const about = `/access why @${who.person.login} labelers`
    await say(on, issue, admin.person, about)
    await answered(
      on,
      issue,
      'None of the labels `give-labelers` is there; adding one asks for it.',
      `\`${who.person.login}\` receives, as \`sender\``,
    )
  })

  test.each(['/access help', '/access', '/access HELP'])('%s lists the commands', async (text) => {
    const reader = somebody({ writes: false })
    const issue = issueBy(somebody())
    const said = await say(on, issue, reader.person, text)
    expect(reactions(said)).toEqual(['rocket'])
    await answered(on, issue, '`/access approve <code>`', '`/access revoke [@user \\| code]`')
  })
})

describe('what is no command', () => {
  test.each([
    ['/access reqest plain', 'Did you mean `request`?'],
    ['/access dnoe', 'Did you mean `done`?'],
    ['/access xyzzy', '`xyzzy` is no command.'],
    ['/access approve soon', '`soon` is no code'],
    ['/access request', 'The role is missing'],
    ['/access request plain for ever', '`ever` is no time'],
    ['/access request plain because', 'Write the reason after `because`.'],
    ['/access done now', '`now` is not expected there.'],
    ['/access request plain --break-glass', 'Breaking the glass needs a reason'],
  ])('%s is answered with what was meant', async (text, answer) => {
    const who = somebody()
    const issue = issueBy(who)
    const said = await say(on, issue, who.person, text)
    expect(reactions(said)).toEqual(no)
    await answered(on, issue, answer)
    expect(await cameOf(on, issue)).toEqual([])
  })

  test('by who may not write gets a reaction alone', async () => {
    const issue = issueBy(somebody())
    const said = await say(on, issue, somebody({ writes: false }).person, '/access reqest plain')
    expect(unheard).toContainEqual(reactions(said))
    expect(on.github.comments(issue)).toHaveLength(1)
  })

  test('is another bot’s command, and prose', async () => {
    const issue = issueBy(somebody())
    for (const text of ['/approve', '/lgtm\n/accessible', 'Please write /access request plain']) {
      const said = await say(on, issue, on.people.alice, text)
      expect(reactions(said)).toEqual([])
    }
    expect(await cameOf(on, issue)).toEqual([])
    expect(await against(issue)).toEqual([])
  })
})

describe('several in one comment', () => {
  test('are taken up where GitHub stopped to answer, and none is carried out or refused twice', async () => {
    const who = somebody()
    const issue = issueBy(who)
    const about = { repo: issue.repositoryId, subject: issue.number }
    const off = on.github.intercept((_call, phase) =>
      phase === 'before' && countOf(on, 'grant.requested', about) === 1
        ? new Response('down', { status: 503 })
        : undefined,
    )
    const text = '/access request plain\n/access request other'
    const comment = on.github.comment(issue, who.person, text)
    const { id } = on.github.lastDelivery('issue_comment', 'created')
    await line(on, 'delivery.failed', { delivery: id })
    off()
    const [delivery] = on.github.deliveries.filter((each) => each.id === id)
    const grants = await cameOf(on, issue, delivery ? [delivery] : [])
    expect(inShort(grants)).toEqual([
      `${who.person.login} other active`,
      `${who.person.login} plain active`,
    ])
    expect(delivery && (await refused(on, [delivery]))).toEqual([])
    expect(on.github.reactions(comment)).toEqual(done)
  })

  test('are carried out in their order, each with its answer', async () => {
    const who = somebody()
    const issue = issueBy(who)
    const text = 'Please.\n\n/access request plain\n/access request other for 30m\n/access roles'
    const said = await say(on, issue, who.person, text)
    expect(inShort(await cameOf(on, issue))).toEqual([
      `${who.person.login} other active`,
      `${who.person.login} plain active`,
    ])
    expect([reads(on, who, 'plain'), reads(on, who, 'other')]).toEqual([true, true])
    expect(reactions(said)).toEqual(done)
    await answered(on, issue, '`/access request plain`')
  })

  test('one of which is refused still do the others, and the worst is shown', async () => {
    const who = somebody()
    const issue = issueBy(who)
    const text = '/access request plain\n/access request nothing-such\n/access done'
    const said = await say(on, issue, who.person, text)
    const [grant] = await cameOf(on, issue)
    await ended(on, grant?.id ?? '')
    expect(inShort(await cameOf(on, issue))).toEqual([`${who.person.login} plain ended`])
    expect(reactions(said)).toEqual(no)
  })

  test('more than five are not read past the fifth, which is said', async () => {
    const who = somebody()
    const issue = issueBy(who)
    const six = [1, 2, 3, 4, 5].map(() => '/access status')
    const said = await say(on, issue, who.person, [...six, '/access request plain'].join('\n'))
    expect(await cameOf(on, issue)).toEqual([])
    expect(reads(on, who, 'plain')).toBe(false)
    expect(reactions(said)).toEqual(no)
    await answered(on, issue, 'at most five commands', '1 more was not read')
  })
})
