// Whose approval of a head would be an approval of their own work.
import { describe, expect, it } from 'vitest'
import { answersOf, repositoryAnswer, startAdapter, subject } from './github-wire.ts'

const headSha = 'c'.repeat(40)
const head = { headSha, headRef: 'topic', headRepositoryId: subject.repositoryId }

const commit = (author: number | null, committer: number | null, sha = headSha) => ({
  sha,
  author: author === null ? null : { id: author, login: `u${author}` },
  committer: committer === null ? null : { id: committer, login: `u${committer}` },
})
const push = (actor: number | null, more: object = {}) => ({
  id: 1,
  ref: 'refs/heads/topic',
  after: headSha,
  activity_type: 'push',
  actor: actor === null ? null : { id: actor, login: `u${actor}` },
  ...more,
})

const pull = (more: { commits?: number; sha?: string; ref?: string; repo?: number | null }) => ({
  number: subject.number,
  commits: more.commits ?? 1,
  head: {
    sha: more.sha ?? headSha,
    ref: more.ref ?? 'topic',
    repo: more.repo === null ? null : { id: more.repo ?? subject.repositoryId },
  },
  base: { ref: 'main', repo: repositoryAnswer },
})

const commitsPath = '/repos/acme/shop/pulls/3/commits'
const activityPath = '/repos/acme/shop/activity'

function world(more: { commits?: unknown; activity?: unknown; pull?: unknown }) {
  return startAdapter(
    answersOf({
      [`GET ${commitsPath}`]: more.commits ?? [commit(1, 2)],
      [`GET ${activityPath}`]: more.activity ?? [push(3)],
      'GET /repos/acme/shop/pulls/3': more.pull ?? pull({}),
    }),
  )
}

/** As GitHub pages: a `next` link until the last of them. */
const paged =
  (path: string, pages: number, entriesOf: (page: number) => readonly unknown[]) =>
  (request: Request) => {
    const url = new URL(request.url)
    const page = Number(url.searchParams.get('page') ?? '1')
    const next = `<${url.origin}${path}?page=${page + 1}>; rel="next"`
    return Response.json(entriesOf(page), page < pages ? { headers: { link: next } } : {})
  }

describe('who had a hand in a head', () => {
  it('is who wrote its commits, who committed them, and who pushed to its branch', async () => {
    const { adapter, wire } = await world({ activity: [push(3), push(4, { after: 'older' })] })
    expect(await adapter.github.headPeople(subject, head)).toEqual({
      people: [1, 2, 3, 4],
      unproven: false,
    })
    expect(wire.calls.some(({ path }) => path === activityPath)).toBe(true)
  })

  it('is nobody of another branch', async () => {
    const { adapter } = await world({ activity: [push(3), push(9, { ref: 'refs/heads/main' })] })
    expect((await adapter.github.headPeople(subject, head)).people).toEqual([1, 2, 3])
  })

  it('is nobody who only deleted the branch', async () => {
    const deleted = { activity_type: 'branch_deletion', before: headSha, after: '0'.repeat(40) }
    const { adapter } = await world({ activity: [push(9, deleted), push(null, deleted), push(3)] })
    expect(await adapter.github.headPeople(subject, head)).toEqual({
      people: [1, 2, 3],
      unproven: false,
    })
  })

  it('is whole over all pages', async () => {
    const { adapter } = await world({
      commits: paged(commitsPath, 2, (page) => [commit(page, 10, page === 1 ? 'c1' : headSha)]),
      activity: paged(activityPath, 10, (page) => [push(100 + page)]),
      pull: pull({ commits: 2 }),
    })
    const { people, unproven } = await adapter.github.headPeople(subject, head)
    expect(people).toEqual([1, 2, 10, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110])
    expect(unproven).toBe(false)
  })
})

describe('who had a hand in a head is unproven', () => {
  it.each<[string, Parameters<typeof world>[0], number[]]>([
    ['with an author who has no account', { commits: [commit(null, 2)] }, [2, 3]],
    ['with a committer who has no account', { commits: [commit(1, null)] }, [1, 3]],
    [
      'with an author who is told as nothing',
      { commits: [{ ...commit(1, 2), author: {} }] },
      [2, 3],
    ],
    ['with a push by a deleted account', { activity: [push(3), push(null)] }, [1, 2, 3]],
    ['without any push', { activity: [] }, [1, 2]],
    ['without the push of the head', { activity: [push(3, { after: 'older' })] }, [1, 2, 3]],
    ['when fewer commits are listed than counted', { pull: pull({ commits: 2 }) }, [1, 2, 3]],
    ['when the head is not among them', { commits: [commit(1, 2, 'other')] }, [1, 2, 3]],
    [
      'where GitHub knows no activity',
      { activity: () => Response.json({ message: 'Not Found' }, { status: 404 }) },
      [1, 2],
    ],
  ])('%s', async (_, more, people) => {
    const { adapter } = await world(more)
    expect(await adapter.github.headPeople(subject, head)).toEqual({ people, unproven: true })
  })

  it('with as many commits as GitHub lists at most', async () => {
    const commits = Array.from({ length: 250 }, (_, n) => commit(1, 2, n === 0 ? headSha : `${n}`))
    const { adapter } = await world({ commits, pull: pull({ commits: 250 }) })
    expect((await adapter.github.headPeople(subject, head)).unproven).toBe(true)
  })

  it('with more pushes than are read', async () => {
    const { adapter, wire } = await world({
      activity: paged(activityPath, 11, () => [push(3)]),
    })
    expect((await adapter.github.headPeople(subject, head)).unproven).toBe(true)
    expect(wire.calls.filter(({ path }) => path === activityPath)).toHaveLength(10)
  })

  it.each([
    ['of a fork', 401],
    ['of a fork that is gone', null],
  ])('%s, whose pushes are not asked for', async (_, repo) => {
    const { adapter, wire } = await world({ pull: pull({ repo }) })
    const there = { ...head, headRepositoryId: repo }
    expect(await adapter.github.headPeople(subject, there)).toEqual({
      people: [1, 2],
      unproven: true,
    })
    expect(wire.calls.some(({ path }) => path === activityPath)).toBe(false)
  })
})

describe('who had a hand in a head is not told', () => {
  it.each([
    ['is another commit', pull({ sha: 'd'.repeat(40) })],
    ['is on another branch', pull({ ref: 'other' })],
    ['lies in another repository', pull({ repo: 401 })],
  ])('when it %s by now', async (_, now) => {
    const { adapter } = await world({ pull: now })
    const told = adapter.github.headPeople(subject, head)
    await expect(told).rejects.toMatchObject({ name: 'GitHubError', kind: 'transient' })
  })

  it('when the name is another repository`s', async () => {
    const taken = { ...pull({}), base: { ref: 'main', repo: { ...repositoryAnswer, id: 401 } } }
    const { adapter } = await world({ pull: taken })
    const told = adapter.github.headPeople(subject, head)
    await expect(told).rejects.toMatchObject({ kind: 'missing' })
  })

  it('when GitHub does not let us see it', async () => {
    const activity = () => Response.json({ message: 'Resource not accessible' }, { status: 403 })
    const { adapter } = await world({ activity })
    const told = adapter.github.headPeople(subject, head)
    await expect(told).rejects.toMatchObject({ kind: 'denied' })
  })
})
