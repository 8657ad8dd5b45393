// Recorded deliveries with anything changed in them, through the door and through what reads them behind it.
import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { DeliveryFault } from '../../src/domain/errors.ts'
import { account, deliver } from '../entrypoints/ingress.server.ts'
import { payload, translators } from '../entrypoints/webhooks-payloads.ts'
import { changed, changes, outcome, planted } from './changes.ts'
import { doorForEachTest } from './door.ts'
import { runs } from './runs.ts'

const ingress = doorForEachTest()

const events = translators.map(([event]) => event)

function served(event: (typeof events)[number]): string {
  const body = payload(event) as unknown as { repository: { owner: { id: number } } }
  body.repository.owner.id = account
  return JSON.stringify(body)
}

test('whatever is changed in a delivery, it is stored or refused, and read or at fault', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...translators), changes, async ([event, translate], made) => {
      const body = made.reduce(changed, served(event))
      const stored = ingress().accepted.length
      const { status } = await deliver(ingress(), body, {
        'x-github-event': event.split('.')[0],
      })
      expect([202, 400]).toContain(status)
      for (const { body: kept } of ingress().accepted.slice(stored)) {
        const signal = outcome(translate, JSON.parse(new TextDecoder().decode(kept)))
        if (signal instanceof Error) expect(signal).toBeInstanceOf(DeliveryFault)
        expect(signal instanceof Error ? signal.message : '').not.toContain(planted)
      }
    }),
    runs(400),
  )
  expect(ingress().accepted.length).toBeGreaterThan(20)
  expect(ingress().lines.filter(({ level }) => level === 'error')).toEqual([])
  expect(JSON.stringify(ingress().lines)).not.toContain(planted)
  expect(Reflect.get({}, 'id')).toBeUndefined()
})

test('bytes that are no delivery are refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (body) => {
      expect((await deliver(ingress(), body)).status).toBe(400)
    }),
    runs(100),
  )
  expect(ingress().accepted).toEqual([])
})
