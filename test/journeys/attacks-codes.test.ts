// Defends: what a yes is for. It counts once, for the very offer whose code it names, judged anew on what is true now.
import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { PullRequest } from '../../sandbox/github/index.ts'
import { account } from '../../sandbox/scene.ts'
import {
  approved,
  asked,
  askedToReview,
  beginGuarded,
  guardedPolicy,
  guardedRole,
  says,
  standsNot,
  stillWaits,
  type Guarded,
  type Guards,
  type Waits,
} from '../support/guarded.ts'
import { newcomer } from '../support/newcomer.ts'
import { countOf, ended, grantOf, handled, line, openPull, ours } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const minute = 60_000
const clock = turnedClock()
let on: Guarded
beforeAll(async () => {
  on = await beginGuarded({ clock })
})
afterAll(() => on.end())
afterEach(() => writeFile(on.hallpass.policyPath, guardedPolicy()))

const noSuchCode =
  'That code names nothing that waits for approval here. The code that counts is the one shown now.'
const saraSaysYes = async (where: PullRequest, code: string) =>
  (await says(on, where, on.cast.sara, `/access approve ${code}`)).refusals
const rewritten = (guards: Guards) => writeFile(on.hallpass.policyPath, guardedPolicy(guards))

describe('approve one thing, and get another: what changed after it was shown is not approved', () => {
  interface Case {
    readonly before?: Guards
    readonly change: (pull: PullRequest) => unknown
  }
  const perOffer: readonly (readonly [string, Case])[] = [
    [
      'principal: the identity map names another user',
      {
        change: async () => {
          on.aws.addUser({ account, name: 'someone-else' })
          const policy = guardedPolicy().replace('user: octocat }', 'user: someone-else }')
          await writeFile(on.hallpass.policyPath, policy)
        },
      },
    ],
    [
      'role: it allows more',
      { change: () => rewritten({ actions: 'logs:FilterLogEvents, logs:DeleteLogGroup' }) },
    ],
    [
      'resource: another one',
      {
        change: () =>
          rewritten({
            resource: `arn:aws:logs:eu-central-1:${account}:log-group:/shop/payments:*`,
          }),
      },
    ],
    ['lease: a longer one', { change: () => rewritten({ lease: '4h' }) }],
    ['lease: a shorter one', { change: () => rewritten({ lease: '5m' }) }],
    [
      'approval: it needs more',
      { change: () => rewritten({ approval: '{ by: [team:sre], count: 2 }' }) },
    ],
    ['until: fewer things end it', { change: () => rewritten({ until: '[closed]' }) }],
    ['policy: its contents alone', { change: () => rewritten({ more: '# Nothing else.' }) }],
    [
      'policy: the repository’s own rules',
      {
        change: () =>
          on.github.putFile(
            on.repository,
            '.github/hallpass.yml',
            `version: 1\nrules:\n  - { name: own, when: { assigned: {} }, give: ${guardedRole} }\n`,
          ),
      },
    ],
    [
      'separation: one more had a hand in the head',
      { change: (pull) => on.github.push(pull, on.cast.bob, { 'b.ts': 'more' }) },
    ],
    [
      'separation: nobody knows who wrote a commit of it',
      {
        change: (pull) => on.github.push(pull, on.people.alice, { 'b.ts': 'm' }, { author: null }),
      },
    ],
    [
      'bound head: a push that nobody has told of yet',
      {
        before: { until: '[pushed, closed]' },
        change: (pull) =>
          on.github.untold(() => on.github.push(pull, on.people.alice, { 'evil.ts': 'x' })),
      },
    ],
  ]

  test.each(perOffer)('%s', async (_, { before, change }) => {
    if (before !== undefined) await rewritten(before)
    const pull = openPull(on)
    const { grant, code } = await askedToReview(on, pull, on.people.octocat)
    await change(pull)

    const [because = ''] = await saraSaysYes(pull, code)
    const now = await grantOf(on, grant)
    expect(now).toMatchObject({ phase: 'requested', approvals: [], revision: { number: 2 } })
    expect(now.revision.code).not.toBe(code)
    expect(because).toBe(
      `What \`${code}\` named has changed since it was shown. Look at it again: its code is \`${now.revision.code}\` now, and former approvals do not count.`,
    )
    expect(on.events).toContainEqual(
      expect.objectContaining({ type: 'grant.revised', revision: now.revision }),
    )
    // The old one names nothing any more.
    expect(await saraSaysYes(pull, code)).toEqual([noSuchCode])
    standsNot(on)
  })

  test('the principal: an IAM user of the same name is another one', async () => {
    const { person, user } = newcomer(on, 1)
    const pull = openPull(on)
    const { grant, code } = await askedToReview(on, pull, person)
    const impostor = on.aws.recreateUser(user)
    expect((await saraSaysYes(pull, code))[0]).toMatch(/has changed since it was shown/)
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'requested', revision: { number: 2 } })
    standsNot(on, impostor)
  })

  test('the recipient, the subject: another request’s code is for that one alone', async () => {
    const [pull, elsewhere] = [openPull(on), openPull(on)]
    const octocats = await askedToReview(on, pull, on.people.octocat)
    const other = newcomer(on, 2)
    const theirs = await askedToReview(on, elsewhere, other.person)
    expect(await saraSaysYes(pull, theirs.code)).toEqual([noSuchCode])
    await stillWaits(on, octocats)
    await stillWaits(on, theirs, other.user)
    const beside = await askedToReview(on, pull, other.person)
    await approved(on, pull, beside)
    await stillWaits(on, octocats)
    expect(await grantOf(on, theirs.grant)).toMatchObject({ phase: 'requested', approvals: [] })
  })

  test('and what is shown anew can be approved, for just that', async () => {
    const { person, user } = newcomer(on, 3)
    const pull = openPull(on)
    const waits = await askedToReview(on, pull, person)
    await rewritten({ lease: '5m' })
    await saraSaysYes(pull, waits.code)
    await approved(on, pull, waits)
    const now = await grantOf(on, waits.grant)
    if (now.phase !== 'active') throw new Error(now.phase)
    expect(now.endsAt - now.approvedAt).toBeLessThanOrEqual(5 * minute)
    expect(ours(on, user)).toHaveLength(1)
  })
})

