// Webhook deliveries: signed, sent one after another, kept. A failed one is recorded and never retried by itself.
import { createHmac, randomUUID } from 'node:crypto'
import type { World } from '../world.ts'

export type DeliveryState = 'held' | 'sending' | 'delivered' | 'failed' | 'dropped' | 'unsent'

export interface Attempt {
  /** Numeric, as `GET /app/hook/deliveries` lists it. */
  readonly id: number
  readonly at: number
  readonly redelivery: boolean
  /** What the receiver answered; 504 when nobody did in time, 502 when nobody was there. */
  readonly statusCode: number
  readonly status: string
  /** Of the machine's clock, in seconds. */
  readonly duration: number
}

export interface Delivery {
  /** `X-GitHub-Delivery`: a redelivery keeps it. */
  readonly id: string
  readonly event: string
  readonly action: string | null
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly installationId: number | null
  readonly repositoryId: number | null
  /** `unsent`: there was no `webhookUrl`, or it is not told. */
  state: DeliveryState
  readonly attempts: Attempt[]
}

export interface Outgoing {
  readonly event: string
  readonly body: string
  readonly action: string | null
  readonly installationId: number | null
  readonly repositoryId: number | null
}

/**
 * `hold` keeps new deliveries back until they are released; `drop` loses them on the way, as an outage would, and lists
 * them as failed; `untold` never sends them, and lists nothing.
 */
export type DeliveryMode = 'send' | 'hold' | 'drop' | 'untold'

const beginsAs: Readonly<Record<DeliveryMode, DeliveryState>> = {
  send: 'sending',
  hold: 'held',
  drop: 'sending',
  untold: 'unsent',
}

export class Outbox {
  webhookUrl: string | undefined
  mode: DeliveryMode = 'send'
  /** GitHub gives up on an answer after ten seconds. */
  answerMsMax = 10_000
  /** Whether each is sent at once, as GitHub does, instead of one after another. */
  parallel = false
  /** What the App configured. Deliveries made while it is wrong are signed wrongly for ever, redeliveries included. */
  secret: string
  readonly deliveries: Delivery[] = []
  readonly #world: World
  #sending: Promise<void> = Promise.resolve()

  constructor(world: World, secret: string) {
    this.#world = world
    this.secret = secret
  }

  post(outgoing: Outgoing, id: string = randomUUID()): Delivery {
    const delivery: Delivery = {
      ...outgoing,
      id,
      headers: this.#headers(outgoing, id),
      state: beginsAs[this.mode],
      attempts: [],
    }
    this.deliveries.push(delivery)
    if (this.mode === 'drop') this.lose(delivery)
    if (this.mode === 'send') this.#enqueue(delivery, false)
    this.#world.changed()
    return delivery
  }

  /** On the way, as an outage would. */
  lose(delivery: Delivery): void {
    this.#record(delivery, false, 504, 'timed out', 0)
    delivery.state = 'dropped'
  }

  /** Sends what was held, in this order; all at once when `together`. */
  release(chosen?: readonly Delivery[], options: { together?: boolean } = {}): void {
    const held = chosen ?? this.deliveries.filter(({ state }) => state === 'held')
    for (const delivery of held) delivery.state = 'sending'
    if (!options.together) for (const delivery of held) this.#enqueue(delivery, false)
    else this.#sending = this.#sending.then(() => this.#sendTogether(held))
  }

  /** The same body under the same id, as GitHub's own redelivery does. */
  redeliver(id: string): Delivery {
    const delivery = this.#find(id)
    delivery.state = 'sending'
    this.#enqueue(delivery, true)
    return delivery
  }

  /** The same body under another id: what somebody who captured it could send, since the signature covers the body alone. */
  replay(id: string): Delivery {
    return this.post(this.#find(id))
  }

  /** Resolves when nothing is on its way. What is held does not count. */
  async settled(): Promise<void> {
    for (let seen; seen !== this.#sending;) {
      seen = this.#sending
      await seen
    }
  }

  attempt(id: number): { delivery: Delivery; attempt: Attempt } | undefined {
    for (const delivery of this.deliveries) {
      const attempt = delivery.attempts.find((one) => one.id === id)
      if (attempt) return { delivery, attempt }
    }
    return undefined
  }

  #find(id: string): Delivery {
    const found = this.deliveries.find((delivery) => delivery.id === id)
    if (!found) throw new Error(`there is no delivery ${id}`)
    return found
  }

  #enqueue(delivery: Delivery, redelivery: boolean): void {
    if (this.parallel) {
      const sent = this.#send(delivery, redelivery)
      this.#sending = Promise.all([this.#sending, sent]).then(() => undefined)
    } else this.#sending = this.#sending.then(() => this.#send(delivery, redelivery))
  }

  async #sendTogether(deliveries: readonly Delivery[]): Promise<void> {
    await Promise.all(deliveries.map((delivery) => this.#send(delivery, false)))
  }

  async #send(delivery: Delivery, redelivery: boolean): Promise<void> {
    if (this.webhookUrl === undefined) {
      delivery.state = 'unsent'
      return this.#world.changed()
    }
    const begun = performance.now()
    const { statusCode, status } = await this.#ask(this.webhookUrl, delivery)
    const duration = (performance.now() - begun) / 1000
    this.#record(delivery, redelivery, statusCode, status, duration)
    delivery.state = statusCode >= 200 && statusCode < 300 ? 'delivered' : 'failed'
    this.#world.changed()
  }

  async #ask(url: string, { headers, body }: Delivery) {
    try {
      const signal = AbortSignal.timeout(this.answerMsMax)
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        signal,
        redirect: 'manual',
      })
      await response.arrayBuffer()
      return { statusCode: response.status, status: response.ok ? 'OK' : response.statusText }
    } catch (error) {
      const late = error instanceof Error && error.name === 'TimeoutError'
      return late
        ? { statusCode: 504, status: 'timed out' }
        : { statusCode: 502, status: 'failed to connect to host' }
    }
  }

  #record(
    delivery: Delivery,
    redelivery: boolean,
    statusCode: number,
    status: string,
    duration: number,
  ): void {
    const { attempts } = delivery
    const id = this.#world.nextId()
    attempts.push({ id, at: this.#world.now(), redelivery, statusCode, status, duration })
  }

  #headers({ event, body }: Outgoing, id: string): Record<string, string> {
    const { app } = this.#world
    const signature = createHmac('sha256', this.secret).update(body).digest('hex')
    return {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/5a9b0c1',
      'x-github-delivery': id,
      'x-github-event': event,
      'x-github-hook-id': '480000001',
      'x-github-hook-installation-target-id': String(app.id),
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature-256': `sha256=${signature}`,
    }
  }
}
