import { execFileSync } from 'node:child_process'
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
  return begun
}

describe('a repository', () => {
  test('is found by name and by id, and says what it is', async () => {
    const { octokit, repository, at } = await begin()
    const { data } = await octokit.rest.repos.get(at)
    expect(data).toMatchObject({
      id: repository.id,
      private: true,
      visibility: 'private',
      archived: false,
      default_branch: 'main',
    })
    const byId = await octokit.request('GET /repositories/{id}', { id: repository.id })
    expect(byId.data).toEqual(data)
  })

  test('that was renamed or transferred answers at its id', async () => {
    const { github, ada, repository, octokit, at } = await begin()
    github.renameRepository(repository, ada, 'orders-2')
    expect((await octokit.rest.repos.get(at)).data.name).toBe('orders-2')
    github.transferRepository(repository, ada, github.addUser('zoe'))
    expect(await failure(octokit.rest.repos.get(at))).toMatchObject({ status: 404 })
  })

  test('gives files in base64 with the hash that git gives them', async () => {
    const { github, repository, octokit, at } = await begin()
    const text = 'äöü\n'.repeat(50)
    github.putFile(repository, '.github/hallpass.yml', text)
    const { data } = await octokit.rest.repos.getContent({ ...at, path: '.github/hallpass.yml' })
    if (Array.isArray(data) || data.type !== 'file') throw new Error('not a file')
    expect(Buffer.from(data.content, 'base64').toString()).toBe(text)
    expect(data.sha).toBe(
      execFileSync('git', ['hash-object', '--stdin'], { input: text }).toString().trim(),
    )
    const missing = octokit.rest.repos.getContent({ ...at, path: 'nowhere.yml' })
    expect(await failure(missing)).toMatchObject({ status: 404 })
    const blob = await octokit.rest.git.getBlob({ ...at, file_sha: data.sha })
    expect(Buffer.from(blob.data.content, 'base64').toString()).toBe(text)
  })

  test('gives files as of a branch or a commit', async () => {
    const { github, repository, pull, octokit, at } = await begin()
    const first = repository.branches.get('main') ?? ''
    github.putFile(repository, 'README.md', 'changed')
    const read = async (ref: string) => {
      const { data } = await octokit.rest.repos.getContent({ ...at, path: 'README.md', ref })
      return Array.isArray(data) || data.type !== 'file'
        ? ''
        : Buffer.from(data.content, 'base64').toString()
    }
    expect(await read('main')).toBe('changed')
    expect(await read(first)).toBe('# Orders\n')
    expect(await read(pull.pull.headRef)).toBe('# Orders\n')
    expect(await failure(read('nowhere'))).toMatchObject({ status: 404 })
  })

  test('lists folders', async () => {
    const { octokit, at } = await begin()
    const { data } = await octokit.rest.repos.getContent({ ...at, path: '' })
    if (!Array.isArray(data)) throw new Error('not a folder')
    expect(data.map(({ type, path }) => `${type} ${path}`)).toEqual(['file README.md', 'dir src'])
  })

  test('resolves commits, also of a fork’s pull request', async () => {
    const { github, eve, repository, octokit, at } = await begin()
    const fork = github.fork(repository, eve)
    const { pull } = github.openPullRequest(repository, {
      author: eve,
      from: fork,
      files: { x: '1' },
    })
    const { data } = await octokit.rest.repos.getCommit({ ...at, ref: pull.headSha })
    expect(data).toMatchObject({
      sha: pull.headSha,
      author: { login: 'eve' },
      files: [{ filename: 'x' }],
    })
    expect((await octokit.rest.repos.getCommit({ ...at, ref: 'main' })).data.sha).toBe(
      repository.branches.get('main'),
    )
    const missing = octokit.rest.repos.getCommit({ ...at, ref: 'f'.repeat(40) })
    expect(await failure(missing)).toMatchObject({ status: 422 })
  })
})

