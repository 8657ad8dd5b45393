import { describe, expect, it } from 'vitest'
import { answersOf, repositoryAnswer, startAdapter, subject } from './github-wire.ts'

const path = 'access/policy.yml'
const place = { repositoryId: subject.repositoryId, branch: 'main', path }
const contents = 'GET /repos/acme/shop/contents/access%2Fpolicy.yml'
const commit = 'e'.repeat(40)
const headSha = 'f'.repeat(40)
const person = (id: number, type = 'User') => ({ id, login: `u${id}`, type })

const merged = {
  number: 5,
  user: person(1),
  merged_at: '2026-01-01T00:00:00Z',
  merge_commit_sha: commit,
  head: { sha: headSha, ref: 'topic', repo: { id: subject.repositoryId } },
  base: { ref: 'main', repo: repositoryAnswer },
}
let minute = 0
const review = (user: object | null, state: string, commit_id = headSha) => ({
  user,
  state,
  commit_id,
  submitted_at: new Date(Date.UTC(2026, 0, 1, 0, (minute += 1))).toISOString(),
})

const world = (pulls: readonly unknown[], reviews: readonly unknown[] = [], more: object = {}) =>
  startAdapter(
    answersOf({
      'GET /app/installations': [
        {
          id: 9,
          account: { id: 50, login: 'acme' },
          permissions: {},
          events: [],
          suspended_at: null,
        },
      ],
      [`GET /repositories/${subject.repositoryId}`]: repositoryAnswer,
      [`GET /repos/acme/shop/commits/${commit}/pulls`]: pulls,
      'GET /repos/acme/shop/pulls/5/commits': [{ sha: 'first' }, { sha: headSha }],
      'GET /repos/acme/shop/pulls/6/commits': [{ sha: commit }],
      'GET /repos/acme/shop/pulls/5/reviews': reviews,
      ...more,
    }),
  )

describe('what brought a commit', () => {
  it('is the pull request that was merged as it, with who approved its head', async () => {
    const { adapter } = await world([merged], [review(person(2), 'APPROVED')])
    expect(await adapter.github.mergedBy(place, commit)).toEqual({
      subject: { ...subject, number: 5 },
      author: { id: 1, login: 'u1' },
      head: { headSha, headRef: 'topic', headRepositoryId: subject.repositoryId },
      blob: undefined,
      approvals: [{ id: 2, login: 'u2' }],
    })
  })

  it('is told with what the document held at its merged head', async () => {
    const { adapter } = await world([merged], [], {
      [contents]: ({ url }: Request) =>
        Response.json({ type: 'file', path, sha: `at ${new URL(url).searchParams.get('ref')}` }),
    })
    expect(await adapter.github.mergedBy(place, commit)).toMatchObject({ blob: `at ${headSha}` })
  })

  it('may be one whose head it is', async () => {
    const its = { ...merged, merge_commit_sha: 'a merge', head: { ...merged.head, sha: commit } }
    const { adapter } = await world([its])
    expect(await adapter.github.mergedBy(place, commit)).toMatchObject({
      head: { headSha: commit },
    })
  })

  it('may be one that holds it among others', async () => {
    const its = { ...merged, merge_commit_sha: 'a merge' }
    const { adapter } = await world([its], [], {
      'GET /repos/acme/shop/pulls/5/commits': [{ sha: commit }, { sha: headSha }],
    })
    expect(await adapter.github.mergedBy(place, commit)).toMatchObject({ head: { headSha } })
  })

  it.each([
    ['of a fork', { id: 401 }, 401],
    ['of a fork that is gone', null, null],
  ])('may be one %s', async (_, repo, headRepositoryId) => {
    const { adapter } = await world([{ ...merged, head: { ...merged.head, repo } }])
    const brought = await adapter.github.mergedBy(place, commit)
    expect(brought?.head.headRepositoryId).toBe(headRepositoryId)
  })

  it('tells as which pull request those are read who had a hand in its head', async () => {
    const wrote = { sha: headSha, author: person(1), committer: person(3) }
    const pushed = { ref: 'refs/heads/topic', after: headSha, actor: person(2) }
    const { adapter } = await world([merged], [review(person(2), 'APPROVED')], {
      'GET /repos/acme/shop/pulls/5/commits': [wrote],
      'GET /repos/acme/shop/pulls/5': { ...merged, commits: 1 },
      'GET /repos/acme/shop/activity': [{ ...pushed, activity_type: 'push' }],
    })
    const brought = await adapter.github.mergedBy(place, commit)
    if (brought === undefined) throw new Error('nothing brought it')
    expect(await adapter.github.headPeople(brought.subject, brought.head)).toEqual({
      people: [1, 2, 3],
      unproven: false,
    })
  })

  it('may be one of a deleted account', async () => {
    const { adapter } = await world([{ ...merged, user: null }])
    expect(await adapter.github.mergedBy(place, commit)).toMatchObject({
      author: { id: 0, login: 'ghost' },
    })
  })

  it.each<[string, readonly unknown[]]>([
    ['nothing: it was pushed', []],
    ['one that was only closed', [{ ...merged, merged_at: null }]],
    ['one into another branch', [{ ...merged, base: { ...merged.base, ref: 'dev' } }]],
    ['one into another repository', [{ ...merged, base: { ref: 'main', repo: { id: 8 } } }]],
    ['one that brought another commit last', [{ ...merged, merge_commit_sha: 'another' }]],
    ['one of two', [merged, { ...merged, number: 6 }]],
    ['one of two that hold it', [merged, { ...merged, number: 6, merge_commit_sha: 'x' }]],
  ])('is not told of %s', async (_, pulls) => {
    const { adapter } = await world(pulls)
    expect(await adapter.github.mergedBy(place, commit)).toBeUndefined()
  })

  it('is not told where the App is not installed', async () => {
    const { adapter } = await world([merged], [], {
      [`GET /repositories/${subject.repositoryId}`]: undefined,
    })
    expect(await adapter.github.mergedBy(place, commit)).toBeUndefined()
  })

  it('is read again when the repository was renamed meanwhile', async () => {
    let names = 0
    const { adapter } = await world([merged], [], {
      [`GET /repositories/${subject.repositoryId}`]: () => ({
        ...repositoryAnswer,
        name: (names += 1) === 1 ? 'shop' : 'store',
      }),
    })
    const told = adapter.github.mergedBy(place, commit)
    await expect(told).rejects.toMatchObject({ kind: 'transient' })
  })
})

