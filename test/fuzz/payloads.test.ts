// Recorded deliveries with anything changed in them, through the door and through what reads them behind it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { DeliveryFault } from '../../src/domain/errors.ts'
import { handledEvents } from '../../src/entrypoints/webhooks/routes.ts'
import { account, deliver, startIngress, type Ingress } from '../entrypoints/ingress.server.ts'
import { payload, translators } from '../entrypoints/webhooks-payloads.ts'
import { runs } from './runs.ts'

let ingress: Ingress
beforeAll(async () => {
  ingress = await startIngress({ isStored: (event) => handledEvents.includes(event) })
})
afterAll(() => ingress.stop(0))
beforeEach(() => {
  ingress.lines.length = 0
  ingress.accepted.length = 0
})

const planted = 'ghs_plantedplantedplantedplanted'

/** As JSON text: some of it no value could hold. */
const texts = fc.oneof(
  fc.constantFrom('null', '""', '-1', '1.5', '1e400', '-0', '9007199254740993', '[]', '{}', 'true'),
  fc.constantFrom('"\\ud800"', '"\\u0000"', '"\\u202e"', '{"__proto__":{"id":1}}', '[[[[1]]]]'),
  fc.constantFrom('['.repeat(150) + ']'.repeat(150), `"${'a'.repeat(70_000)}"`, `"${planted}"`),
  fc.constantFrom('{"constructor":{"prototype":{"id":1}}}', '{"id":"1"}', '{"id":1,"id":2}'),
  fc.json({ maxDepth: 3 }),
)
const key = fc.constantFrom('id', 'number', 'action', '__proto__', 'login', 'type', 'body', 'state')

type Change =
  | { readonly at: number; readonly put: string }
  | { readonly at: number; readonly field: string; readonly put: string }
  | { readonly at: number; readonly cut: number }

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ at: fc.nat(), put: texts }) },
  { weight: 2, arbitrary: fc.record({ at: fc.nat(), field: key, put: texts }) },
  { weight: 1, arbitrary: fc.record({ at: fc.nat(), cut: fc.integer({ min: 1, max: 40 }) }) },
)

/** In the text: a value replaced, a field written once more, or some characters left out. */
function changed(body: string, how: Change): string {
  const places = [
    ...body.matchAll(
      'cut' in how ? /./g : 'field' in how ? /\{/g : /:("[^"]*"|\d+|true|false|null)/g,
    ),
  ]
  const place = places[how.at % Math.max(1, places.length)]
  if (place === undefined) return body
  const [found] = place
  const [before, after] = [body.slice(0, place.index), body.slice(place.index + found.length)]
  if ('cut' in how) return before + after.slice(how.cut)
  if (!('field' in how)) return `${before}:${how.put}${after}`
  return `${before}{"${how.field}":${how.put}${after.trimStart().startsWith('}') ? '' : ','}${after}`
}

const events = translators.map(([event]) => event)

function served(event: (typeof events)[number]): string {
  const body = payload(event) as unknown as { repository: { owner: { id: number } } }
  body.repository.owner.id = account
  return JSON.stringify(body)
}

test('whatever is changed in a delivery, it is stored or refused, and read or at fault', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...translators),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      async ([event, translate], changes) => {
        const body = changes.reduce(changed, served(event))
        const stored = ingress.accepted.length
        const { status } = await deliver(ingress, body, {
          'x-github-event': event.split('.')[0],
        })
        expect([202, 400]).toContain(status)
        for (const { body: kept } of ingress.accepted.slice(stored)) {
          const signal = outcome(translate, JSON.parse(new TextDecoder().decode(kept)))
          if (signal instanceof Error) expect(signal).toBeInstanceOf(DeliveryFault)
          expect(signal instanceof Error ? signal.message : '').not.toContain(planted)
        }
      },
    ),
    runs(400),
  )
  expect(ingress.accepted.length).toBeGreaterThan(20)
  expect(ingress.lines.filter(({ level }) => level === 'error')).toEqual([])
  expect(JSON.stringify(ingress.lines)).not.toContain(planted)
  expect(Reflect.get({}, 'id')).toBeUndefined()
})

function outcome(translate: (body: unknown) => unknown, body: unknown): unknown {
  try {
    return translate(body)
  } catch (fault) {
    return fault
  }
}

test('bytes that are no delivery are refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (body) => {
      expect((await deliver(ingress, body)).status).toBe(400)
    }),
    runs(100),
  )
  expect(ingress.accepted).toEqual([])
})
