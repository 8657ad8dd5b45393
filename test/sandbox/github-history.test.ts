import { afterEach, describe, expect, test } from 'vitest'
import type { SandboxGitHub } from '../../sandbox/github/index.ts'
import { failure, scene } from './github-clients.ts'

const open: SandboxGitHub[] = []
afterEach(async () => {
  for (const github of open.splice(0)) await github.close()
})
async function begin(options: Parameters<typeof scene>[0] = {}) {
  const begun = await scene(options)
  open.push(begun.github)
  const { octokit, at } = begun
  const commits = async () =>
    (await octokit.rest.pulls.listCommits({ ...at, pull_number: 1 })).data.map((one) => ({
      author: one.author?.login ?? null,
      committer: one.committer?.login ?? null,
      message: one.commit.message,
    }))
  const activity = async (query: object = {}) =>
    (await octokit.rest.repos.listActivities({ ...at, ref: 'count', ...query })).data
  return { ...begun, commits, activity }
}
const parsed = (body: string) => JSON.parse(body) as Record<string, unknown>

describe('a push', () => {
  test('is its pusher’s, whoever wrote its commits', async () => {
    const { github, ada, bob, eve, pull, commits, activity } = await begin()
    const before = pull.pull.headSha
    github.push(
      pull,
      bob,
      { c: '3' },
      {
        author: null,
        message: 'third',
        earlier: [
          { files: { a: '1' }, author: eve, message: 'first' },
          { files: { b: '2' }, author: ada, committer: null, message: 'second' },
        ],
      },
    )
    expect(await commits()).toEqual([
      { author: 'ada', committer: 'ada', message: 'Count twice' },
      { author: 'eve', committer: 'eve', message: 'first' },
      { author: 'ada', committer: null, message: 'second' },
      { author: null, committer: null, message: 'third' },
    ])
    expect(parsed(github.lastDelivery('push').body)).toMatchObject({
      before,
      after: pull.pull.headSha,
      created: false,
      forced: false,
      pusher: { name: 'bob' },
      sender: { login: 'bob' },
      commits: [{ author: { username: 'eve' } }, { message: 'second' }, { message: 'third' }],
      head_commit: { id: pull.pull.headSha, author: { name: 'Nobody' } },
    })
    expect(await activity()).toMatchObject([
      {
        activity_type: 'push',
        actor: { login: 'bob' },
        before,
        after: pull.pull.headSha,
        ref: 'refs/heads/count',
      },
      { activity_type: 'branch_creation', actor: { login: 'ada' }, after: before },
    ])
  })

  test('by force puts its commit in the place of the newest one', async () => {
    const { github, ada, bob, pull, commits, activity } = await begin()
    github.push(pull, bob, { a: '1' }, { message: 'mine' })
    const before = pull.pull.headSha
    github.push(pull, ada, { a: '2' }, { message: 'not his', force: true })
    expect((await commits()).map(({ message }) => message)).toEqual(['Count twice', 'not his'])
    expect(parsed(github.lastDelivery('push').body)).toMatchObject({ before, forced: true })
    expect((await activity()).map((one) => [one.activity_type, one.actor?.login])).toEqual([
      ['force_push', 'ada'],
      ['push', 'bob'],
      ['branch_creation', 'ada'],
    ])
  })

  test('made on GitHub’s pages is committed by GitHub’s own account', async () => {
    const { github, bob, repository, pull, commits } = await begin()
    github.push(pull, bob, { a: '1' }, { viaWeb: true })
    github.putFile(repository, 'main.md', 'new on main')
    github.updateBranch(pull, bob)
    expect(await commits()).toMatchObject([
      { author: 'ada' },
      { author: 'bob', committer: 'web-flow' },
      { author: 'bob', committer: 'web-flow', message: "Merge branch 'main' into count" },
    ])
  })

  test('from another account than the author’s is seen from the beginning', async () => {
    const { github, ada, bob, repository, activity } = await begin()
    github.openPullRequest(repository, { author: ada, pusher: bob, head: 'second' })
    expect(await activity({ ref: 'refs/heads/second' })).toMatchObject([
      { activity_type: 'branch_creation', actor: { login: 'bob' } },
    ])
  })
})

