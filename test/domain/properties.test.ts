// What must hold of grants whatever the order of events, crashes and retries.
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { evolve } from '../../src/domain/grants/evolve.ts'
import { freezableOf, isFrozen, type FreezeScope } from '../../src/domain/grants/freeze.ts'
import { isHeld } from '../../src/domain/grants/phases.ts'
import type { Grant, GrantEvent, Revision } from '../../src/domain/grants/types.ts'
import { decodeEvent, verifyChain } from '../../src/domain/log/encode.ts'
import {
  lagMs,
  bots,
  nobody,
  separated,
  World,
  writers,
  type Act,
  type Quorum,
} from './properties.world.ts'
import { minute, second } from './grants.fixtures.ts'

// Many histories on a busy machine: how long that takes says nothing.
vi.setConfig({ testTimeout: 120_000 })

const which = fc.nat({ max: 5 })
const cause = fc.nat({ max: 4 })
const who = fc.integer({ min: 1, max: 9 })
const reads = fc.array(fc.constantFrom(0, 1, lagMs / 2, lagMs), { minLength: 1, maxLength: 3 })
const weighted = (weight: number, arbitrary: fc.Arbitrary<Act>) => ({ weight, arbitrary })

const ask = fc.record({
  do: fc.constant('ask' as const),
  cause,
  quorum: fc.constantFrom<Quorum[]>([], [], [1], [2], [1, 1], [2, 1]),
  modes: fc.constantFrom('assume', 'inline', 'both'),
})
const askAtOnce = fc.record({ do: fc.constant('ask-twice-at-once' as const), cause })
const approve = fc.record({
  do: fc.constant('approve' as const),
  which,
  by: who,
  back: fc.constantFrom(0, 0, 0, 1, 2),
})
const approveAtOnce = fc.record({
  do: fc.constant('approve-at-once' as const),
  which,
  by: who,
  and: who,
})
const decideOtherwise = fc.record({
  do: fc.constantFrom('revise', 'withdraw', 'deny', 'revoke', 'revoke', 'again'),
  which,
})
const extend = fc.record({
  do: fc.constant('extend' as const),
  which,
  bySeconds: fc.constantFrom(-300, 0, 0, 120, 900),
})
const freeze = fc.oneof(
  weighted(2, fc.constant<Act>({ do: 'unfreeze' })),
  weighted(
    1,
    fc.record({
      do: fc.constant('freeze' as const),
      scope: fc.constantFrom<FreezeScope>(
        { kind: 'all' },
        { kind: 'person', personId: 1 },
        { kind: 'person', personId: 9 },
        { kind: 'role', role: 'another' },
        { kind: 'repository', repositoryId: 77 },
      ),
    }),
  ),
)
const tick = fc.constant<Act>({ do: 'tick' })
const pass = fc.record({
  do: fc.constant('pass' as const),
  ms: fc.constantFrom(1, 350, second, lagMs - 1, lagMs, minute, 10 * minute, 15 * minute),
})
const passToDue = fc.record({
  do: fc.constant('pass-to-due' as const),
  offsetMs: fc.constantFrom(-second, -1, 0, 0, 0, 1, 999),
})
const work = fc.record({
  do: fc.constant('work' as const),
  reads,
  dies: fc.constantFrom('no', 'no', 'no', 'before', 'late', 'after'),
})
const outside = fc.record({
  do: fc.constant('outside' as const),
  which,
  what: fc.constantFrom('remove', 'change', 'delete-user', 'rename-user'),
})

const historiesOf = (acts: fc.Arbitrary<Act[]>) =>
  fc.record({
    skewMs: fc.constantFrom(0, -30 * second, 30 * second, 1300, -700),
    foreign: fc.subarray([0, 1], { maxLength: 1 }),
    acts,
  })
const histories = (act: fc.Arbitrary<Act>) =>
  historiesOf(fc.array(act, { maxLength: 40, size: 'max' }))

