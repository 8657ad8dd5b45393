// One way to call AWS for each account: as the process itself, or as the role that is assumed there.
import { createApi, type AwsApi } from './api.ts'
import { createConnection, type AwsOptions } from './connection.ts'

export interface Accounts {
  /** As the process itself. */
  readonly own: AwsApi
  of(account: string): AwsApi
  /** Those that are reached by a role. */
  readonly listed: readonly string[]
}

export function createAccounts(options: AwsOptions): Accounts {
  const own = createApi(createConnection(options))
  const apis = new Map(
    [...(options.accounts ?? [])].map(([account, access]) => {
      const sessionName = `hallpass-${options.instance}`
      return [account, createApi(createConnection(options, { ...access, sessionName }))]
    }),
  )
  return { own, of: (account) => apis.get(account) ?? own, listed: [...apis.keys()] }
}
