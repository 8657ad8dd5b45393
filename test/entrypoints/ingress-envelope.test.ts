import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { knownEvents, readEnvelope } from '../../src/entrypoints/ingress/envelope.ts'
import { isTooDeep, parseJsonObject } from '../../src/entrypoints/ingress/parse-json.ts'

type Body = Readonly<Record<string, unknown>>
const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly {
  readonly name: string
  readonly examples: readonly Body[]
}[]
const known = examples.filter(({ name }) => knownEvents.has(name))

/** Examples from before GitHub gave every account an id. */
const complete = (body: Body): boolean => !JSON.stringify(body).includes('"owner":{"name"')

describe('GitHub’s own examples', () => {
  test.each(known.map((one) => [one.name, one.examples] as const))(
    '%s: every body fits its event and no other',
    (name, bodies) => {
      for (const body of bodies.filter(complete)) {
        const fits = [...knownEvents].filter((event) => readEnvelope(event, body) !== undefined)
        expect(fits).toEqual([name])
      }
    },
  )

  test('no body of another event passes for a known one with a subject', () => {
    const others = examples.filter(({ name }) => !knownEvents.has(name))
    const passed = others.flatMap(({ name, examples: bodies }) =>
      bodies.flatMap((body) =>
        [...knownEvents]
          .filter((event) => readEnvelope(event, body)?.subject !== undefined)
          .map((event) => `${name} as ${event}`),
      ),
    )
    expect(passed).toEqual([])
  })

  test('subject and account are by numeric id', () => {
    const reviews = known.find(({ name }) => name === 'pull_request_review')?.examples ?? []
    const dismissed = reviews.find((body) => body['action'] === 'dismissed') ?? {}
    expect(readEnvelope('pull_request_review', dismissed)).toEqual({
      action: 'dismissed',
      installationId: 1,
      accountId: 21031067,
      repositoryId: 186853002,
      subject: '186853002#2',
      undated: false,
    })
  })

  test('what only asks for a look is undated, and of it nothing has a subject', () => {
    const undated = known.flatMap(({ name, examples: bodies }) =>
      bodies.filter(complete).flatMap((body) => {
        const envelope = readEnvelope(name, body)
        return envelope?.undated === true ? [{ name, subject: envelope.subject }] : []
      }),
    )
    expect(new Set(undated.map(({ name }) => name))).toEqual(
      new Set([
        'repository',
        'member',
        'organization',
        'membership',
        'team',
        'installation',
        'installation_repositories',
      ]),
    )
    expect(undated.flatMap(({ subject }) => subject ?? [])).toEqual([])
  })

  test.each(['member', 'membership'])('of an account that is gone: %s', (name) => {
    const [body] = known.find((one) => one.name === name)?.examples ?? []
    const gone = { ...body, member: null }
    const fits = [...knownEvents].filter((event) => readEnvelope(event, gone) !== undefined)
    expect(fits).toEqual([name])
  })
})

describe('what is a JSON object', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const parse = (text: string) => parseJsonObject(bytes(text))

  test('brackets inside of strings do not nest', () => {
    const text = `\\"${'[{'.repeat(500)}\\\\`
    expect(parse(`{"a":"${text}","b":[{}]}`)).toMatchObject({ b: [{}] })
    expect(isTooDeep(bytes(`{"a":"${text}","b":[{}]}`))).toBe(false)
  })

  test('a hundred levels are enough, one more is refused', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    expect(isTooDeep(bytes(nested(100)))).toBe(false)
    expect(isTooDeep(bytes(nested(101)))).toBe(true)
  })

  test('a large body is refused for its depth before it is parsed', () => {
    const nested = (levels: number) =>
      `{"pad":"${' '.repeat(1_100_000)}","a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    expect(parse(nested(100))).toBeDefined()
    expect(parse(nested(101))).toBeUndefined()
  })

  test('__proto__ is a name like any other', () => {
    const parsed = parse('{"__proto__":{"polluted":true}}')
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
    expect(({} as Body)['polluted']).toBeUndefined()
  })
})
