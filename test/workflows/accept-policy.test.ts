// Which part of the organization's document applies, by what was accepted before and who has approved the rest.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { GitHubError } from '../../src/domain/errors.ts'
import type { RepositoryFacts } from '../../src/domain/policy/types.ts'
import type { DocumentReading, Commit } from '../../src/workflows/ports.ts'
import {
  acceptNow,
  acceptor,
  type Acceptance,
  type Read,
} from '../../src/workflows/accept-policy.ts'
import { understand } from '../../src/workflows/understand-document.ts'
import { parseOrganizationPolicy } from '../../src/domain/policy/parse.ts'
import { subject } from '../domain/grants.fixtures.ts'
import { fakeDeps } from '../support/fakes.ts'

const guarded = `
version: 1
roles:
  logs-read:
    description: Read the logs
    bindings:
      - aws: { account: "111122223333", allow: [{ actions: [logs:GetLogEvents], resources: ["*"] }] }
    repositories: [shop]
    eligible: [team:backend]
    lease: { default: 30m, max: 2h }
    approval: none
rules:
  - { name: see the logs, when: { review_requested: {} }, give: logs-read }
policy_changes: { widening: { by: [team:security, user:30], count: 2 } }
`
const unguarded = guarded.replace(/policy_changes: .*\n/, '')
const wider = (text: string) => text.replace('max: 2h', 'max: 3h')
const narrow = (text: string) => text.replace('max: 2h', 'max: 1h')

const pinned = { repositoryId: 700, branch: 'main', path: 'policy.yml' }
const head = 'c'.repeat(40)
const repository: RepositoryFacts = {
  id: subject.repositoryId,
  owner: 'acme',
  name: 'shop',
  accountId: subject.accountId,
  visibility: 'private',
  archived: false,
  defaultBranch: 'main',
}
const person = (id: number) => ({ id, login: `u${id}` })
const [author, secure, listed] = [person(1), person(29), person(30)]

const blobOf = (text: string) => createHash('sha1').update(text).digest('hex')
const readingOf = (text: string, where = 'acme/access:policy.yml'): DocumentReading => ({
  kind: 'document',
  source: { where, commit: where.startsWith('/') ? undefined : head, blob: blobOf(text) },
  text,
})
function read(text: string, where?: string): Read {
  const reading = readingOf(text, where)
  if (reading.kind === 'missing') throw new Error('it is there')
  const understood = understand(reading, parseOrganizationPolicy)
  if (understood.kind === 'broken') throw new Error(understood.problems[0]?.message)
  return understood
}

/** `before` was accepted already. What a pull request brought is approved by everybody who may, unless told otherwise. */
async function world(before?: string, from: 'repository' | 'file' = 'repository') {
  const made = fakeDeps()
  const { deps, github, ledger } = made
  const place = from === 'file' ? undefined : pinned
  const where = from === 'file' ? '/etc/policy.yml' : undefined
  const judge = acceptor(deps, place)
  const take = (text: string, owner = 'acme') => {
    const holding = <B extends { readonly blob: string | undefined }>(at: B): B =>
      at.blob === 'approved' ? { ...at, blob: blobOf(text) } : at
    github.documentCommits = github.documentCommits?.map(holding)
    for (const [commit, brought] of github.merges) github.merges.set(commit, holding(brought))
    return judge(read(text, where), { subject, repository: { ...repository, owner } })
  }
  if (before !== undefined) await take(before)
  ledger.commits.length = 0
  made.log.lines.length = 0
  const merged = { headSha: 'f'.repeat(40), headRef: 'topic', headRepositoryId: 700 }
  const byPull = (number: number) => ({
    subject: { ...subject, repositoryId: 700, number },
    author,
    head: merged,
    blob: 'approved',
  })
  github.documentCommits = [{ commit: head, blob: 'approved' }]
  github.members.set('security', [secure])
  const approve = (...people: readonly { id: number; login: string }[]) =>
    github.merges.set(head, { ...byPull(5), approvals: people })
  approve(secure, listed)
  const inForce = () => [...ledger.accepted.values()].map(({ blob }) => blob)
  /** What changed the document, newest first: by which pull request, and what it held then. */
  const changes = (...all: readonly (readonly [number, string])[]) => {
    github.documentCommits = all.map(([number, blob], index) => {
      const commit = String(index).repeat(40)
      github.merges.set(commit, { ...byPull(number), approvals: [secure, listed] })
      return { commit, blob }
    })
  }
  return { ...made, take, approve, changes, inForce }
}

