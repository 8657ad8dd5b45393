import { describe, expect, it, test } from 'vitest'
import { bindingIdsOf, bindingsOf, sessionNameOf } from '../../src/domain/lanes/bindings-of.ts'
import { desiredOf } from '../../src/domain/lanes/desired-of.ts'
import { isOverInLane } from '../../src/domain/lanes/is-over.ts'
import { laneOf } from '../../src/domain/lanes/lane-of.ts'
import { needsObservation, planLane, type LaneInput } from '../../src/domain/lanes/plan.ts'
import type {
  Binding,
  BindingNote,
  BindingRecord,
  CloudRole,
  LanePlan,
  Observation,
  ObservedBinding,
} from '../../src/domain/lanes/types.ts'
import {
  activated,
  approved,
  assume,
  bindingId,
  grantAfter,
  grantId,
  hour,
  inline,
  instance,
  minute,
  offer,
  principal,
  request,
  requested,
  revoked,
  second,
  start,
} from './grants.fixtures.ts'

const lagMs = 10 * second
const endsAt = start + 2 * hour
const [binding] = bindingsOf(offer, grantId, instance, start, endsAt)
if (!binding) throw new Error('one binding')

const record = (more: Partial<BindingRecord> = {}): BindingRecord => ({
  binding,
  desired: 'present',
  attemptedAt: undefined,
  presentAt: undefined,
  missedAt: undefined,
  removedAt: undefined,
  certainAt: undefined,
  sessionsUntil: undefined,
  ...more,
})
const tried = record({ attemptedAt: start })
const standing = record({
  attemptedAt: start,
  presentAt: start,
  standsUntil: endsAt,
  standsSince: start,
})
const leaving = record({ desired: 'absent', attemptedAt: start, presentAt: start })
const removed = (at: number) => ({ ...leaving, removedAt: at })
const ops: CloudRole = { cloud: 'aws', mode: 'group', account: '111122223333', group: 'ops' }
const inGroup: Binding = { ...binding, role: ops }
const inlineBinding: Binding = { ...binding, role: inline, residualSeconds: 0 }

type Reads = ObservedBinding['state'] | 'replaced' | 'missing' | 'nothing' | 'strayed'

function observation(reads: Reads, cloudAt: number, of: readonly Binding[]): Observation {
  const evidence = { requestId: 'r', cloudAt }
  if (reads === 'replaced' || reads === 'missing')
    return { principal: reads, bindings: new Map(), evidence }
  if (reads === 'strayed') {
    const strayed = of.map(({ id }) => [id, { state: 'different', evidence }] as const)
    return { principal: 'replaced', bindings: new Map(strayed), evidence }
  }
  const bindings =
    reads === 'nothing' ? [] : of.map(({ id }) => [id, { state: reads, evidence }] as const)
  return { principal: 'same', bindings: new Map(bindings), evidence }
}

function plan(
  given: BindingRecord,
  reads: Reads,
  now: number,
  more: Partial<LaneInput> & { readonly cloudAt?: number } = {},
): LanePlan {
  const { cloudAt = now, ...rest } = more
  return planLane({
    bindings: [given],
    observation: observation(reads, cloudAt, [given.binding]),
    now,
    lagMs,
    ...rest,
  })
}

const put = (of = binding) => [{ do: 'put', binding: of }]
const remove = (of = binding) => [{ do: 'remove', binding: of }]
const note = (set: object) => [{ id: bindingId, set }]
const nothing = { changes: [], notes: [], verdicts: [] }
const drift = 5 * minute
/** As the ledger has it once it is noted. */
const cleared = (set: BindingNote['set']): Partial<BindingRecord> =>
  Object.fromEntries(Object.entries(set).map(([name, value]) => [name, value ?? undefined]))
const undone = { removedAt: null, certainAt: null, sessionsUntil: null }