describe('a role', () => {
  test.each([
    ['a maintainer', 'ada', 'maintain', 'write'],
    ['a writer', 'bob', 'write', 'write'],
    ['an outsider', 'eve', 'none', 'none'],
    ['a triager by team', 'tim', 'triage', 'read'],
    ['a member of a child team', 'kim', 'admin', 'admin'],
    ['a pending team member', 'pat', 'none', 'none'],
    ['an organization owner', 'olga', 'admin', 'admin'],
    ['a custom role', 'cas', 'release-manager', 'write'],
  ])('of %s', async (_, username, role_name, permission) => {
    const { github, org, repository, octokit, at } = await begin()
    for (const login of ['tim', 'kim', 'pat', 'olga', 'cas']) github.addUser(login)
    const triage = github.addTeam(org, 'Triage', { members: ['tim'] })
    const admins = github.addTeam(org, 'Admins')
    const child = github.addTeam(org, 'Child', { parent: admins, members: ['kim'] })
    github.setTeamMembership(child, 'pat', 'pending')
    github.setTeamRole(triage, repository, 'triage')
    github.setTeamRole(admins, repository, 'admin')
    github.setMembership(org, 'olga', 'admin')
    github.setTeamRole(github.addTeam(org, 'Writers', { members: ['cas'] }), repository, 'write')
    github.setRole(repository, 'cas', { name: 'release-manager', base: 'write' })
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username })
    expect(data).toMatchObject({ role_name, permission, user: { login: username, role_name } })
  })

  test('of anybody on a public repository is read; nobody has one when there is no such account', async () => {
    const { github, repository, ada, octokit, at } = await begin()
    github.setVisibility(repository, ada, 'public')
    const roleOf = (username: string) =>
      octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username })
    expect((await roleOf('eve')).data).toMatchObject({ role_name: 'read', permission: 'read' })
    github.setRole(repository, 'eve', { name: 'auditor', base: 'read' })
    expect((await roleOf('eve')).data).toMatchObject({ role_name: 'auditor', permission: 'read' })
    expect(await failure(roleOf('nobody'))).toMatchObject({ status: 404 })
  })
})

describe('a pull request', () => {
  test('is described with its ends, reviewers and teams', async () => {
    const { github, ada, bob, org, pull, octokit, at } = await begin()
    const team = github.addTeam(org, 'Backend')
    github.requestReview(pull, ada, bob)
    github.requestTeamReview(pull, ada, team)
    const { data } = await octokit.rest.pulls.get({ ...at, pull_number: 1 })
    expect(data).toMatchObject({
      number: 1,
      state: 'open',
      user: { login: 'ada' },
      head: { ref: 'count', sha: pull.pull.headSha, repo: { full_name: 'shop/orders' } },
      base: { ref: 'main', sha: pull.pull.baseSha },
      requested_reviewers: [{ login: 'bob' }],
      requested_teams: [{ slug: 'backend' }],
      changed_files: 1,
      additions: 1,
      deletions: 1,
    })
    const asked = await octokit.rest.pulls.listRequestedReviewers({ ...at, pull_number: 1 })
    expect(asked.data).toMatchObject({ users: [{ login: 'bob' }], teams: [{ slug: 'backend' }] })
    const issue = await octokit.rest.issues.get({ ...at, issue_number: 1 })
    expect(issue.data.pull_request?.url).toBe(data.url)
  })

  test('lists renamed, added and removed files', async () => {
    const { github, repository, ada, octokit, at } = await begin()
    const files = { 'src/b.ts': 'one\ntwo\n', 'src/a.ts': null, new: 'x', 'README.md': null }
    const { number } = github.openPullRequest(repository, { author: ada, files })
    const { data } = await octokit.rest.pulls.listFiles({ ...at, pull_number: number })
    expect(
      data.map(({ filename, status, previous_filename }) => [filename, status, previous_filename]),
    ).toEqual([
      ['README.md', 'removed', undefined],
      ['new', 'added', undefined],
      ['src/b.ts', 'renamed', 'src/a.ts'],
    ])
  })

  test('lists files in pages, and no more than three thousand', async () => {
    const { github, repository, ada, octokit, at } = await begin()
    const files = Object.fromEntries(Array.from({ length: 3001 }, (_, n) => [`f/${n}`, `${n}`]))
    const { number } = github.openPullRequest(repository, { author: ada, files })
    const first = await octokit.rest.pulls.listFiles({ ...at, pull_number: number })
    expect(first.data).toHaveLength(30)
    expect(first.headers.link).toContain('page=2>; rel="next"')
    const all = await octokit.paginate(octokit.rest.pulls.listFiles, {
      ...at,
      pull_number: number,
      per_page: 100,
    })
    expect(all).toHaveLength(3000)
    const { data } = await octokit.rest.pulls.get({ ...at, pull_number: number })
    expect(data.changed_files).toBe(3001)
  })

  test('lists its commits with the accounts behind them, and nobody where the address is nobody’s', async () => {
    const { github, bob, pull, octokit, at } = await begin()
    github.push(pull, bob, { x: '1' })
    github.push(pull, bob, { x: '2' }, { author: null })
    const { data } = await octokit.rest.pulls.listCommits({ ...at, pull_number: 1 })
    expect(data.map(({ author }) => author?.login)).toEqual(['ada', 'bob', undefined])
    expect(data.at(-1)?.sha).toBe(pull.pull.headSha)
  })

  test('lists reviews, and drops the reviewer and their team from those asked', async () => {
    const { github, ada, bob, org, pull, octokit, at } = await begin()
    const team = github.addTeam(org, 'Backend', { members: [bob] })
    github.requestReview(pull, ada, bob)
    github.requestTeamReview(pull, ada, team)
    github.submitReview(pull, bob, 'changes_requested')
    const { data } = await octokit.rest.pulls.listReviews({ ...at, pull_number: 1 })
    expect(data).toMatchObject([
      { state: 'CHANGES_REQUESTED', user: { login: 'bob' }, commit_id: pull.pull.headSha },
    ])
    const asked = await octokit.rest.pulls.listRequestedReviewers({ ...at, pull_number: 1 })
    expect(asked.data).toEqual({ users: [], teams: [] })
  })

  test('that is merged moves the base', async () => {
    const { github, ada, pull, repository, octokit, at } = await begin()
    github.closePullRequest(pull, ada, { merged: true })
    const { data } = await octokit.rest.pulls.get({ ...at, pull_number: 1 })
    expect(data).toMatchObject({ state: 'closed', merged: true, merged_by: { login: 'ada' } })
    expect(data.merge_commit_sha).toBe(repository.branches.get('main'))
  })
})