const eventsOf = (commits: readonly Commit[]) =>
  commits.flatMap(({ events = [] }) => events.map(({ event }) => event.type))
const because = (got: Acceptance) => (got.kind === 'held-back' ? got.heldBack.because : got.kind)

describe('contents that no approval is needed for', () => {
  test.each<[string, string | undefined, string]>([
    ['the first ones', undefined, guarded],
    ['the first ones, unguarded', undefined, unguarded],
    ['narrower ones', guarded, narrow(guarded)],
    ['ones that give the same', guarded, guarded.replace('Read the logs', 'Read all logs')],
    ['wider ones where nobody guards', unguarded, wider(unguarded)],
    ['ones that bring a guard', unguarded, guarded],
  ])('%s are accepted, and nobody is asked', async (_, before, after) => {
    const { take, github, inForce, ledger } = await world(before)
    github.before = (call) => {
      throw new Error(`GitHub was asked: ${call}`)
    }
    expect(await take(after)).toEqual({ kind: 'accepted' })
    expect(inForce()).toEqual([blobOf(after)])
    expect(eventsOf(ledger.commits)).toEqual(['policy.loaded'])
  })

  test('the same ones write nothing', async () => {
    const { take, ledger } = await world(guarded)
    expect(await take(guarded)).toEqual({ kind: 'accepted' })
    expect(ledger.commits).toEqual([])
  })
})

