import { expect, it } from 'vitest'
import type { Lane } from '../../src/domain/lanes/types.ts'
import type { Concerned } from '../../src/domain/signals.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import {
  nothingPosted,
  type Commit,
  type Due,
  type Ledger,
  type Notice,
} from '../../src/workflows/ports.ts'
import {
  changing,
  delivery,
  dueAt,
  gone,
  grantIn,
  hour,
  key,
  lane,
  minute,
  onEveryDatabase,
  present,
  revoke,
  second,
  start,
  starting,
  subject,
} from './ledger.world.ts'

const nothing: Due = {
  deliveries: [],
  lanes: [],
  subjects: [],
  grants: [],
  standing: [],
  nextAt: undefined,
}

type Work = NonNullable<Commit['lane']>
const worked = (ledger: Ledger, work: Partial<Work>) =>
  ledger.commit({
    now: start,
    lane: { id: lane.id, checkAt: null, failures: 0, lastError: null, ...work },
  })

async function posted(ledger: Ledger, cleanVersion: number): Promise<void> {
  const claim = await ledger.claim(`report:${key()}`, 'me', start, second)
  const report = await ledger.report(key())
  if (claim === undefined || report === undefined) throw new Error('no report')
  await ledger.posted(key(), report.posted, { claim, now: start, cleanVersion })
  await ledger.release(claim)
}