describe('an approval of the merged head', () => {
  const two = person(2)
  it.each<[string, readonly unknown[], boolean]>([
    ['stays after a remark', [review(two, 'APPROVED'), review(two, 'COMMENTED')], true],
    ['may come after a refusal', [review(two, 'CHANGES_REQUESTED'), review(two, 'APPROVED')], true],
    [
      'falls with a later refusal',
      [review(two, 'APPROVED'), review(two, 'CHANGES_REQUESTED')],
      false,
    ],
    [
      'falls with a later approval of another commit',
      [review(two, 'APPROVED'), review(two, 'APPROVED', 'x')],
      false,
    ],
    ['is none when it was dismissed', [review(two, 'DISMISSED')], false],
    ['is none while it is not submitted', [review(two, 'PENDING')], false],
    ['is none of another commit', [review(two, 'APPROVED', 'x')], false],
    ['is none by its author', [review(person(1), 'APPROVED')], false],
    ['is none by a bot', [review(person(2, 'Bot'), 'APPROVED')], false],
    ['is none by an account of an unknown type', [review(person(2, 'Agent'), 'APPROVED')], false],
    ['is none by a deleted account', [review(null, 'APPROVED')], false],
  ])('%s', async (_, reviews, counts) => {
    const { adapter } = await world([merged], reviews)
    const brought = await adapter.github.mergedBy(place, commit)
    expect(brought?.approvals).toEqual(counts ? [{ id: 2, login: 'u2' }] : [])
  })

  it('is dated by when it was submitted, wherever it is listed', async () => {
    const refused = review(two, 'CHANGES_REQUESTED')
    const approved = review(two, 'APPROVED')
    const { adapter } = await world([merged], [approved, refused])
    const brought = await adapter.github.mergedBy(place, commit)
    expect(brought?.approvals).toEqual([{ id: 2, login: 'u2' }])
  })
})

describe('what changed a document', () => {
  const blobs: Record<string, string | undefined> = {
    c3: 'b3',
    mix: 'bm',
    c2: undefined,
    c1: 'b1',
    c0: 'b0',
  }
  const history = (commits: readonly string[], content: (commit: string) => object) =>
    world([], [], {
      'GET /repos/acme/shop/commits': () =>
        commits.map((sha) => ({ sha, parents: sha === 'mix' ? [{}, {}] : [{}] })),
      [contents]: ({ url }: Request) => {
        const at = new URL(url).searchParams.get('ref') ?? ''
        return blobs[at] === undefined
          ? Response.json({ message: 'Not Found' }, { status: 404 })
          : content(blobs[at])
      },
    })
  const file = (sha: string) => ({ type: 'file', path, sha })

  it.each([
    ['b3', []],
    ['b1', ['c3', 'c2']],
    ['b0', ['c3', 'c2', 'c1']],
    ['never there', undefined],
  ])('since %s', async (since, changes) => {
    const { adapter } = await history(['c3', 'c2', 'c1', 'c0'], file)
    const told = await adapter.github.documentChanges(place, since, 'c9')
    expect(told).toEqual(changes?.map((commit) => ({ commit, blob: blobs[commit] })))
  })

  it('is asked for from the commit it was read at', async () => {
    const queries: URLSearchParams[] = []
    const { adapter } = await world([], [], {
      'GET /repos/acme/shop/commits': ({ url }: Request) => {
        queries.push(new URL(url).searchParams)
        return []
      },
    })
    expect(await adapter.github.documentChanges(place, 'b0', 'c9')).toBeUndefined()
    expect(queries.map((query) => [query.get('sha'), query.get('path')])).toEqual([['c9', path]])
  })

  it('is not told beyond a merge that mixed two contents', async () => {
    const { adapter } = await history(['c3', 'mix', 'c1'], file)
    const changes = (since: string) => adapter.github.documentChanges(place, since, 'c9')
    expect(await changes('b1')).toBeUndefined()
    expect(await changes('bm')).toEqual([{ commit: 'c3', blob: 'b3' }])
  })

  it('is not told where a link leads to another document', async () => {
    const { adapter } = await history(['c3'], (sha) => ({ ...file(sha), path: 'elsewhere' }))
    expect(await adapter.github.documentChanges(place, 'b3', 'c9')).toBeUndefined()
  })
})
