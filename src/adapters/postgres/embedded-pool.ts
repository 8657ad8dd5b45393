// A pool of clients over PGlite, which has one session only: a client whose transaction is open holds it alone.
import { EventEmitter } from 'node:events'
import type { PGlite, Results } from '@electric-sql/pglite'
import { toWire } from './types.ts'

interface QueryConfig {
  readonly text: string
  readonly values?: readonly unknown[]
}
type Query = string | QueryConfig

/** Lets one at a time in, in the order they came. */
class Turnstile {
  #last: Promise<unknown> = Promise.resolve()

  async enter(): Promise<() => void> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    await before
    return resolve
  }
}

/** What of `pg.PoolClient` Kysely and BullMQ use. */
class EmbeddedClient extends EventEmitter {
  readonly #database: PGlite
  readonly #session: Turnstile
  readonly #stopListening: () => void
  /** A client's own queries run one after the other, as on a connection of its own. */
  readonly #order = new Turnstile()
  #leave: (() => void) | undefined
  #released = false

  constructor(database: PGlite, session: Turnstile) {
    super()
    this.#database = database
    this.#session = session
    this.#stopListening = database.onNotification((channel, payload) => {
      this.emit('notification', { channel, payload, processId: 0 })
    })
  }

  async query(query: Query, values?: readonly unknown[]) {
    if (this.#released) throw new Error('Client was released already')
    return this.#run(async () => {
      const text = typeof query === 'string' ? query : query.text
      const given = values ?? (typeof query === 'string' ? undefined : query.values)
      return given === undefined || given.length === 0
        ? answersOf(await this.#database.exec(text))
        : answerOf(await this.#database.query(text, given.map(toWire)))
    })
  }

  /** A transaction that is still open is rolled back: the next one must not find itself inside it. */
  release(): void {
    if (this.#released) return
    this.#released = true
    this.#stopListening()
    this.#rollBack().catch((error: unknown) => {
      if (this.listenerCount('error') > 0) this.emit('error', error)
    })
  }

  async #rollBack(): Promise<void> {
    const done = await this.#order.enter()
    done()
    if (this.#leave !== undefined) await this.#run(() => this.#database.exec('rollback'))
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    const done = await this.#order.enter()
    try {
      this.#leave ??= await this.#session.enter()
      return await work()
    } finally {
      if (this.#database.closed || !this.#database.isInTransaction()) {
        this.#leave?.()
        this.#leave = undefined
      }
      done()
    }
  }
}

/** What of `pg.Pool` Kysely and BullMQ use. Ending it ends nothing: its database may serve others yet. */
export class EmbeddedPool extends EventEmitter {
  readonly #database: PGlite
  readonly #session = new Turnstile()
  /** There is no connection that could break unseen. */
  readonly options = { keepAlive: true }

  constructor(database: PGlite) {
    super()
    this.#database = database
  }

  async connect() {
    const client = new EmbeddedClient(this.#database, this.#session)
    this.emit('connect', client)
    return client
  }

  async query(query: Query, values?: readonly unknown[]) {
    const client = await this.connect()
    try {
      return await client.query(query, values)
    } finally {
      client.release()
    }
  }

  async end(): Promise<void> {}
}

function answersOf(results: readonly Results[]) {
  const answers = results.map(answerOf)
  return answers.length === 1 ? answers[0] : answers
}

function answerOf(result: Results) {
  return {
    command: result.command ?? '',
    rowCount: result.rowCount ?? null,
    rows: result.rows,
    fields: result.fields,
  }
}
