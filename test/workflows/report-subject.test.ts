import { describe, expect, it } from 'vitest'
import { GitHubError } from '../../src/domain/errors.ts'
import type { GrantCommand } from '../../src/domain/grants/types.ts'
import { apply } from '../../src/domain/grants/apply.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import { hourMs, minuteMs } from '../../src/domain/time.ts'
import { nothingPosted } from '../../src/workflows/ports.ts'
import { reportSubject } from '../../src/workflows/report/report-subject.ts'
import {
  activated,
  approved,
  goneAt,
  grantAfter,
  grantId,
  revoke,
  seen,
  start,
  subject,
} from '../domain/grants.fixtures.ts'
import { aPull, fakeDeps } from '../support/fakes.ts'

const key = subjectKey(subject)

/** What notifies is told in comments of its own, and has tests of its own: here it was told before. */
const announced = [`given/${grantId}`, `taken-away/${grantId}`]

/** A subject with one grant, as `steps` left it, and no comment or check of it yet. */
function world(steps = activated) {
  const made = fakeDeps()
  made.ledger.addGrant(grantAfter(...steps))
  const kept = made.ledger.addSubject(subject, { posted: { ...nothingPosted, announced } })
  /** Something happens to the grant, and it is reported. */
  const next = async (...commands: readonly GrantCommand[]) => {
    for (const command of commands) {
      const grant = made.ledger.grants.get(grantId)?.grant
      const result = apply(command, grant, made.deps.clock.now())
      if (result.kind === 'refused') throw new Error(result.reason)
      made.ledger.addGrant(result.grant)
    }
    kept.dirtyVersion += 1
    made.github.calls.length = 0
    await reportSubject(made.deps, key)
  }
  return { ...made, kept, next, report: () => reportSubject(made.deps, key) }
}

const away = (options?: { retryAfterSeconds?: number }) =>
  new GitHubError('transient', 'GitHub is away', options)

/** Carried out, and the answer is lost: what a crash right after it looks like. */
const lost = (which: string) => (call: string) => {
  if (call.startsWith(which)) throw away()
}

describe('a report', () => {
  it('is one comment and one check, and then it is clean', async () => {
    const { report, github, kept } = world()
    await report()
    expect(github.calls).toEqual(['createComment', 'createCheck'])
    expect(kept).toMatchObject({ cleanVersion: 1, failures: 0 })
    expect(kept.posted).toMatchObject({ commentId: 1, commentsMade: 1, check: { id: 2 } })
  })

  it.each([
    ['while the check runs', [approved]],
    ['after it is completed', activated],
  ])('that says the same as before calls nobody, %s', async (_when, steps) => {
    const { report, next, github, kept } = world(steps)
    await report()
    await next()
    expect(github.calls).toEqual([])
    expect(kept.cleanVersion).toBe(2)
  })

  it('is edited in place', async () => {
    const { report, next, github } = world()
    await report()
    await next(revoke)
    expect(github.calls).toEqual(['updateComment 1', 'createCheck'])
    expect(github.comments.get(1)).toContain('ending')
    expect(github.comments.size).toBe(1)
  })

  it('writes no comment where there is nothing to tell', async () => {
    const { report, github, ledger } = world()
    ledger.grants.clear()
    await report()
    expect(github.calls).toEqual(['createCheck'])
  })

  it('has nowhere to go once the pull request or the repository is gone', async () => {
    const { report, github, kept } = world()
    github.facts = { ...github.facts, pull: undefined }
    await report()
    expect(github.calls).toEqual([])
    expect(kept.cleanVersion).toBe(1)
  })

  it('of what is not known is none', async () => {
    const { deps, github } = world()
    await reportSubject(deps, '77#99')
    expect(github.calls).toEqual([])
  })
})

