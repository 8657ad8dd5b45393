import { describe, expect, it } from 'vitest'
import type { Subject } from '../../src/domain/subjects.ts'
import { startScene } from './github-scene.ts'
import { answersOf, repositoryAnswer, startAdapter, subject as bare } from './github-wire.ts'

const issueSubject: Subject = { ...bare, kind: 'issue' }

const issue = {
  number: 3,
  state: 'open',
  user: { id: 1, login: 'ada', type: 'User' },
  labels: ['plain', { name: 'incident/db' }, { name: null }],
  assignees: [{ id: 2, login: 'grace', type: 'User' }],
  repository_url: 'https://api.github.com/repos/acme/shop',
}

const reading = async (answer: object, repository: object = repositoryAnswer) => {
  const { adapter } = await startAdapter(
    answersOf({
      'GET /repos/acme/shop/issues/3': answer,
      'GET /repos/acme/shop': repository,
    }),
  )
  return adapter.github.current(issueSubject)
}

describe('an issue', () => {
  it('is read with its facts', async () => {
    expect(await reading(issue)).toEqual({
      kind: 'issue',
      state: 'open',
      author: { id: 1, login: 'ada' },
      labels: ['plain', 'incident/db'],
      assignees: [{ id: 2, login: 'grace' }],
    })
  })

  it('of a deleted account, without assignees, is closed like any other', async () => {
    expect(await reading({ ...issue, user: null, assignees: null, state: 'closed' })).toMatchObject(
      { author: { id: 0, login: 'ghost' }, assignees: [], state: 'closed' },
    )
  })

  it.each<[string, object, object]>([
    ['a pull request', { ...issue, pull_request: { url: 'x' } }, repositoryAnswer],
    [
      'transferred to another repository',
      { ...issue, repository_url: 'https://api.github.com/repos/acme/other' },
      repositoryAnswer,
    ],
    [
      'in a repository whose name ends alike',
      { ...issue, repository_url: 'https://api.github.com/repos/not-acme/shop' },
      repositoryAnswer,
    ],
    ['one of another number', { ...issue, number: 4 }, repositoryAnswer],
    ['in a repository that took the name over', issue, { ...repositoryAnswer, id: 401 }],
    [
      'in an account that took the name over',
      issue,
      { ...repositoryAnswer, owner: { id: 51, login: 'acme' } },
    ],
    ['deleted', () => Response.json({ message: 'Gone' }, { status: 410 }), repositoryAnswer],
  ])('that is %s is none', async (_, answer, repository) => {
    expect(await reading(answer, repository)).toBeUndefined()
  })

  it('is read of the simulated GitHub, and no pull request for it', async () => {
    const { github, subject, hub, shop, ada } = await startScene()
    const { number } = hub.openIssue(shop, { author: 'ada' })
    const there: Subject = { ...subject, kind: 'issue', number }
    expect(await github.current(there)).toMatchObject({
      kind: 'issue',
      author: { id: ada.id, login: 'ada' },
    })
    expect(await github.current({ ...there, kind: 'pull_request' })).toBeUndefined()
    expect(await github.current({ ...there, number: subject.number })).toBeUndefined()
    hub.renameRepository(shop, 'ada', 'store')
    expect(await github.current(there)).toMatchObject({ kind: 'issue' })
  })
})

const marker = '<!-- hallpass:debt:1 -->'
const ours = { login: 'ours[bot]', type: 'Bot' }
const listed = (more: object) => ({ number: 7, user: ours, body: `x ${marker}`, ...more })

const withIssues = (issues: unknown, more: object = {}) =>
  startAdapter(
    answersOf({
      'GET /repos/acme/shop': repositoryAnswer,
      'GET /app': { id: 77, slug: 'ours', permissions: {}, events: [] },
      'GET /repos/acme/shop/issues': issues,
      ...more,
    }),
  )

