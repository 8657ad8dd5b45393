// What our tokens may do: one test asks the port for everything that it can do and looks at every token that is used.
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { CheckRun, GitHub } from '../../src/workflows/ports.ts'
import { purposes, type Purpose } from '../../src/adapters/github/scopes.ts'
import { startScene } from './github-scene.ts'

type Scene = Awaited<ReturnType<typeof startScene>>

/** The purpose of each call that is made. */
const needed: Readonly<Record<string, Purpose>> = {
  'GET /repos/:owner/:repo': 'facts',
  'GET /repositories/:repository_id': 'facts',
  'GET /user/:account_id': 'facts',
  'GET /repos/:owner/:repo/collaborators/:username/permission': 'facts',
  'GET /repos/:owner/:repo/properties/values': 'facts',
  'GET /repos/:owner/:repo/pulls/:pull_number': 'facts',
  'GET /repos/:owner/:repo/pulls/:pull_number/files': 'facts',
  'GET /repos/:owner/:repo/pulls/:pull_number/commits': 'facts',
  'GET /repos/:owner/:repo/pulls/:pull_number/reviews': 'facts',
  'GET /repos/:owner/:repo/issues/:issue_number': 'facts',
  'GET /repos/:owner/:repo/activity': 'contents',
  'GET /repos/:owner/:repo/commits': 'contents',
  'GET /repos/:owner/:repo/commits/:ref/pulls': 'contents',
  'GET /repos/:owner/:repo/branches/:ref': 'contents',
  'GET /repos/:owner/:repo/contents/:path': 'contents',
  'GET /repos/:owner/:repo/issues/:issue_number/comments': 'pullComments',
  'POST /repos/:owner/:repo/issues/:issue_number/comments': 'pullComments',
  'PATCH /repos/:owner/:repo/issues/comments/:comment_id': 'pullComments',
  'POST /repos/:owner/:repo/issues/comments/:comment_id/reactions': 'pullComments',
  'GET /repos/:owner/:repo/issues': 'issues',
  'POST /repos/:owner/:repo/issues': 'issues',
  'GET /repos/:owner/:repo/commits/:ref/check-runs': 'checks',
  'POST /repos/:owner/:repo/check-runs': 'checks',
  'PATCH /repos/:owner/:repo/check-runs/:check_run_id': 'checks',
  'GET /orgs/:org/teams/:team_slug': 'members',
  'GET /orgs/:org/teams/:team_slug/members': 'members',
  'GET /orgs/:org/teams/:team_slug/memberships/:username': 'members',
  'POST /graphql': 'members',
}

const checkOf = (headSha: string): CheckRun => ({
  name: 'hallpass/access',
  headSha,
  status: 'in_progress',
  conclusion: undefined,
  title: 't',
  summary: 's',
  externalId: 'e',
  actions: [],
  annotations: [],
})

/** Everything that the port can do, each with what it needs: one that is added has to be added here. */
function everything({ hub, github, subject, grace, ada, pull, shop }: Scene) {
  const { headSha } = pull.pull
  const place = { repositoryId: shop.id, branch: 'main', path: 'README.md' }
  const head = { headSha, headRef: pull.pull.headRef, headRepositoryId: shop.id }
  const comment = hub.comment(pull, ada, 'hello')
  const issue = hub.openIssue(shop, { author: ada })
  return {
    installation: () => github.installation(subject),
    repository: () => github.repository(subject),
    current: async () => [
      await github.current(subject),
      await github.current({ ...subject, kind: 'issue', number: issue.number }),
    ],
    changedPaths: () => github.changedPaths(subject),
    roleOf: () => github.roleOf(subject, grace),
    account: () => github.account(subject, grace.id),
    teamMembership: () => github.teamMembership(subject, 'sre', grace),
    reviewedSince: () => github.reviewedSince(subject, grace, 0),
    teamMembers: () => github.teamMembers(subject, 'sre'),
    headPeople: () => github.headPeople(subject, { ...head, kind: 'pull_request' } as never),
    existsAt: () => github.existsAt(subject, headSha, 'src/a.ts'),
    samlIdentities: () => github.samlIdentities(subject, grace),
    property: () => github.property(subject, 'tier'),
    documentChanges: () => github.documentChanges(place, 'none', headSha),
    mergedBy: () => github.mergedBy(place, headSha),
    approvalsOf: () => github.approvalsOf(subject, { headSha, author: grace }),
    react: () => github.react(subject, comment.id, 'eyes'),
    createIssue: () => github.createIssue(subject, { title: 't', body: 'b' }),
    findIssue: () => github.findIssue(subject, 'marker'),
    createComment: () => github.createComment(subject, 'x'),
    updateComment: async () =>
      github.updateComment(subject, await github.createComment(subject, 'x'), 'y'),
    findComment: () => github.findComment(subject, 'marker'),
    createCheck: () => github.createCheck(subject, checkOf(headSha)),
    updateCheck: async () =>
      github.updateCheck(
        subject,
        await github.createCheck(subject, checkOf(headSha)),
        checkOf(headSha),
      ),
    findCheck: () => github.findCheck(subject, headSha, 'hallpass/access', ''),
  } satisfies Record<keyof GitHub, () => Promise<unknown>>
}

interface Sent {
  readonly operation: string
  readonly token: string
}