describe('what is wanted', () => {
  it('is noted before it is put for the first time', () => {
    expect(plan(record(), 'absent', start)).toEqual({
      changes: put(),
      notes: note({ attemptedAt: start }),
      verdicts: [],
      checkAt: start + 2 * second,
    })
  })
  it('is put again when it was tried and never seen', () => {
    expect(plan(tried, 'absent', start + hour)).toMatchObject({ changes: put(), notes: [] })
  })
  it('is present once it is read back', () => {
    expect(plan(tried, 'present', start + 1)).toEqual({
      changes: [],
      notes: note({ presentAt: start + 1, standsUntil: endsAt, standsSince: start + 1 }),
      verdicts: [{ kind: 'present', bindingId }],
      checkAt: start + 1 + drift,
    })
  })
  it('is present again at each look, which changes nothing', () => {
    expect(plan(standing, 'present', start)).toMatchObject({
      notes: [],
      verdicts: [{ kind: 'present', bindingId }],
    })
  })
  it('is looked at again for drift, or at its end', () => {
    expect(plan(standing, 'present', endsAt - minute).checkAt).toBe(endsAt)
  })
  it('is restored when it was changed, and that is told once', () => {
    const at = start + lagMs
    expect(plan(standing, 'different', at)).toEqual({
      changes: put(),
      notes: note({ standsUntil: null, standsSince: null }),
      verdicts: [{ kind: 'drifted', bindingId }],
      checkAt: at + 2 * second,
    })
    // The write failed, or its process died: it is tried again, and was told.
    const told = { ...standing, standsUntil: undefined, standsSince: undefined }
    expect(plan(told, 'different', at + minute)).toMatchObject({ changes: put(), verdicts: [] })
    expect(plan(told, 'present', at + hour).notes).toEqual(
      note({ standsUntil: endsAt, standsSince: at + hour }),
    )
  })
  it('is restored, and nobody is said to have changed it, while a read may be older than it', () => {
    expect(plan(standing, 'different', start + lagMs - 1)).toMatchObject({
      changes: put(),
      notes: [],
      verdicts: [],
    })
  })
  it('is put over what stands when its end has moved, and taken away at no time', () => {
    const longer: Binding = { ...binding, endsAt: endsAt + hour }
    const extended = { ...standing, binding: longer }
    const at = endsAt - 1
    expect(plan(extended, 'different', at)).toEqual({
      changes: put(longer),
      notes: note({ standsUntil: null, standsSince: null }),
      verdicts: [],
      checkAt: at + 2 * second,
    })
    // Reads lag: what still shows the former end is put over again, and its passing ends nothing.
    expect(plan(extended, 'different', endsAt + 1).changes).toEqual(put(longer))
    expect(plan(extended, 'present', endsAt + 1)).toMatchObject({
      changes: [],
      notes: note({ standsUntil: endsAt + hour, standsSince: endsAt + 1 }),
      verdicts: [{ kind: 'present', bindingId }],
      checkAt: endsAt + 1 + drift,
    })
  })
  test.each(['absent', 'present', 'different'] as const)(
    'is removed once its time is over, whether or not its grant was told: %s',
    (reads) => {
      expect(plan(tried, reads, endsAt)).toMatchObject({ changes: remove(), verdicts: [] })
    },
  )
  it('is put up to its last moment', () => {
    expect(plan(tried, 'absent', endsAt - 1).changes).toEqual(put())
  })

  it('is missed by one read, and nothing is concluded or put back', () => {
    expect(plan(standing, 'absent', start + hour)).toEqual({
      changes: [],
      notes: note({ missedAt: start + hour }),
      verdicts: [],
      checkAt: start + hour + lagMs,
    })
  })
  it('is not yet missing within the lag', () => {
    const missed = { ...standing, missedAt: start + hour }
    expect(plan(missed, 'absent', start + hour + lagMs - 1)).toEqual({
      ...nothing,
      checkAt: start + hour + lagMs,
    })
  })
  it('is missing past the lag, and never put back', () => {
    const missed = { ...standing, missedAt: start + hour }
    expect(plan(missed, 'absent', start + hour + lagMs)).toMatchObject({
      changes: [],
      notes: [],
      verdicts: [{ kind: 'missing', bindingId, reason: 'revoked-outside' }],
    })
  })
  it('is not missing once it is seen again', () => {
    const missed = { ...standing, missedAt: start + hour }
    expect(plan(missed, 'present', start + 2 * hour - 1)).toMatchObject({
      notes: note({ missedAt: null }),
      verdicts: [{ kind: 'present', bindingId }],
    })
  })
  it('is not taken for removed by somebody when its time is over', () => {
    const missed = { ...standing, missedAt: endsAt - minute }
    expect(plan(missed, 'absent', endsAt)).toMatchObject({ changes: remove(), verdicts: [] })
  })

  describe('where the cloud ended it by a former holder’s deadline', () => {
    const former = { ...standing, standsUntil: start + hour }
    it('is put for the next one, as if it had never been seen', () => {
      const anew = { presentAt: null, standsUntil: null, standsSince: null }
      for (const missedAt of [undefined, start + hour])
        expect(plan({ ...former, missedAt }, 'absent', start + hour)).toMatchObject({
          changes: put(),
          notes: note(missedAt === undefined ? anew : { ...anew, missedAt: null }),
          verdicts: [],
        })
      const again = { ...former, ...cleared(anew) }
      expect(plan(again, 'absent', start + hour + second).changes).toEqual(put())
    })
    it.each([
      ['by the cloud’s clock it is not over', former, { cloudAt: start + hour - second }],
      ['it was missed before', { ...former, missedAt: start + hour - 1 }, {}],
      ['it was seen to stand until the next one’s', standing, {}],
      ['no deadline of the cloud ends it', { ...former, binding: inGroup }, {}],
    ] as const)('may have been taken away: %s', (_why, given, more) => {
      const found = plan(given, 'absent', start + hour, more)
      expect(found.changes).toEqual([])
      const later = { ...given, missedAt: start + hour - 1 }
      expect(plan(later, 'absent', start + hour + lagMs).verdicts).toMatchObject([
        { kind: 'missing', reason: 'revoked-outside' },
      ])
    })
  })

  test.each(['present', 'different'] as const)(
    'is foreign when it was there before it was ever tried: %s',
    (reads) => {
      expect(plan(record(), reads, start)).toMatchObject({
        changes: [],
        notes: [],
        verdicts: [{ kind: 'foreign', bindingId }],
      })
    },
  )

  test.each([
    ['missing', standing, 'revoked-outside', /not there any more/],
    ['replaced', standing, 'revoked-outside', /belongs to another/],
    ['missing', record(), 'could-not-be-given', /not there any more/],
  ] as const)('is missing when its user is %s', (reads, given, reason, why) => {
    expect(plan(given, reads, start)).toEqual({
      changes: [],
      notes: note({ missedAt: start }),
      verdicts: [],
      checkAt: start + lagMs,
    })
    const later = plan({ ...given, missedAt: start }, reads, start + lagMs)
    expect(later).toMatchObject({ changes: [], verdicts: [{ kind: 'missing', reason }] })
    expect(later.verdicts[0]).toHaveProperty('why', expect.stringMatching(why))
  })

  it('comes back after a removal as if it were new', () => {
    const again = { ...removed(start), desired: 'present' as const, presentAt: undefined }
    expect(plan(again, 'absent', start)).toMatchObject({ changes: put(), notes: note(undone) })
  })
  it('that a former holder had never tried is known as ours once it is put', () => {
    const again = record({ certainAt: start })
    const at = start + minute
    const { changes, notes } = plan(again, 'absent', at)
    expect(changes).toEqual(put())
    const after = { ...again, ...cleared(notes[0]?.set ?? {}) }
    expect(plan(after, 'present', at + 1).verdicts).toEqual([{ kind: 'present', bindingId }])
  })
  it('and was just removed is not believed to stand while a read may be older than that', () => {
    const again = { ...removed(start), desired: 'present' as const }
    expect(plan(again, 'present', start + lagMs - 1)).toEqual({
      ...nothing,
      checkAt: start + lagMs,
    })
    expect(plan(again, 'present', start + lagMs, { settledAt: start + second })).toEqual({
      ...nothing,
      checkAt: start + second + lagMs,
    })
  })
  it('that stands in spite of an earlier removal is not put back when somebody else removes it', () => {
    const again = { ...removed(start), desired: 'present' as const }
    const at = start + lagMs
    const { notes, verdicts } = plan(again, 'present', at)
    expect(verdicts).toEqual([{ kind: 'present', bindingId }])
    const after = { ...again, ...cleared(notes[0]?.set ?? {}) }
    expect(plan(after, 'absent', at + minute).changes).toEqual([])
  })
  it('whose end moves there and back while nobody looks is not said to have been changed', () => {
    const later = { ...standing, binding: { ...binding, endsAt: endsAt + hour } }
    const at = start + hour
    const { changes, notes } = plan(later, 'different', at)
    expect(changes).toEqual(put(later.binding))
    const back = { ...later, ...cleared(notes[0]?.set ?? {}), binding }
    expect(plan(back, 'different', at + minute)).toMatchObject({ changes: put(), verdicts: [] })
  })
})

