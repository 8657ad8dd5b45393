// Defends: whose word counts. A yes is a person's own, written now, by somebody whom the policy names and GitHub lets in.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PullRequest } from '../../sandbox/github/index.ts'
import {
  approved,
  askedToReview,
  beginGuarded,
  ownComments,
  refusalsOf,
  says,
  standsNot,
  stillWaits,
  told,
  type Guarded,
  type Waits,
} from '../support/guarded.ts'
import { newcomer } from '../support/newcomer.ts'
import { checksOn, countOf, handled, line, openPull, ours } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const notNamed = 'The policy does not name you as an approver of this role.'
const noSuchCode =
  'That code names nothing that waits for approval here. The code that counts is the one shown now.'

const clock = turnedClock()
const minute = 60_000
let on: Guarded
let pull: PullRequest
let waits: Waits
beforeAll(async () => {
  on = await beginGuarded({ clock })
  pull = openPull(on)
  waits = await askedToReview(on, pull, on.people.octocat)
})
afterAll(() => on.end())

const yes = () => `/access approve ${waits.code}`

describe('a comment', () => {
  test('that a writer edits into an approval in an approver’s name is never read', async () => {
    const { sara, bob } = on.cast
    const { comment: harmless } = await says(on, pull, sara, 'Looks good, I shall look at it.')
    for (const by of [bob, sara]) {
      const edited = on.github.editComment(harmless, by, yes())
      await on.github.deliveriesSettled()
      for (const { id, state } of edited) {
        expect(state).toBe('delivered')
        expect(countOf(on, 'delivery.stored', { delivery: id })).toBe(0)
      }
      await stillWaits(on, waits)
    }
    expect(on.github.reactions(harmless)).toEqual([])
  })

  test('that is hidden, deleted or edited after it was written counts as it was written', async () => {
    const { sara } = on.cast
    const { refusals, comment: written } = await says(on, pull, sara, '/access approve 0000-0000')
    on.github.editComment(written, sara, yes())
    on.github.deleteComment(written, sara)
    expect(refusals).toEqual([noSuchCode])
    await stillWaits(on, waits)
  })

  test('whose author is not its sender is nobody’s word', async () => {
    const { sara, bob } = on.cast
    const written = on.github.untold(() => on.github.comment(pull, sara, yes()))
    const payload = JSON.parse(on.github.lastDelivery('issue_comment', 'created').body) as Record<
      string,
      unknown
    >
    const sender = { ...(payload['sender'] as object), id: bob.id, login: bob.login }
    await handled(on, [on.github.send('issue_comment', { ...payload, sender })])
    expect(refusalsOf(on, written)).toEqual([])
    await stillWaits(on, waits)
  })

  test.each(['a bot', 'an approver through another App'])('of %s is nobody’s word', async (who) => {
    const [by, how] =
      who === 'a bot'
        ? (['renovate[bot]', {}] as const)
        : ([on.cast.sara, { viaApp: true }] as const)
    const { delivery, comment: written } = await says(on, pull, by, yes(), how)
    await line(on, 'command.ignored', { delivery: delivery.id, because: 'no person' })
    expect(on.github.reactions(written)).toEqual([])
    await stillWaits(on, waits)
  })

  test.each<readonly [string, string]>([
    ['a Cyrillic letter in the name', `/\u0430ccess approve CODE`],
    ['a full-width slash', `\uff0faccess approve CODE`],
    ['a zero-width space in the verb', `/access app\u200brove CODE`],
    ['a non-breaking space before the code', `/access approve\u00a0CODE`],
    ['the code turned from right to left', `/access approve \u202eCODE`],
    ['a quotation', `> /access approve CODE`],
    ['a lazy continuation of one', `> I would not\n/access approve CODE`],
    ['a fence', '```\n/access approve CODE\n```'],
    ['a remark in HTML', '<!--\n/access approve CODE\n-->'],
    ['sixty thousand characters before it', `${'x'.repeat(60_000)}\n/access approve CODE`],
    ['a list', `- /access approve CODE`],
  ])('with %s approves nothing', async (_, written) => {
    await says(on, pull, on.cast.sara, written.replace('CODE', waits.code))
    await stillWaits(on, waits)
  })

  test.each<readonly [string, (code: string) => string]>([
    ['a dotless i for a one', (code) => code.replace('1', '\u0131')],
    ['a long s', (code) => code.replace('S', '\u017f')],
    [
      'full-width digits',
      (code) => code.replaceAll(/\d/g, (d) => String.fromCharCode(0xfee0 + d.charCodeAt(0))),
    ],
  ])('with %s in its code holds no code', async (_, change) => {
    // A code that has what is exchanged.
    const written = change('1S23-4567')
    const { refusals } = await says(on, pull, on.cast.sara, `/access approve ${written}`)
    expect(refusals.join()).toMatch(/is no code/)
  })
})