describe('an organization', () => {
  test('tells of memberships', async () => {
    const { github, org, octokit } = await begin()
    github.addUser('pat')
    github.setMembership(org, 'pat', 'member', 'pending')
    const of = (username: string) =>
      octokit.rest.orgs.getMembershipForUser({ org: 'shop', username })
    expect((await of('ada')).data).toMatchObject({
      state: 'active',
      role: 'member',
      user: { login: 'ada' },
    })
    expect((await of('pat')).data.state).toBe('pending')
    expect(await failure(of('eve'))).toMatchObject({ status: 404 })
    const check = (username: string) =>
      octokit.rest.orgs.checkMembershipForUser({ org: 'shop', username })
    expect((await check('ada')).status).toBe(204)
    expect(await failure(check('pat'))).toMatchObject({ status: 404 })
  })

  test('tells of teams, child teams included', async () => {
    const { github, ada, bob, org, octokit } = await begin()
    const team = github.addTeam(org, 'Site Reliability', { members: [ada] })
    const child = github.addTeam(org, 'On call', { parent: team })
    github.setTeamMembership(child, bob, 'pending')
    const at = { org: 'shop', team_slug: 'site-reliability' }
    expect((await octokit.rest.teams.getByName(at)).data).toMatchObject({
      id: team.id,
      name: 'Site Reliability',
    })
    const of = (username: string) =>
      octokit.rest.teams.getMembershipForUserInOrg({ ...at, username })
    expect((await of('ada')).data.state).toBe('active')
    expect((await of('bob')).data.state).toBe('pending')
    expect(await failure(of('eve'))).toMatchObject({ status: 404 })
    const { data } = await octokit.rest.teams.listMembersInOrg(at)
    expect(data.map(({ login }) => login)).toEqual(['ada'])
  })

  test('is closed to an installation without members: read', async () => {
    const { octokit } = await begin({ permissions: { metadata: 'read' } })
    const asked = octokit.rest.orgs.getMembershipForUser({ org: 'shop', username: 'ada' })
    expect(await failure(asked)).toMatchObject({ status: 403 })
  })

  test('users are found by login and by id, also after a rename', async () => {
    const { github, ada, octokit } = await begin()
    github.renameAccount(ada, 'ada-l')
    expect((await octokit.rest.users.getById({ account_id: ada.id })).data.login).toBe('ada-l')
    expect(await failure(octokit.rest.users.getByUsername({ username: 'ada' }))).toMatchObject({
      status: 404,
    })
    const bot = await octokit.rest.users.getByUsername({ username: 'hallpass[bot]' })
    expect(bot.data.type).toBe('Bot')
  })
})