/** The scene after everything was done, and which token each call was made with. */
async function played() {
  const scene = await startScene()
  const { hub, acme, adapter, subject, shop } = scene
  hub.addTeam(acme, 'sre', { members: ['grace'] })
  const fetched = vi.spyOn(globalThis, 'fetch')
  onTestFinished(() => fetched.mockRestore())
  for (const act of Object.values(everything(scene))) await act()
  const place = { repositoryId: shop.id, branch: 'main', path: 'policy.yml' }
  await adapter.documents.pinned(place).read(subject)
  await adapter.documents.at(subject, 'main', 'policy.yml')
  const repository = await scene.github.repository(subject)
  if (repository) await adapter.documents.repository.read(subject, repository)
  const sent = fetched.mock.calls.flatMap(([url, init]): Sent[] => {
    const { pathname } = new URL(url instanceof Request ? url.url : url)
    const call = hub.calls.find(({ method, path }) => method === init?.method && path === pathname)
    const [kind, token = ''] = (new Headers(init?.headers).get('authorization') ?? '').split(' ')
    return call && kind === 'token' ? [{ operation: call.operation, token }] : []
  })
  fetched.mockRestore()
  return { scene, sent }
}

const permissionsOf = (purpose: Purpose) => ({ metadata: 'read', ...purposes[purpose] })

describe('a token', () => {
  it('may do what its call is made for, in one repository, and nothing else', async () => {
    const { scene, sent } = await played()
    const { hub, shop } = scene
    expect([...new Set(sent.map(({ operation }) => operation))].toSorted()).toEqual(
      Object.keys(needed).toSorted(),
    )
    for (const { operation, token } of sent) {
      const purpose = needed[operation] ?? 'facts'
      const used = hub.world.tokens.get(token)
      expect(used?.permissions, operation).toEqual(permissionsOf(purpose))
      expect(used?.repositoryIds, operation).toEqual(
        purpose === 'members' ? undefined : new Set([shop.id]),
      )
    }
    // One of each purpose, however many calls there were.
    expect(hub.world.tokens.size).toBe(Object.keys(purposes).length)
  })

  it('of an issue may not write to pull requests', async () => {
    const { github, subject, hub, shop, ada } = await startScene()
    const issue = hub.openIssue(shop, { author: ada })
    await github.createComment({ ...subject, kind: 'issue', number: issue.number }, 'x')
    const levels = [...hub.world.tokens.values()].map(
      ({ permissions }) => permissions.pull_requests,
    )
    expect(levels).not.toContain('write')
  })

  it('that leaked does no other work, and none in another repository', async () => {
    const { scene } = await played()
    const { hub, acme, subject, pull } = scene
    const other = hub.addRepository(acme, 'other')
    hub.openPullRequest(other, { author: 'grace', files: { 'a.ts': 'a' } })
    const { headSha } = pull.pull
    const works: Readonly<Record<string, readonly [string, string, object?]>> = {
      pulls: ['GET', `/repos/acme/shop/pulls/${subject.number}`],
      contents: ['GET', '/repos/acme/shop/contents/src/a.ts?ref=' + headSha],
      comments: ['POST', `/repos/acme/shop/issues/${subject.number}/comments`, { body: 'x' }],
      issues: ['POST', '/repos/acme/shop/issues', { title: 'x' }],
      checks: ['POST', '/repos/acme/shop/check-runs', { name: 'x', head_sha: headSha }],
      teams: ['GET', '/orgs/acme/teams/sre/members'],
      elsewhere: ['GET', '/repos/acme/other'],
    }
    const may = async (token: string): Promise<readonly string[]> => {
      const done: string[] = []
      for (const [name, [method, path, body]] of Object.entries(works)) {
        const response = await fetch(hub.url + path, {
          method,
          headers: { authorization: `token ${token}` },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
        if (response.ok) done.push(name)
        else expect([403, 404], `${name}: ${response.status}`).toContain(response.status)
      }
      return done
    }
    const found: Record<string, readonly string[]> = {}
    for (const { token, permissions } of [...hub.world.tokens.values()]) {
      const [purpose] = Object.entries(purposes).find(
        ([, its]) => JSON.stringify({ metadata: 'read', ...its }) === JSON.stringify(permissions),
      ) ?? ['unknown']
      found[purpose] = await may(token)
    }
    expect(found).toEqual({
      facts: ['pulls'],
      contents: ['pulls', 'contents'],
      pullComments: ['pulls', 'comments', 'issues'],
      issues: ['comments', 'issues'],
      checks: ['checks'],
      // Without a repository of its own it sees the names of all, and nothing of what they hold.
      members: ['teams', 'elsewhere'],
    })
  })
})

describe('a token that GitHub does not give', () => {
  it.each([
    [
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
      'missing',
    ],
    ['The permissions requested are not granted to this installation.', 'denied'],
  ])('%s', async (message, kind) => {
    const { hub, github, subject } = await startScene()
    hub.intercept(({ operation }) =>
      operation.endsWith('/access_tokens')
        ? Response.json({ message }, { status: 422 })
        : undefined,
    )
    await expect(github.changedPaths(subject)).rejects.toMatchObject({ kind })
  })

  it('for what the installation does not grant keeps nothing else from being done', async () => {
    const { hub, github, subject, installation } = await startScene()
    const { members, ...others } = installation.permissions
    expect(members).toBe('read')
    Object.assign(installation, { permissions: others })
    expect(await github.current(subject)).toBeDefined()
    await expect(github.teamMembers(subject, 'sre')).rejects.toMatchObject({ kind: 'denied' })
    expect(hub.world.tokens.size).toBe(1)
  })
})