test('a branch that got the base’s news changes no more files than before', async () => {
  const { github, bob, repository, pull, octokit, at } = await begin()
  const files = async () =>
    (await octokit.rest.pulls.listFiles({ ...at, pull_number: 1 })).data.map((one) => one.filename)
  github.putFile(repository, 'main.md', 'new on main')
  expect(await files()).toEqual(['src/a.ts'])
  github.updateBranch(pull, bob)
  expect(await files()).toEqual(['src/a.ts'])
  expect(github.lastDelivery('pull_request').action).toBe('synchronize')
})

test('a pull request lists 250 commits and counts them all', async () => {
  const { github, bob, pull, octokit, at } = await begin()
  const earlier = Array.from({ length: 254 }, (_, n) => ({ files: { n: `${n}` } }))
  github.push(pull, bob, { n: 'last' }, { earlier })
  const listed = await octokit.paginate(octokit.rest.pulls.listCommits, {
    ...at,
    pull_number: 1,
    per_page: 100,
  })
  expect(listed).toHaveLength(250)
  expect((await octokit.rest.pulls.get({ ...at, pull_number: 1 })).data.commits).toBe(256)
})

test('activity is listed by cursor, and by actor, type, period and direction', async () => {
  let now = Date.UTC(2030, 0, 1)
  const { github, ada, bob, repository, pull, octokit, at, activity } = await begin({
    now: () => now,
  })
  now += 3 * 86_400_000
  for (let n = 1; n <= 4; n += 1) github.push(pull, bob, { n: `${n}` })
  github.deleteBranch(repository, ada, 'count')
  expect(parsed(github.lastDelivery('push').body)).toMatchObject({ deleted: true, commits: [] })
  const all = await octokit.paginate(octokit.rest.repos.listActivities, {
    ...at,
    ref: 'count',
    per_page: 2,
  })
  expect(all.map((one) => one.activity_type)).toEqual([
    'branch_deletion',
    'push',
    'push',
    'push',
    'push',
    'branch_creation',
  ])
  expect(await activity({ actor: 'bob' })).toHaveLength(4)
  expect(await activity({ activity_type: 'branch_deletion' })).toHaveLength(1)
  expect(await activity({ time_period: 'day' })).toHaveLength(5)
  expect((await activity({ direction: 'asc' }))[0]?.activity_type).toBe('branch_creation')
  expect(await activity({ ref: 'nowhere' })).toEqual([])
})

describe('a commit', () => {
  const brought = async ({ octokit, at }: Awaited<ReturnType<typeof begin>>, commit_sha: string) =>
    (await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha })).data.map(
      (one) => ({ number: one.number, merged: one.merged_at !== null, head: one.head.sha }),
    )

  test('names the pull request that brought it, with its merged head and who approved that', async () => {
    const scene = await begin()
    const { github, ada, bob, repository, pull, octokit, at } = scene
    const head = pull.pull.headSha
    expect(await brought(scene, head)).toEqual([{ number: 1, merged: false, head }])
    github.submitReview(pull, bob, 'approved')
    github.closePullRequest(pull, ada, { merged: true })
    const merged = repository.branches.get('main') ?? ''
    expect(await brought(scene, merged)).toEqual([{ number: 1, merged: true, head }])
    const reviews = await octokit.rest.pulls.listReviews({ ...at, pull_number: 1 })
    expect(reviews.data).toMatchObject([
      { state: 'APPROVED', commit_id: head, user: { login: 'bob' } },
    ])
    expect(parsed(github.lastDelivery('push').body)).toMatchObject({
      ref: 'refs/heads/main',
      after: merged,
      pusher: { name: 'ada' },
      head_commit: { committer: { username: 'web-flow' } },
    })
    const main = await octokit.rest.repos.listActivities({ ...at, ref: 'main', per_page: 1 })
    expect(main.data).toMatchObject([{ activity_type: 'pr_merge', actor: { login: 'ada' } }])
  })

  test('that a merge kept names its pull request too', async () => {
    const scene = await begin()
    const { github, ada, bob, repository, pull } = scene
    const first = pull.pull.headSha
    github.push(pull, bob, { x: '1' })
    const head = pull.pull.headSha
    github.closePullRequest(pull, ada, { merged: true, keepsCommits: true })
    const tip = repository.branches.get('main') ?? ''
    expect(github.world.commitOf(tip).parents).toContain(head)
    for (const sha of [first, head, tip])
      expect(await brought(scene, sha)).toEqual([{ number: 1, merged: true, head }])
  })

  test('that was pushed to the default branch names none, not even one that holds it too', async () => {
    const scene = await begin()
    const { github, ada, repository } = scene
    github.push({ repository, branch: 'release' }, ada, { x: '1' })
    const { pull } = github.openPullRequest(repository, {
      author: ada,
      base: 'release',
      head: 'fix',
      files: { y: '2' },
    })
    expect(await brought(scene, pull.headSha)).toMatchObject([{ number: 2 }])
    github.world.commit(repository, 'main', {}, { merges: pull.headSha, author: ada })
    expect(await brought(scene, pull.headSha)).toEqual([])
    expect(await brought(scene, repository.branches.get('main') ?? '')).toEqual([])
    expect(await failure(brought(scene, 'a'.repeat(40)))).toMatchObject({ status: 422 })
  })
})

