// How late access was gone: what is counted of a grant, and how it is told.
import { describe, expect, it, test } from 'vitest'
import type { Grant, GrantCommand } from '../../src/domain/grants/types.ts'
import { latenessText, type Lateness } from '../../src/domain/measures/lateness.ts'
import { removalsOf } from '../../src/domain/measures/removals.ts'
import {
  activated,
  approved,
  assume,
  bindingId,
  goneAt,
  grantAfter,
  hour,
  inline,
  minute,
  offer,
  principal,
  request,
  revoke,
  revoked,
  second,
  seen,
  sre,
  start,
  type Step,
} from './grants.fixtures.ts'

const leaseEnd = start + 2 * hour
const ending = (reason: 'closed' | 'expired' | 'revoked-outside'): GrantCommand => ({
  type: 'end',
  reason,
  by: { kind: 'person', person: sre },
})
const after = (grant: readonly Step[], ...steps: readonly Step[]) => grantAfter(...grant, ...steps)
const gone = (at: number, more: Partial<Extract<GrantCommand, { type: 'observe-gone' }>> = {}) =>
  [{ ...goneAt(at), ...more } as GrantCommand, at] as const

const early = { bindingId, cloud: 'aws', mode: 'assume-role', end: 'early', dueAt: start + hour }

describe('A removal', () => {
  it('counts from the event that ended it, to when it was removed and to when that was certain', () => {
    const at = start + hour + 3 * second
    const grant = after(revoked, [
      { ...goneAt(at), certainAt: at + minute } as GrantCommand,
      at + minute,
    ])
    expect(removalsOf(grant)).toEqual([{ ...early, removedAt: at, certainAt: at + minute }])
  })

  it('counts from the end of its lease where nothing ended it before', () => {
    const at = leaseEnd + second
    const grant = after(activated, [ending('expired'), leaseEnd + 500], gone(at))
    expect(removalsOf(grant)).toEqual([
      { ...early, end: 'lease', dueAt: leaseEnd, removedAt: at, certainAt: at },
    ])
  })

  const none: readonly (readonly [string, Grant])[] = [
    ['waits', grantAfter(approved)],
    ['is held', grantAfter(...activated)],
    ['is ending, and not seen to be gone', grantAfter(...revoked)],
    [
      'somebody else took away',
      after(activated, [ending('revoked-outside'), start + hour], gone(start + hour)),
    ],
    ['never stood', grantAfter(approved, [revoke, start + hour], gone(start + hour + second))],
    ['others go on holding', after(revoked, gone(start + hour + second, { heldBy: ['another'] }))],
  ]
  test.each(none)('is none of what %s', (_, grant) => {
    expect(removalsOf(grant)).toEqual([])
  })

  it('is one for each thing that was given, as each is gone', () => {
    const both = { ...offer, bindings: [offer.bindings, [{ role: inline, principal }]].flat() }
    const asked = request(both)
    const [, other = ''] = asked.bindingIds
    const grant = grantAfter(
      [asked, start],
      [{ ...seen, bindingId: asked.bindingIds[0] ?? '' } as GrantCommand, start + minute],
      [{ ...seen, bindingId: other } as GrantCommand, start + minute],
      [revoke, start + hour],
      gone(start + hour + second, { bindingId: other }),
    )
    expect(removalsOf(grant)).toMatchObject([{ bindingId: other, mode: inline.mode }])
    expect(assume.mode).not.toBe(inline.mode)
  })
})

describe('The sentence about it', () => {
  const figures = (p50: number, p99: number, max: number, count = 7): Lateness => ({
    count,
    removed: { p50, p99, max },
    certain: { p50: 0, p99: 0, max: 0 },
  })
  const cases: readonly (readonly [Lateness | undefined, string])[] = [
    [undefined, ''],
    [
      figures(0, 401, 59_999),
      'Access that Hallpass ended in the last 30 days was gone 0.0 s (p50), 0.5 s (p99) and at most 60.0 s after its time (7 removals).',
    ],
    [
      figures(1_000, 60_000, 60_001, 1),
      'Access that Hallpass ended in the last 30 days was gone 1.0 s (p50), 1 min (p99) and at most 2 min after its time (1 removal).',
    ],
  ]
  test.each(cases)('rounds up, and says nothing where nothing was measured: %j', (late, text) => {
    expect(latenessText(late)).toBe(text)
  })
})
