// What must hold of grants whatever the order of events, crashes and retries.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evolve } from '../../src/domain/grants/evolve.ts'
import type { Grant, GrantEvent } from '../../src/domain/grants/types.ts'
import { decodeEvent, verifyChain } from '../../src/domain/log/encode.ts'
import { lagMs, bots, separated, World, type Act } from './properties.world.ts'
import { minute, second } from './grants.fixtures.ts'

const which = fc.nat({ max: 5 })
const cause = fc.nat({ max: 4 })
const who = fc.integer({ min: 1, max: 7 })
const reads = fc.array(fc.constantFrom(0, 1, lagMs / 2, lagMs), { minLength: 1, maxLength: 3 })

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      cause,
      quorum: fc.constantFrom(0 as const, 0 as const, 1 as const, 2 as const),
      inline: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('ask-twice-at-once' as const), cause }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('approve' as const),
      which,
      by: who,
      old: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('approve-at-once' as const), which, by: who, and: who }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('revise', 'withdraw', 'deny', 'revoke', 'revoke', 'again'),
      which,
    }),
  },
  { weight: 2, arbitrary: fc.constant<Act>({ do: 'tick' }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 350, second, lagMs - 1, lagMs, minute, 10 * minute, 15 * minute),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('work' as const),
      reads,
      dies: fc.constantFrom('no', 'no', 'no', 'before', 'late', 'after'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('outside' as const),
      which,
      what: fc.constantFrom('remove', 'change', 'delete-user'),
    }),
  },
)
const history = fc.record({
  skewMs: fc.constantFrom(0, -30 * second, 30 * second, 1300, -700),
  foreign: fc.subarray([0, 1], { maxLength: 1 }),
  acts: fc.array(act, { maxLength: 40, size: 'max' }),
})

/** Holds after each act of any history, and after it has come to rest. */
function always(holds: (world: World) => void, numRuns = 400) {
  fc.assert(
    fc.property(history, ({ skewMs, foreign, acts }) => {
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
        expect(grant).toMatchObject({ endsAt: change.binding.endsAt })
        // NB: a dead worker's call may arrive when its grant has ended; the deadline it carries still binds it.
        if (late) continue
        expect(grant?.phase).toMatch(/^(approved|active)$/)
        expect(at).toBeLessThan(change.binding.endsAt)
      }
    })
  })
  it('in the cloud: what ended left nothing behind that could still be used', () => {
    always((world) => {
      for (const grant of grantsOf(world).filter(({ phase }) => phase === 'ended')) {
        for (const { bindingId } of grant.holds) {
          const last = world.sessionsUntil(bindingId)
          if (last !== undefined) expect(world.cloudNow).toBeGreaterThanOrEqual(last)
        }
      }
    }, 1500)
  })
  it('in the cloud: what somebody else made is never touched', () => {
    always((world) => {
      for (const { onForeign } of world.calls) expect(onForeign).toBe(false)
    })
  })
})

describe('2. no live grant lacks an end, and no end lies past what was approved', () => {
  it('at any time', () => {
    always((world) => {
      for (const grant of world.live()) {
        const { leaseSeconds } = grant.revision.offer
        expect(grant.endsAt).toBeLessThanOrEqual(grant.approvedAt + leaseSeconds * second)
        expect(grant.endsAt % second).toBe(0)
      }
    })
  })
  it('and once nothing fails any more, all of it comes to its end', () => {
    fc.assert(
      fc.property(history, ({ skewMs, foreign, acts }) => {
        const world = new World(skewMs, foreign)
        for (const each of acts) world.act(each)
        world.settle()
        expect(world.live()).toEqual([])
      }),
      { numRuns: 400 },
    )
  })
})

describe('3. an approval counts only for the revision it named', () => {
  it('at any time', () => {
    always((world) => {
      for (const { grant, events } of world.grants.values()) {
        const all = events.map(({ event }) => event)
        const { approval } = grant.revision.offer
        const [approved] = typed(all, 'grant.approved')
        if (approved === undefined || approval === 'none') continue
        expect(approved.digest).toBe(grant.revision.digest)
        const given = typed(all, 'grant.approval-given').filter(
          ({ digest, code }) => digest === grant.revision.digest && code === grant.revision.code,
        )
        expect(new Set(given.map(({ by }) => by.id)).size).toBeGreaterThanOrEqual(approval.count)
      }
    })
  })
})

describe('4. nobody whom the policy separates counts as an approver', () => {
  it('at any time', () => {
    always((world) => {
      for (const { events } of world.grants.values()) {
        for (const { by } of typed(
          events.map(({ event }) => event),
          'grant.approval-given',
        )) {
          expect([...separated, ...bots, 6]).not.toContain(by.id)
        }
      }
    })
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
      }
    })
  })
})

describe('6. every decision is in one log', () => {
  it('that is a chain, and tells every grant’s whole history', () => {
    always((world) => {
      expect(verifyChain(world.log)).toMatchObject({ ok: true, count: world.log.length })
      const told = new Map<string, Grant>()
      for (const line of world.log) {
        const { stream, event, at } = decodeEvent(line, (known) => world.values.get(known))
        const id = stream.slice('grant:'.length)
        told.set(id, evolve(told.get(id), event as GrantEvent, at))
      }
      expect([...told.values()]).toEqual(grantsOf(world))
    }, 60)
  })
})
