// Defends: whatever comes between a request and its approval, and in whatever order, nobody holds what lost its ground.
import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Account, Delivery, PullRequest, Repository } from '../../sandbox/github/index.ts'
import { operationsOn } from '../../src/workflows/operations.ts'
import {
  approved,
  askedToReview,
  beginGuarded,
  guardedPolicy,
  guardedRole,
  says,
  standsNot,
  stillWaits,
  type Guarded,
  type Waits,
} from '../support/guarded.ts'
import { newcomer, type Newcomer } from '../support/newcomer.ts'
import { countOf, ended, grantOf, handled, line, openPull, ours } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
let on: Guarded
let rivals: Account
beforeAll(async () => {
  on = await beginGuarded({
    clock,
    set: ({ github }) => {
      rivals = github.addOrganization('rivals', { id: 9002 })
      github.install(rivals, { id: 5002 })
    },
  })
})
afterAll(() => on.end())
afterEach(() => writeFile(on.hallpass.policyPath, guardedPolicy()))

const operations = () => operationsOn(on.hallpass.composition.deps)

/** Calls of this operation at GitHub are held back until they are let go: at the latest when the test ends. */
function heldAtGitHub(operation: string): { readonly arrived: Promise<void>; letGo(): void } {
  const gate = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  const off = on.github.intercept(async (call, phase) => {
    if (phase !== 'before' || call.operation !== operation) return
    arrived.resolve()
    await gate.promise
  })
  const letGo = () => {
    off()
    gate.resolve()
  }
  onTestFinished(letGo)
  return { arrived: arrived.promise, letGo }
}
/** Read when a yes is judged again, after the subject and whoever says it were. */
const commitsRead = 'GET /repos/:owner/:repo/pulls/:pull_number/commits'

/** What it sends is held back, and returned. */
function held(act: () => unknown): readonly Delivery[] {
  const before = on.github.deliveries.length
  on.github.deliveryMode = 'hold'
  act()
  on.github.deliveryMode = 'send'
  return on.github.deliveries.slice(before).filter(({ event }) => event !== 'push')
}

