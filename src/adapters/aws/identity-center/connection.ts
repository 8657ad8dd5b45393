// The clients of Identity Center and its store, loaded at the first call, with the guard in front of whatever leaves.
import type { SSOAdminClientConfig } from '@aws-sdk/client-sso-admin'
import type { STSClientConfig } from '@aws-sdk/client-sts'
import type { Log } from '../../../workflows/ports.ts'
import { assuming } from '../assume.ts'
import { createExchanger, guarded, type Answer, type Exchanger } from '../exchange.ts'

export interface IdentityCenterOptions {
  /** The ledger's instance id: it names Hallpass where a role is assumed. */
  readonly instance: string
  /** Where the organization's Identity Center is. */
  readonly region: string
  /** Left out, the SDK finds it itself (`AWS_ENDPOINT_URL_SSO_ADMIN`, `AWS_ENDPOINT_URL_IDENTITYSTORE`, or AWS). */
  readonly endpoint?: string
  /** Left out, the SDK finds them itself. */
  readonly credentials?: NonNullable<SSOAdminClientConfig['credentials']>
  /** A role of the management account, or of the one that administers Identity Center for it. */
  readonly assume?: { readonly roleArn: string; readonly externalId?: string }
  /** For how long a read may still show what was before a write, in milliseconds. */
  readonly lagMs?: number
  /** For how long sessions may still be opened after a removal has succeeded, in milliseconds. */
  readonly enforcementMs?: number
  /** For how long a change is followed before it is left to a later look, in milliseconds. */
  readonly patienceMs?: number
  /** How long until a change is first asked after, in milliseconds; then twice as long each time. */
  readonly pollMs?: number
  readonly log: Log
}

export const ownConfig = ({ region, endpoint, credentials }: IdentityCenterOptions) => ({
  region,
  // Trying again is the lane's.
  maxAttempts: 1,
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(credentials === undefined ? {} : { credentials }),
})

/** Whose credentials sign the calls: those of the role, where one is assumed. */
export function actingAs({ assume, instance }: IdentityCenterOptions, own: STSClientConfig) {
  if (assume === undefined) return {}
  return { credentials: assuming({ ...assume, sessionName: `hallpass-${instance}` }, own) }
}

async function connect(options: IdentityCenterOptions) {
  const [sso, store] = await Promise.all([
    import('@aws-sdk/client-sso-admin'),
    import('@aws-sdk/client-identitystore'),
  ])
  const own = ownConfig(options)
  const config = { ...own, ...actingAs(options, own) }
  const center = new sso.SSOAdminClient(config)
  center.middlewareStack.add((next) => (args) => guarded.leave(() => next(args)), guarded.at)
  const directory = new store.IdentitystoreClient(config)
  directory.middlewareStack.add((next) => (args) => guarded.leave(() => next(args)), guarded.at)
  return { sso, store, center, directory }
}

export interface Connection {
  readonly exchange: Exchanger
  readonly sdk: () => ReturnType<typeof connect>
}

export function createConnection(options: IdentityCenterOptions): Connection {
  let connecting: ReturnType<typeof connect> | undefined
  return {
    exchange: createExchanger(options.log),
    sdk: () => (connecting ??= connect(options)),
  }
}

/** Goes on while there is more. The evidence is the first page's: nothing is said to be seen too late. */
export async function everyPage<Page extends { readonly NextToken?: string | undefined }>(
  read: (next: { NextToken?: string }) => Promise<Answer<Page>>,
): Promise<Answer<Page[]>> {
  const first = await read({})
  if (!first.found) return { found: undefined, evidence: first.evidence }
  const pages = [first.found]
  for (let next = first.found.NextToken; next !== undefined && next !== '';) {
    const page = await read({ NextToken: next })
    if (!page.found) return { found: undefined, evidence: page.evidence }
    pages.push(page.found)
    next = page.found.NextToken
  }
  return { found: pages, evidence: first.evidence }
}