describe('wider ones that are guarded', () => {
  test('are accepted once enough of those who guard them have approved their merged head', async () => {
    const { take, inForce, ledger, log } = await world(guarded)
    expect(await take(wider(guarded))).toEqual({ kind: 'accepted' })
    expect(inForce()).toEqual([blobOf(wider(guarded))])
    expect(ledger.commits[0]?.events?.at(-1)?.event).toMatchObject({
      type: 'policy.accepted',
      replaces: blobOf(guarded),
      by: { kind: 'hallpass' },
    })
    expect(log.lines.map(({ id }) => id)).toEqual(['policy.accepted'])
  })

  type World = Awaited<ReturnType<typeof world>>
  test.each<[string, (made: World) => unknown, string]>([
    ['nobody', (made) => made.approve(), 'has 0 of 2'],
    ['too few', (made) => made.approve(secure), 'has 1 of 2'],
    ['one of them twice', (made) => made.approve(secure, secure), 'has 1 of 2'],
    ['its author', (made) => made.approve(author, secure), 'has 1 of 2'],
    [
      'somebody who had a hand in what was merged',
      ({ github }) => (github.head = { people: [author.id, secure.id], unproven: false }),
      'has 1 of 2, without those who had a hand in it',
    ],
    [
      'nobody but those who made it',
      ({ github }) => (github.head = { people: [listed.id, secure.id], unproven: false }),
      'has 0 of 2, without those who had a hand in it',
    ],
    [
      'them, but others may have had a hand in it',
      ({ github }) => (github.head = { people: [author.id], unproven: true }),
      'GitHub does not tell for certain who had a hand in pull request 5',
    ],
    [
      'them, but who had a hand in it cannot be read',
      ({ github }) =>
        (github.before = (call) => {
          if (call === 'headPeople') throw new GitHubError('denied', 'GitHub does not let us')
        }),
      'GitHub did not answer',
    ],
    ['strangers', (made) => made.approve(person(50), person(51)), 'has 0 of 2'],
    [
      'somebody who left the team since',
      (made) => made.github.members.set('security', []),
      'has 1 of 2',
    ],
    [
      'members of a team that nobody may see',
      (made) => {
        made.github.members.clear()
        made.github.teams.set('security', 'unknown')
      },
      'has 1 of 2',
    ],
    ['nobody, for it was pushed', (made) => made.github.merges.clear(), 'no merged pull request'],
    [
      'them, and a commit before it was pushed',
      ({ github }) =>
        (github.documentCommits = [
          { commit: head, blob: 'approved' },
          { commit: 'd'.repeat(40), blob: 'approved' },
        ]),
      'no merged pull request brought its commit ddddddd',
    ],
    [
      'them with other contents',
      ({ changes, github }) => {
        changes([5, 'approved'])
        for (const [commit, brought] of github.merges)
          github.merges.set(commit, { ...brought, blob: 'other' })
      },
      'its commit 0000000 holds something else than pull request 5',
    ],
    [
      'them on top of what another was not approved with',
      ({ changes }) => changes([5, 'approved'], [6, 'other']),
      'its commit 1111111 holds something else than pull request 6',
    ],
    [
      'nobody knows whom, for its history was rewritten',
      (made) => (made.github.documentCommits = undefined),
      'GitHub does not show which commits',
    ],
    [
      'nobody knows whom, for no commit that GitHub names left it so',
      ({ changes }) => changes([5, 'other']),
      'GitHub does not show which commits',
    ],
    [
      'nobody knows whom, for no commit changed it',
      (made) => (made.github.documentCommits = []),
      'GitHub does not show which commits',
    ],
    [
      'nobody knows whom, for GitHub is silent',
      (made) =>
        (made.github.before = () => {
          throw new GitHubError('transient', 'GitHub is away')
        }),
      'GitHub did not answer',
    ],
  ])('approved by %s are held back', async (_, set, said) => {
    const made = await world(guarded)
    set(made)
    const got = await made.take(wider(guarded))
    expect(because(got)).toContain(said)
    if (got.kind !== 'held-back') throw new Error('it is not held back')
    expect(got.narrowed.roles.get('logs-read')?.lease.maxSeconds).toBe(2 * 3600)
    expect(got.accepted.blob).toBe(blobOf(guarded))
    expect(got.heldBack).toMatchObject({ widened: ['logs-read'], needs: { count: 2 } })
    expect(made.inForce()).toEqual([blobOf(guarded)])
  })

  test('count no team of the same name in the organization of another subject', async () => {
    const { take } = await world(guarded)
    expect(because(await take(wider(guarded), 'evil'))).toContain('has 1 of 2')
  })

  test('are told of once, by one event and one warning, however often they are read', async () => {
    const { take, approve, ledger, log } = await world(guarded)
    approve()
    await Promise.all([take(wider(guarded)), take(wider(guarded))])
    await take(wider(guarded))
    expect(eventsOf(ledger.commits)).toEqual(['policy.held-back'])
    expect(log.lines).toMatchObject([{ level: 'warn', id: 'policy.held-back' }])
    await take(wider(guarded).replace('[shop]', '[pay]'))
    expect(eventsOf(ledger.commits)).toEqual(['policy.held-back', 'policy.held-back'])
  })

  test('may have been something else before the last commit of what was approved', async () => {
    const { take, changes } = await world(guarded)
    changes([5, 'approved'], [5, 'other'], [6, 'approved'])
    expect(await take(wider(guarded))).toEqual({ kind: 'accepted' })
  })

  test('take effect when the approval comes later', async () => {
    const { take, approve, inForce } = await world(guarded)
    approve()
    expect((await take(wider(guarded))).kind).toBe('held-back')
    approve(secure, listed)
    expect(await take(wider(guarded))).toEqual({ kind: 'accepted' })
    expect(inForce()).toEqual([blobOf(wider(guarded))])
  })

  test.each([
    ['without its guard', unguarded],
    ['with an easier guard', guarded.replace('count: 2', 'count: 1')],
    ['with another guard', guarded.replace('user:30', 'user:1')],
  ])('include a document %s: the accepted one says who approves', async (_, after) => {
    const { take, approve } = await world(guarded)
    approve(author, listed)
    expect(because(await take(after))).toContain('has 1 of 2')
  })

  test('do not matter any more once they are taken back', async () => {
    const { take, approve, inForce, github } = await world(guarded)
    approve()
    await take(wider(guarded))
    github.before = () => {
      throw new Error('GitHub was asked')
    }
    expect(await take(guarded)).toEqual({ kind: 'accepted' })
    expect(inForce()).toEqual([blobOf(guarded)])
  })

  test('of a local file cannot be approved on GitHub', async () => {
    const { take, github } = await world(guarded, 'file')
    github.before = () => {
      throw new Error('GitHub was asked')
    }
    const got = await take(wider(guarded))
    expect(because(got)).toBe('nobody can tell who approved a local file')
  })
})

