// What a test does to deliveries: point them somewhere, hold them back, lose them, repeat them, sign them wrongly.
import { actionOf } from './announce.ts'
import type { Delivery, DeliveryMode, Outbox } from './outbox.ts'

export interface DeliveryControl {
  /** Where deliveries go; while it is undefined they are kept and not sent. */
  webhookUrl: string | undefined
  /** Signs the deliveries made from now on. Set a wrong one to forge. */
  webhookSecret: string
  deliveryMode: DeliveryMode
  /** Nobody ever hears of what is done meanwhile. */
  untold<T>(act: () => T): T
  /** Whether each is sent at once, instead of one after another. */
  deliversInParallel: boolean
  readonly deliveries: readonly Delivery[]
  /** The newest one, of that event and action where they are named. Throws when there is none. */
  lastDelivery(event?: string, action?: string): Delivery
  /** Sends what was held, oldest first or as chosen, one after another or together. */
  release(chosen?: readonly Delivery[], options?: { together?: boolean }): void
  /** One that was held never arrives. */
  lose(delivery: Delivery): void
  /** Under the same id, with the same body. */
  redeliver(id: string): Delivery
  /** The same body under a new id. */
  replay(id: string): Delivery
  /** Signs and sends any payload, such as a recorded one, as this event. */
  send(event: string, payload: object, options?: { readonly id?: string }): Delivery
  /** Resolves when nothing is on its way to the App. What is held does not count. */
  deliveriesSettled(): Promise<void>
}

export function deliveryControl(outbox: Outbox): DeliveryControl {
  return {
    get webhookUrl() {
      return outbox.webhookUrl
    },
    set webhookUrl(url) {
      outbox.webhookUrl = url
    },
    get webhookSecret() {
      return outbox.secret
    },
    set webhookSecret(secret) {
      outbox.secret = secret
    },
    get deliveryMode() {
      return outbox.mode
    },
    set deliveryMode(mode) {
      outbox.mode = mode
    },
    get deliversInParallel() {
      return outbox.parallel
    },
    set deliversInParallel(parallel) {
      outbox.parallel = parallel
    },
    untold(act) {
      const former = outbox.mode
      outbox.mode = 'untold'
      try {
        return act()
      } finally {
        outbox.mode = former
      }
    },
    deliveries: outbox.deliveries,
    lastDelivery(event, action) {
      const found = outbox.deliveries.findLast(
        (one) => one.event === (event ?? one.event) && one.action === (action ?? one.action),
      )
      if (!found) throw new Error(`nothing was delivered as ${event ?? 'anything'} ${action ?? ''}`)
      return found
    },
    release: (chosen, options) => outbox.release(chosen, options),
    lose: (delivery) => outbox.lose(delivery),
    redeliver: (id) => outbox.redeliver(id),
    replay: (id) => outbox.replay(id),
    send(event, payload, options = {}) {
      const body = JSON.stringify(payload)
      const action = actionOf(payload)
      return outbox.post({ event, body, action, ...placeOf(payload) }, options.id)
    },
    deliveriesSettled: () => outbox.settled(),
  }
}

function placeOf(payload: object) {
  const { installation, repository } = payload as {
    installation?: { id: number }
    repository?: { id: number }
  }
  return { installationId: installation?.id ?? null, repositoryId: repository?.id ?? null }
}