describe('a push after the approval', () => {
  test('ends what was bound to the commit before it', async () => {
    await rewritten({ until: '[pushed, closed]' })
    const { person, user } = newcomer(on, 4)
    const pull = openPull(on)
    const waits = await askedToReview(on, pull, person)
    await approved(on, pull, waits)
    on.github.push(pull, on.people.alice, { 'evil.ts': 'x' })
    await line(on, 'grant.ending', { grant: waits.grant, reason: 'pushed' })
    await ended(on, waits.grant)
    standsNot(on, user)
  })

  test('before it takes back what waits, and its code with it', async () => {
    await rewritten({ until: '[pushed, closed]' })
    const pull = openPull(on)
    const { grant, code } = await askedToReview(on, pull, on.people.octocat)
    await handled(on, on.github.push(pull, on.people.alice, { 'evil.ts': 'x' }).slice(1))
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'withdrawn' })
    expect(await saraSaysYes(pull, code)).toEqual([noSuchCode])
    standsNot(on)
  })
})

describe('a code', () => {
  test('gives once, whoever uses it again', async () => {
    const { person, user } = newcomer(on, 5)
    const pull = openPull(on)
    const waits = await askedToReview(on, pull, person)
    await approved(on, pull, waits)
    for (const who of [on.cast.sara, on.cast.sven])
      expect((await says(on, pull, who, `/access approve ${waits.code}`)).refusals).toEqual([
        noSuchCode,
      ])
    expect(countOf(on, 'grant.approved', { grant: waits.grant })).toBe(1)
    expect(ours(on, user)).toHaveLength(1)
  })

  test('counts once for each of two who are needed', async () => {
    await rewritten({ approval: '{ by: [team:sre], count: 2 }' })
    const pull = openPull(on)
    const waits = await askedToReview(on, pull, on.people.octocat)
    expect(await saraSaysYes(pull, waits.code)).toEqual([])
    expect(await saraSaysYes(pull, waits.code)).toEqual(['You have approved this before.'])
    const both = await says(
      on,
      pull,
      on.cast.sara,
      `/access approve ${waits.code}\n/access approve ${waits.code}`,
    )
    expect(both.refusals).toEqual(Array(2).fill('You have approved this before.'))
    expect(await grantOf(on, waits.grant)).toMatchObject({ phase: 'requested', version: 2 })
    standsNot(on)
  })

  test.each<readonly [string, string, (pull: PullRequest, waits: Waits) => unknown]>([
    ['denied', 'denied', (pull, { code }) => says(on, pull, on.cast.sven, `/access deny ${code}`)],
    ['withdrawn', 'withdrawn', (pull) => says(on, pull, on.people.octocat, '/access withdraw')],
    [
      'lapsed',
      'lapsed',
      async (_, { grant }) => {
        clock.turn(25 * 60 * minute)
        await line(on, 'grant.lapsed', { grant })
      },
    ],
  ])('of what was %s gives nothing', async (_, phase, over) => {
    const pull = openPull(on)
    const waits = await askedToReview(on, pull, on.people.octocat)
    await over(pull, waits)
    expect(await saraSaysYes(pull, waits.code)).toEqual([noSuchCode])
    expect(await grantOf(on, waits.grant)).toMatchObject({ phase })
    standsNot(on)
  })

  test('that was used long ago and is delivered now is too old', async () => {
    const pull = openPull(on)
    const waits = await askedToReview(on, pull, on.people.octocat)
    on.github.deliveryMode = 'hold'
    const written = on.github.comment(pull, on.cast.sara, `/access approve ${waits.code}`)
    const late = on.github.lastDelivery('issue_comment', 'created')
    clock.turn(15 * minute + 1_000)
    on.github.deliveryMode = 'send'
    on.github.release([late])
    await handled(on, [late])
    expect(on.events).toContainEqual(
      expect.objectContaining({
        type: 'command.refused',
        cause: `comment/${pull.repositoryId}/${pull.number}/${written.id}`,
        because: 'That approval is too old. Approve again.',
      }),
    )
    await stillWaits(on, waits)
  })
})

