import { expect, it } from 'vitest'
import type { NewDelivery } from '../../src/workflows/ports.ts'
import {
  delivery,
  dueAt,
  hour,
  key,
  minute,
  onEveryDatabase,
  second,
  start,
} from './ledger.world.ts'

onEveryDatabase('The inbox', (world) => {
  it('keeps a delivery byte for byte, once', async () => {
    const { ledger } = world()
    const body = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const given = delivery({ body, subject: undefined, action: undefined })
    expect(await ledger.accept(given, start)).toBe('stored')
    expect(await ledger.accept(given, start + second)).toBe('duplicate')
    const stored = await ledger.delivery(given.id)
    expect(stored).toMatchObject({
      id: given.id,
      event: 'pull_request',
      receivedAt: start,
      subject: undefined,
      attempts: 0,
    })
    expect([...(stored?.body ?? [])]).toEqual([...body])
  })

  it('takes the same body under another id for a replay, even after it failed', async () => {
    const { ledger } = world()
    const first = delivery()
    await ledger.accept(first, start)
    expect(await ledger.accept({ ...first, id: 'replayed' }, start)).toBe('duplicate')
    await ledger.deliveryFailed(first.id, 'no', null, start)
    expect(await ledger.accept({ ...first, id: 'replayed' }, start)).toBe('duplicate')
    expect(await ledger.delivery('replayed')).toBeUndefined()
  })

  it('takes the same body for a replay no longer than a moment where it says nothing of when', async () => {
    const { ledger } = world()
    const first = delivery({ undated: true })
    const told = (id: string, now: number) => ledger.accept({ ...first, id }, now)
    expect(await told('left', start)).toBe('stored')
    expect(await told('replayed', start + second)).toBe('duplicate')
    expect(await told('left-again', start + minute)).toBe('stored')
    expect(await told('left-again', start + 2 * minute)).toBe('duplicate')
    expect(await told('left', start + hour)).toBe('duplicate')
    expect(await ledger.delivery('left-again')).toBeDefined()
  })

  it('takes up again what failed for good when GitHub redelivers it', async () => {
    const { ledger } = world()
    const given = delivery()
    await ledger.accept(given, start)
    await ledger.deliveryFailed(given.id, 'no\0pe', start + second, start)
    expect((await ledger.delivery(given.id))?.attempts).toBe(1)
    expect(await ledger.accept(given, start)).toBe('duplicate')
    await ledger.deliveryFailed(given.id, 'nope', null, start)
    expect((await dueAt(ledger, start + 60 * second)).deliveries).toEqual([])
    expect(await ledger.accept(given, start + 2 * second)).toBe('revived')
    expect((await ledger.delivery(given.id))?.attempts).toBe(0)
    expect((await dueAt(ledger, start + 2 * second)).deliveries).toEqual([given.id])
  })

  it('stores one of many that come at once', async () => {
    const { ledger, another } = world()
    const other = await another()
    const given = delivery()
    const answers = await Promise.all(
      [ledger, other, ledger, other].map((each, index) =>
        each.accept(index < 2 ? given : { ...given, id: 'replayed' }, start),
      ),
    )
    expect(answers.toSorted()).toEqual(['duplicate', 'duplicate', 'duplicate', 'stored'])
  })

  it('answers each of a flood as what it is, and refuses a row that cannot be stored alone', async () => {
    const { ledger } = world()
    const failed = delivery()
    await ledger.accept(failed, start)
    await ledger.deliveryFailed(failed.id, 'no', null, start)
    const all = Array.from({ length: 30 }, () => delivery())
    const bad = delivery({ subject: 'no\0text' })
    const same = { ...delivery(), bodyHash: all[3]?.bodyHash ?? '' }
    const answered = async (each: NewDelivery) =>
      [each.bodyHash, await ledger.accept(each, start).catch(() => 'refused')] as const
    const flood = [...all, bad, failed, same, ...all]
    const answers = Map.groupBy(await Promise.all(flood.map(answered)), ([hash]) => hash)
    const saidOf = ({ bodyHash }: NewDelivery) =>
      (answers.get(bodyHash) ?? []).map(([, said]) => said).toSorted()
    expect(saidOf(bad)).toEqual(['refused'])
    expect(saidOf(failed)).toEqual(['revived'])
    // On a slow machine several inserts are under way: which of the same delivery comes first is nobody's matter.
    expect(saidOf(same)).toEqual(['duplicate', 'duplicate', 'stored'])
    for (const each of all.filter(({ bodyHash }) => bodyHash !== same.bodyHash))
      expect(saidOf(each)).toEqual(['duplicate', 'stored'])
    expect(await ledger.delivery(bad.id)).toBeUndefined()
    expect(await ledger.delivery(all[29]?.id ?? '')).toBeDefined()
  })

  it('answers nobody before their row is committed', async () => {
    const { ledger, database } = world()
    const all = Array.from({ length: 20 }, () => delivery())
    await Promise.all(
      all.map(async (each) => {
        await ledger.accept(each, start)
        const { rows } = await database
          .another()
          .query('select id from hallpass.deliveries where id = $1', [each.id])
        expect(rows).toHaveLength(1)
      }),
    )
  })

  it('forgets the body of what is done, and never takes it up again', async () => {
    const { ledger, database } = world()
    const given = delivery()
    await ledger.accept(given, start)
    await ledger.commit({ now: start, delivery: { id: given.id, outcome: 'handled' } })
    expect(await ledger.delivery(given.id)).toBeUndefined()
    expect(await ledger.accept(given, start)).toBe('duplicate')
    await ledger.deliveryFailed(given.id, 'late', start, start)
    expect((await dueAt(ledger, start)).deliveries).toEqual([])
    const { rows } = await database.pool.query(
      'select length(body) as bytes from hallpass.deliveries',
    )
    expect(rows).toEqual([{ bytes: 0 }])
  })

  it('keeps what is given up out of the way, body and all, until GitHub redelivers it', async () => {
    const { ledger } = world()
    const given = delivery()
    await ledger.accept(given, start)
    const over = { id: given.id, outcome: 'lacks\0sender', givenUp: true } as const
    await ledger.commit({ now: start, delivery: over })
    expect(await ledger.delivery(given.id)).toBeUndefined()
    expect((await dueAt(ledger, start + 60 * second)).deliveries).toEqual([])
    await expect(ledger.commit({ now: start, delivery: over })).rejects.toThrow('done already')
    expect(await ledger.accept(given, start)).toBe('revived')
    const stored = await ledger.delivery(given.id)
    expect(stored?.attempts).toBe(0)
    expect([...(stored?.body ?? [])]).toEqual([...given.body])
  })

  it('refuses to finish a delivery twice, with all that came with it', async () => {
    const { ledger } = world()
    const given = delivery()
    await ledger.accept(given, start)
    const done = { now: start, delivery: { id: given.id, outcome: 'handled' } }
    await ledger.commit(done)
    const event = { type: 'delivery.refused', delivery: given.id, because: 'twice' } as const
    await expect(
      ledger.commit({ ...done, events: [{ stream: `delivery:${given.id}`, event }] }),
    ).rejects.toThrow('done already')
    expect(await ledger.log(1, 10)).toEqual([])
  })

  it('gives out one delivery of a subject at a time, the oldest that may be tried', async () => {
    const { ledger } = world()
    const [first, second1, other, alone] = [
      delivery(),
      delivery(),
      delivery({ subject: key(13) }),
      delivery({ subject: undefined }),
    ]
    for (const each of [first, second1, other, alone]) await ledger.accept(each, start)
    expect((await dueAt(ledger, start)).deliveries).toEqual([first.id, other.id, alone.id])

    const claim = await ledger.claim(`delivery:${key()}`, 'me', start, 4 * second)
    await ledger.claim(`delivery:${alone.id}`, 'me', start, 4 * second)
    expect((await dueAt(ledger, start)).deliveries).toEqual([other.id])
    expect((await dueAt(ledger, start + 4 * second)).deliveries).toHaveLength(3)

    if (claim === undefined) throw new Error('not claimed')
    await ledger.release(claim)
    await ledger.deliveryFailed(first.id, 'later', start + 60 * second, start)
    const due = await dueAt(ledger, start + 5 * second)
    expect(due.deliveries).toEqual([second1.id, other.id, alone.id])
    expect(due.nextAt).toBe(start + 60 * second)
  })

  it('gives out no more than asked for', async () => {
    const { ledger } = world()
    for (const number of [1, 2, 3]) await ledger.accept(delivery({ subject: key(number) }), start)
    const due = await ledger.due(start, { standingBefore: start, limit: 2 })
    expect(due.deliveries).toHaveLength(2)
  })
})