describe('a repository', () => {
  test('has custom properties where an organization owns it', async () => {
    const { github, bob, org, repository, octokit, at } = await begin()
    const values = async (place = at) =>
      (await octokit.rest.repos.customPropertiesForReposGetRepositoryValues(place)).data
    expect(await values()).toEqual([])
    github.setProperty(repository, 'hallpass', 'yes')
    github.setProperty(repository, 'teams', ['a', 'b'])
    expect(await values()).toEqual([
      { property_name: 'hallpass', value: 'yes' },
      { property_name: 'teams', value: ['a', 'b'] },
    ])
    expect((await octokit.rest.repos.get(at)).data.custom_properties).toEqual({
      hallpass: 'yes',
      teams: ['a', 'b'],
    })
    github.setProperty(repository, 'hallpass', null)
    expect(await values()).toHaveLength(1)
    const other = github.addRepository(org, 'other', { visibility: 'public' })
    expect(await values({ owner: 'shop', repo: other.name })).toEqual([])
    github.addRepository(bob, 'blog', { visibility: 'public' })
    expect(await failure(values({ owner: 'bob', repo: 'blog' }))).toMatchObject({ status: 404 })
  })

  test('gives its directories and files as of any commit', async () => {
    const { github, bob, repository, pull, octokit, at } = await begin()
    const first = repository.branches.get('main') ?? ''
    github.push(pull, bob, { 'services/orders/deploy.yml': 'x', 'src/a.ts': null })
    const get = async (path: string, ref: string) => {
      const { data } = await octokit.rest.repos.getContent({ ...at, path, ref })
      return Array.isArray(data) ? data.map((one) => `${one.type} ${one.path}`) : data
    }
    const head = pull.pull.headSha
    expect(await get('', head)).toEqual(['file README.md', 'dir services'])
    expect(await get('services', 'count')).toEqual(['dir services/orders'])
    expect(await get('services/orders', head)).toEqual(['file services/orders/deploy.yml'])
    expect(await get('src/a.ts', first)).toMatchObject({ type: 'file', size: 8 })
    for (const [path, ref] of [
      ['services/orders', first],
      ['src', head],
      ['services/order', head],
      ['README.md', 'f'.repeat(40)],
    ] as const)
      expect(await failure(get(path, ref))).toMatchObject({ status: 404 })
  })
})

test('the commits that changed a path are told as `git log` simplifies them', async () => {
  const { github, octokit, at, ada, pull, repository } = await begin()
  const main = { repository, branch: repository.defaultBranch }
  const log = async (path: string, sha?: string) =>
    (
      await octokit.rest.repos.listCommits({ ...at, path, ...(sha !== undefined && { sha }) })
    ).data.map(({ sha: name, commit }) => [name.slice(0, 7), commit.message] as const)
  const messages = async (path: string, sha?: string) =>
    (await log(path, sha)).map(([, message]) => message)
  github.push(main, ada, { 'p.yml': '1' }, { message: 'one' })
  github.push(pull, ada, { 'p.yml': '2', other: 'x' }, { message: 'two' })
  github.push(pull, ada, { other: 'y' }, { message: 'no change of it' })
  const head = pull.pull.headSha
  expect(await messages('p.yml')).toEqual(['one'])
  expect(await messages('p.yml', head)).toEqual(['two'])
  expect(await messages('nowhere')).toEqual([])
  github.closePullRequest(pull, ada, { merged: true, keepsCommits: true })
  // The merge has what its head has: that it brought it is told of its commit.
  expect(await messages('other')).toEqual(['no change of it', 'two'])
  github.push(main, ada, { 'p.yml': null }, { message: 'gone' })
  expect((await messages('p.yml'))[0]).toBe('gone')
  const refused = await failure(octokit.rest.repos.listCommits({ ...at, sha: 'f'.repeat(40) }))
  expect(refused.status).toBe(404)
})
