import { describe, expect, it, test } from 'vitest'
import { GitHubError } from '../../src/domain/errors.ts'
import { apply } from '../../src/domain/grants/apply.ts'
import { revisionOf } from '../../src/domain/grants/revision.ts'
import type { GrantCommand } from '../../src/domain/grants/types.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import type { CheckRun } from '../../src/workflows/ports.ts'
import { reportSubject } from '../../src/workflows/report/report-subject.ts'
import {
  activated,
  approve,
  approved,
  byTwo,
  grantAfter,
  grantId,
  octocat,
  requested,
  revoke,
  seen,
  sre,
  start,
  subject,
  type Step,
} from '../domain/grants.fixtures.ts'
import { aPull, fakeDeps } from '../support/fakes.ts'

const key = subjectKey(subject)
const otherHead = 'b'.repeat(40)

function world(...steps: readonly Step[]) {
  const made = fakeDeps()
  const { deps, github, ledger } = made
  ledger.addGrant(grantAfter(...steps))
  const kept = ledger.addSubject()
  const report = async () => {
    github.calls.length = 0
    await reportSubject(deps, key)
  }
  const happen = (...commands: readonly GrantCommand[]) => {
    for (const command of commands) {
      const result = apply(command, ledger.grants.get(grantId)?.grant, deps.clock.now())
      if (result.kind === 'refused') throw new Error(result.reason)
      ledger.addGrant(result.grant)
    }
    kept.dirtyVersion += 1
  }
  const push = (headSha = otherHead) => {
    github.facts = { ...github.facts, pull: { ...aPull, headSha } }
    kept.dirtyVersion += 1
  }
  /** The runs that have yet to end: `name on head's first letter`. */
  const open = () =>
    [...github.checks.values()]
      .filter(
        ({ status, conclusion }) => status !== 'completed' || conclusion === 'action_required',
      )
      .map(({ name, headSha }) => `${name} on ${headSha[0]}`)
      .toSorted()
  /** What was done to check runs, each by its name. */
  const written = () =>
    github.calls
      .filter((call) => call.endsWith('createCheck') || call.startsWith('updateCheck'))
      .map((call) => call.replace(/\d+/, (id) => github.checks.get(Number(id))?.name ?? id))
  const runs = (name: string) => [...github.checks.values()].filter((run) => run.name === name)
  return { ...made, kept, report, happen, push, open, written, runs }
}

const yes = (code: string): readonly GrantCommand[] => [
  approve(sre, { code }),
  approve({ id: 5, login: 'other' }, { code }),
]
const by = { kind: 'person', person: octocat } as const
const withdraw: GrantCommand = { type: 'withdraw', by }
const deny: GrantCommand = { ...approve(sre), type: 'deny', because: undefined }
const revise: GrantCommand = {
  type: 'revise',
  revision: revisionOf({ ...byTwo, leaseSeconds: 3600 }, 2, 'BBBB-BBBB'),
}
const longer = revisionOf({ ...byTwo, leaseSeconds: 4 * 3600 }, 2, 'BBBB-BBBB')
const extend: GrantCommand = { type: 'extend', revision: longer, lapseSeconds: 3600 }
const offerA = 'hallpass/offer AAAA-AAAA'
const offerB = 'hallpass/offer BBBB-BBBB'
const away = () => new GitHubError('transient', 'GitHub is away')

describe('an offer that waits', () => {
  it('has a run of its own with its buttons, beside the check on access', async () => {
    const { report, github, runs, kept, open, written, ledger } = world(requested)
    await report()
    expect(written()).toEqual(['createCheck', 'createCheck'])
    expect(runs(offerA)).toMatchObject([{ conclusion: 'action_required' }])
    expect(runs(offerA)[0]?.actions).toHaveLength(3)
    expect(open()).toEqual(['hallpass/access on a', `${offerA} on a`])
    expect(Object.keys(kept.posted.offers)).toEqual(['AAAA-AAAA'])
    expect(new Set(ledger.spent)).toEqual(new Set(['approval']))
    kept.dirtyVersion += 1
    await report()
    expect(github.calls).toEqual([])
  })

  test.each<[string, readonly GrantCommand[], string]>([
    ['approved', [...yes('AAAA-AAAA'), seen], 'success'],
    ['denied', [deny], 'failure'],
    ['withdrawn', [withdraw], 'skipped'],
  ])('ends once it is %s, and is forgotten', async (_how, commands, conclusion) => {
    const { report, happen, runs, open, kept } = world(requested)
    await report()
    happen(...commands)
    await report()
    expect(runs(offerA)).toMatchObject([{ conclusion, actions: [] }])
    expect(open()).toEqual([])
    expect(kept.posted.offers).toEqual({})
    expect(kept.cleanVersion).toBe(kept.dirtyVersion)
  })

  it('gives way to the next revision’s', async () => {
    const { report, happen, runs, open, kept } = world(requested)
    await report()
    happen(revise)
    await report()
    expect(runs(offerA)).toMatchObject([{ conclusion: 'skipped', title: 'No longer offered' }])
    expect(open()).toEqual(['hallpass/access on a', `${offerB} on a`])
    expect(Object.keys(kept.posted.offers)).toEqual(['BBBB-BBBB'])
  })

  it('of an extension leaves the check on access as it passes', async () => {
    const { report, happen, runs, open } = world(...activated)
    await report()
    happen(extend)
    await report()
    expect(runs('hallpass/access')).toMatchObject([{ conclusion: 'neutral' }])
    expect(open()).toEqual([`${offerB} on a`])
    happen(revoke)
    await report()
    expect(runs(offerB)).toMatchObject([{ conclusion: 'skipped' }])
    expect(open()).toEqual(['hallpass/access on a'])
  })

  it('moves along with the head, and its run on the old one ends', async () => {
    const { report, push, runs, open } = world(requested)
    await report()
    push()
    await report()
    expect(runs(offerA)).toMatchObject([
      { headSha: aPull.headSha, conclusion: 'skipped', title: 'Moved to the newer commit' },
      { headSha: otherHead, conclusion: 'action_required' },
    ])
    expect(runs(offerA)[0]?.actions).toEqual([])
    expect(open()).toEqual(['hallpass/access on b', `${offerA} on b`])
  })

  it('and is decided as the head moves ends where it is', async () => {
    const { report, push, happen, runs, open } = world(requested)
    await report()
    push()
    happen(withdraw)
    await report()
    expect(runs(offerA)).toMatchObject([{ headSha: aPull.headSha, title: 'Withdrawn' }])
    expect(open()).toEqual([])
  })

  it('has none on an issue', async () => {
    const { report, github, written, kept } = world(requested)
    const { state, labels, assignees, author } = aPull
    const issue = { kind: 'issue', state, labels, assignees, author } as const
    github.facts = { ...github.facts, pull: issue }
    await report()
    expect(written()).toEqual([])
    expect(kept.cleanVersion).toBe(1)
  })
})