describe('a longer lease', () => {
  let pull: PullRequest
  let held: Waits
  beforeAll(async () => {
    pull = openPull(on)
    held = await askedToReview(on, pull, on.people.mona)
    await approved(on, pull, held)
  })
  const monas = async () => {
    const grant = await grantOf(on, held.grant)
    if (grant.phase !== 'active') throw new Error(grant.phase)
    return grant
  }

  test('is not had by asking, nor by the holder’s own yes, nor by the first code', async () => {
    const { endsAt } = await monas()
    await says(on, pull, on.people.mona, '/access extend 4h')
    const { extension } = await monas()
    const code = extension?.revision.code ?? ''
    expect(code).not.toBe(held.code)
    expect((await says(on, pull, on.people.mona, `/access approve ${code}`)).refusals).toEqual([
      'Who asked for it, receives it or worked on it does not approve it.',
    ])
    expect(await saraSaysYes(pull, held.code)).toEqual([noSuchCode])
    expect(await monas()).toMatchObject({ endsAt, extension: { approvals: [] } })
  })

  test('that grew after it was shown is not approved', async () => {
    const { endsAt, extension } = await monas()
    const code = extension?.revision.code ?? ''
    await rewritten({ more: '# Nothing else.' })
    expect((await saraSaysYes(pull, code))[0]).toMatch(/has changed since it was shown/)
    expect((await monas()).endsAt).toBe(endsAt)
    expect(await saraSaysYes(pull, code)).toEqual([noSuchCode])
  })

  test('is asked for by nobody else', async () => {
    const { endsAt } = await monas()
    expect((await says(on, pull, on.cast.bob, '/access extend 4h')).refusals).toEqual([
      'You hold nothing here that could last longer.',
    ])
    expect((await monas()).endsAt).toBe(endsAt)
  })

  test('is void once the access has ended', async () => {
    await says(on, pull, on.people.mona, '/access extend 3h')
    const code = (await monas()).extension?.revision.code ?? ''
    await says(on, pull, on.people.mona, '/access done')
    expect(await saraSaysYes(pull, code)).toEqual([noSuchCode])
    await ended(on, held.grant)
    standsNot(on, on.iam.mona)
    // Ended is over for good: a request is another act.
    const again = await asked(on, pull, on.people.mona, () =>
      on.github.comment(pull, on.people.mona, `/access request ${guardedRole}`),
    )
    expect(again.grant).not.toBe(held.grant)
  })
})
