import { describe, expect, it } from 'vitest'
import type { Signal } from '../../src/domain/signals.ts'
import { claimLedger } from '../../src/workflows/claim-ledger.ts'
import { handleSignal } from '../../src/workflows/handle-signal.ts'
import { mindSeat } from '../../src/workflows/mind-seat.ts'
import { operationsOn } from '../../src/workflows/operations.ts'
import { underClaim } from '../../src/workflows/under-claim.ts'
import {
  activated,
  approved,
  grantAfter,
  hour,
  minute,
  octocat,
  requested,
  revoked,
  start,
  subject,
  type Step,
} from '../domain/grants.fixtures.ts'
import { fakeDeps } from '../support/fakes.ts'

const by = { kind: 'operator', name: 'root' } as const

function restored(...steps: readonly Step[]) {
  const world = fakeDeps()
  world.ledger.addGrant(grantAfter(...steps))
  world.ledger.seat.found = { why: 'another-database', since: start }
  return world
}

async function claimed(world: ReturnType<typeof restored>, asNew = false) {
  await claimLedger(world.deps, { asNew, of: undefined, by })
  const [claiming] = world.ledger.seat.claims
  return claiming
}

describe('a ledger that is claimed', () => {
  it.each<[string, readonly Step[], readonly string[], readonly string[]]>([
    ['a request that waits', [requested], ['grant.withdrawn'], ['grant.withdrawn']],
    ['what was approved and not seen', [approved], ['grant.ending'], ['grant.left']],
    ['nothing of what stood', activated, [], ['grant.left']],
    ['nothing of what was ending', revoked, [], ['grant.left']],
  ])('closes %s, or leaves it to its original', async (_, steps, going, leaving) => {
    const types = async (asNew: boolean) =>
      (await claimed(restored(...steps), asNew))?.grants.flatMap(({ events }) =>
        events.map(({ type }) => type),
      )
    expect(await types(false)).toEqual(going)
    expect(await types(true)).toEqual(leaving)
  })

  it('says who claimed it, from where and where, and what it was found to be', async () => {
    const world = restored(...activated)
    world.ledger.seat.seated = { ...world.ledger.seat.seated, foundAt: start - minute }
    expect(await claimed(world, true)).toMatchObject({
      askedSince: start - minute,
      asNew: 'newone00',
      event: {
        stream: 'instance',
        event: {
          type: 'instance.claimed',
          by,
          why: 'another-database',
          from: { places: ['p1'] },
          to: { places: ['p1'] },
          instance: 'newone00',
          copyOf: 'i7',
        },
      },
    })
  })
})

it('ends what was in hand the moment that it is found to be elsewhere', async () => {
  const { deps, ledger } = fakeDeps()
  await underClaim(deps, 'lane:a', async ({ guard }) => {
    guard.check()
    await ledger.seat.suspend('history-lost', start)
    expect(guard.signal.aborted).toBe(true)
    expect(() => guard.check()).toThrow()
  })
})

describe('what was asked before a restore', () => {
  const signal = (type: Signal['type'], at: number) =>
    ({
      type,
      at,
      delivery: 'd',
      subject,
      actor: { ...octocat, type: 'User' },
      merged: false,
      reviewer: octocat,
      cause: 'c',
      label: 'l',
      assignee: octocat,
      body: '/access help',
    }) as unknown as Signal
  const held = { current: () => undefined, guard: undefined, renew: async () => undefined }

  it.each([
    'ReviewRequested',
    'LabelAdded',
    'Assigned',
    'CommandWritten',
    'ButtonPressed',
  ] as const)('%s gives nothing and is not answered', async (type) => {
    const { deps, ledger, log } = fakeDeps()
    ledger.seat.since = start
    await handleSignal(deps, signal(type, start - 1), held as never)
    expect(log.lines.map(({ id }) => id)).toEqual(['request.before-restore'])
    expect(ledger.commits).toEqual([])
  })

  it('still ends what it ended', async () => {
    const { deps, ledger } = fakeDeps()
    ledger.addGrant(grantAfter(...activated))
    ledger.seat.since = start + 2 * hour
    await handleSignal(deps, signal('PullRequestClosed', start + hour), held as never)
    expect(ledger.commits.flatMap(({ grants }) => grants ?? [])).toHaveLength(1)
  })
})

describe('while nobody has claimed it', () => {
  it('nothing runs, each change is told once, and it is asked again and again', async () => {
    const { deps, ledger, log, turn } = fakeDeps()
    const minding = mindSeat(deps)
    const ran: string[] = []
    const job = minding.whileClaimed(async (id) => void ran.push(id))
    expect(await minding.mayAct()).toBe(true)
    await job('a')
    ledger.seat.found = { why: 'another-place', since: start }
    expect(await minding.mayAct()).toBe(false)
    expect(await minding.mayAct()).toBe(false)
    await job('b')
    ledger.seat.found = undefined
    turn(minute)
    expect(await minding.mayAct()).toBe(true)
    await job('c')
    expect(ran).toEqual(['a', 'c'])
    expect(log.lines.map(({ id, level }) => [id, level])).toEqual([
      ['ledger.unclaimed', 'warn'],
      ['ledger.claimed', 'info'],
    ])
    expect(log.lines[0]?.fields).toMatchObject({
      why: 'another-place',
      what: expect.stringContaining('`hallpass claim`') as unknown,
    })
  })

  it('operators may look, and change nothing', async () => {
    const { deps, ledger } = fakeDeps()
    ledger.seat.found = { why: 'another-place', since: start }
    const operations = operationsOn(deps)
    const changing = [
      operations.revoke('g', 'root'),
      operations.freeze({ scope: { kind: 'all' }, because: 'b', operator: 'root' }),
      operations.unfreeze('f', 'root'),
      operations.acceptPolicy('root', undefined),
      operations.reconcile({ dryRun: false, remove: null, operator: 'root' }),
    ]
    for (const each of changing) await expect(each).rejects.toThrow(/hallpass claim/)
    expect(await operations.grants({ all: true })).toEqual([])
    expect(await operations.unclaimed()).toMatch(/hallpass claim/)
    const looked = await operations.reconcile({ dryRun: true, remove: null, operator: 'root' })
    expect(looked.kind).toBe('looked')
    expect(ledger.commits).toEqual([])
  })
})