describe('what reached another user, who took the name while it was on its way', () => {
  test('is not waited for: the grant ends at once', () => {
    expect(plan(tried, 'strayed', start + second)).toMatchObject({
      changes: [],
      verdicts: [{ kind: 'missing', reason: 'could-not-be-given' }],
    })
  })
  test('is removed there, also when it comes after a removal', () => {
    for (const given of [leaving, removed(start)])
      expect(plan(given, 'strayed', start + hour)).toMatchObject({
        changes: [{ do: 'remove' }],
        verdicts: [],
      })
  })
  test('is left alone when it was never ours', () => {
    expect(plan(record({ desired: 'absent' }), 'strayed', start).changes).toEqual([])
    expect(plan(record(), 'strayed', start).changes).toEqual([])
  })
})

describe('what is not wanted', () => {
  const never = record({ desired: 'absent' })

  test.each(['absent', 'present', 'missing'] as const)(
    'is gone at once and untouched when it was never tried: %s',
    (reads) => {
      expect(plan(never, reads, start)).toEqual({
        changes: [],
        notes: note({ certainAt: start }),
        verdicts: [
          { kind: 'gone', bindingId, removedAt: start, certainAt: start, sessionsUntil: undefined },
          { kind: 'over', bindingId, cloudAt: undefined },
        ],
        checkAt: undefined,
      })
    },
  )
  it('says the same again when it was never tried', () => {
    expect(plan({ ...never, certainAt: start }, 'absent', start + hour)).toMatchObject({
      notes: [],
      verdicts: [{ kind: 'gone', certainAt: start }, { kind: 'over' }],
    })
  })
  it('needs no read when it was never tried', () => {
    expect(needsObservation([never])).toBe(false)
    expect(needsObservation([never, leaving])).toBe(true)
    expect(needsObservation([record()])).toBe(true)
    const unread = planLane({ bindings: [never], observation: undefined, now: start, lagMs })
    expect(unread.verdicts).toHaveLength(2)
  })

  test.each(['present', 'different', 'absent'] as const)(
    'is removed whatever the read says: %s',
    (reads) => {
      expect(plan(leaving, reads, start + hour)).toEqual({
        changes: remove(),
        notes: [],
        verdicts: [],
        checkAt: start + hour + 2 * second,
      })
    },
  )
  it('is removed even when it was only about to be made', () => {
    const intended = record({ desired: 'absent', attemptedAt: start })
    expect(plan(intended, 'absent', start)).toMatchObject({ changes: remove(), verdicts: [] })
  })
  test.each(['present', 'different'] as const)('is removed again when found again: %s', (reads) => {
    const back = { ...removed(start), certainAt: start, sessionsUntil: start + hour }
    expect(plan(back, reads, start + minute)).toMatchObject({
      changes: remove(),
      notes: note(undone),
      verdicts: [],
    })
  })
  it('is not gone within the lag of reads', () => {
    expect(plan(removed(start), 'absent', start + lagMs - 1)).toEqual({
      ...nothing,
      checkAt: start + lagMs,
    })
  })

  it('is gone past the lag, with sessions until their residual is over', () => {
    const at = start + hour
    // The cloud tells whole seconds: it may be up to one later there.
    const sessionsUntil = at + lagMs + second + hour
    expect(plan(removed(at), 'absent', at + lagMs)).toEqual({
      changes: [],
      notes: note({ certainAt: at + lagMs, sessionsUntil }),
      verdicts: [{ kind: 'gone', bindingId, removedAt: at, certainAt: at + lagMs, sessionsUntil }],
      checkAt: sessionsUntil,
    })
  })
  it('counts sessions from no later than its own deadline', () => {
    const at = endsAt - second
    expect(plan(removed(at), 'absent', at + lagMs, { cloudAt: at })).toMatchObject({
      verdicts: [{ kind: 'gone', sessionsUntil: endsAt + hour }],
    })
  })
  it('counts sessions on the cloud’s clock when ours is behind', () => {
    const ahead = start + hour + 5 * minute
    expect(
      plan(removed(start + hour), 'absent', start + hour + lagMs, { cloudAt: ahead }),
    ).toMatchObject({
      verdicts: [{ kind: 'gone', certainAt: ahead, sessionsUntil: ahead + second + hour }],
    })
  })
  it('is not gone at a deadline that was brought forward, as long as the cloud may still have the later one', () => {
    const at = endsAt - hour
    const shared = { ...removed(at), latestEndsAt: endsAt }
    const forward = { ...shared, binding: { ...shared.binding, endsAt: at } }
    expect(plan(forward, 'absent', at).notes).toEqual([])
    expect(plan(forward, 'absent', at + lagMs).notes).toMatchObject([
      { set: { certainAt: at + lagMs } },
    ])
  })
  it('is gone at once when the cloud’s own deadline has passed', () => {
    expect(plan(removed(endsAt), 'absent', endsAt, { cloudAt: endsAt })).toMatchObject({
      notes: note({ certainAt: endsAt, sessionsUntil: endsAt + hour }),
      verdicts: [{ kind: 'gone', certainAt: endsAt, sessionsUntil: endsAt + hour }],
      checkAt: endsAt + hour,
    })
  })
  it('is not gone by our clock’s word that the deadline has passed', () => {
    expect(plan(removed(endsAt), 'absent', endsAt + 1, { cloudAt: endsAt - second })).toMatchObject(
      {
        ...nothing,
        checkAt: endsAt + lagMs,
      },
    )
  })
  it('leaves no session when it is evaluated at each request', () => {
    const at = start + hour
    const given = { ...removed(at), binding: inlineBinding }
    expect(plan(given, 'absent', at + lagMs)).toMatchObject({
      notes: note({ certainAt: at + lagMs, sessionsUntil: null }),
      verdicts: [
        { kind: 'gone', sessionsUntil: undefined },
        { kind: 'over', bindingId, cloudAt: at + lagMs },
      ],
      checkAt: undefined,
    })
  })

  describe('and is proven gone', () => {
    const sessionsUntil = start + hour
    const certain = { ...removed(start), certainAt: start, sessionsUntil }
    it('waits for the last session', () => {
      const waiting = plan(certain, 'absent', sessionsUntil - 1)
      expect(waiting.verdicts.map(({ kind }) => kind)).toEqual(['gone'])
      expect(waiting.checkAt).toBe(sessionsUntil)
    })
    it('is over by the cloud’s time', () => {
      expect(plan(certain, 'absent', sessionsUntil)).toMatchObject({
        notes: [],
        verdicts: [{ kind: 'gone' }, { kind: 'over', bindingId, cloudAt: sessionsUntil }],
        checkAt: undefined,
      })
    })
    test.each([
      [sessionsUntil - 30 * second, 30 * second],
      [sessionsUntil - 1, second],
      [sessionsUntil - hour, minute],
    ])('asks again when the cloud’s time is behind: %i', (cloudAt, wait) => {
      const waiting = plan(certain, 'absent', sessionsUntil, { cloudAt })
      expect(waiting.verdicts).toHaveLength(1)
      expect(waiting.checkAt).toBe(sessionsUntil + wait)
    })
  })

  test.each(['present', 'different'] as const)(
    'is not removed again and again by reads that lag: %s',
    (reads) => {
      const at = start + hour
      expect(plan(removed(at), reads, at + lagMs - 1)).toEqual({
        changes: [],
        notes: [],
        verdicts: [{ kind: 'lingers', bindingId }],
        checkAt: at + lagMs,
      })
      expect(plan(removed(at), reads, at + lagMs).changes).toEqual(remove())
      const certain = { ...removed(at), certainAt: at, sessionsUntil: at + hour }
      expect(plan(certain, reads, at + 1).notes).toEqual(
        note({ certainAt: null, sessionsUntil: null }),
      )
    },
  )

  describe.each(['missing', 'replaced'] as const)('and whose user is %s by that name', (reads) => {
    it('may stand on under another name: only its own deadline is a proof', () => {
      const why = expect.stringMatching(/renamed.*hallpass-i7-0123456789ab.*2026-11-22T19:00:00Z/)
      for (const given of [leaving, removed(start)])
        expect(plan(given, reads, start + hour)).toEqual({
          changes: [],
          notes: [],
          verdicts: [{ kind: 'unreachable', bindingId, why }],
          checkAt: start + hour + minute,
        })
    })
    it('counts until the latest deadline that it was ever wanted until', () => {
      const later = { ...leaving, latestEndsAt: endsAt + minute }
      const why = expect.stringContaining('until 2026-11-22T19:01:00Z')
      expect(plan(later, reads, endsAt)).toMatchObject({
        verdicts: [{ kind: 'unreachable', why }],
        checkAt: endsAt + minute,
      })
    })
    it('is looked at when that has passed, by the cloud’s time', () => {
      expect(plan(leaving, reads, endsAt - second).checkAt).toBe(endsAt)
      const behind = plan(leaving, reads, endsAt + minute, { cloudAt: endsAt - second })
      expect(behind).toMatchObject({ verdicts: [{ kind: 'unreachable' }] })
      expect(behind.checkAt).toBe(endsAt + minute + second)
    })
    it('is then gone, with sessions from its last moment on', () => {
      const sessionsUntil = endsAt + hour
      expect(plan(leaving, reads, endsAt)).toEqual({
        changes: [],
        notes: note({ removedAt: endsAt, certainAt: endsAt, sessionsUntil }),
        verdicts: [
          { kind: 'gone', bindingId, removedAt: endsAt, certainAt: endsAt, sessionsUntil },
        ],
        checkAt: sessionsUntil,
      })
      const given = { ...removed(endsAt), certainAt: endsAt, sessionsUntil }
      expect(plan(given, reads, sessionsUntil).verdicts).toMatchObject([
        { kind: 'gone' },
        { kind: 'over' },
      ])
    })
    it('keeps the proof that was made while the user was there', () => {
      const given = { ...removed(start), certainAt: start, sessionsUntil: start + hour }
      expect(plan(given, reads, start + minute)).toMatchObject({
        notes: [],
        verdicts: [{ kind: 'gone', certainAt: start, sessionsUntil: start + hour }],
        checkAt: start + hour,
      })
    })
  })
})

