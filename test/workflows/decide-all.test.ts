import { describe, expect, it, vi } from 'vitest'
import { apply } from '../../src/domain/grants/apply.ts'
import { LedgerConflict } from '../../src/domain/errors.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import { decideAll, type Commanded } from '../../src/workflows/decide-all.ts'
import { activated, grantAfter, grantId, revoke, subject } from '../domain/grants.fixtures.ts'
import { fakeDeps } from '../support/fakes.ts'

function world() {
  const made = fakeDeps()
  made.ledger.addGrant(grantAfter(...activated))
  const current = () => {
    const row = made.ledger.grants.get(grantId)
    if (row === undefined) throw new Error('the grant is gone')
    return row.grant
  }
  const read = vi.fn<() => Promise<readonly Commanded[]>>(async () => [
    { grant: current(), command: revoke },
  ])
  return { ...made, current, read }
}

describe('a command', () => {
  it('is committed with the version it was decided on, told and nudged', async () => {
    const { deps, ledger, log, nudges, read } = world()
    const [change] = await decideAll(deps, read)
    expect(change).toMatchObject({ expectedVersion: 4, grant: { phase: 'ending', version: 5 } })
    expect(ledger.commits).toHaveLength(1)
    expect(log.lines).toMatchObject([
      { level: 'info', id: 'grant.ending', fields: { grant: grantId, reason: 'revoked' } },
    ])
    expect(nudges).toEqual([
      { kind: 'lane', id: 'aws/111122223333/user/AIDAOCTO' },
      { kind: 'report', id: subjectKey(subject) },
    ])
  })

  it('that the grant refuses commits nothing and nudges nobody', async () => {
    const { deps, ledger, nudges, read } = world()
    await decideAll(deps, read)
    nudges.length = 0
    expect(await decideAll(deps, read)).toEqual([])
    expect(ledger.commits).toHaveLength(1)
    expect(nudges).toEqual([])
  })

  it('takes what is to be committed with it along', async () => {
    const { deps, ledger, read } = world()
    await decideAll(deps, read, { dirtyLanes: ['l-1'] })
    expect(ledger.commits[0]?.dirtyLanes).toEqual(['l-1'])
  })

  it('is decided on what the one before it left', async () => {
    const { deps, read, current } = world()
    const trouble = { type: 'trouble', because: 'IAM is away' } as const
    read.mockImplementation(async () => [
      { grant: current(), command: trouble },
      { grant: current(), command: revoke },
    ])
    const [change] = await decideAll(deps, read)
    expect(change?.events.map(({ type }) => type)).toEqual(['grant.stuck', 'grant.ending'])
    expect(change).toMatchObject({ expectedVersion: 4, grant: { version: 6 } })
  })
})

describe('a conflict', () => {
  it('has the command decided anew on what is there now', async () => {
    const { deps, ledger, read, current } = world()
    let conflicts = 0
    ledger.beforeCommit = () => {
      if ((conflicts += 1) > 1) return
      const other = apply({ type: 'trouble', because: 'IAM is away' }, current(), deps.clock.now())
      if (other.kind === 'applied') ledger.addGrant(other.grant)
    }
    const [change] = await decideAll(deps, read)
    expect(read).toHaveBeenCalledTimes(2)
    expect(change?.expectedVersion).toBe(5)
    expect(current()).toMatchObject({ phase: 'ending', stuck: { because: 'IAM is away' } })
  })

  it('ends it quietly when the other one did the same', async () => {
    const { deps, ledger, read, current } = world()
    ledger.beforeCommit = () => {
      const other = apply(revoke, current(), deps.clock.now())
      if (other.kind === 'applied') ledger.addGrant(other.grant)
    }
    expect(await decideAll(deps, read)).toEqual([])
    expect(ledger.commits).toEqual([])
  })

  it('is met five times, and no more', async () => {
    const { deps, ledger, read } = world()
    ledger.beforeCommit = () => {
      throw new LedgerConflict('again')
    }
    await expect(decideAll(deps, read)).rejects.toThrow(LedgerConflict)
    expect(read).toHaveBeenCalledTimes(5)
  })

  it('is nothing like a fault, which is passed on at once', async () => {
    const { deps, ledger, read, log } = world()
    ledger.beforeCommit = () => {
      throw new Error('connection lost')
    }
    await expect(decideAll(deps, read)).rejects.toThrow('connection lost')
    expect(read).toHaveBeenCalledTimes(1)
    expect(log.lines).toEqual([])
  })
})