onEveryDatabase('What is due', (world) => {
  it('is nothing in a new ledger', async () => {
    expect(await dueAt(world().ledger, start)).toEqual(nothing)
  })

  it('is a dirty lane that nobody works on', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a' }))
    expect((await dueAt(ledger, start)).lanes).toEqual([lane.id])
    const claim = await ledger.claim(`lane:${lane.id}`, 'me', start, 4 * second)
    expect((await dueAt(ledger, start)).lanes).toEqual([])
    expect((await dueAt(ledger, start + 4 * second)).lanes).toEqual([lane.id])
    if (claim === undefined) throw new Error('not claimed')
    await ledger.release(claim)
    expect((await dueAt(ledger, start)).lanes).toEqual([lane.id])
    await worked(ledger, { cleanVersion: 1 })
    expect((await dueAt(ledger, start)).lanes).toEqual([])
  })

  it('is as many lanes of each cloud: those of one that hangs hide none of another', async () => {
    const { ledger } = world()
    const { newBindings = [], ...commit } = starting({ id: 'a', bindingIds: ['b-1', 'b-2', 'b-3'] })
    const lanes: readonly Lane[] = [
      { id: 'gcp/projects/one', cloud: 'gcp', resource: 'projects/one' },
      { id: 'gcp/projects/two', cloud: 'gcp', resource: 'projects/two' },
      lane,
    ]
    await ledger.commit({
      ...commit,
      newBindings: newBindings.map(({ binding, ...rest }, index) => {
        const other = lanes[index] ?? lane
        return { ...rest, lane: other, binding: { ...binding, laneId: other.id } }
      }),
    })
    const due = await ledger.due(start, { standingBefore: 0, limit: 1 })
    expect(due.lanes.toSorted()).toEqual([lane.id, expect.stringMatching('^gcp/projects/')])
  })

  it('stays a lane that became dirty while it was worked on', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a' }))
    await ledger.commit({ now: start, dirtyLanes: [lane.id] })
    await worked(ledger, { cleanVersion: 1 })
    expect((await dueAt(ledger, start)).lanes).toEqual([lane.id])
    // An older piece of work that ends late takes nothing back.
    await worked(ledger, { cleanVersion: 2 })
    await worked(ledger, { cleanVersion: 1 })
    expect((await dueAt(ledger, start)).lanes).toEqual([])
  })

  it('stays a lane whose own work changed what is desired', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a' }))
    const grant = await grantIn(ledger, 'a')
    await ledger.commit({
      now: start,
      grants: [changing(grant, start, revoke)],
      lane: { id: lane.id, checkAt: null, failures: 0, lastError: null, cleanVersion: 1 },
    })
    expect((await dueAt(ledger, start)).lanes).toEqual([lane.id])
    expect(await ledger.lane(lane.id)).toMatchObject({ dirtyVersion: 2 })
  })

  it('is a lane to be looked at again, dirty or not', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a' }))
    await worked(ledger, { cleanVersion: 1, checkAt: start + minute })
    expect(await dueAt(ledger, start)).toMatchObject({ lanes: [], nextAt: start + minute })
    expect((await dueAt(ledger, start + minute)).lanes).toEqual([lane.id])
  })

  it('is a lane that failed at its time, or as soon as something else is wanted of it', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a' }))
    await worked(ledger, {
      failures: 1,
      triedVersion: 1,
      lastError: 'cloud said \0',
      checkAt: start + minute,
      settledAt: start + second,
    })
    expect(await ledger.lane(lane.id)).toMatchObject({ failures: 1, settledAt: start + second })
    expect(await dueAt(ledger, start)).toMatchObject({ lanes: [], nextAt: start + minute })
    expect((await dueAt(ledger, start + minute)).lanes).toEqual([lane.id])
    await ledger.commit({
      now: start,
      grants: [changing(await grantIn(ledger, 'a'), start, revoke)],
    })
    expect((await dueAt(ledger, start)).lanes).toEqual([lane.id])
    // What was wanted while a try that had not read it was failing does not wait for that try's time.
    await worked(ledger, { failures: 2, triedVersion: 1, checkAt: start + minute })
    expect((await dueAt(ledger, start)).lanes).toEqual([lane.id])
    await worked(ledger, { settledAt: start })
    expect(await ledger.lane(lane.id)).toMatchObject({ failures: 0, settledAt: start + second })
  })

  it('is the report of a subject that changed, until the change was put on GitHub', async () => {
    const { ledger } = world()
    await ledger.commit({ now: start, dirtySubjects: [subject()] })
    expect((await dueAt(ledger, start)).subjects).toEqual([key()])
    const claim = await ledger.claim(`report:${key()}`, 'me', start, 4 * second)
    expect((await dueAt(ledger, start)).subjects).toEqual([])
    if (claim === undefined) throw new Error('not claimed')
    await ledger.release(claim)
    await ledger.commit({ now: start, dirtySubjects: [subject()] })
    await posted(ledger, 1)
    expect((await dueAt(ledger, start)).subjects).toEqual([key()])
    await posted(ledger, 2)
    expect((await dueAt(ledger, start)).subjects).toEqual([])
    await ledger.commit(starting({ id: 'a' }))
    expect((await dueAt(ledger, start)).subjects).toEqual([key()])
  })

  it('is a report that failed at its next try', async () => {
    const { ledger } = world()
    await ledger.commit({ now: start, dirtySubjects: [subject()] })
    await ledger.reportFailed(key(), 'GitHub said no', start + minute, start)
    expect(await ledger.report(key())).toMatchObject({ failures: 1 })
    expect(await dueAt(ledger, start)).toMatchObject({ subjects: [], nextAt: start + minute })
    expect((await dueAt(ledger, start + minute)).subjects).toEqual([key()])
    await posted(ledger, 1)
    expect(await ledger.report(key())).toMatchObject({ failures: 0 })
    await ledger.commit({ now: start, dirtySubjects: [subject()] })
    expect((await dueAt(ledger, start)).subjects).toEqual([key()])
  })

  it('is a report that waits for room to write when there is some, or when something has changed', async () => {
    const { ledger } = world()
    await ledger.commit({ now: start, dirtySubjects: [subject()] })
    await ledger.reportWaits(key(), start + minute)
    expect(await ledger.report(key())).toMatchObject({ failures: 0 })
    expect(await dueAt(ledger, start)).toMatchObject({ subjects: [], nextAt: start + minute })
    expect((await dueAt(ledger, start + minute)).subjects).toEqual([key()])
    await ledger.commit(starting({ id: 'a', approval: 'asked' }))
    expect((await dueAt(ledger, start)).subjects).toEqual([key()])
    await ledger.reportFailed(key(), 'GitHub said no', start + minute, start)
    await ledger.commit({ now: start, dirtySubjects: [subject()] })
    expect((await dueAt(ledger, start)).subjects).toEqual([])
  })

  it('is a report that is refused for long a minute after something has changed', async () => {
    const { ledger } = world()
    await ledger.commit({ now: start, dirtySubjects: [subject()] })
    await ledger.reportFailed(key(), 'GitHub said no', start + hour, start)
    await ledger.commit({ now: start + second, dirtySubjects: [subject()] })
    expect((await dueAt(ledger, start + minute)).subjects).toEqual([])
    expect((await dueAt(ledger, start + minute + second)).subjects).toEqual([key()])
  })

  it('is a grant at its lapse or its end, and none that time alone does not change', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'asked', approval: 'asked' }))
    await ledger.commit(starting({ id: 'given' }))
    expect((await dueAt(ledger, start + 2 * hour - 1)).grants).toEqual([])
    // First its lane has a second to end it with all else that is over there.
    expect((await dueAt(ledger, start + 2 * hour + 999)).grants).toEqual([])
    expect((await dueAt(ledger, start + 2 * hour + second)).grants).toEqual(['given'])
    expect((await dueAt(ledger, start + 24 * hour)).grants).toEqual(['given', 'asked'])
    const ending = changing(
      await grantIn(ledger, 'given'),
      start,
      present('b-given'),
      revoke,
      gone('b-given', start, start + hour),
    )
    await ledger.commit({ now: start, grants: [ending] })
    expect((await dueAt(ledger, start + 2 * hour + second)).grants).toEqual([])
  })

  it('tells when the next of all comes', async () => {
    const { ledger } = world()
    const nextAt = async (now: number) => (await dueAt(ledger, now)).nextAt
    await ledger.commit(starting({ id: 'asked', approval: 'asked' }))
    // The first reading of its standing is the next thing to grow old.
    expect(await nextAt(start)).toBe(start + 3 * minute + 1)
    expect(await nextAt(start + 4 * minute)).toBe(start + 24 * hour)
    await ledger.commit(starting({ id: 'given' }))
    expect(await nextAt(start)).toBe(start + 3 * minute + 1)
    expect(await nextAt(start + 4 * minute)).toBe(start + 2 * hour)
    const given = delivery()
    await ledger.accept(given, start)
    await ledger.deliveryFailed(given.id, 'x', start + 5 * minute, start)
    expect(await nextAt(start + 4 * minute)).toBe(start + 5 * minute)
  })

  it('is the standing of who holds access or waits for it, once it was read too long ago', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a' }))
    await ledger.commit(starting({ id: 'b' }))
    await ledger.commit(starting({ id: 'other', number: 13, at: start + minute }))
    await ledger.commit(
      starting({ id: 'asked', number: 14, approval: 'asked', at: start + 6 * minute }),
    )
    const standing = async (now: number) => (await dueAt(ledger, now)).standing
    expect(await standing(start + 3 * minute)).toEqual([])
    expect(await standing(start + 3 * minute + 1)).toEqual([key(12)])
    expect(await standing(start + 4 * minute + 1)).toEqual([key(12), key(13)])
    await ledger.claim(`standing:${key(13)}`, 'me', start + 4 * minute, hour)
    await ledger.commit({ now: start + 4 * minute, standingConfirmed: [{ id: 'a', version: 0 }] })
    expect(await standing(start + 4 * minute + 1)).toEqual([key(12)])
    await ledger.commit({ now: start + 4 * minute, standingConfirmed: [{ id: 'b', version: 0 }] })
    await ledger.commit({ now: start, standingConfirmed: [{ id: 'b', version: 0 }] })
    expect(await ledger.grant('b')).toMatchObject({ standingCheckedAt: start + 4 * minute })
    expect(await standing(start + 4 * minute + 1)).toEqual([])
    await ledger.commit({
      now: start,
      grants: [changing(await grantIn(ledger, 'b'), start, revoke)],
    })
    expect(await standing(start + 8 * minute)).toEqual([key(12)])
    await ledger.commit({
      now: start,
      grants: [changing(await grantIn(ledger, 'a'), start, revoke)],
    })
    expect(await standing(start + 8 * minute)).toEqual([])
    expect(await standing(start + 9 * minute + 1)).toEqual([key(14)])
  })

  it('is also the standing that was not looked at for longest: what fails each time hides none', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'fails' }))
    await ledger.commit(starting({ id: 'fails-too', number: 13 }))
    await ledger.commit(starting({ id: 'b', number: 14, at: start + minute }))
    const standing = async (now: number) =>
      (await ledger.due(now, { standingBefore: now - 3 * minute, limit: 1 })).standing
    for (const [round, number] of [12, 13].entries()) {
      const now = start + 5 * minute + round * second
      const claim = await ledger.claim(`standing:${key(number)}`, 'me', now, 4 * second)
      if (claim === undefined) throw new Error('not claimed')
      await ledger.release(claim)
    }
    expect(await standing(start + 6 * minute)).toContain(key(14))
    expect(await standing(start + 6 * minute)).toHaveLength(2)
    await ledger.commit({ now: start, questioned: [{ repositoryIds: [77] }] })
    expect(await standing(start + 6 * minute)).toContain(key(14))
  })

  it('is the standing that is in question, until a reading answers that began after it', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a', recipientId: 1 }))
    await ledger.commit(starting({ id: 'b', number: 13, recipientId: 2 }))
    await ledger.commit(starting({ id: 'c', number: 14, repositoryId: 78, approval: 'asked' }))
    await ledger.commit(starting({ id: 'over', number: 15 }))
    const over = changing(await grantIn(ledger, 'over'), start, revoke)
    await ledger.commit({ now: start, grants: [over] })
    const elsewhere = subjectKey({ repositoryId: 78, number: 14 })
    const inQuestion = async (...questioned: readonly Concerned[]) => {
      const row = { now: start, questioned }
      await ledger.commit(row)
      const { standing } = await dueAt(ledger, start)
      for (const [at, id] of ['a', 'b', 'c'].entries())
        await ledger.commit({
          now: start,
          standingConfirmed: [{ id, version: (await ledger.grant(id))?.standingVersion ?? at }],
        })
      return standing.toSorted()
    }
    expect(await inQuestion()).toEqual([])
    expect(await inQuestion({ everywhere: true })).toEqual([key(12), key(13), elsewhere])
    expect(await inQuestion({ repositoryIds: [78, 79] })).toEqual([elsewhere])
    expect(await inQuestion({ accountId: 8, personId: 2 })).toEqual([key(13)])
    expect(await inQuestion({ accountId: 8 })).toEqual([key(12), key(13), elsewhere])
    expect(await inQuestion({ accountId: 9 })).toEqual([])

    await ledger.commit({ now: start, questioned: [{ repositoryIds: [78] }] })
    const began = (await ledger.grant('c'))?.standingVersion ?? 0
    await ledger.commit({ now: start, questioned: [{ repositoryIds: [78] }] })
    await ledger.commit({ now: start, standingConfirmed: [{ id: 'c', version: began }] })
    expect((await dueAt(ledger, start)).standing).toEqual([elsewhere])
    await ledger.commit({ now: start, standingConfirmed: [{ id: 'c', version: began + 1 }] })
    expect((await dueAt(ledger, start)).standing).toEqual([])
  })

  it('keeps what is in question from being given: its lane knows of no reading', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a' }))
    const readAt = async () => (await ledger.lane(lane.id))?.standingReadAt.get('a')
    expect(await readAt()).toBe(start)
    await ledger.commit({ now: start, questioned: [{ everywhere: true }] })
    expect(await readAt()).toBe(0)
  })
})