describe('a grant with several bindings in the lane', () => {
  const other: Binding = { ...binding, id: 'other', name: 'other' }
  const grant = {
    holds: grantAfter(...revoked).holds.flatMap((h) => [h, { ...h, bindingId: 'other' }]),
  }
  const past = start + 9 * hour
  const gone = { ...removed(start), certainAt: start, sessionsUntil: start + hour }
  const both = [gone, { ...gone, binding: other }]
  const over = (first: ObservedBinding['state']) => {
    const evidence = { requestId: 'r', cloudAt: past }
    const seen: Observation = {
      principal: 'same',
      bindings: new Map([
        [bindingId, { state: first, evidence }],
        ['other', { state: 'absent', evidence }],
      ]),
      evidence,
    }
    const { verdicts } = planLane({ bindings: both, observation: seen, now: past, lagMs })
    return isOverInLane(grant, both, verdicts)
  }
  it('is over when all of them are', () => {
    expect(over('absent')).toBe(true)
  })
  it('is not over by one of them when another is found again', () => {
    expect(over('present')).toBe(false)
  })
  it('is put no other one while it ends over what was seen of one', () => {
    const now = start + hour
    const evidence = { requestId: 'r', cloudAt: now }
    const seen: Observation = {
      principal: 'same',
      bindings: new Map([
        [bindingId, { state: 'absent', evidence }],
        ['other', { state: 'different', evidence }],
      ]),
      evidence,
    }
    const bindings = [
      { ...standing, missedAt: now - lagMs },
      { ...standing, binding: other, standsUntil: undefined },
    ]
    expect(planLane({ bindings, observation: seen, now, lagMs })).toEqual({
      changes: [],
      notes: [],
      verdicts: [
        {
          kind: 'missing',
          bindingId,
          reason: 'revoked-outside',
          why: 'Somebody removed it in the cloud.',
        },
      ],
      checkAt: now,
    })
  })
  it('does not mind what others hold', () => {
    expect(isOverInLane({ holds: [] }, both, [])).toBe(true)
  })
})

