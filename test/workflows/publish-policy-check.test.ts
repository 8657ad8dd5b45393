// When the check run `hallpass/policy` is written, and what it costs the pull requests that change no policy.
import { describe, expect, test } from 'vitest'
import { GitHubError } from '../../src/domain/errors.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import type { Signal } from '../../src/domain/signals.ts'
import type { DocumentReading, PolicyReading } from '../../src/workflows/ports.ts'
import { handleSignal } from '../../src/workflows/handle-signal.ts'
import { reportSubject } from '../../src/workflows/report/report-subject.ts'
import { octocat, start, subject } from '../domain/grants.fixtures.ts'
import { organizationText, policyOf } from '../domain/policy.world.ts'
import { aPull, fakeDeps } from '../support/fakes.ts'

const key = subjectKey(subject)
const pinned = { repositoryId: subject.repositoryId, branch: 'main', path: 'policy.yml' }
const own = '.github/hallpass.yml'
const guard = 'policy_changes: { widening: { by: [user:42], count: 1 } }\n'
const guarded = organizationText + guard

/** A pull request that changes these paths, into `main`, and what the document says at its head. */
function world(paths: readonly string[], text = guarded, { isPinned = true } = {}) {
  const made = fakeDeps()
  const { ledger, github } = made
  const read: string[] = []
  const document = (path: string): DocumentReading => {
    read.push(path)
    if (path === own) return { kind: 'missing', where: path, why: 'There is no such file.' }
    return { kind: 'document', source: { where: path, commit: aPull.headSha, blob: 'new' }, text }
  }
  const catalog: PolicyReading = { kind: 'policy', policy: policyOf(guarded) }
  const deps = {
    ...made.deps,
    policy: { read: async () => catalog, readCatalog: async (): Promise<PolicyReading> => catalog },
    documents: {
      ...made.deps.documents,
      pinned: isPinned ? pinned : { ...pinned, repositoryId: 1 },
      at: async (_: unknown, _commit: string, path: string) => document(path),
    },
  }
  ledger.accepted.set(`${subject.repositoryId}:main:policy.yml`, { blob: 'old', text: guarded })
  const kept = ledger.addSubject()
  github.changed = { paths, truncated: false }
  let listings = 0
  github.before = (call) => {
    if (call === 'changedPaths') listings += 1
  }
  const report = async () => {
    kept.dirtyVersion += 1
    await reportSubject(deps, key)
  }
  const runs = () => [...github.checks.values()].filter(({ name }) => name === 'hallpass/policy')
  const pull = (more: Partial<typeof aPull>) => {
    github.facts = { ...github.facts, pull: { ...aPull, ...more } }
  }
  return { ...made, deps, kept, report, runs, pull, read, listings: () => listings }
}

const wider = guarded.replace('max: 2h', 'max: 3h')

describe('a pull request that changes no policy', () => {
  test('costs one listing for each head', async () => {
    const { report, runs, read, listings, pull } = world(['src/main.ts'])
    await report()
    await report()
    expect([runs(), read, listings()]).toEqual([[], [], 1])
    pull({ headSha: 'e'.repeat(40) })
    await report()
    expect([runs(), read, listings()]).toEqual([[], [], 2])
  })

  test.each([
    ['that goes into another branch', { baseRef: 'next' }],
    ['that is closed', { state: 'closed' }],
  ] as const)('%s costs nothing', async (_, more) => {
    const { report, runs, listings, pull } = world(['policy.yml', own])
    pull(more)
    await report()
    expect([runs(), listings()]).toEqual([[], 0])
  })

  test('elsewhere may change a file of that name', async () => {
    const { report, runs, read } = world(['policy.yml'], guarded, { isPinned: false })
    await report()
    expect([runs(), read]).toEqual([[], []])
  })
})