describe('an issue of our own', () => {
  it('is opened', async () => {
    const { adapter, wire } = await withIssues([], {
      'POST /repos/acme/shop/issues': { number: 9 },
    })
    expect(await adapter.github.createIssue(bare, { title: 't', body: 'b' })).toBe(9)
    const [call] = wire.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('s'))
    expect(JSON.parse(wire.calls.at(-1)?.body ?? '')).toEqual({ title: 't', body: 'b' })
    expect(call).toBeDefined()
  })

  it.each([
    ['no title', { title: '', body: 'b' }],
    ['too long a title', { title: 't'.repeat(257), body: 'b' }],
    ['too long a body', { title: 't', body: 'b'.repeat(65_537) }],
  ])('with %s is not sent', async (_, asked) => {
    const { adapter, wire } = await withIssues([])
    const told = adapter.github.createIssue(bare, asked)
    await expect(told).rejects.toMatchObject({ name: 'GitHubError', kind: 'invalid' })
    expect(wire.calls).toEqual([])
  })

  it.each<[string, object, number | undefined]>([
    ['our bot', {}, 7],
    ['our bot through our App', { performed_via_github_app: { id: 77 } }, 7],
    ['another bot', { user: { login: 'x[bot]', type: 'Bot' } }, undefined],
    ['our name through another App', { performed_via_github_app: { id: 78 } }, undefined],
    [
      'a person through our App',
      { user: { login: 'ada', type: 'User' }, performed_via_github_app: { id: 77 } },
      undefined,
    ],
    ['a deleted account', { user: null }, undefined],
    ['our bot without the marker', { body: null }, undefined],
    ['our bot as a pull request', { pull_request: {} }, undefined],
  ])('is found by its marker when it is by %s', async (_, more, number) => {
    const { adapter } = await withIssues([listed(more)])
    expect(await adapter.github.findIssue(bare, marker)).toBe(number)
  })

  it('is asked for by our login, open or closed, and found on a later page', async () => {
    const queries: string[] = []
    const pages = (request: Request) => {
      const url = new URL(request.url)
      queries.push(url.search)
      const next = `<${url.origin}${url.pathname}?page=2>; rel="next"`
      return url.searchParams.has('page')
        ? Response.json([listed({})])
        : Response.json([listed({ number: 8, body: 'x' })], { headers: { link: next } })
    }
    const { adapter } = await withIssues(pages)
    expect(await adapter.github.findIssue(bare, marker)).toBe(7)
    expect(queries[0]).toContain('creator=ours%5Bbot%5D')
    expect(queries[0]).toContain('state=all')
  })
})

describe('a reaction', () => {
  const path = 'POST /repos/acme/shop/issues/comments/12/reactions'
  it.each(['eyes', 'rocket', '-1', 'confused', '+1'] as const)('%s is left', async (reaction) => {
    const { adapter, wire } = await withIssues([], { [path]: { id: 1 } })
    await adapter.github.react(bare, 12, reaction)
    expect(JSON.parse(wire.calls.at(-1)?.body ?? '')).toEqual({ content: reaction })
  })

  it.each([
    [403, 'denied'],
    [404, 'missing'],
    [502, 'transient'],
  ])('that fails with %i is told as %s', async (status, kind) => {
    const failing = () => Response.json({ message: 'no' }, { status })
    const { adapter } = await withIssues([], { [path]: failing })
    const told = adapter.github.react(bare, 12, 'eyes')
    await expect(told).rejects.toMatchObject({ name: 'GitHubError', kind })
  })

  it('is left on nothing in a repository that took the name over', async () => {
    const { adapter, wire } = await withIssues([], {
      'GET /repos/acme/shop': { ...repositoryAnswer, id: 401 },
      [path]: { id: 1 },
    })
    await expect(adapter.github.react(bare, 12, 'eyes')).rejects.toMatchObject({ kind: 'missing' })
    expect(wire.calls.every(({ operation }) => operation !== path)).toBe(true)
  })
})