describe('a lane that was not read', () => {
  test.each([record(), standing, leaving, removed(start)])('concludes nothing: %#', (given) => {
    const unread = { ...nothing, checkAt: start + hour + 2 * second }
    expect(plan(given, 'nothing', start + hour)).toEqual(unread)
    expect(plan(given, 'absent', start + hour, { observation: undefined })).toEqual(unread)
  })
})

describe('a lane that was taken over', () => {
  const settledAt = start + hour + minute
  const now = start + hour + lagMs

  it('concludes no absence before a late call would have arrived', () => {
    expect(plan(removed(start), 'absent', now, { settledAt })).toEqual({
      ...nothing,
      checkAt: settledAt + lagMs,
    })
    expect(plan({ ...standing, missedAt: start }, 'absent', now, { settledAt })).toEqual({
      ...nothing,
      checkAt: settledAt + lagMs,
    })
    expect(plan(removed(start), 'absent', settledAt + lagMs, { settledAt }).verdicts).toHaveLength(
      1,
    )
  })
  it('is looked at again once it has settled, whatever it shows', () => {
    expect(plan(standing, 'present', settledAt, { settledAt }).checkAt).toBe(settledAt + lagMs)
  })
})

describe('several bindings in one lane', () => {
  it('are planned together, each by its own situation, and what is to go goes first', () => {
    const other: Binding = { ...binding, id: 'other', name: 'other' }
    const bindings = [
      record(),
      { ...standing, binding: other },
      { ...leaving, binding: { ...binding, id: 'third', name: 'third' } },
    ]
    const evidence = { requestId: 'r', cloudAt: start }
    const both: Observation = {
      principal: 'same',
      bindings: new Map([
        [bindingId, { state: 'absent', evidence }],
        ['other', { state: 'present', evidence }],
        ['third', { state: 'present', evidence }],
      ]),
      evidence,
    }
    const together = planLane({ bindings, observation: both, now: start, lagMs })
    expect(together.changes.map((change) => [change.do, change.binding.id])).toEqual([
      ['remove', 'third'],
      ['put', bindingId],
    ])
    expect(together.verdicts).toEqual([{ kind: 'present', bindingId: 'other' }])
    expect(together.checkAt).toBe(start + 2 * second)
  })
  it('may be none', () => {
    expect(planLane({ bindings: [], observation: undefined, now: start, lagMs })).toEqual({
      ...nothing,
      checkAt: undefined,
    })
  })
})

