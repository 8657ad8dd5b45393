import { describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/domain/deliveries/judge-attempts.ts'
import { GitHubError } from '../../src/domain/errors.ts'
import { scheduledRecovery } from '../../src/workflows/recover/scheduled.ts'
import { activated, grantAfter, hour, minute, start } from '../domain/grants.fixtures.ts'
import { fakeDeps } from '../support/fakes.ts'

const day = 24 * hour

/** GitHub's list, and what is asked of it. The ledger is old, and was never compared with that list. */
function world() {
  const made = fakeDeps()
  const asked: string[] = []
  const looks: number[] = []
  const github = {
    attempts: [] as Attempt[],
    /** Throws what is to go wrong. */
    before: (_call: string) => undefined as void,
  }
  const hooks = {
    async attemptsSince(since: number) {
      github.before('list')
      looks.push(since)
      return { attempts: github.attempts.filter(({ at }) => at >= since), cut: false }
    },
    async redeliver(id: string) {
      github.before('redeliver')
      asked.push(id)
    },
    async installations() {
      return [
        { id: 9, accountId: [...made.deps.accounts][0] ?? 0 },
        { id: 10, accountId: 4 },
      ]
    },
  }
  made.ledger.recovered.bornAt = start - 10 * day
  const isStored = (event: string, repositoryId: number | undefined) =>
    event !== 'issues.pinned' && (event !== 'push' || repositoryId === 5)
  const deps = { ...made.deps, hooks, isStored }
  const lose = (...more: readonly Partial<Attempt>[]) => {
    github.attempts = more.map((each, n) => ({
      id: `a-${n}`,
      guid: `g-${n}`,
      at: made.deps.clock.now() - minute,
      answered: false,
      event: 'pull_request_review.submitted',
      redelivery: false,
      installationId: 9,
      repositoryId: 77,
      ...each,
    }))
  }
  const said = (id: string) => made.log.lines.filter((line) => line.id === id)
  return {
    ...made,
    deps,
    github,
    lose,
    asked,
    looks,
    said,
    schedule: () => scheduledRecovery(deps),
  }
}

describe('a look for lost deliveries', () => {
  it('asks for those that would have been kept, each once until its turn comes again', async () => {
    const t = world()
    t.lose(
      {},
      { answered: true },
      { event: 'issues.pinned' },
      { installationId: 10 },
      { installationId: undefined },
      { event: 'push' },
      { event: 'push', repositoryId: 5 },
      // The installation is gone: that is what it tells.
      { event: 'installation.deleted', installationId: 11 },
    )
    const schedule = t.schedule()
    await schedule.run()
    expect(t.asked.toSorted()).toEqual(['a-0', 'a-1', 'a-6', 'a-7'])
    expect(t.said('delivery.missed')).toHaveLength(4)

    t.turn(4 * minute)
    await schedule.run()
    expect(t.asked).toHaveLength(4)
    t.turn(2 * minute)
    await schedule.run()
    expect(t.asked).toHaveLength(8)
  })

  it('reads no further back than GitHub redelivers, and then from where it had read to', async () => {
    const t = world()
    const schedule = t.schedule()
    await schedule.run()
    t.turn(6 * minute)
    await schedule.run()
    expect(t.looks).toEqual([start - 3 * day, start - 15 * minute])
  })

  it('leaves alone what was delivered before the ledger was made, at each look', async () => {
    const t = world()
    t.ledger.recovered.bornAt = start - minute
    const schedule = t.schedule()
    await schedule.run()
    t.turn(6 * minute)
    await schedule.run()
    expect(t.looks).toEqual([start - minute, start - minute])
  })

  it('finds what was lost within the second in which the ledger was made', async () => {
    const t = world()
    t.ledger.recovered.bornAt = start + 900
    // Delivered right after: GitHub's list tells whole seconds.
    t.lose({ at: start })
    t.turn(minute)
    await t.schedule().run()
    expect(t.asked).toEqual(['a-0'])
  })

  it('comes with the start of a process also where its first turn could not be planned', async () => {
    const t = world()
    t.ledger.recovered.readTo = start - 2 * minute
    t.ledger.recovered.nextAt = start + 4 * minute
    t.lose({})
    const schedule = t.schedule()
    t.ledger.beforeCommit = () => {
      throw new Error('the database is away')
    }
    await expect(schedule.run()).rejects.toThrow('the database is away')
    t.ledger.beforeCommit = () => undefined
    await schedule.run()
    expect(t.asked).toEqual(['a-0'])
    t.turn(30_000)
    await schedule.run()
    expect(t.asked).toHaveLength(1)
  })

  it('is no flood: what is left waits for half a minute', async () => {
    const t = world()
    t.lose(...Array.from({ length: 70 }, () => ({})))
    const schedule = t.schedule()
    await schedule.run()
    expect(t.asked).toHaveLength(50)
    t.turn(31_000)
    await schedule.run()
    expect(new Set(t.asked).size).toBe(70)
  })

  it('ends where GitHub fails, and asks nothing twice for it', async () => {
    const t = world()
    t.lose({}, {})
    t.github.before = (call) => {
      if (call === 'redeliver') throw new GitHubError('transient', 'GitHub is away')
    }
    const schedule = t.schedule()
    await expect(schedule.run()).rejects.toThrow('GitHub is away')
    t.github.before = () => undefined
    expect(schedule.due()).toEqual([])
    t.turn(6 * minute)
    await schedule.run()
    expect(t.asked.toSorted()).toEqual(['a-0', 'a-1'])
  })

  it('gives up what GitHub does not redeliver, aloud', async () => {
    const t = world()
    t.lose({}, {})
    t.github.before = (call) => {
      if (call === 'redeliver' && t.said('delivery.lost').length === 0)
        throw new GitHubError('missing', 'GitHub has no such delivery')
    }
    await t.schedule().run()
    expect(t.said('delivery.lost')).toMatchObject([{ level: 'error' }])
    expect(t.asked).toHaveLength(1)
  })
})

describe('a start', () => {
  it('looks at once, questions all that stands, and does so once for all that start together', async () => {
    const t = world()
    t.ledger.addGrant(grantAfter(...activated))
    const questions = () => t.ledger.grants.get('0123456789ab')?.standingVersion
    await Promise.all([t.schedule().run(), t.schedule().run()])
    await t.schedule().run()
    expect([t.looks.length, questions()]).toEqual([1, 1])
    t.turn(2 * minute)
    await t.schedule().run()
    expect([t.looks.length, questions()]).toEqual([2, 2])
  })
})
