// What ends access, or takes back a request: done, withdraw, revoke. However late it is heard, it counts.
import { apply } from '../../domain/grants/apply.ts'
import type { CommandOf, RevokeTarget } from '../../domain/commands/types.ts'
import type { GrantCommand } from '../../domain/grants/commands.ts'
import { isHeld, waitingOf } from '../../domain/grants/phases.ts'
import type { By, Grant } from '../../domain/grants/types.ts'
import { isAtLeast } from '../../domain/policy/role-order.ts'
import { code as quoted } from '../../domain/policy/quote.ts'
import { floorToSecond } from '../../domain/time.ts'
import { retryingConflicts } from '../decide-all.ts'
import type { Deps } from '../deps.ts'
import type { GrantChange } from '../ports.ts'
import { grantsHere } from './grants-here.ts'
import { carry, done, refused, type Reply, type Spoken } from './spoken.ts'
import { approves } from './titles.ts'

/** What they hold; and what waits for them as well, so that no approval comes after it. */
export const endOwn = (deps: Deps, spoken: Spoken): Promise<Reply> =>
  commanding(deps, spoken, 'You hold nothing here.', async (grants) =>
    grants
      .filter((grant) => isOpen(grant) && isRecipient(grant, spoken))
      .map((grant) => ({ grant, command: endingOf(grant, spoken, 'done') })),
  )

/** Their own requests, and those that they made for others. */
export const withdraw = (
  deps: Deps,
  spoken: Spoken,
  { code }: CommandOf<'withdraw'>,
): Promise<Reply> =>
  commanding(deps, spoken, 'Nothing that you asked for waits here.', async (grants) =>
    grants.flatMap((grant): readonly Commanded[] => {
      const waiting = waitingOf(grant)
      const { revision } = waiting ?? grant
      if (code !== undefined && revision.code !== code) return []
      if (!isRecipient(grant, spoken) && revision.offer.requester.id !== spoken.signal.actor.id)
        return []
      if (waiting !== undefined)
        return [{ grant, command: { type: 'withdraw', by: byOf(spoken), code } }]
      return wasOvertaken(grant, spoken)
        ? [{ grant, command: { type: 'end', reason: 'revoked', by: byOf(spoken) } }]
        : []
    }),
  )

/** NB: taken back while it waited, and approved before that was heard: the approval does not win. */
const wasOvertaken = (grant: Grant, { signal }: Spoken): boolean =>
  isHeld(grant) &&
  signal.type === 'CommandWritten' &&
  signal.at >= floorToSecond(grant.requestedAt) &&
  signal.at <= grant.approvedAt

/** By who may write here, by the holder, and by those who approve it. NB: it only ever takes away. */
export const revoke = (
  deps: Deps,
  spoken: Spoken,
  { target }: CommandOf<'revoke'>,
): Promise<Reply> =>
  commanding(deps, spoken, nothingThere(target), async (grants) => {
    const meant = grants.filter((grant) => isMeant(grant, target) && isOpen(grant))
    const allowed = await Promise.all(meant.map((grant) => mayRevoke(deps, spoken, grant)))
    return meant.flatMap((grant, index) =>
      allowed[index] === true ? [{ grant, command: endingOf(grant, spoken, 'revoked') }] : [],
    )
  })

const isOpen = (grant: Grant): boolean => isHeld(grant) || grant.phase === 'requested'

const endingOf = (grant: Grant, spoken: Spoken, reason: 'done' | 'revoked'): GrantCommand =>
  grant.phase === 'requested'
    ? {
        type: 'withdraw',
        by: byOf(spoken),
        because: reason === 'revoked' ? 'it was revoked' : undefined,
      }
    : { type: 'end', reason, by: byOf(spoken) }

async function mayRevoke(deps: Deps, spoken: Spoken, grant: Grant): Promise<boolean> {
  if (isRecipient(grant, spoken) || isAtLeast(spoken.ground.actorRole, 'write')) return true
  return approves(deps, spoken, grant)
}

/** NB: a login may have changed hands: what is ended is the grant whose recipient bore it when it was offered. */
function isMeant(grant: Grant, target: RevokeTarget): boolean {
  const { id, revision } = grant
  switch (target.kind) {
    case 'everything':
      return true
    case 'grant':
      return id === target.id
    case 'code':
      return revision.code === target.code || waitingCodeOf(grant) === target.code
    case 'person':
      return revision.offer.recipient.login.toLowerCase() === target.login.toLowerCase()
    default:
      return target satisfies never
  }
}

const waitingCodeOf = (grant: Grant): string | undefined =>
  'extension' in grant ? grant.extension?.revision.code : undefined

function nothingThere(target: RevokeTarget): string {
  switch (target.kind) {
    case 'everything':
      return 'There is nothing here that you could revoke.'
    case 'grant':
      return `There is no grant ${quoted(target.id)} here that you could revoke.`
    case 'code':
      return `${quoted(target.code)} names nothing here that you could revoke.`
    case 'person':
      return `${quoted(target.login)} holds nothing here that you could revoke.`
    default:
      return target satisfies never
  }
}

interface Commanded {
  readonly grant: Grant
  readonly command: GrantCommand
}

async function commanding(
  deps: Deps,
  spoken: Spoken,
  none: string,
  choose: (grants: readonly Grant[]) => Promise<readonly Commanded[]>,
): Promise<Reply> {
  return retryingConflicts(async () => {
    const now = deps.clock.now()
    const chosen = await choose(await grantsHere(deps, spoken))
    const results = chosen.map(({ grant, command }) => ({
      expectedVersion: grant.version,
      result: apply(command, grant, now),
    }))
    const grants = results.flatMap(({ expectedVersion, result }): readonly GrantChange[] =>
      result.kind === 'refused'
        ? []
        : [{ grant: result.grant, expectedVersion, events: result.events }],
    )
    if (grants.length > 0) return carry(deps, spoken, { grants }, done())
    const reason = results.flatMap(({ result }) =>
      result.kind === 'refused' ? [result.reason] : [],
    )[0]
    return carry(deps, spoken, {}, refused(reason ?? none))
  })
}

const isRecipient = ({ revision }: Grant, { signal }: Spoken): boolean =>
  revision.offer.recipient.id === signal.actor.id

const byOf = ({ signal: { actor } }: Spoken): By => ({
  kind: 'person',
  person: { id: actor.id, login: actor.login },
})
