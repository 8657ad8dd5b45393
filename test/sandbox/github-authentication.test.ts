import { afterEach, describe, expect, test } from 'vitest'
import { generatePrivateKey } from '../../sandbox/github/authentication.ts'
import type { SandboxGitHub } from '../../sandbox/github/index.ts'
import { failure, plainClient, probotOf, scene, tokenClient } from './github-clients.ts'

const open: SandboxGitHub[] = []
afterEach(async () => {
  for (const github of open.splice(0)) await github.close()
})
async function begin(options: Parameters<typeof scene>[0] = {}) {
  const begun = await scene(options)
  open.push(begun.github)
  return begun
}

describe('the App', () => {
  test('is known by a JWT that its key signed', async () => {
    const { github } = await begin()
    const { data } = await (await probotOf(github).auth()).rest.apps.getAuthenticated()
    expect(data).toMatchObject({ id: github.appId, slug: 'hallpass', installations_count: 1 })
  })

  test('is refused when another key signed', async () => {
    const { github } = await begin()
    const app = await probotOf(github, generatePrivateKey()).auth()
    const refused = await failure(app.rest.apps.getAuthenticated())
    expect(refused).toMatchObject({ status: 401 })
    expect(refused.message).toContain('could not be decoded')
  })

  test('is refused when the JWT names another App', async () => {
    const { github } = await begin()
    const probot = probotOf({
      ...github,
      appId: 99,
      privateKey: github.privateKey,
    })
    const app = await probot.auth()
    expect(await failure(app.rest.apps.getAuthenticated())).toMatchObject({ status: 404 })
  })

  test('corrects its clock by the Date that an expired JWT is answered with', async () => {
    const { github } = await begin()
    const late = await begin({ credentialNow: () => Date.now() + 3_600_000 })
    const { data } = await (await probotOf(late.github).auth()).rest.apps.getAuthenticated()
    expect(data?.id).toBe(github.appId)
    expect(late.github.calls.map(({ status }) => status).slice(-2)).toEqual([401, 200])
  })

  test('cannot be asked for with an installation token', async () => {
    const { github, installation } = await begin()
    const octokit = await tokenClient(github, installation.id)
    expect(await failure(octokit.rest.apps.getAuthenticated())).toMatchObject({ status: 401 })
  })

  test('lists its installations, and misses one that is gone', async () => {
    const { github, installation } = await begin()
    const app = await probotOf(github).auth()
    const { data } = await app.rest.apps.listInstallations()
    expect(data.map(({ id }) => id)).toEqual([installation.id])
    github.uninstall(installation, 'ada')
    const gone = app.rest.apps.getInstallation({ installation_id: installation.id })
    expect(await failure(gone)).toMatchObject({ status: 404 })
  })
})

