// The organization's document counts from the repository with one numeric id and one branch of it, and from nowhere else.
import { expect, onTestFinished, test } from 'vitest'
import { logsPolicy } from '../support/policies.ts'
import { beginPinned, pinned, type PinnedJourney } from '../support/pinned-policy.ts'
import {
  check,
  comment,
  ended,
  given,
  grantOf,
  grantsOn,
  handled,
  openPull,
  ours,
  refused,
} from '../support/seen.ts'

/** Octocat may not; whoever gets the other one read does let them. */
const strict = logsPolicy({ eligible: '[user:1002]' })
const generous = logsPolicy()

async function world(policy = strict): Promise<PinnedJourney> {
  const on = await beginPinned(policy)
  onTestFinished(() => on.end())
  return on
}

function ask(on: PinnedJourney) {
  const pull = openPull(on)
  return { pull, deliveries: on.github.requestReview(pull, on.people.alice, on.people.octocat) }
}

test('another default branch changes nothing', async () => {
  const on = await world()
  on.github.push({ repository: on.access, branch: 'theirs' }, on.people.alice, {
    [pinned.path]: generous,
  })
  on.access.defaultBranch = 'theirs'
  expect(await refused(on, ask(on).deliveries)).toEqual(['not-eligible'])
})

test('a branch that is gone, renamed or not, gives nothing', async () => {
  const on = await world(generous)
  on.github.push({ repository: on.access, branch: 'trunk' }, on.people.alice, {})
  on.access.defaultBranch = 'trunk'
  on.access.branches.delete(pinned.branch)
  const { pull, deliveries } = ask(on)
  expect(await refused(on, deliveries)).toEqual(['policy-missing'])
  await comment(on, pull, /There is no branch main/)
})

test('a repository that was deleted and made anew under its name gives nothing, and says why', async () => {
  const on = await world(generous)
  await given(on, openPull(on), on.people.octocat)
  on.github.deleteRepository(on.access, on.people.alice)
  on.github.addRepository(on.organization, 'access', {
    id: 7200,
    files: { [pinned.path]: generous },
    roles: { tom: 'admin' },
  })
  const pull = openPull(on)
  const deliveries = on.github.requestReview(pull, on.people.alice, on.people.mona)
  expect(await refused(on, deliveries)).toEqual(['policy-missing'])
  const failed = await check(on, pull, { conclusion: 'failure' })
  expect(failed.summary).toContain('not installed on the repository that holds the policy')
  await comment(on, pull, /not installed on the repository that holds the policy/)
  expect(await grantsOn(on, pull)).toEqual([])
  expect(ours(on, on.iam.mona)).toEqual([])
})

test('a repository that was renamed is the same one', async () => {
  const on = await world(generous)
  on.github.renameRepository(on.access, on.people.alice, 'who-may-what')
  // Somebody else takes the name that it had.
  on.github.addRepository(on.organization, 'access', {
    id: 7200,
    files: { [pinned.path]: strict },
    roles: { tom: 'admin' },
  })
  const pull = openPull(on)
  await given(on, pull, on.people.octocat)
  const [grant] = await grantsOn(on, pull)
  expect(grant?.revision.offer.policy.organization.where).toBe('acme/who-may-what:policy.yml')
})

test('a push to it that takes a person out ends what they hold at once; one to another branch ends nothing', async () => {
  // Longer than any test: nothing is read anew unless something asks for it.
  const on = await beginPinned(generous, { timing: { standingEveryMs: 24 * 60 * 60_000 } })
  onTestFinished(() => on.end())
  const pull = openPull(on)
  const grant = await given(on, pull, on.people.octocat)
  const write = (branch: string) =>
    on.github.push({ repository: on.access, branch }, on.people.alice, { [pinned.path]: strict })
  await handled(on, write('theirs'))
  expect(await grantOf(on, grant)).toMatchObject({ phase: 'active' })

  await handled(on, write(pinned.branch))
  await ended(on, grant)
  expect(await grantOf(on, grant)).toMatchObject({
    reason: 'standing-lost',
    detail: expect.stringContaining('not eligible for the role any more') as string,
  })
  expect(ours(on, on.iam.octocat)).toEqual([])
  await comment(on, pull, 'not eligible for the role any more')
})
