// What is stored of a delivery means the same to its handler as the whole.
import { expect, test } from 'vitest'
import { createRequire } from 'node:module'
import { keptOf } from '../../src/entrypoints/ingress/kept.ts'
import { handledEvents } from '../../src/entrypoints/webhooks/routes.ts'
import { translate, type Translated } from '../../src/entrypoints/webhooks/translate.ts'

type Body = Readonly<Record<string, unknown>>
const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly {
  readonly name: string
  readonly examples: readonly Body[]
}[]

const stored = (body: Body): Body => JSON.parse(new TextDecoder().decode(keptOf(body))) as Body

/** As a fault where it is one: that too is to be the same. */
const meaning = (event: string, body: Body): Promise<Translated | string> =>
  translate(event, body, 'd-1').catch(String)

const handled = examples.flatMap(({ name, examples: bodies }) =>
  bodies.flatMap((body) => {
    const action = body['action']
    const event = typeof action === 'string' ? `${name}.${action}` : name
    return handledEvents.includes(event) ? [[event, body] as const] : []
  }),
)

test('every recorded delivery that is handled means the same when it is read from the inbox', async () => {
  expect(handled.length).toBeGreaterThan(20)
  for (const [event, body] of handled) {
    const whole = { installation: { id: 5 }, ...body }
    expect(await meaning(event, stored(whole)), event).toEqual(await meaning(event, whole))
  }
})

test('of a review request of 25 kB, less than a tenth is stored, and nobody’s words', () => {
  const [, body] = handled.find(([event]) => event === 'pull_request.review_requested') ?? []
  const text = JSON.stringify(stored(body ?? {}))
  expect(text.length).toBeLessThan(2_500)
  expect(text).not.toContain('This is a pretty simple change')
})

test('of a push no address is stored', () => {
  const pushes = handled.filter(([event]) => event === 'push').map(([, body]) => body)
  expect(pushes.filter((body) => JSON.stringify(body).includes('@'))).not.toEqual([])
  for (const body of pushes) expect(JSON.stringify(stored(body))).not.toContain('@')
})

test.each(['comment', 'commits'])('what nests too deep in a %s is not stored', (field) => {
  const nested = (levels: number): Body => ({
    [field]: JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as unknown,
  })
  expect(keptOf(nested(90))).toBeDefined()
  expect(keptOf(nested(101))).toBeUndefined()
  expect(keptOf(nested(100_000))).toBeUndefined()
})

test('a field called __proto__ is a field', () => {
  const body = JSON.parse('{"__proto__":{"action":"closed"}}') as Body
  expect(stored(body)['action']).toBeUndefined()
})