describe('a comment', () => {
  it('whose id was never recorded is found by its marker and gone on with', async () => {
    const { report, github, kept } = world()
    github.after = lost('createComment')
    await report()
    expect(kept.posted.commentId).toBeNull()
    github.after = () => undefined
    github.calls.length = 0
    await report()
    expect(github.calls).toEqual(['updateComment 1', 'createCheck'])
    expect(github.comments.size).toBe(1)
    expect(kept.posted).toMatchObject({ commentId: 1, commentsMade: 1 })
  })

  it('that somebody deleted is made once more, and never again', async () => {
    const { report, next, github, kept } = world()
    await report()
    github.comments.clear()
    await next(revoke)
    expect(github.calls).toEqual(['updateComment 1', 'createComment', 'createCheck'])
    expect(kept.posted.commentsMade).toBe(2)
    github.comments.clear()
    await next(goneAt(start))
    expect(github.calls.filter((call) => call.includes('omment'))).toEqual([
      expect.stringMatching(/^updateComment/),
    ])
    await next({ type: 'conclude', cloudAt: start })
    expect(github.calls).not.toContain('createComment')
    expect(github.comments.size).toBe(0)
    expect(kept.failures).toBe(0)
  })

  it('that was made once more, and its id not recorded, is not made a third time', async () => {
    const { report, next, github, kept } = world()
    await report()
    github.comments.clear()
    github.after = lost('createComment')
    await next(revoke)
    github.after = () => undefined
    github.calls.length = 0
    await report()
    expect(github.comments.size).toBe(1)
    expect(github.calls).not.toContain('createComment')
    expect(kept.posted.commentsMade).toBe(2)
    github.comments.clear()
    await next(goneAt(start))
    expect(github.comments.size).toBe(0)
  })
})

describe('a check', () => {
  it('whose id was never recorded is found and gone on with', async () => {
    const { report, github, kept } = world([approved])
    github.after = lost('createCheck')
    await report()
    expect(kept.posted.check).toMatchObject({ id: null, asks: true })
    github.after = () => undefined
    github.calls.length = 0
    await report()
    expect(github.calls).toEqual(['updateCheck 2'])
    expect(kept.posted.check).toMatchObject({ id: 2, completed: false })
  })

  it('that was completed and not recorded is taken as it is', async () => {
    const { report, github, kept } = world()
    github.after = lost('createCheck')
    await report()
    github.after = () => undefined
    github.calls.length = 0
    await report()
    expect(github.calls).toEqual([])
    expect(kept.posted.check).toMatchObject({ id: 2, completed: true })
  })

  it('is updated while it runs, and completed by the same run', async () => {
    const { report, next, github } = world([approved])
    await report()
    expect(github.checks.get(2)?.status).toBe('in_progress')
    await next(seen)
    expect(github.calls).toEqual(['updateComment 1', 'updateCheck 2'])
    expect(github.checks.get(2)).toMatchObject({ status: 'completed', conclusion: 'neutral' })
  })

  it('that is completed is followed by a new run', async () => {
    const { report, next, github } = world()
    await report()
    expect(github.checks.get(2)?.status).toBe('completed')
    await next(revoke)
    expect(github.calls).toContain('createCheck')
    expect(github.checks.get(3)).toMatchObject({ status: 'in_progress' })
    expect(github.checks.get(2)).toMatchObject({ status: 'completed', conclusion: 'neutral' })
  })

  it('that is completed says something else as the same run', async () => {
    const { report, next, github, kept } = world()
    await report()
    const text = 'mona may not hold it'
    const rest = { key: '1002/', recipient: undefined, role: undefined, at: start } as const
    kept.notices = [{ ...rest, kind: 'refused', text }]
    await next()
    expect(github.calls).toEqual(['updateComment 1', 'updateCheck 2'])
    expect(github.checks.get(2)?.summary).toContain(text)
  })

  it('moves along with the head, and the run on the old one ends', async () => {
    const { report, next, github, kept } = world([approved])
    await report()
    const headSha = 'b'.repeat(40)
    github.facts = { ...github.facts, pull: { ...aPull, headSha } }
    await next()
    expect(github.calls).toEqual(['updateCheck 2', 'createCheck'])
    expect(github.checks.get(2)).toMatchObject({
      headSha: aPull.headSha,
      status: 'completed',
      conclusion: 'skipped',
    })
    expect(github.checks.get(3)).toMatchObject({ headSha, status: 'in_progress' })
    expect(kept.posted.check).toMatchObject({ id: 3, headSha })
  })

  it('that was completed on the old head is left alone', async () => {
    const { report, next, github } = world()
    await report()
    github.facts = { ...github.facts, pull: { ...aPull, headSha: 'b'.repeat(40) } }
    await next()
    expect(github.calls).toEqual(['createCheck'])
  })
})