onEveryDatabase('A report', (world) => {
  const notice = (of: string, at: number): Notice => ({
    key: of,
    kind: 'refused',
    text: `no \0 ${of}`,
    recipient: { id: 1, login: 'octocat' },
    role: 'orders-db-read',
    at,
  })

  it('tells the subject, its grants and its notices', async () => {
    const { ledger } = world()
    expect(await ledger.report(key())).toBeUndefined()
    await ledger.commit(starting({ id: 'a' }))
    const late = notice('late', start + second)
    const early = notice('early', start)
    await ledger.commit({
      now: start,
      notices: [
        { subject: subject(), key: 'late', notice: { ...late, text: 'former' } },
        { subject: subject(), key: 'policy', notice: notice('policy', start) },
        { subject: subject(), key: 'late', notice: late },
        { subject: subject(), key: 'early', notice: early },
        { subject: subject(), key: 'policy', notice: null },
        { subject: subject(), key: 'never', notice: null },
      ],
    })
    expect(await ledger.report(key())).toEqual({
      subject: subject(),
      dirtyVersion: 1,
      grants: [await grantIn(ledger, 'a')],
      notices: [
        { ...early, text: 'no \uFFFD early' },
        { ...late, text: 'no \uFFFD late' },
      ],
      debts: [],
      posted: nothingPosted,
      failures: 0,
    })
  })

  it('knows a subject by its newest name, which an older grant does not bring back', async () => {
    const { ledger } = world()
    await ledger.commit(starting({ id: 'a' }))
    const renamed = { ...subject(), owner: 'umbrella', repository: 'store' }
    await ledger.commit({ now: start, dirtySubjects: [renamed] })
    await ledger.commit({
      now: start,
      grants: [changing(await grantIn(ledger, 'a'), start, revoke)],
    })
    expect(await ledger.report(key())).toMatchObject({ subject: renamed, dirtyVersion: 3 })
  })
})
