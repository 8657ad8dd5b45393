// Buttons on check runs, from the press to the ledger, IAM and the runs themselves. None of these is left open.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Account, Check, PullRequest } from '../../sandbox/github/index.ts'
import { askedToReview, beginGuarded, told, type Guarded } from '../support/guarded.ts'
import {
  check,
  ended,
  found,
  grantOf,
  handled,
  line,
  mayReadLogs,
  offerRun,
  openPull,
  openRuns,
} from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const minute = 60_000
const clock = turnedClock()
let on: Guarded
beforeAll(async () => {
  on = await beginGuarded({ clock, guards: { role: 'forks: true' } })
})
afterAll(() => on.end())
// So many reports as these would wait for room.
beforeEach(() => clock.turn(minute))

const press = (run: Check, who: Account, button: string) =>
  handled(on, on.github.press(run, who, button))

/** octocat is asked for a review, and the request waits with its buttons. */
async function waiting(pull = openPull(on)) {
  const asked = await askedToReview(on, pull, on.people.octocat)
  const run = await offerRun(on, pull, asked.code, 'action_required')
  return { pull, ...asked, run }
}

/** And sara approves it by her button. */
async function holding() {
  const { pull, grant, run, code } = await waiting()
  await press(run, on.cast.sara, 'approve')
  await line(on, 'grant.activated', { grant })
  const access = await check(on, pull, { conclusion: 'neutral' })
  return { pull, grant, code, access }
}

const settled = (pull: PullRequest) =>
  found(on, 'an end of all runs', () => (openRuns(on, pull).length === 0 ? true : undefined))

const buttonsOf = ({ actions }: Check) => actions.map(({ identifier }) => identifier)
const octocatReads = () => mayReadLogs(on, on.iam.octocat)

describe('on what waits', () => {
  test('Approve gives it, and the run says so', async () => {
    const { pull, grant, code, access } = await holding()
    expect(octocatReads()).toBe(true)
    expect(buttonsOf(access)).toEqual(['done', 'extend', 'revoke'])
    expect(buttonsOf(await offerRun(on, pull, code, 'success'))).toEqual([])
    await settled(pull)
    on.github.closePullRequest(pull, on.people.alice)
    await ended(on, grant)
    await check(on, pull, { conclusion: 'success' })
    await settled(pull)
  })

  test('Deny denies it', async () => {
    const { pull, grant, code, run } = await waiting()
    expect((await check(on, pull, { conclusion: 'action_required' })).actions).toEqual([])
    await press(run, on.cast.sara, 'deny')
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'denied' })
    await offerRun(on, pull, code, 'failure')
    await check(on, pull, { conclusion: 'failure' })
    expect(octocatReads()).toBe(false)
    await settled(pull)
  })

  test('Withdraw takes it back, for whom it is', async () => {
    const { pull, grant, code, run } = await waiting()
    await press(run, on.people.octocat, 'withdraw')
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'withdrawn' })
    await offerRun(on, pull, code, 'skipped')
    await check(on, pull, { conclusion: 'skipped' })
    await settled(pull)
  })

  test('Approve by somebody else gives nothing, is answered each time, and stays for whom it is', async () => {
    const { pull, grant, code, run } = await waiting()
    const { externalId } = run
    await press(run, on.cast.bob, 'approve')
    await told(on, pull, 'The policy does not name you as an approver of this role.')
    const answered = await found(on, 'another id of the run', () =>
      run.externalId === externalId ? undefined : run.externalId,
    )
    await press(run, on.cast.bob, 'approve')
    await found(on, 'one more answer', () => (run.externalId === answered ? undefined : true))
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'requested', approvals: [] })
    await press(await offerRun(on, pull, code, 'action_required'), on.cast.sara, 'approve')
    await line(on, 'grant.activated', { grant })
    on.github.closePullRequest(pull, on.people.alice)
    await ended(on, grant)
    await settled(pull)
  })

  test('a push brings its run to the new head, where its buttons go on', async () => {
    const { pull, grant, code, run } = await waiting()
    on.github.push(pull, on.people.alice, { 'services/orders/pushed.ts': 'export {}\n' })
    const { code: now } = (await grantOf(on, grant)).revision
    const moved = await offerRun(on, pull, now, 'action_required')
    expect(moved.id).not.toBe(run.id)
    await found(on, 'an end of the former run', () =>
      run.conclusion === 'action_required' ? undefined : true,
    )
    expect(run).toMatchObject({ conclusion: 'skipped', actions: [] })
    expect(code).toBe(now)
    await press(moved, on.people.octocat, 'withdraw')
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'withdrawn' })
    await settled(pull)
  })

  test('closing the pull request ends it with all runs', async () => {
    const { pull, grant } = await waiting()
    on.github.closePullRequest(pull, on.people.alice)
    await settled(pull)
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'withdrawn' })
  })

  test('of a fork’s pull request, which GitHub does not name, finds it all the same', async () => {
    const fork = on.github.fork(on.repository, on.people.alice)
    const pull = on.github.openPullRequest(on.repository, {
      author: on.people.alice,
      from: fork,
      files: { 'services/orders/forked.ts': 'export {}\n' },
    })
    const { grant, run } = await waiting(pull)
    const deliveries = on.github.press(run, on.cast.sara, 'deny')
    expect(JSON.parse(deliveries[0]?.body ?? '')).toMatchObject({
      check_run: { pull_requests: [] },
    })
    await handled(on, deliveries)
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'denied' })
    await settled(pull)
  })
})

describe('on what is held', () => {
  test.each([
    ['Done ends it, for its holder', 'done', () => on.people.octocat, 'done'],
    ['Revoke ends it, for who may write', 'revoke', () => on.cast.bob, 'revoked'],
  ])('%s', async (_what, button, who, reason) => {
    const { pull, grant, access } = await holding()
    await press(access, who(), button)
    await ended(on, grant)
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'ended', reason })
    expect(octocatReads()).toBe(false)
    expect((await check(on, pull, { conclusion: 'success' })).actions).toEqual([])
    await settled(pull)
  })

  test('Done by somebody else ends nothing', async () => {
    const { pull, grant, access } = await holding()
    await press(access, on.cast.bob, 'done')
    await told(on, pull, 'You hold nothing here.')
    expect(await grantOf(on, grant)).toMatchObject({ phase: 'active' })
    on.github.closePullRequest(pull, on.people.alice)
    await ended(on, grant)
    await settled(pull)
  })

  test('Extend asks for as long again, and a press of Approve extends it', async () => {
    const { pull, grant, access } = await holding()
    const { endsAt } = await held(grant)
    clock.turn(10 * minute)
    await press(access, on.people.octocat, 'extend')
    const code = (await held(grant)).extension?.revision.code
    if (code === undefined) throw new Error('nothing waits')
    const run = await offerRun(on, pull, code, 'action_required')
    const beside = await check(on, pull, { conclusion: 'neutral' })
    await found(on, 'no more Extend', () =>
      buttonsOf(beside).includes('extend') ? undefined : true,
    )
    await press(run, on.cast.sara, 'approve')
    expect((await held(grant)).endsAt).toBeGreaterThanOrEqual(endsAt + 9 * minute)
    await offerRun(on, pull, code, 'success')
    expect(octocatReads()).toBe(true)
    on.github.closePullRequest(pull, on.people.alice)
    await ended(on, grant)
    await settled(pull)
  })

  async function held(id: string) {
    const grant = await grantOf(on, id)
    if (grant.phase !== 'active') throw new Error(`${id} is ${grant.phase}`)
    return grant
  }
})
