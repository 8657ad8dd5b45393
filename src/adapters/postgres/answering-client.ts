import pg from 'pg'

/** For how long a statement may be without an answer. */
export interface Patience {
  ms: number
}

/**
 * A connection that is given up once a statement has waited too long. NB: a server that vanishes, as the old one does
 * in many failovers, closes no connection: the system would go on sending for a quarter of an hour.
 */
export function answeringClient(patience: Patience): new (config?: pg.ClientConfig) => pg.Client {
  return class AnsweringClient extends pg.Client {
    #waiting: NodeJS.Timeout | undefined

    constructor(config?: pg.ClientConfig) {
      super(config)
      const send = this.query.bind(this) as (...given: unknown[]) => unknown
      const watched = (...given: unknown[]): unknown => {
        this.#wait()
        return send(...given)
      }
      this.query = watched as typeof this.query
      this.on('drain', () => this.#stopWaiting())
      this.on('end', () => this.#stopWaiting())
    }

    #wait(): void {
      this.#stopWaiting()
      if (!Number.isFinite(patience.ms)) return
      this.#waiting = setTimeout(() => {
        this.connection.stream.destroy(new Error('The database does not answer'))
      }, patience.ms)
      this.#waiting.unref()
    }

    #stopWaiting(): void {
      clearTimeout(this.#waiting)
    }
  }
}
