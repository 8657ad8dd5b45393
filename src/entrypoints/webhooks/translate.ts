// What a delivery means, without GitHub: the same translators under the same routes.
import type { Signal } from '../../domain/signals.ts'
import { routes } from './routes.ts'

type Handler = (context: { readonly id: string; readonly payload: unknown }) => Promise<void>

export type Translated =
  | { readonly kind: 'signal'; readonly signal: Signal }
  /** Its event is handled, and this one means nothing here. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'not-handled' }

/** Throws DeliveryFault. `event` is as `pull_request.closed`. */
export async function translate(event: string, payload: unknown, id: string): Promise<Translated> {
  const signals: Signal[] = []
  const handlers = new Map<string, Handler>()
  const app = {
    on(events: readonly string[], handler: Handler) {
      for (const each of events) handlers.set(each, handler)
    },
  }
  const take = async (signal: Signal) => void signals.push(signal)
  routes(take, async () => undefined)(app as never)
  const handler = handlers.get(event)
  if (handler === undefined) return { kind: 'not-handled' }
  await handler({ id, payload })
  const [signal] = signals
  return signal === undefined ? { kind: 'nothing' } : { kind: 'signal', signal }
}
