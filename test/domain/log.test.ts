import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { canonicalJson, sha256Hex } from '../../src/domain/log/canonical.ts'
import {
  decodeEvent,
  encodeEvent,
  genesis,
  verifyChain,
  verifyPersonal,
} from '../../src/domain/log/encode.ts'
import { personalPaths } from '../../src/domain/log/personal.ts'
import type { EncodedEvent, LogEvent, LoggedEvent } from '../../src/domain/log/types.ts'
import { anyEvent, eventsByType, mark, markedIdText } from './log.arbitraries.ts'

function countedSalts() {
  let n = 0
  return () => (++n).toString(16).padStart(32, '0')
}

function encodeAll(events: readonly LogEvent[], salts = countedSalts()): EncodedEvent[] {
  const encoded: EncodedEvent[] = []
  for (const event of events) {
    const previous = encoded.at(-1)?.line.hash ?? genesis.hash
    const position = encoded.length + 1
    const at = Date.UTC(2026, 10, 22, 17, 0, position)
    encoded.push(
      encodeEvent({ position, at, stream: 'policy', version: 1, previous, event, salts }),
    )
  }
  return encoded
}

const linesOf = (events: readonly LogEvent[]) => encodeAll(events).map((each) => each.line)

const lookupIn = (encoded: readonly EncodedEvent[]) => {
  const values = new Map(
    encoded.flatMap((each) => each.personal.map((p) => [p.commitment, p.value] as const)),
  )
  return (commitment: string) => values.get(commitment)
}

/** JSON knows neither undefined members nor lone surrogates. */
const asLogged = (event: LogEvent) => JSON.parse(canonicalJson(event)) as LogEvent

const zoe = { id: 42, login: 'zoe' }
const approval: LogEvent = {
  type: 'grant.approval-given',
  by: zoe,
  digest: 'd',
  code: 'c',
  stage: 0,
}

describe('canonicalJson', () => {
  it('sorts members by UTF-16 code units and writes numbers as ECMAScript does', () => {
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 1e21, '\u{1f600}': -0, ö: 0.1 })).toBe(
      '{"\\r":2,"1":1e+21,"ö":0.1,"€":1,"😀":0}',
    )
  })
  it('leaves out undefined members and refuses undefined elsewhere', () => {
    expect(canonicalJson({ a: undefined, b: null })).toBe('{"b":null}')
    expect(() => canonicalJson([undefined])).toThrow(TypeError)
    expect(() => canonicalJson(undefined)).toThrow(TypeError)
  })
  it('replaces lone surrogates, which have no UTF-8', () => {
    expect(canonicalJson({ a: ['\ud800x'] })).toBe('{"a":["\ufffdx"]}')
  })
  it('refuses what JSON cannot say', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow('NaN')
    expect(() => canonicalJson({ a: Infinity })).toThrow('Infinity')
  })
})

describe('encodeEvent', () => {
  it('writes one canonical line', () => {
    const event: LogEvent = {
      type: 'grant.approved',
      digest: 'd1',
      endsAt: Date.UTC(2026, 10, 22, 19),
    }
    const at = Date.UTC(2026, 10, 22, 17, 0, 0, 250)
    const { line } = encodeEvent({
      position: 1,
      at,
      stream: 'grant:abc',
      version: 1,
      previous: genesis.hash,
      event,
      salts: countedSalts(),
    })
    expect(line.canonical).toBe(
      `{"at":"2026-11-22T17:00:00.250Z","body":{"digest":"d1","endsAt":"2026-11-22T19:00:00Z"},"position":1,"previous":"${'0'.repeat(64)}","stream":"grant:abc","type":"grant.approved","version":1}`,
    )
    expect(line.hash).toBe(sha256Hex(line.canonical))
  })

  it('writes every instant as people read it', () => {
    const at = Date.UTC(2026, 10, 22, 18)
    const [line] = linesOf([
      {
        type: 'grant.binding-gone',
        bindingId: 'b',
        removedAt: at,
        certainAt: at + 1,
        sessionsUntil: at + 3_600_000,
        heldBy: [],
      },
    ])
    expect(JSON.parse(line?.canonical ?? '')).toMatchObject({
      body: {
        removedAt: '2026-11-22T18:00:00Z',
        certainAt: '2026-11-22T18:00:00.001Z',
        sessionsUntil: '2026-11-22T19:00:00Z',
      },
    })
  })

  it('commits to a person with a salt, so that the value can be erased', () => {
    const [encoded] = encodeAll([approval])
    const salt = '0'.repeat(31) + '1'
    const value = '{"id":42,"login":"zoe"}'
    const commitment = sha256Hex(Buffer.from(salt, 'hex'), value)
    expect(encoded?.personal).toEqual([{ commitment, salt, value }])
    expect(JSON.parse(encoded?.line.canonical ?? '')).toMatchObject({
      body: { by: { commitment }, code: 'c' },
    })
  })

  it('salts the same person anew each time', () => {
    const both = encodeAll([approval, approval]).flatMap((each) => each.personal)
    expect(both[0]?.value).toBe(both[1]?.value)
    expect(both[0]?.commitment).not.toBe(both[1]?.commitment)
  })

  test.each([
    'grant:octocat/x',
    'user:octocat',
    'subject:octocat/hello#1',
    'lane:aws/1/user/a b',
    '',
  ])('refuses the stream %j, which could carry a name', (stream) => {
    const given = { position: 1, at: 0, version: 1, previous: genesis.hash, event: approval }
    expect(() => encodeEvent({ ...given, stream, salts: countedSalts() })).toThrow(TypeError)
  })
  test.each([
    'grant:0123456789ab',
    'subject:77#12',
    'policy',
    'instance',
    'lane:aws/111122223333/user/AIDAEXAMPLE',
  ])('takes the stream %j', (stream) => {
    const given = { position: 1, at: 0, version: 1, previous: genesis.hash, event: approval }
    expect(() => encodeEvent({ ...given, stream, salts: countedSalts() })).not.toThrow()
  })

  it('refuses a salt that is not 16 bytes and an instant that is not whole milliseconds', () => {
    const given = { position: 1, version: 1, stream: 'policy', previous: genesis.hash }
    const salts = countedSalts()
    expect(() => encodeEvent({ ...given, at: 0, event: approval, salts: () => 'ab' })).toThrow(
      'salt',
    )
    expect(() => encodeEvent({ ...given, at: 1.5, event: approval, salts })).toThrow(RangeError)
  })
})