describe('bindingsOf', () => {
  it('names what is ours, and gives the cloud its window in whole seconds', () => {
    const bindings = [
      { role: assume, principal },
      { role: inline, principal },
    ]
    const [first, other] = bindingsOf({ ...offer, bindings }, grantId, 'i7', start + 999, endsAt)
    expect(first).toEqual({
      id: 'hallpass-i7-0123456789ab',
      laneId: 'aws/111122223333/user/AIDAOCTO',
      name: 'hallpass-i7-0123456789ab',
      sessionName: 'hallpass-0123456789ab',
      principal,
      role: assume,
      startsAt: start,
      endsAt,
      residualSeconds: 3600,
    })
    expect(other).toMatchObject({ name: 'hallpass-i7-0123456789ab-2', residualSeconds: 0 })
    expect(bindingIdsOf({ bindings }, grantId, 'i7')).toEqual([first?.id, other?.id])
  })
  it('is one for all grants of what Azure keeps once, by each way apart', () => {
    const who = { cloud: 'azure', objectId: 'o-1', name: undefined } as const
    const idIn = (grant: string, mode: 'pim' | 'assignment') => {
      const role = { cloud: 'azure', mode, scope: '/s', role: 'Reader', roleId: 'r-1' } as const
      return bindingIdsOf({ bindings: [{ role, principal: who }] }, grant, 'i7')[0]
    }
    expect(idIn(grantId, 'pim')).toBe('azure/s/pim/r-1/o-1')
    expect(idIn('another', 'pim')).toBe(idIn(grantId, 'pim'))
    expect(idIn(grantId, 'assignment')).not.toBe(idIn(grantId, 'pim'))
  })
  it('is one for what IAM calls by the same name, whatever its case', () => {
    const account = principal.account
    const idOf = (role: CloudRole) =>
      bindingIdsOf({ bindings: [{ role, principal }] }, grantId, 'i7')[0]
    const group = (name: string) => idOf({ cloud: 'aws', mode: 'group', account, group: name })
    const policy = (name: string) =>
      idOf({
        cloud: 'aws',
        mode: 'managed-policy',
        account,
        policyArn: `arn:aws:iam::${account}:policy/${name}`,
      })
    expect(group('orders-Prod')).toBe(group('orders-prod'))
    expect(group('orders-prod')).not.toBe(group('orders-test'))
    expect(policy('Prod')).toBe(policy('prod'))
  })
  it('fits in an IAM session name', () => {
    expect(sessionNameOf(grantId)).toMatch(/^[\w+=,.@-]{2,64}$/)
  })
})