describe('a report that failed', () => {
  it('is tried again later, and later still each time', async () => {
    const { report, github, kept, log } = world()
    github.before = () => {
      throw away()
    }
    for (const failures of [1, 2, 3]) {
      await report()
      expect(kept).toMatchObject({ failures, cleanVersion: 0, lastError: 'GitHub is away' })
      expect(kept.retryAt - start).toBeGreaterThanOrEqual(125 * 2 ** failures)
      expect(kept.retryAt - start).toBeLessThanOrEqual(250 * 2 ** failures)
    }
    expect(log.lines.map(({ id }) => id)).toEqual(Array(3).fill('report.failed'))
  })

  it.each([
    ['refused', hourMs],
    ['away', minuteMs],
  ] as const)('many times because GitHub was %s is tried once in %d ms', async (why, mostMs) => {
    const { report, github, kept, deps } = world()
    github.before = (call) => {
      if (call === 'installation') return
      throw why === 'away' ? away() : new GitHubError('denied', 'The repository was archived')
    }
    for (let failures = 0; failures < 20; failures += 1) await report()
    const waitMs = kept.retryAt - deps.clock.now()
    expect(waitMs).toBeGreaterThanOrEqual(mostMs / 2)
    expect(waitMs).toBeLessThanOrEqual(mostMs)
  })

  it('waits for as long as GitHub says', async () => {
    const { report, github, kept } = world()
    github.before = () => {
      throw away({ retryAfterSeconds: 90 })
    }
    await report()
    expect(kept.retryAt).toBe(start + 90_000)
  })

  it('keeps what it put already: the comment is not written again', async () => {
    const { report, github } = world()
    github.before = (call) => {
      if (call === 'createCheck') throw away()
    }
    await report()
    github.before = () => undefined
    github.calls.length = 0
    await report()
    expect(github.calls).toEqual(['createCheck'])
  })

  it('writes nothing more once its claim was lost', async () => {
    const { report, github, ledger, kept } = world()
    github.after = (call) => {
      if (call !== 'createComment') return
      const claim = ledger.claims.get(`report:${key}`)
      if (claim !== undefined) ledger.claims.set(claim.key, { ...claim, fence: claim.fence + 1 })
    }
    await report()
    expect(github.calls).toEqual(['createComment'])
    expect(kept.posted.commentId).toBeNull()
  })

  it('counts no failure when it was cut off by the end of this process', async () => {
    const { report, github, stop, kept } = world()
    github.before = () => {
      stop.abort()
      throw away()
    }
    await report()
    expect(kept.failures).toBe(0)
  })
})

describe('where the App lets nothing be written', () => {
  const refused = () => {
    throw new GitHubError('denied', 'GitHub lets nobody in')
  }

  it.each(['suspended', 'installed'] as const)(
    'and is %s: reports wait for an hour, or are tried as ever',
    async (how) => {
      const { deps, github, ledger } = world()
      github.before = (call) => (call === 'installation' ? undefined : refused())
      github.installed = how
      await reportSubject(deps, key)
      const waits = (ledger.subjects.get(key)?.retryAt ?? 0) - deps.clock.now()
      expect(waits > 30 * 60_000).toBe(how === 'suspended')
      expect(ledger.subjects.get(key)?.failures).toBe(how === 'suspended' ? 0 : 1)
    },
  )
})