describe('two processes at once', () => {
  test('accept the same contents once', async () => {
    const { take, ledger, inForce } = await world(guarded)
    const after = narrow(guarded)
    expect(await Promise.all([take(after), take(after)])).toEqual([
      { kind: 'accepted' },
      { kind: 'accepted' },
    ])
    expect(inForce()).toEqual([blobOf(after)])
    expect(eventsOf(ledger.commits)).toEqual(['policy.loaded'])
  })

  test('judge again when other contents were accepted in between', async () => {
    const { take, ledger, approve, inForce } = await world(unguarded)
    approve()
    let raced = false
    ledger.beforeCommit = ({ acceptedPolicy }) => {
      if (acceptedPolicy === undefined || raced) return
      raced = true
      const [[where = ''] = []] = ledger.accepted
      ledger.accepted.set(where, { blob: blobOf(guarded), text: guarded })
    }
    // Nobody guarded it when it was read: by the time it is written, somebody does.
    expect((await take(wider(guarded))).kind).toBe('held-back')
    expect(inForce()).toEqual([blobOf(guarded)])
  })
})

test('accepted contents that this version does not understand stop everything, and say what to do', async () => {
  const { take, ledger } = await world(guarded)
  const [[where = ''] = []] = ledger.accepted
  ledger.accepted.set(where, { blob: 'old', text: 'version: 0' })
  const got = await take(narrow(guarded))
  expect(got).toMatchObject({ kind: 'unknown', problems: [{ line: 1, column: 1 }] })
  expect(JSON.stringify(got)).toContain('hallpass policy accept')
})

test('another branch of the repository is another document', async () => {
  const { take, deps, inForce } = await world(guarded)
  await take(guarded)
  const elsewhere = acceptor(deps, { ...pinned, branch: 'next' })
  const asked = { subject, repository: { ...repository, owner: 'acme' } }
  expect(await elsewhere(read(wider(guarded)), asked)).toEqual({ kind: 'accepted' })
  expect(inForce()).toEqual([blobOf(guarded), blobOf(wider(guarded))])
})

describe('an operator', () => {
  const by = { kind: 'operator', name: 'root' } as const
  const documents = (reading: DocumentReading) => ({
    pinned,
    organization: { read: async () => reading },
  })

  test('accepts what waits, and the log says who', async () => {
    const { deps, take, approve, ledger } = await world(guarded)
    approve()
    const after = wider(guarded)
    await take(after)
    ledger.commits.length = 0
    const accepted = await acceptNow(deps, documents(readingOf(after)), by, blobOf(after))
    expect(accepted).toMatchObject({ kind: 'accepted', document: { blob: blobOf(after) } })
    expect(ledger.commits[0]?.events?.at(-1)?.event).toMatchObject({
      type: 'policy.accepted',
      replaces: blobOf(guarded),
      by,
    })
    expect(await take(after)).toEqual({ kind: 'accepted' })
    const again = await acceptNow(deps, documents(readingOf(after)), by)
    expect(again.kind).toBe('unchanged')
  })

  test.each<[string, DocumentReading, string | undefined, string]>([
    ['other contents than they saw', readingOf(wider(guarded)), blobOf(guarded), 'other'],
    ['a broken document', readingOf('version: 7'), undefined, 'broken'],
    [
      'one that is not there',
      { kind: 'missing', where: 'acme/access:policy.yml', why: 'There is no such file.' },
      undefined,
      'missing',
    ],
  ])('cannot accept %s', async (_, reading, seen, kind) => {
    const { deps, inForce } = await world(guarded)
    expect((await acceptNow(deps, documents(reading), by, seen)).kind).toBe(kind)
    expect(inForce()).toEqual([blobOf(guarded)])
  })
})