test('laneOf follows the immutable id, not the name', () => {
  const idOf = (of: typeof principal) => laneOf({ role: assume, principal: of }).id
  expect(idOf({ ...principal, userName: 'renamed' })).toBe(idOf(principal))
  expect(idOf({ ...principal, userId: 'AIDAX' })).toBe('aws/111122223333/user/AIDAX')
})

test('no id that cannot be erased from the log holds an address or a name', () => {
  const role: CloudRole = {
    cloud: 'gcp',
    mode: 'conditional-binding',
    resource: 'projects/shop',
    role: 'roles/storage.objectViewer',
    only: undefined,
  }
  const who = { cloud: 'gcp', member: 'user:octo@example.com' } as const
  const group: CloudRole = { cloud: 'aws', mode: 'group', account: '111122223333', group: 'ops' }
  const given = [
    { role, principal: who },
    { role: group, principal },
  ]
  const ids = [
    ...bindingIdsOf({ bindings: given }, grantId, 'i7'),
    ...given.map((b) => laneOf(b).id),
  ]
  expect(ids.join('\n')).not.toMatch(/octo@|\/octo\b/)
})

describe('desiredOf', () => {
  test.each([
    ['requested', [requested]],
    ['ending', revoked],
  ] as const)('wants nothing for a grant that is %s', (_phase, steps) => {
    expect(desiredOf(bindingId, [grantAfter(...steps)])).toEqual({ desired: 'absent' })
  })
  test.each([
    ['approved', [approved]],
    ['active', activated],
  ] as const)('wants it for a grant that is %s', (_phase, steps) => {
    expect(desiredOf(bindingId, [grantAfter(...steps)])).toEqual({ desired: 'present', endsAt })
  })
  it('follows the latest holder', () => {
    const longer = grantAfter([request({ ...offer, leaseSeconds: 9000 }), start])
    const ended = grantAfter(...revoked)
    expect(desiredOf(bindingId, [ended, longer, grantAfter(approved)])).toEqual({
      desired: 'present',
      endsAt: start + 9000 * second,
    })
    expect(desiredOf('other', [longer])).toEqual({ desired: 'absent' })
  })
})