describe('what was lost between the request and the yes is not given:', () => {
  interface Ground extends Newcomer {
    readonly repository: Repository
    readonly pull: PullRequest
    readonly waits: Waits
  }
  let n = 0
  /** A repository and a person of their own, for what is lost is not found again. */
  async function ground(): Promise<Ground> {
    n += 1
    const { github, organization } = on
    const repository = github.addRepository(organization, `shop-${n}`, {
      id: 7010 + n,
      roles: { alice: 'admin', sara: 'write', sven: 'write' },
    })
    const someone = n === 1 ? newcomer(on, 1) : { person: on.people.octocat, user: on.iam.octocat }
    github.setRole(repository, someone.person, 'write')
    const pull = github.openPullRequest(repository, { author: 'alice', files: { 'a.ts': '1' } })
    const waits = await askedToReview(on, pull, someone.person)
    return { ...someone, repository, pull, waits }
  }
  test.each<readonly [string, RegExp, (ground: Ground) => unknown]>([
    [
      'the account of who receives',
      /A review by `reviewer-1` is not requested any more/,
      ({ person }) => on.github.removeAccount(person),
    ],
    [
      'the requester’s right to write',
      /`alice` has the role `read` on this repository; asking for access needs `write`/,
      ({ repository }) => on.github.changeCollaborator(repository, 'alice', 'alice', 'read'),
    ],
    [
      'the recipient’s access to the repository',
      /`octocat` has no access to this repository/,
      ({ repository, person }) => on.github.removeCollaborator(repository, 'alice', person),
    ],
    [
      'the recipient’s team',
      /`octocat` may not hold `orders-logs-read`/,
      async ({ person }) => {
        on.github.leaveTeam(on.backend, 'alice', person)
        onTestFinished(() => void on.github.joinTeam(on.backend, 'alice', person))
      },
    ],
    [
      'the repository’s privacy',
      /The repository is public/,
      ({ repository }) => on.github.setVisibility(repository, 'alice', 'public'),
    ],
    [
      'the repository’s life',
      /The repository is archived/,
      ({ repository }) => on.github.archive(repository, 'alice'),
    ],
    [
      'the pull request, closed a moment ago',
      /The pull request is closed/,
      ({ pull }) => on.github.closePullRequest(pull, on.people.alice),
    ],
    [
      'the review request, taken back a moment ago',
      /A review by `octocat` is not requested any more/,
      ({ pull, person }) => on.github.removeReviewRequest(pull, on.people.alice, person),
    ],
    [
      'the rule',
      /it is not in the policy any more/,
      () =>
        writeFile(
          on.hallpass.policyPath,
          guardedPolicy().replace('name: reviewers see the logs', 'name: another'),
        ),
    ],
    [
      'the sense of the policy',
      /The policy has mistakes/,
      () => writeFile(on.hallpass.policyPath, 'version: 1\nroles: {}\nrulse: []\n'),
    ],
    [
      'the identity',
      /identities|identity/,
      () =>
        writeFile(
          on.hallpass.policyPath,
          guardedPolicy().replace(/ {2}- \{ github: 583231,.*\n/, ''),
        ),
    ],
  ])('%s', async (_, why, lose) => {
    const { pull, user, waits, ...rest } = await ground()
    // NB: whoever hears of it first withdraws the request: here the yes is heard first.
    await on.github.untold(() => lose({ pull, user, waits, ...rest }))
    const { refusals } = await says(on, pull, on.cast.sara, `/access approve ${waits.code}`)
    expect(refusals.join()).toMatch(why)
    await stillWaits(on, waits, user)
  })

  test('the account that the repository belongs to', async () => {
    const { pull, repository, user, waits } = await ground()
    const late = held(() => on.github.comment(pull, on.cast.sara, `/access approve ${waits.code}`))
    on.github.transferRepository(repository, 'alice', rivals)
    on.github.release(late)
    await line(on, 'delivery.failed', { delivery: late[0]?.id })
    await stillWaits(on, waits, user)
  })
})

test('what is held when its repository is transferred ends, though nobody tells of it', async () => {
  const { github, organization } = on
  const { person, user } = newcomer(on, 6)
  const repository = github.addRepository(organization, 'shop-sold', {
    id: 7002,
    roles: { alice: 'admin', sara: 'write', [person.login]: 'write' },
  })
  const pull = github.openPullRequest(repository, { author: 'alice', files: { 'a.ts': '1' } })
  const waits = await askedToReview(on, pull, person)
  await approved(on, pull, waits)
  github.untold(() => github.transferRepository(repository, 'alice', rivals))
  clock.turn(4 * 60_000)
  await line(on, 'grant.ending', { grant: waits.grant, reason: 'standing-lost' })
  await ended(on, waits.grant)
  standsNot(on, user)
})

describe('a yes that meets', () => {
  type Act = (pull: PullRequest, waits: Waits) => unknown
  const meeting: readonly (readonly [string, Act])[] = [
    ['a withdrawal', (pull) => on.github.comment(pull, on.people.octocat, '/access withdraw')],
    ['that it is done', (pull) => on.github.comment(pull, on.people.octocat, '/access done')],
    ['a revocation', (pull) => on.github.comment(pull, on.cast.bob, '/access revoke')],
    ['the end of the subject', (pull) => on.github.closePullRequest(pull, on.people.alice)],
    [
      'the end of the request',
      (pull) => on.github.removeReviewRequest(pull, on.people.alice, on.people.octocat),
    ],
  ]
  const orders = ['before it', 'after it', 'while it is judged'] as const
  const [withdrawal] = meeting
  if (withdrawal === undefined) throw new Error('no rival')

  test.each([
    ...meeting.flatMap(([what, act]) => orders.map((order) => [what, order, act] as const)),
    [withdrawal[0], 'together with it', withdrawal[1]] as const,
  ])('%s %s leaves nothing', async (_, order, act) => {
    const pull = openPull(on)
    const waits = await askedToReview(on, pull, on.people.octocat)
    const rival = held(() => act(pull, waits))
    const yes = held(() => on.github.comment(pull, on.cast.sara, `/access approve ${waits.code}`))
    // The rival’s change is at GitHub already: `before it` and the rest differ in what Hallpass hears first.
    if (order === 'while it is judged') {
      const reading = heldAtGitHub(commitsRead)
      on.github.release(yes)
      await reading.arrived
      on.github.release(rival)
      for (const { id } of rival) await line(on, 'delivery.stored', { delivery: id })
      reading.letGo()
    } else {
      const both = order === 'before it' ? [...rival, ...yes] : [...yes, ...rival]
      on.github.release(both, { together: order === 'together with it' })
    }
    await handled(on, [...rival, ...yes])
    const { phase } = await grantOf(on, waits.grant)
    if (phase !== 'withdrawn') await ended(on, waits.grant)
    standsNot(on)
    expect(countOf(on, 'grant.approved', { grant: waits.grant })).toBeLessThanOrEqual(1)
  })

  test.each(['before it', 'while it is judged', 'after it'] as const)(
    'a freeze %s leaves nothing',
    async (order) => {
      const pull = openPull(on)
      const waits = await askedToReview(on, pull, on.people.octocat)
      const scope = { kind: 'role', named: guardedRole } as const
      const freeze = async () => {
        const outcome = await operations().freeze({ scope, because: 'drill', operator: 'olga' })
        if (outcome.kind === 'frozen')
          onTestFinished(async () => void (await operations().unfreeze(outcome.freeze.id, 'olga')))
      }
      const yes = held(() => on.github.comment(pull, on.cast.sara, `/access approve ${waits.code}`))
      if (order === 'before it') await freeze()
      const reading = order === 'while it is judged' ? heldAtGitHub(commitsRead) : undefined
      on.github.release(yes)
      if (reading !== undefined) {
        await reading.arrived
        await freeze()
        reading.letGo()
      }
      await handled(on, yes)
      if (order === 'after it') await freeze()
      const { phase } = await grantOf(on, waits.grant)
      if (phase !== 'withdrawn') await ended(on, waits.grant)
      standsNot(on)
    },
  )

  test('another one: the access is given once', async () => {
    const { person, user } = newcomer(on, 2)
    const pull = openPull(on)
    const { grant, code } = await askedToReview(on, pull, person)
    const both = held(() => {
      on.github.comment(pull, on.cast.sara, `/access approve ${code}`)
      on.github.comment(pull, on.cast.sven, `/access approve ${code}`)
    })
    on.github.release(both, { together: true })
    await handled(on, both)
    await line(on, 'grant.activated', { grant })
    expect(countOf(on, 'grant.approved', { grant })).toBe(1)
    expect(ours(on, user)).toHaveLength(1)
  })

  test('the last of its approver’s rights, taken away while it waits to be heard', async () => {
    const pull = openPull(on)
    const waits = await askedToReview(on, pull, on.people.octocat)
    const yes = held(() => on.github.comment(pull, on.cast.sven, `/access approve ${waits.code}`))
    on.github.leaveTeam(on.sre, 'alice', on.cast.sven)
    onTestFinished(() => void on.github.joinTeam(on.sre, 'alice', on.cast.sven))
    on.github.release(yes)
    await handled(on, yes)
    await stillWaits(on, waits)
  })

  test('a head that is pushed to while its commits are read is judged by what is there then', async () => {
    const pull = openPull(on)
    const waits = await askedToReview(on, pull, on.people.octocat)
    const yes = held(() => on.github.comment(pull, on.cast.sara, `/access approve ${waits.code}`))
    const reading = heldAtGitHub(commitsRead)
    on.github.release(yes)
    await reading.arrived
    const pushed = held(() => on.github.push(pull, on.cast.sven, { 'evil.ts': '1' }))
    reading.letGo()
    await handled(on, yes)
    on.github.release(pushed)
    await handled(on, pushed)
    expect(await grantOf(on, waits.grant)).toMatchObject({
      phase: 'requested',
      approvals: [],
      revision: { number: 2 },
    })
    standsNot(on)
  })
})

describe('a yes that comes again', () => {
  /** Sara's comment: Hallpass's own tell of the code as well. */
  const saidUnder = ({ code }: Waits): Delivery | undefined =>
    on.github.deliveries.find(
      ({ event, body }) =>
        event === 'issue_comment' && body.includes(`"body":"/access approve ${code}"`),
    )

  test('under another delivery’s id, by redelivery, or after the end, gives nothing anew', async () => {
    const { person, user } = newcomer(on, 3)
    const pull = openPull(on)
    const waits = await askedToReview(on, pull, person)
    await approved(on, pull, waits)
    const first = saidUnder(waits)
    if (first === undefined) throw new Error('no delivery')
    const again = [on.github.replay(first.id), on.github.redeliver(first.id)]
    for (const { id } of again) await line(on, 'delivery.duplicate', { delivery: id })
    await says(on, pull, person, '/access done')
    await ended(on, waits.grant)
    // GitHub tells acts apart by their second.
    clock.turn(1_000)
    const next = await askedToReview(on, pull, person)
    on.github.replay(first.id)
    on.github.redeliver(first.id)
    await on.github.deliveriesSettled()
    await stillWaits(on, next, user)
    expect(countOf(on, 'grant.approved', { recipient: person.id })).toBe(1)
  })

  test('with its body changed in what nobody looks at is the same act', async () => {
    const { person, user } = newcomer(on, 4)
    const pull = openPull(on)
    const waits = await askedToReview(on, pull, person)
    await approved(on, pull, waits)
    const first = saidUnder(waits)
    const payload = JSON.parse(first?.body ?? '{}') as object
    const again = on.github.send('issue_comment', { ...payload, more: 'of nothing' })
    await handled(on, [again])
    expect(countOf(on, 'grant.approved', { recipient: person.id })).toBe(1)
    expect(ours(on, user)).toHaveLength(1)
  })

  test('for its answer was lost is done once', async () => {
    const { person, user } = newcomer(on, 5)
    const pull = openPull(on)
    const { grant, code } = await askedToReview(on, pull, person)
    // The process dies between what it committed and what it says of it.
    let lost = 0
    const off = on.github.intercept(({ operation }, phase) => {
      if (phase !== 'before' || !operation.includes('reactions') || lost > 2) return undefined
      lost += 1
      return new Response('gone', { status: 502 })
    })
    await says(on, pull, on.cast.sara, `/access approve ${code}`)
    off()
    await line(on, 'grant.activated', { grant })
    expect(countOf(on, 'grant.approved', { grant })).toBe(1)
    expect(ours(on, user)).toHaveLength(1)
  })
})