describe('an installation token', () => {
  test('looks like one, and lasts an hour', async () => {
    let now = Date.UTC(2026, 0, 1)
    const { github, installation, at } = await begin({ credentialNow: () => now })
    const app = await probotOf(github).auth()
    const { data } = await app.rest.apps.createInstallationAccessToken({
      installation_id: installation.id,
    })
    expect(data.token).toMatch(/^ghs_314159_[\w-]+\.[\w-]+\.[\w-]+$/)
    expect(data.token.length).toBeGreaterThan(300)
    expect(data.expires_at).toBe('2026-01-01T01:00:00Z')
    const octokit = plainClient(github, data.token)
    now += 3_599_000
    expect((await octokit.rest.repos.get(at)).status).toBe(200)
    now += 1000
    expect(await failure(octokit.rest.repos.get(at))).toMatchObject({ status: 401 })
  })

  test('reaches only what its installation covers', async () => {
    const { github, bob, octokit, repository, org, installation, at } = await begin()
    github.addRepository(bob, 'diary')
    github.addRepository(bob, 'blog', { visibility: 'public' })
    installation.repositories = new Set([repository.id])
    github.addRepository(org, 'payroll')
    const get = (owner: string, repo: string) => octokit.rest.repos.get({ owner, repo })
    expect((await get('shop', 'orders')).status).toBe(200)
    expect((await get('bob', 'blog')).status).toBe(200)
    expect(await failure(get('bob', 'diary'))).toMatchObject({ status: 404 })
    expect(await failure(get('shop', 'payroll'))).toMatchObject({ status: 404 })
    const comment = { owner: 'bob', repo: 'blog', issue_number: 1, body: 'hello' }
    expect(await failure(octokit.rest.issues.createComment(comment))).toMatchObject({ status: 403 })
    installation.repositories.clear()
    expect(await failure(octokit.rest.repos.get(at))).toMatchObject({ status: 404 })
  })

  test('is narrowed to repositories and permissions, and never widened', async () => {
    const { github, org, repository, installation, at } = await begin()
    const other = github.addRepository(org, 'other')
    const narrow = await tokenClient(github, installation.id, {
      repository_ids: [repository.id],
      permissions: { issues: 'read' },
    })
    expect((await narrow.rest.issues.get({ ...at, issue_number: 1 })).status).toBe(200)
    expect(await failure(narrow.rest.repos.getContent({ ...at, path: 'README.md' }))).toMatchObject(
      { status: 403 },
    )
    const comment = narrow.rest.issues.createComment({ ...at, issue_number: 1, body: 'x' })
    expect(await failure(comment)).toMatchObject({ status: 403 })
    const elsewhere = narrow.rest.repos.get({ owner: 'shop', repo: other.name })
    expect(await failure(elsewhere)).toMatchObject({ status: 404 })
    const wider = tokenClient(github, installation.id, { permissions: { contents: 'write' } })
    expect(await failure(wider)).toMatchObject({ status: 422 })
    const foreign = github.addRepository('bob', 'diary')
    const further = tokenClient(github, installation.id, { repository_ids: [foreign.id] })
    expect(await failure(further)).toMatchObject({ status: 422 })
  })

  test('never writes contents', async () => {
    const { octokit, at } = await begin({ permissions: { contents: 'write' } })
    const write = octokit.rest.repos.createOrUpdateFileContents({
      ...at,
      path: 'x',
      message: 'x',
      content: 'eA==',
    })
    expect(await failure(write)).toMatchObject({ status: 403 })
  })

  test('dies with its installation, and rests while that is suspended', async () => {
    const { github, installation, at } = await begin()
    const octokit = await tokenClient(github, installation.id)
    github.suspend(installation, 'ada')
    expect(await failure(octokit.rest.repos.get(at))).toMatchObject({ status: 403 })
    installation.suspendedAt = null
    expect((await octokit.rest.repos.get(at)).status).toBe(200)
    github.uninstall(installation, 'ada')
    expect(await failure(octokit.rest.repos.get(at))).toMatchObject({ status: 401 })
  })

  test('is required, and must be one that was issued', async () => {
    const { github, at } = await begin()
    const forged = plainClient(github, 'ghs_314159_forged')
    expect(await failure(forged.rest.repos.get(at))).toMatchObject({ status: 401 })
    expect((await fetch(`${github.url}/repos/shop/orders`)).status).toBe(401)
  })
})

test('everything is served below /api/v3 too, under the same operation', async () => {
  const { github, installation, at } = await begin()
  const octokit = await probotOf(github, github.privateKey, '/api/v3').auth(installation.id)
  expect((await octokit.rest.repos.get(at)).data.full_name).toBe('shop/orders')
  expect(github.calls.at(-1)).toMatchObject({
    operation: 'GET /repos/:owner/:repo',
    path: '/api/v3/repos/shop/orders',
  })
})

test('a call without a route is a 404 that names it, and is noted', async () => {
  const { github, octokit } = await begin()
  const missing = await failure(octokit.request('GET /repos/shop/orders/traffic/views'))
  expect(missing.status).toBe(404)
  expect(missing.message).toContain('GET /repos/shop/orders/traffic/views')
  expect(github.unhandled).toEqual(['GET /repos/shop/orders/traffic/views'])
})
