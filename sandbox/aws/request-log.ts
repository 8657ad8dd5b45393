import type { Mishap } from '../chance.ts'

/** One request as AWS saw it: for judges that share nothing with the caller. */
export interface RequestRecord {
  /** As its answer carried it; the changes that it made name it. */
  readonly requestId: string
  readonly at: number
  readonly service: string
  readonly operation: string
  readonly parameters: Readonly<Record<string, string>>
  /** Who signed it: a user's ARN, or a session's. Undefined when that could not be told. */
  by: string | undefined
  /** The account that it acted in. */
  account: string | undefined
  /** What trouble it met. */
  mishap: Mishap | undefined
  /** Whether it was carried out, whatever its answer was. */
  carriedOut: boolean
  /** `ok`, an error's code, or that its connection was cut. Undefined while it is under way. */
  outcome: 'ok' | 'connection cut' | (string & {}) | undefined
}