/** Everything that can happen. */
const anything = histories(
  fc.oneof(
    weighted(4, ask),
    weighted(1, askAtOnce),
    weighted(4, approve),
    weighted(1, approveAtOnce),
    weighted(3, decideOtherwise),
    weighted(3, extend),
    weighted(1, freeze),
    weighted(2, tick),
    weighted(3, pass),
    weighted(3, passToDue),
    weighted(9, work),
    weighted(1, outside),
  ),
)
/** Dense where the cloud, its lag, its clock and dying workers meet: one grant, given, taken away, and waited out. */
const inTheCloud = historiesOf(
  fc
    .tuple(
      ask.map((each): Act => ({ ...each, quorum: [], cause: 2 })),
      fc.array(fc.oneof(weighted(3, work), weighted(1, pass), weighted(1, extend)), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.constantFrom<Act>({ do: 'revoke', which: 0 }, { do: 'pass', ms: 15 * minute }),
      fc.array(
        fc.oneof(
          weighted(8, work),
          weighted(8, passToDue),
          weighted(1, pass),
          weighted(1, tick),
          weighted(1, outside),
        ),
        { maxLength: 14, size: 'max' },
      ),
    )
    .map(([asked, before, end, after]) => [asked, ...before, end, ...after]),
)
/** Dense where people approve, and what they approve changes. */
const amongPeople = histories(
  fc.oneof(
    weighted(
      5,
      ask.map((each) => ({ ...each, cause: each.cause % 2 })),
    ),
    weighted(
      30,
      approve.map((each) => ({ ...each, which: each.which % 2 })),
    ),
    weighted(10, approveAtOnce),
    weighted(10, fc.record({ do: fc.constant('revise' as const), which: fc.nat({ max: 1 }) })),
    weighted(5, decideOtherwise),
    weighted(
      8,
      extend.map((each) => ({ ...each, which: each.which % 2 })),
    ),
    weighted(1, freeze),
    weighted(2, pass),
  ),
)

const yes = (by: number): Act => ({ do: 'approve', which: 0, by, back: 0 })
/** Dense where what people approved is to last longer. */
const amongExtensions = historiesOf(
  fc
    .tuple(
      ask.map((each): Act => ({ ...each, quorum: each.quorum.length === 0 ? [1] : each.quorum })),
      fc.array(
        fc.oneof(
          weighted(
            6,
            extend.map((each) => ({ ...each, which: 0 })),
          ),
          weighted(
            12,
            approve.map((each) => ({ ...each, which: 0 })),
          ),
          weighted(
            2,
            approveAtOnce.map((each) => ({ ...each, which: 0 })),
          ),
          weighted(
            1,
            decideOtherwise.map((each) => ({ ...each, which: 0 })),
          ),
          weighted(1, tick),
          weighted(2, pass),
          weighted(1, passToDue),
          weighted(1, work),
        ),
        { maxLength: 20, size: 'max' },
      ),
    )
    .map(([asked, after]) => [asked, yes(4), yes(7), yes(8), ...after]),
)
const amongAll = fc.oneof(amongPeople, amongExtensions)

/** Holds after each act of such histories, and after the world has come to rest. */
function always(
  holds: (world: World) => void,
  { of = anything, numRuns = 250 }: { of?: typeof anything; numRuns?: number } = {},
) {
  fc.assert(
    fc.property(of, ({ skewMs, foreign, acts }) => {
      const world = new World(skewMs, foreign)
      for (const each of acts) {
        world.act(each)
        holds(world)
      }
      world.settle()
      holds(world)
    }),
    { numRuns },
  )
}

const grantsOf = (world: World): readonly Grant[] =>
  [...world.grants.values()].map(({ grant }) => grant)

type At = { readonly event: GrantEvent; readonly at: number }

const eventsOf = (world: World, id: string): readonly At[] => world.grants.get(id)?.events ?? []
const bare = (events: readonly At[]) => events.map(({ event }) => event)

interface Approved {
  readonly at: number
  readonly endsAt: number
  readonly revision: Revision
  /** What was said to this revision, in order. */
  readonly given: readonly Extract<GrantEvent, { type: 'grant.approval-given' }>[]
}

/** Every yes that began or prolonged access, told by the events alone. */
function approvalsOf(events: readonly At[]): readonly Approved[] {
  const approved: Approved[] = []
  let revision: Revision | undefined
  let given: Approved['given'] = []
  for (const { event, at } of events) {
    if (event.type === 'grant.approval-given') given = [...given, event]
    const asks = /^grant.(requested|revised|extension-requested)$/.test(event.type)
    if (asks && 'revision' in event) [revision, given] = [event.revision, []]
    if (/^grant.extension-(denied|withdrawn|lapsed)$/.test(event.type)) given = []
    if (event.type !== 'grant.approved' && event.type !== 'grant.extended') continue
    if ('revision' in event && event.revision.offer.approval === 'none') {
      ;[revision, given] = [event.revision, []]
    }
    if (revision === undefined) throw new Error('approved what nobody asked for')
    const { digest, code } = revision
    expect(event.digest).toBe(digest)
    const forIt = given.filter((each) => each.digest === digest && each.code === code)
    expect(forIt).toEqual(given)
    approved.push({ at, endsAt: event.endsAt, revision, given })
    ;[revision, given] = [undefined, []]
  }
  return approved
}

const inTurn = ({ count }: { readonly count: number }, stage: number): readonly number[] =>
  Array.from({ length: count }, () => stage)

const typed = <T extends GrantEvent['type']>(events: readonly GrantEvent[], type: T) =>
  events.filter((event): event is Extract<GrantEvent, { type: T }> => event.type === type)

describe('1. no binding is desired without a live grant that holds it', () => {
  it('in the ledger', () => {
    always((world) => {
      for (const id of world.rows.keys()) {
        const holders = world
          .live()
          .filter(({ phase, holds }) => phase !== 'ending' && holds.some((h) => h.bindingId === id))
        expect(world.record(id)?.desired).toBe(holders.length > 0 ? 'present' : 'absent')
      }
    })
  })
  it('in the cloud: whatever is put is granted at that moment, and not past its end', () => {
    always((world) => {
      for (const { at, change, grant, late } of world.calls) {
        if (change.do === 'remove') continue
        const endsAt = grant !== undefined && 'endsAt' in grant ? grant.endsAt : undefined
        expect(change.binding.endsAt).toBeLessThanOrEqual(endsAt ?? 0)
        // NB: a dead worker's call may arrive when its grant has ended; the deadline it carries still binds it.
        if (late) continue
        expect(change.binding.endsAt).toBe(endsAt)
        expect(grant?.phase).toMatch(/^(approved|active)$/)
        expect(at).toBeLessThan(change.binding.endsAt)
      }
    })
  })
  it('in the cloud: what ended left nothing behind that could still be used', () => {
    always(
      (world) => {
        for (const grant of grantsOf(world).filter(({ phase }) => phase === 'ended')) {
          for (const { bindingId } of grant.holds) {
            const last = world.sessionsUntil(bindingId)
            if (last !== undefined) expect(world.cloudNow).toBeGreaterThanOrEqual(last)
          }
        }
      },
      { of: inTheCloud, numRuns: 1000 },
    )
  })
  it('in the cloud: a grant is active only by what we made', () => {
    always((world) => {
      for (const { bindingId, observedAt } of grantsOf(world).flatMap(({ holds }) => holds)) {
        if (observedAt === undefined) continue
        const ours = world.stood.get(bindingId)?.filter(({ binding }) => binding !== 'foreign')
        expect(ours?.[0]?.from).toBeLessThanOrEqual(observedAt)
      }
    })
  })
  it('in the cloud: what somebody else made is never touched', () => {
    always((world) => {
      for (const { onForeign } of world.calls) expect(onForeign).toBe(false)
    })
  })
})

describe('2. no live grant lacks an end, and no end lies past what was approved', () => {
  it('at any time', () => {
    const holds = (world: World) => {
      for (const grant of world.live()) {
        expect(grant.endsAt % second).toBe(0)
        const ends = approvalsOf(eventsOf(world, grant.id))
        const last = ends.at(-1)
        expect(last).toMatchObject({ endsAt: grant.endsAt, revision: grant.revision })
        for (const [index, { at, endsAt, revision }] of ends.entries()) {
          expect(endsAt).toBeLessThanOrEqual(at + revision.offer.leaseSeconds * second)
          // No extension takes anything back.
          expect(endsAt).toBeGreaterThan(ends[index - 1]?.endsAt ?? 0)
        }
      }
    }
    always(holds, { numRuns: 100 })
    always(holds, { of: amongExtensions, numRuns: 150 })
  })
  it('and once nothing fails any more, the cloud has the end that was approved', () => {
    fc.assert(
      fc.property(amongExtensions, ({ skewMs, foreign, acts }) => {
        const world = new World(skewMs, foreign)
        for (const each of acts) world.act(each)
        world.act({ do: 'pass', ms: 30 * second })
        world.act({ do: 'tick' })
        world.act({ do: 'work', reads: [0, 0, 0], dies: 'no' })
        for (const { phase, holds, ...grant } of world.live()) {
          if (phase !== 'active') continue
          const stands = holds.map(({ bindingId }) => world.standingAt(bindingId, world.now))
          for (const each of stands) expect(each?.binding).toMatchObject({ endsAt: grant.endsAt })
        }
      }),
      { numRuns: 150 },
    )
  })
  it('and once nothing fails any more, all of it comes to its end', () => {
    fc.assert(
      fc.property(anything, ({ skewMs, foreign, acts }) => {
        const world = new World(skewMs, foreign)
        for (const each of acts) world.act(each)
        world.settle()
        expect(world.live()).toEqual([])
      }),
      { numRuns: 250 },
    )
  })
})

describe('3. an approval counts only for the revision it named', () => {
  it('and every stage had its people, in its turn', () => {
    always(
      (world) => {
        for (const { id } of grantsOf(world)) {
          const events = eventsOf(world, id)
          for (const { by, code } of typed(bare(events), 'grant.approval-given')) {
            expect(world.named).toContainEqual({ id, by: by.id, code })
          }
          for (const { revision, given } of approvalsOf(events)) {
            const { approval } = revision.offer
            const expected = approval === 'none' ? [] : approval.stages.flatMap(inTurn)
            expect(given.map(({ stage }) => stage)).toEqual(expected)
            expect(new Set(given.map(({ by }) => by.id)).size).toBe(given.length)
          }
        }
      },
      { of: amongAll, numRuns: 400 },
    )
  })
})

describe('4. nobody whom the policy separates counts as an approver', () => {
  it('at any time', () => {
    always(
      (world) => {
        for (const { id, revision } of grantsOf(world)) {
          const unproven = revision.offer.separationUnproven ? writers : []
          for (const { by } of typed(bare(eventsOf(world, id)), 'grant.approval-given')) {
            expect([...separated, ...bots, ...nobody, ...unproven]).not.toContain(by.id)
          }
        }
      },
      { of: amongAll, numRuns: 300 },
    )
  })
})

describe('a freeze', () => {
  it('leaves nothing asked for or held that it covers', () => {
    always(
      (world) => {
        for (const grant of grantsOf(world)) {
          if (grant.phase === 'requested' || isHeld(grant)) {
            expect(isFrozen(world.freezes, freezableOf(grant.revision.offer))).toBe(false)
          }
        }
      },
      { of: amongPeople, numRuns: 100 },
    )
  })
})

describe('5. one cause makes one grant', () => {
  it('at any time', () => {
    always((world) => {
      const causes = grantsOf(world).map(({ revision }) => revision.offer.cause)
      expect(new Set(causes).size).toBe(causes.length)
      for (const { events } of world.grants.values()) {
        const all = events.map(({ event }) => event)
        for (const type of [
          'grant.requested',
          'grant.approved',
          'grant.ending',
          'grant.ended',
        ] as const)
          expect(typed(all, type).length).toBeLessThanOrEqual(1)
        const codes = approvalsOf(events).map(({ revision }) => revision.code)
        expect(new Set(codes).size).toBe(codes.length)
      }
    })
  })
})

describe('6. every decision is in one log', () => {
  it('that is a chain, and tells every grant’s whole history', () => {
    always(
      (world) => {
        const log = world.log()
        expect(verifyChain(log)).toMatchObject({ ok: true, count: log.length })
        const told = new Map<string, Grant>()
        for (const line of log) {
          const { stream, event, at } = decodeEvent(line, (known) => world.values.get(known))
          if (!stream.startsWith('grant:')) continue
          const id = stream.slice('grant:'.length)
          told.set(id, evolve(told.get(id), event as GrantEvent, at))
        }
        expect([...told.values()]).toEqual(grantsOf(world))
      },
      { numRuns: 45 },
    )
  })
})
