import { expect, it } from 'vitest'
import { LedgerConflict } from '../../src/domain/errors.ts'
import { decodeEvent, verifyChain } from '../../src/domain/log/encode.ts'
import type { NewEvent, PersonalValue } from '../../src/domain/log/types.ts'
import type { Ledger } from '../../src/workflows/ports.ts'
import {
  changing,
  grantIn,
  key,
  onEveryDatabase,
  present,
  revoke,
  start,
  starting,
} from './ledger.world.ts'

const loaded = (where: string, blob: string): NewEvent => ({
  stream: 'policy',
  event: { type: 'policy.loaded', document: { where, commit: undefined, blob } },
})

const typesOf = async (ledger: Ledger) =>
  (await ledger.log(0, 1000)).map((line) => decodeEvent(line, () => undefined).event.type)

onEveryDatabase('The log', (world) => {
  it('begins with the instance', async () => {
    const { ledger } = world()
    const lines = await ledger.log(0, 10)
    expect(ledger.instance).toMatch(/^[a-z2-7]{8}$/)
    expect(lines.map((line) => decodeEvent(line, () => undefined))).toMatchObject([
      { position: 1, at: start, event: { type: 'instance.created', instance: ledger.instance } },
    ])
    expect(verifyChain(lines)).toMatchObject({ ok: true, count: 1 })
  })

  it('is read on from a position', async () => {
    const { ledger } = world()
    await ledger.commit({ now: start, events: ['a', 'b', 'c'].map((blob) => loaded('p', blob)) })
    expect((await ledger.log(1, 2)).map(({ position }) => position)).toEqual([2, 3])
    expect(await ledger.log(4, 10)).toEqual([])
  })

  it('stays one gapless chain however many commit at once, fail or not', async () => {
    const { ledger, another } = world()
    const ledgers = [ledger, await another(), await another()]
    const tries = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) =>
        (ledgers[index % 3] ?? ledger).commit({
          // Every third cause comes twice.
          ...starting({
            id: `g${index}`,
            cause: `cause-${index % 3 === 0 ? index % 15 : index}`,
            // Nothing but the log's end is common to them.
            number: index % 3 === 0 ? index % 15 : index + 100,
            approval: 'asked',
          }),
          events: [loaded(`p${index}`, `b${index}`)],
        }),
      ),
    )
    const done = tries.filter(({ status }) => status === 'fulfilled').length
    expect(done).toBe(25)
    const lines = await ledger.log(0, 1000)
    expect(verifyChain(lines)).toMatchObject({ ok: true, count: lines.length })
    expect(lines).toHaveLength(1 + done * 2)
    // A stream counts without gaps too.
    const { rows } = await world().database.pool.query(
      `select stream, count(*)::int as n, max(stream_version)::int as last
       from hallpass.events group by stream having count(*) <> max(stream_version)`,
    )
    expect(rows).toEqual([])
  })

  it('tells each change of a grant in order, and what was said beside it', async () => {
    const { ledger } = world()
    await ledger.commit({ ...starting({ id: 'a' }), events: [loaded('p', 'b')] })
    const grant = await grantIn(ledger, 'a')
    await ledger.commit({ now: start, grants: [changing(grant, start, present('b-a'), revoke)] })
    expect(await typesOf(ledger)).toEqual([
      'instance.created',
      'policy.loaded',
      'grant.requested',
      'grant.approved',
      'grant.binding-present',
      'grant.activated',
      'grant.ending',
    ])
  })

  it('keeps personal values apart, and holds without them', async () => {
    const { ledger, database } = world()
    await ledger.commit(starting({ id: 'a', recipientId: 4711 }))
    const lines = await ledger.log(0, 10)
    expect(lines.map(({ canonical }) => canonical).join()).not.toContain('4711')
    const { rows } = await database.pool.query<PersonalValue>('select * from hallpass.personal')
    const values = new Map(rows.map(({ commitment, value }) => [commitment, value]))
    const requested = lines.map((line) => decodeEvent(line, (each) => values.get(each)).event)[1]
    expect(requested).toMatchObject({
      type: 'grant.requested',
      revision: { offer: { recipient: { id: 4711, login: 'user-4711' } } },
    })
    await database.pool.query('delete from hallpass.personal')
    expect(verifyChain(await ledger.log(0, 10))).toMatchObject({ ok: true })
  })

  it('takes no event of a grant that does not change the grant', async () => {
    const { ledger } = world()
    const event = { type: 'grant.lapsed' } as const
    await expect(
      ledger.commit({ now: start, events: [{ stream: 'grant:a', event }] }),
    ).rejects.toThrow('belongs')
  })

  it('has nothing of a commit that was broken off', async () => {
    const { ledger } = world()
    const event = {
      type: 'request.refused',
      subject: key(),
      cause: 'c',
      actor: { id: 1, login: 'a' },
      recipient: { id: 1, login: 'a' },
      refusal: {
        kind: 'refused',
        code: 'too-old',
        rule: undefined,
        role: undefined,
        reason: 'r',
        audience: 'log',
      },
    } as const
    // A stream that the log refuses is found last, with everything else written.
    const broken = ledger.commit({
      ...starting({ id: 'a' }),
      events: [
        { stream: `subject:${key()}`, event },
        { stream: 'octocat', event },
      ],
    })
    await expect(broken).rejects.toThrow('stream')
    await expect(broken).rejects.not.toBeInstanceOf(LedgerConflict)
    expect(await ledger.grant('a')).toBeUndefined()
    await ledger.commit(starting({ id: 'a' }))
    expect(verifyChain(await ledger.log(0, 10))).toMatchObject({ ok: true, count: 3 })
  })

  it('takes more events in one commit than one statement can', async () => {
    const { ledger } = world()
    const events = Array.from({ length: 2500 }, (_, index) => loaded('p', `${index}`))
    await ledger.commit({ now: start, events })
    expect(verifyChain(await ledger.log(0, 5000))).toMatchObject({ ok: true, count: 2501 })
  })

  it('remembers each document as it told it last', async () => {
    const { ledger } = world()
    expect(await ledger.lastPolicyBlob('p')).toBeUndefined()
    await ledger.commit({ now: start, events: [loaded('p', 'a'), loaded('q', 'x')] })
    const document = { where: 'p', commit: 'c', blob: 'broken' }
    await ledger.commit({
      now: start,
      events: [
        loaded('p', 'b'),
        { stream: 'policy', event: { type: 'policy.broken', document, problems: [] } },
      ],
    })
    expect(await ledger.lastPolicyBlob('p')).toBe('broken')
    expect(await ledger.lastPolicyBlob('q')).toBe('x')
  })
})
