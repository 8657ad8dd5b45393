// Whose credentials these are: Resource Manager has no call that tells it, and the token does.
import type { TokenCredential } from '@azure/core-auth'
import { CloudError } from '../../domain/errors.ts'
import { untilAborted } from '../../domain/until-aborted.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import { tokenScope } from './connection.ts'
import { toAzureError } from './errors.ts'
import { claimOver } from './exchange.ts'

export interface AzureCaller {
  readonly objectId: string
  readonly tenantId: string
}

export async function whoHasToken(
  credential: () => Promise<TokenCredential>,
  guard: CallGuard,
): Promise<AzureCaller> {
  guard.check()
  try {
    const { signal } = guard
    const found = await untilAborted(signal, claimOver, async () =>
      (await credential()).getToken(tokenScope, { abortSignal: signal }),
    )
    const { oid, tid } = claimsOf(found?.token ?? '')
    if (typeof oid === 'string' && typeof tid === 'string') return { objectId: oid, tenantId: tid }
  } catch (error) {
    throw toAzureError(error, 'signing in', undefined)
  }
  throw new CloudError('denied', 'Azure: the token does not tell whose it is')
}

/** NB: not verified, as it only tells an operator who Hallpass is. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const [, body = ''] = token.split('.')
  const text = Buffer.from(body, 'base64url').toString('utf8')
  const claims: unknown = text === '' ? {} : JSON.parse(text)
  return typeof claims === 'object' && claims !== null ? { ...claims } : {}
}
