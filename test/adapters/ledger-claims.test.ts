import { expect, it } from 'vitest'
import { createLedger } from '../../src/adapters/postgres/ledger.ts'
import { LedgerConflict } from '../../src/domain/errors.ts'
import { nothingPosted, type Claim, type Ledger, type Posted } from '../../src/workflows/ports.ts'
import {
  hour,
  key,
  lane,
  minute,
  onEveryDatabase,
  salts,
  second,
  start,
  starting,
  subject,
} from './ledger.world.ts'

const laneKey = `lane:${lane.id}` as const
const ttl = 4 * second

async function claimed(
  ledger: Ledger,
  owner: string,
  at = start,
  wanted: Claim['key'] = laneKey,
): Promise<Claim> {
  const claim = await ledger.claim(wanted, owner, at, ttl)
  if (claim === undefined) throw new Error('not claimed')
  return claim
}

onEveryDatabase('A claim', (world) => {
  it('goes to one of two that come at once', async () => {
    const { ledger, another } = world()
    const other = await another()
    for (let round = 0; round < 10; round += 1) {
      const at = start + round * minute
      const both = await Promise.all([
        ledger.claim(laneKey, 'a', at, ttl),
        other.claim(laneKey, 'b', at, ttl),
      ])
      expect(both.filter((claim) => claim !== undefined)).toHaveLength(1)
    }
  })

  it('is held against everybody, its owner too, until it is given back or runs out', async () => {
    const { ledger } = world()
    const first = await claimed(ledger, 'a')
    expect(first).toEqual({
      key: laneKey,
      owner: 'a',
      fence: first.fence,
      until: start + ttl,
      takenOver: false,
    })
    expect(await ledger.claim(laneKey, 'a', start, ttl)).toBeUndefined()
    expect(await ledger.claim(laneKey, 'b', start + ttl - 1, ttl)).toBeUndefined()
    await ledger.release(first)
    const next = await claimed(ledger, 'b')
    const last = await claimed(ledger, 'c', start + ttl)
    expect([next, last]).toMatchObject([{ takenOver: false }, { takenOver: true }])
    expect(next.fence).toBeGreaterThan(first.fence)
    expect(last.fence).toBeGreaterThan(next.fence)
  })

  it('does not outlive the process that died, where one process has the ledger to itself', async () => {
    const { ledger, database } = world()
    const former = await claimed(ledger, 'a')
    const shared = await createLedger({ pool: database.pool, salts, now: start + 1 })
    expect(await shared.claim(laneKey, 'b', start + 1, ttl)).toBeUndefined()
    const alone = await createLedger({ pool: database.pool, salts, now: start + 1, alone: true })
    expect(await alone.renew(former, start + 1, ttl)).toBeUndefined()
    expect(await claimed(alone, 'b', start + 1)).toMatchObject({ takenOver: true })
  })

  it('is not given back by a former owner', async () => {
    const { ledger } = world()
    const former = await claimed(ledger, 'a')
    const next = await claimed(ledger, 'a', start + ttl)
    await ledger.release(former)
    expect(await ledger.claim(laneKey, 'b', start + ttl, ttl)).toBeUndefined()
    await ledger.release(next)
    expect(await claimed(ledger, 'b', start + ttl)).toMatchObject({ takenOver: false })
  })

  it('is renewed while it stands, and never once it ran out', async () => {
    const { ledger } = world()
    const claim = await claimed(ledger, 'a')
    const renewed = await ledger.renew(claim, start + second, ttl)
    expect(renewed).toEqual({ ...claim, until: start + second + ttl })
    expect(await ledger.renew(claim, start, second)).toMatchObject({ until: start + second + ttl })
    expect(await ledger.renew(claim, start + second + ttl, ttl)).toBeUndefined()
    await claimed(ledger, 'b', start + minute)
    expect(await ledger.renew(claim, start + minute, ttl)).toBeUndefined()
  })

  it.each([
    ['ran out', async () => undefined, start + ttl],
    ['was given back', (ledger: Ledger, claim: Claim) => ledger.release(claim), start],
    ['was abandoned', (ledger: Ledger, claim: Claim) => ledger.abandon(claim, start), start],
    ['is another’s', (ledger: Ledger) => claimed(ledger, 'b', start + ttl), start + second],
    ['is its owner’s anew', (ledger: Ledger) => claimed(ledger, 'a', start + ttl), start + second],
  ])('records nothing once it %s', async (_how, lose, now) => {
    const { ledger } = world()
    const claim = await claimed(ledger, 'a')
    await lose(ledger, claim)
    await expect(ledger.commit({ ...starting({ id: 'g' }), now, claim })).rejects.toThrow(
      LedgerConflict,
    )
    expect(await ledger.grant('g')).toBeUndefined()
    expect(await ledger.lane(lane.id)).toBeUndefined()
    expect(await ledger.report(key())).toBeUndefined()
    expect(await ledger.log(1, 10)).toEqual([])
  })

  it('can be abandoned: the next one need not wait, and is told', async () => {
    const { ledger } = world()
    const claim = await claimed(ledger, 'a')
    await ledger.abandon(claim, start + second)
    const next = await claimed(ledger, 'b', start + second)
    expect(next).toMatchObject({ owner: 'b', takenOver: true })
    expect(next.fence).toBeGreaterThan(claim.fence)
    await ledger.abandon(claim, start + second)
    expect(await ledger.renew(next, start + second, ttl)).toBeDefined()
  })

  it('is forgotten once it was over by then, unless it tells of a take-over of a lane', async () => {
    const { ledger, database } = world()
    const takeAll = (keys: readonly Claim['key'][]) =>
      Promise.all(keys.map((each) => claimed(ledger, 'a', start, each)))
    for (const claim of await takeAll(['report:1#1', 'lane:aws/1/user/B']))
      await ledger.release(claim)
    for (const claim of await takeAll(['report:1#2'])) await ledger.renew(claim, start, minute)
    await takeAll(['report:1#3', laneKey])
    const left = async (before: number) => {
      await ledger.forgetClaims(before)
      const { rows } = await database.pool.query('select key from hallpass.claims order by key')
      return rows.map((row: { key: string }) => row.key)
    }
    expect(await left(start + ttl)).toHaveLength(5)
    expect(await left(start + ttl + 1)).toEqual([laneKey, 'report:1#2'])
    expect(await left(start + hour)).toEqual([laneKey])
    expect(await claimed(ledger, 'b', start + hour)).toMatchObject({ takenOver: true })
  })

  it('never gets a fence of before, forgotten or not', async () => {
    const { ledger, another } = world()
    const other = await another()
    const fences: number[] = []
    for (let round = 0; round < 10; round += 1) {
      const at = start + round * hour
      const taken = await Promise.all([
        ledger.claim(laneKey, 'a', at, ttl),
        other.claim(laneKey, 'a', at, ttl),
      ])
      for (const claim of taken.filter((each) => each !== undefined)) {
        fences.push(claim.fence)
        await ledger.release(claim)
      }
      if (round % 2 === 0) await ledger.forgetClaims(at + hour)
    }
    expect(fences).toEqual([...new Set(fences)].toSorted((a, b) => a - b))
    expect(fences.length).toBeGreaterThanOrEqual(10)
  })

  it('records what it covers while it stands', async () => {
    const { ledger } = world()
    const claim = await claimed(ledger, 'a')
    await ledger.commit({ ...starting({ id: 'g' }), claim })
    expect(await ledger.grant('g')).toBeDefined()
  })

  it('guards what was posted', async () => {
    const { ledger } = world()
    await ledger.commit({ now: start, dirtySubjects: [subject()] })
    const claim = await ledger.claim(`report:${key()}`, 'a', start, ttl)
    if (claim === undefined) throw new Error('not claimed')
    const posted: Posted = {
      ...nothingPosted,
      commentId: 5,
      commentsMade: 1,
      commentBody: 'a \0 b',
      check: { id: 6, headSha: 'h', fingerprint: 'f', completed: true },
    }
    await expect(
      ledger.posted(key(), posted, { claim, now: start + ttl, cleanVersion: 1 }),
    ).rejects.toThrow(LedgerConflict)
    expect((await ledger.report(key()))?.posted.commentId).toBeNull()
    await ledger.posted(key(), posted, { claim, now: start, cleanVersion: 1 })
    expect((await ledger.report(key()))?.posted).toEqual({ ...posted, commentBody: 'a \uFFFD b' })
  })
})