describe('the check on access', () => {
  it('that asked for something is followed by one that runs, and asks no longer', async () => {
    const { report, happen, runs, written } = world(requested)
    await report()
    happen(...yes('AAAA-AAAA'))
    await report()
    expect(runs('hallpass/access')).toMatchObject([
      { status: 'completed', conclusion: 'cancelled' },
      { status: 'in_progress' },
    ])
    // The former one first: no moment in between passes a required check.
    expect(written()).toEqual([
      'updateCheck hallpass/access',
      'createCheck',
      `updateCheck ${offerA}`,
    ])
  })

  it('of another pull request with the same head is left alone', async () => {
    const { report, github, written } = world(approved)
    const theirs: CheckRun = {
      ...{ name: 'hallpass/access', headSha: aPull.headSha, title: 'x', summary: 'x' },
      ...({ status: 'in_progress', conclusion: undefined, actions: [], annotations: [] } as const),
      externalId: `hallpass:i7:${subject.repositoryId}#999:approved:x`,
    }
    const id = await github.createCheck(subject, theirs)
    await report()
    expect(written()).toEqual(['createCheck'])
    expect(github.checks.get(id)).toEqual(theirs)
  })
})

/** Each call of a report in turn is the last one: GitHub carried it out, and nobody heard of it. */
describe('whatever it died after, no run is left open', () => {
  const stories: readonly (readonly [string, readonly Step[], readonly GrantCommand[]])[] = [
    ['a request that is withdrawn', [requested], [withdraw]],
    ['a request that is denied', [requested], [deny]],
    ['a request that is given', [requested], [...yes('AAAA-AAAA'), seen]],
    ['an extension that is withdrawn', [...activated, [extend, start]], [withdraw]],
    ['a setting up that succeeds', [approved], [seen]],
  ]
  const deaths = [1, 2, 3, 4, 5, 6].flatMap((n) =>
    (['before', 'after'] as const).flatMap((when) =>
      [true, false].map((pushed) => ({ n, when, pushed })),
    ),
  )
  test.each(stories)('%s', async (_what, steps, commands) => {
    for (const { n, when, pushed } of deaths) {
      const { report, happen, push, open, github, kept } = world(...steps)
      let calls = 0
      github[when] = (call) => {
        if (/^(create|update)/.test(call) && (calls += 1) === n) throw away()
      }
      await report()
      github[when] = () => undefined
      if (pushed) push()
      happen(...commands)
      // This one dies too, right after its first write.
      let second = 0
      github.after = (call) => {
        if (/^(create|update)/.test(call) && (second += 1) === 1) throw away()
      }
      await report()
      github.after = () => undefined
      await report()
      expect({ n, when, pushed, open: open() }).toEqual({ n, when, pushed, open: [] })
      expect(kept.posted.offers).toEqual({})
      expect(kept.cleanVersion).toBe(kept.dirtyVersion)
    }
  })
})

describe('when the installation’s writes are spent', () => {
  it('waits until there is room, without a failure, and goes on where it stopped', async () => {
    const { report, written, ledger, kept, log } = world(requested)
    let left = 3
    ledger.budget = () => ((left -= 1) >= 0 ? { ok: true } : { ok: false, at: start + 60_000 })
    await report()
    expect(written()).toEqual(['createCheck'])
    expect(kept).toMatchObject({ failures: 0, lastError: null, retryAt: start + 60_000 })
    expect(kept.cleanVersion).toBe(0)
    expect(log.lines.map(({ level, id }) => `${level} ${id}`)).toEqual(['info report.waits'])
    left = 2
    await report()
    expect(written()).toEqual(['createCheck'])
    expect(kept.cleanVersion).toBe(kept.dirtyVersion)
  })

  it('ends a decided run later than it puts what waits', async () => {
    const { report, happen, ledger, open, runs } = world(requested)
    await report()
    happen(revise)
    ledger.budget = (cost) => (cost === 'rest' ? { ok: false, at: start + 60_000 } : { ok: true })
    await report()
    expect(open()).toEqual(['hallpass/access on a', `${offerA} on a`, `${offerB} on a`])
    ledger.budget = () => ({ ok: true })
    await report()
    expect(runs(offerA)).toMatchObject([{ conclusion: 'skipped' }])
  })
})