describe('somebody', () => {
  test('who drives by gets a reaction at most, and no check is touched', async () => {
    clock.turn(2 * minute)
    const mallory = on.github.addUser('mallory')
    const open = on.github.addRepository(on.organization, 'shop-open', {
      id: 7002,
      visibility: 'public',
      roles: { alice: 'write' },
    })
    const theirs = on.github.openPullRequest(open, { author: 'alice', files: { 'a.ts': '1' } })
    const tries = [
      '/access request orders-logs-read',
      `/access approve ${waits.code}`,
      '/access revoke',
      '/access status',
      '/access help',
      '/access frobnicate',
    ]
    const heard = await says(on, theirs, mallory, tries.slice(0, 5).join('\n'))
    const nonsense = await says(on, theirs, mallory, tries[5] ?? '')
    for (const verb of ['request', 'approve', 'revoke', 'status', 'help'])
      expect(heard.refusals).toContain(
        `\`mallory\` has the role \`read\` on this repository, which is not enough for \`${verb}\`.`,
      )
    for (const { comment: written } of [heard, nonsense])
      expect(on.github.reactions(written)).toEqual(['confused'])
    expect(on.github.comments(theirs).every(({ userId }) => userId === mallory.id)).toBe(true)
    expect(on.github.checks(theirs.pull.headSha)).toEqual([])
    await stillWaits(on, waits)
  })

  test('who drives by without end leaves most of what GitHub takes to others', async () => {
    clock.turn(2 * minute)
    const { github, cast } = on
    const written = []
    for (let n = 0; n < 24; n += 1)
      written.push((await says(on, pull, cast.rita, '/access frobnicate')).comment)
    const reactions = written.flatMap((each) => github.reactions(each))
    expect(reactions.length).toBeGreaterThan(0)
    expect(reactions.length).toBeLessThanOrEqual(16)
    const heard = await says(on, pull, cast.bob, '/access frobnicate')
    expect(github.reactions(heard.comment)).toEqual(['eyes', '-1'])
  })

  test('who may only read does not approve, nor does a writer whom nobody named', async () => {
    const { rita, bob } = on.cast
    const before = checksOn(on, pull.pull.headSha).length
    const reader = await says(on, pull, rita, yes())
    expect(reader.refusals).toEqual([
      '`rita` has the role `read` on this repository, which is not enough for `approve`.',
    ])
    const writer = await says(on, pull, bob, yes())
    expect(writer.refusals).toEqual([notNamed])
    const denied = await says(on, pull, bob, `/access deny ${waits.code}`)
    expect(denied.refusals).toEqual(['Only who may approve this may deny it.'])
    await stillWaits(on, waits)
    expect(checksOn(on, pull.pull.headSha)).toHaveLength(before)
  })

  test('whose invitation to the team or to the organization is open is no approver', async () => {
    const { bob } = on.cast
    on.github.setTeamMembership(on.sre, bob, 'pending')
    const { refusals } = await says(on, pull, bob, yes())
    expect(refusals).toEqual([notNamed])
    on.sre.members.delete(bob.id)
    await stillWaits(on, waits)
  })

  test('who took over an approver’s former login is somebody else', async () => {
    const { github, organization, repository, sre } = on
    const carl = github.addUser('carl', { id: 3101 })
    github.setMembership(organization, carl)
    github.setTeamMembership(sre, carl)
    github.renameAccount(carl, 'carl-the-former')
    const usurper = github.addUser('carl', { id: 3102 })
    github.setMembership(organization, usurper)
    github.setRole(repository, usurper, 'write')
    const { refusals } = await says(on, pull, usurper, yes())
    expect(refusals).toEqual([notNamed])
    await stillWaits(on, waits)
  })

  test('whose membership ended before it was delivered is heard no more', async () => {
    const { github, organization, repository, sre } = on
    const dora = github.addUser('dora', { id: 3103 })
    github.setMembership(organization, dora)
    github.setTeamMembership(sre, dora)
    github.setRole(repository, dora, 'write')
    github.leaveOrganization(organization, 'alice', dora)
    github.setRole(repository, dora, 'read')
    // Written before, and delivered after.
    const { refusals } = await says(on, pull, dora, yes())
    expect(refusals).toEqual([
      '`dora` has the role `read` on this repository, which is not enough for `approve`.',
    ])
    await stillWaits(on, waits)
  })

  test('of a team below the approving one may approve, as GitHub counts them', async () => {
    const { github, organization, repository, sre, people } = on
    const nora = github.addUser('nora', { id: 3104 })
    github.setMembership(organization, nora)
    github.setRole(repository, nora, 'read')
    github.addTeam(organization, 'sre-night', { parent: sre, members: [nora] })
    const other = openPull(on)
    const { code, grant } = await askedToReview(on, other, people.mona)
    await says(on, other, nora, `/access approve ${code}`)
    await line(on, 'grant.activated', { grant })
    expect(ours(on, on.iam.mona)).toHaveLength(1)
    await says(on, other, people.mona, '/access done')
    await line(on, 'grant.ended', { grant })
    standsNot(on, on.iam.mona)
  })
})

test('a code is not guessed: wrong ones do nothing, and leave one answer', async () => {
  const { sara, bob } = on.cast
  await told(on, pull, waits.code)
  const before = ownComments(on, pull).length
  const guess = (n: number) => `/access approve ${String(n).padStart(4, '0')}-ZZZZ`
  for (const [round, who] of [bob, sara, bob, sara].entries()) {
    const five = [0, 1, 2, 3, 4].map((n) => guess(round * 5 + n)).join('\n')
    const { refusals } = await says(on, pull, who, five)
    expect(refusals).toEqual(Array.from({ length: 5 }, () => noSuchCode))
  }
  await stillWaits(on, waits)
  // Three answers are kept, whatever was said.
  const { ledger } = on.hallpass.composition.deps
  const { notices = [] } = (await ledger.report(`${pull.repositoryId}#${pull.number}`)) ?? {}
  expect(notices.filter(({ kind }) => kind === 'answer')).toHaveLength(3)
  expect(ownComments(on, pull)).toHaveLength(before)
})

test('and the request that all of them were after is approved by who may', async () => {
  const third = newcomer(on, 1)
  const other = openPull(on)
  await approved(on, other, await askedToReview(on, other, third.person))
  expect(ours(on, third.user)).toHaveLength(1)
  expect(countOf(on, 'grant.approved', { subject: pull.number })).toBe(0)
})
