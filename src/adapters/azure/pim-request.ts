// One request to Privileged Identity Management: sent under a name that is its own, and followed to its end.
import type { RoleAssignmentScheduleRequest } from '@azure/arm-authorization'
import { setTimeout } from 'node:timers/promises'
import { CloudError } from '../../domain/errors.ts'
import type { Evidence } from '../../domain/lanes/types.ts'
import { toIso } from '../../domain/time.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AzureApi } from './api.ts'
import type { Answer } from './exchange.ts'
import { definitionId, justificationMark, lastOf, uuidOf } from './names.ts'
import { hasFailed, isDone, type PimLook } from './pim-look.ts'
import { tripleInWords, type Wanted } from './wanted.ts'

/** Azure settles most requests within seconds. */
const pollWaitsMsByDefault = [250, 500, 1000, 2000, 2000, 2000]

export interface Requester {
  readonly api: AzureApi
  readonly pollWaitsMs: readonly number[] | undefined
}

export type RequestType = 'AdminAssign' | 'AdminUpdate' | 'AdminRemove'

/**
 * Sends it and waits for its end. `found` is undefined where Azure answers that there is no such thing. The name
 * follows from what it is to do and to what: a request that a stalled worker sends late has a name that is taken by
 * then, and Azure refuses it.
 */
export async function sendRequest(
  by: Requester,
  asked: { readonly type: RequestType; readonly wanted: Wanted; readonly look: PimLook },
  guard: CallGuard,
): Promise<Answer<true>> {
  const { type, wanted, look } = asked
  const name = freeName(asked)
  const sent = await by.api.createRequest(
    { scope: wanted.scope, name },
    {
      roleDefinitionId: definitionId(wanted.scope, wanted.roleId),
      principalId: wanted.objectId,
      requestType: type,
      justification: `${justificationMark(look.instance)}${wanted.grant}`,
      ...(type === 'AdminRemove' ? {} : { scheduleInfo: windowOf(wanted, look) }),
    },
    guard,
  )
  if (sent.found === undefined) return { found: undefined, evidence: sent.evidence }
  return { found: true, evidence: await follow(by, { wanted, name, first: sent }, guard) }
}

/** NB: an end and not a duration: Azure then ends it at that second, whenever it begins. */
const windowOf = ({ startsAt, endsAt }: Wanted, { evidence }: PimLook) => ({
  startDateTime: new Date(Math.max(startsAt, evidence.cloudAt)),
  expiration: { type: 'AfterDateTime', endDateTime: new Date(endsAt) },
})

/** Names are taken for ever, also by what failed or has ended since. */
function freeName({ type, wanted, look }: Parameters<typeof sendRequest>[1]): string {
  const taken = new Set(look.requests.map((it) => lastOf(it.name)))
  for (let n = 0; ; n += 1) {
    const name = uuidOf('pim', look.instance, wanted.id, type, toIso(wanted.endsAt), String(n))
    if (!taken.has(name)) return name
  }
}

interface Followed {
  readonly wanted: Wanted
  readonly name: string
  readonly first: Answer<RoleAssignmentScheduleRequest>
}

/** Looks at a request until Azure has settled it. Throws CloudError('transient') when that takes longer. */
export async function follow(
  { api, pollWaitsMs = pollWaitsMsByDefault }: Requester,
  { wanted, name, first }: Followed,
  guard: CallGuard,
): Promise<Evidence> {
  let { found, evidence } = first
  const waits = [...pollWaitsMs]
  for (;;) {
    if (isDone(found?.status)) return evidence
    if (hasFailed(found?.status)) throw whyFailed(found?.status, wanted)
    const waitMs = waits.shift()
    if (waitMs === undefined) break
    await waited(waitMs, guard)
    ;({ found, evidence } = await api.request(wanted.scope, name, guard))
  }
  throw new CloudError(
    'transient',
    `Azure: it still works on ${tripleInWords(wanted)} (${found?.status ?? 'not shown yet'}): it will be looked at again`,
  )
}

async function waited(waitMs: number, guard: CallGuard): Promise<void> {
  try {
    await setTimeout(waitMs, undefined, { signal: guard.signal })
  } catch (cause) {
    throw new CloudError('transient', 'Azure: its time ran out while Azure worked on a request', {
      cause,
    })
  }
}

const whyFailed = (status: string | undefined, wanted: Wanted): CloudError =>
  status === 'FailedAsResourceIsLocked'
    ? new CloudError(
        'denied',
        `Azure: ${tripleInWords(wanted)} could not be changed (${status}): an operator must take the lock away`,
      )
    : new CloudError(
        'transient',
        `Azure: a request for ${tripleInWords(wanted)} ended as ${status ?? 'nothing'}: it will be tried again`,
      )