describe('personal fields', () => {
  it('are declared for every type of event', () => {
    expect(Object.keys(personalPaths).sort()).toEqual(Object.keys(eventsByType).sort())
  })

  test.each(Object.entries(eventsByType))('of %s never stand in the line', (_type, events) => {
    fc.assert(
      fc.property(events, (event) => {
        const [line] = linesOf([event])
        expect(line?.canonical).not.toContain(mark)
        expect(line?.canonical).not.toContain(markedIdText)
      }),
      { numRuns: 50 },
    )
  })

  it('hold what their commitments were made for', () => {
    const [row] = encodeAll([approval]).flatMap((each) => each.personal)
    if (!row) throw new Error('no personal value')
    expect(verifyPersonal(row)).toBe(true)
    expect(verifyPersonal({ ...row, value: '{"id":43,"login":"eve"}' })).toBe(false)
  })
})

describe('decodeEvent', () => {
  it('gives back every event', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 4 }), (events) => {
        const encoded = encodeAll(events)
        const decoded = encoded.map((each) => decodeEvent(each.line, lookupIn(encoded)))
        expect(decoded.map((each) => each.event)).toEqual(events.map(asLogged))
        expect(decoded.map((each) => each.at)).toEqual(encoded.map((each) => each.at))
      }),
    )
  })

  it('puts placeholders where values were erased', () => {
    const event: LogEvent = {
      type: 'grant.ending',
      reason: 'revoked',
      by: { kind: 'person', person: zoe },
      detail: 'zoe is on holiday',
    }
    const [line] = linesOf([event])
    expect(decodeEvent({ canonical: line?.canonical ?? '' }, () => undefined).event).toEqual({
      type: 'grant.ending',
      reason: 'revoked',
      by: { kind: 'person', person: { id: 0, login: '(erased)' } },
      detail: '(erased)',
    })
  })

  it('refuses a personal field that is no commitment', () => {
    const canonical = canonicalJson({
      at: '2026-11-22T17:00:00Z',
      body: { by: zoe, code: 'c', digest: 'd' },
      position: 1,
      previous: genesis.hash,
      stream: 'policy',
      type: 'grant.approval-given',
      version: 1,
    })
    expect(() => decodeEvent({ canonical }, () => undefined)).toThrow('no commitment')
  })
})

describe('verifyChain', () => {
  const [first, second, third] = linesOf([approval, { type: 'grant.lapsed' }, approval])
  if (!first || !second || !third) throw new Error('three lines')
  const rehashed = (line: LoggedEvent, canonical: string): LoggedEvent => ({
    ...line,
    canonical,
    hash: sha256Hex(canonical),
  })

  it('holds for what encodeEvent wrote, from the start or from a known line', () => {
    const last = { position: 3, hash: third.hash }
    expect(verifyChain([first, second, third])).toEqual({ ok: true, count: 3, last })
    expect(verifyChain([third], { position: 2, hash: second.hash })).toEqual({
      ok: true,
      count: 1,
      last,
    })
    expect(verifyChain([])).toEqual({ ok: true, count: 0, last: genesis })
  })

  test.each<[string, LoggedEvent[], number, RegExp]>([
    ['a line is missing', [first, third], 2, /position 3 follows position 1/],
    ['the first line is missing', [second, third], 1, /position 2 follows position 0/],
    ['lines changed places', [second, first], 1, /position 2/],
    [
      'a text changed',
      [{ ...first, canonical: first.canonical.replace('17:', '18:') }],
      1,
      /does not have its hash/,
    ],
    [
      'a text changed with its hash',
      [rehashed(first, first.canonical.replace('17:', '18:')), second],
      2,
      /another predecessor/,
    ],
    [
      'a text holds another position',
      [rehashed(first, first.canonical.replace('"position":1', '"position":7'))],
      1,
      /another position/,
    ],
    ['a text is spelled otherwise', [rehashed(first, ` ${first.canonical}`)], 1, /canonical/],
    ['a text is not JSON', [rehashed(first, 'x')], 1, /canonical/],
  ])('fails when %s', (_name, lines, position, why) => {
    expect(verifyChain(lines)).toEqual({
      ok: false,
      position,
      why: expect.stringMatching(why) as string,
    })
  })
})