describe('one that changes the policy', () => {
  test('has one run, which is written once', async () => {
    const { report, runs, github, listings } = world(['policy.yml'], wider)
    await report()
    expect(runs()).toMatchObject([{ conclusion: 'action_required', headSha: aPull.headSha }])
    github.calls.length = 0
    await report()
    expect([github.calls, listings()]).toEqual([[], 1])
  })

  test('is weighed anew with each report', async () => {
    const { report, runs, github } = world(['policy.yml'], wider)
    await report()
    github.approvals = [{ id: 42, login: 'guard' }]
    await report()
    expect(runs().at(-1)).toMatchObject({ conclusion: 'success', title: /approved/ })
    github.approvals = [{ id: 43, login: 'stranger' }]
    await report()
    expect(runs().at(-1)?.conclusion).toBe('action_required')
  })

  test.each([
    ['by somebody who had a hand in its head', { people: [42], unproven: false }, /had a hand/],
    ['while others may have had a hand in it', { people: [], unproven: true }, /for certain/],
  ])('is not approved %s', async (_, head, said) => {
    const { report, runs, github } = world(['policy.yml'], wider)
    github.approvals = [{ id: 42, login: 'guard' }]
    github.head = head
    await report()
    expect(runs()).toMatchObject([{ conclusion: 'action_required', summary: said }])
  })

  test('asks nobody any more once it is closed, and asks again when it is opened again', async () => {
    const { report, runs, github, pull } = world(['policy.yml'], wider)
    await report()
    pull({ state: 'closed' })
    await report()
    expect(runs()).toMatchObject([{ status: 'completed', conclusion: 'skipped' }])
    github.calls.length = 0
    await report()
    expect(github.calls).toEqual([])
    pull({ state: 'open' })
    await report()
    expect(runs().at(-1)?.conclusion).toBe('action_required')
  })

  test('that asked nobody stays as it was once it is closed', async () => {
    const { report, runs, pull } = world(['policy.yml'], guarded)
    await report()
    pull({ state: 'closed', merged: true })
    await report()
    expect(runs()).toMatchObject([{ conclusion: 'success', title: 'Widens nothing' }])
  })

  test('is compared where the list of its files ends early', async () => {
    const { report, runs, github } = world([], wider)
    github.changed = { paths: [], truncated: true }
    await report()
    expect(runs()).toMatchObject([{ conclusion: 'action_required' }])
  })

  test('is weighed once GitHub answers', async () => {
    const { report, runs, github, kept } = world(['policy.yml'], wider)
    const before = github.before
    github.before = (call) => {
      if (call === 'approvalsOf') throw new GitHubError('transient', 'GitHub is away')
    }
    await report()
    expect([runs(), kept.failures]).toEqual([[], 1])
    github.before = before
    await report()
    expect(runs()).toMatchObject([{ conclusion: 'action_required' }])
  })

  test('tells what came before it and still waits', async () => {
    const { deps, report, runs, ledger } = world(['policy.yml'], wider)
    const catalog: PolicyReading = {
      kind: 'policy',
      policy: policyOf(guarded),
      heldBack: {
        document: { where: 'x', commit: 'c', blob: 'b' },
        accepted: { where: 'x', commit: undefined, blob: 'a' },
        needs: { by: [], count: 1 },
        because: 'no merged pull request brought its commit ddddddd',
        widened: [],
      },
    }
    deps.policy.readCatalog = async () => catalog
    await report()
    expect(runs()[0]?.summary).toContain('no merged pull request brought its commit ddddddd')
    // Nothing was accepted, and nothing is there: all of it is new, and nobody guards it yet.
    ledger.accepted.clear()
    deps.policy.readCatalog = async () => ({ kind: 'missing', where: 'x', why: 'Not here.' })
    await report()
    expect(runs().at(-1)?.conclusion).toBe('neutral')
    expect(runs().at(-1)?.summary).toContain('everything in it is new')
    deps.policy.readCatalog = async () => ({
      kind: 'broken',
      document: { where: 'x', commit: 'c', blob: 'b' },
      problems: [],
    })
    await report()
    expect(runs().at(-1)?.summary).toContain('What this changes cannot be told')
  })
})

describe('a verdict', () => {
  const base = { delivery: 'd-1', subject, actor: { ...octocat, type: 'User' }, at: start } as const
  const submitted: Signal = {
    ...base,
    type: 'ReviewSubmitted',
    reviewer: octocat,
    state: 'approved',
  }
  const dismissed: Signal = { ...base, type: 'ReviewDismissed' }
  const retargeted: Signal = { ...base, type: 'BaseChanged' }

  test.each([
    ['given', submitted, true],
    ['dismissed', dismissed, true],
    ['given where no policy is changed', submitted, false],
    ['dismissed where no policy is changed', dismissed, false],
  ])('%s: the subject is looked at again, or not at all', async (_, signal, changesPolicy) => {
    const { deps, report, ledger } = world(changesPolicy ? ['policy.yml'] : ['src/main.ts'])
    await report()
    ledger.commits.length = 0
    const held = { current: () => undefined } as never
    await handleSignal(deps, signal, held)
    const dirty = ledger.commits.flatMap(({ dirtySubjects = [] }) => dirtySubjects)
    expect(dirty).toEqual(changesPolicy ? [subject] : [])
  })

  test('is weighed where nothing was listed yet, and so is another base', async () => {
    const { deps, ledger } = world(['policy.yml'])
    for (const signal of [submitted, dismissed, retargeted])
      await handleSignal(deps, signal, { current: () => undefined } as never)
    const dirty = ledger.commits.flatMap(({ dirtySubjects = [] }) => dirtySubjects)
    expect(dirty).toEqual([subject, subject, subject])
  })
})
