import { afterAll, beforeAll, beforeEach } from 'vitest'
import { handledEvents } from '../../src/entrypoints/webhooks/routes.ts'
import { startIngress, type Ingress } from '../entrypoints/ingress.server.ts'

/** An ingress that keeps what is handled, for the file that calls this; what it heard of one test is gone in the next. */
export function doorForEachTest(): () => Ingress {
  let ingress: Ingress
  beforeAll(async () => {
    ingress = await startIngress({ isStored: (event) => handledEvents.includes(event) })
  })
  afterAll(() => ingress.stop(0))
  beforeEach(() => {
    ingress.lines.length = 0
    ingress.accepted.length = 0
  })
  return () => ingress
}
