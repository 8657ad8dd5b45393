// Whether the act behind a request has any standing: decided before a policy is read, and never answered in public.
import type { Facts, Refusal } from './types.ts'
import type { ReviewRequested } from '../signals.ts'
import type { RoleName } from '../subjects.ts'
import { code } from './quote.ts'
import { unheard } from './refuse.ts'

export type Ground = Pick<Facts, 'repository' | 'pull' | 'actorRole'>

const mayRequest: readonly RoleName[] = ['write', 'maintain', 'admin']

/** Undefined when the act may be heard. */
export function standingRefusal(
  signal: ReviewRequested,
  ground: Ground,
  servedAccounts: ReadonlySet<number>,
): Refusal | undefined {
  return ofAccount(signal, ground, servedAccounts) ?? ofActor(signal, ground)
}

function ofAccount(
  { subject }: ReviewRequested,
  { repository }: Ground,
  servedAccounts: ReadonlySet<number>,
): Refusal | undefined {
  const same = repository.id === subject.repositoryId && repository.accountId === subject.accountId
  if (same && servedAccounts.has(repository.accountId)) return undefined
  const which = `${code(repository.owner)} (account ${repository.accountId})`
  return unheard(
    'account-not-served',
    same
      ? `This Hallpass does not serve ${which}. Its operator can add the account's numeric id to those it serves.`
      : `The repository is no longer the one that the delivery named: it now belongs to ${which}.`,
  )
}

function ofActor({ actor }: ReviewRequested, { actorRole }: Ground): Refusal | undefined {
  if (actor.type !== 'User')
    return unheard(
      'actor-is-bot',
      `The review was requested by ${code(actor.login)}, which is no person: a person has to ask.`,
    )
  if (mayRequest.includes(actorRole)) return undefined
  return unheard(
    'actor-without-standing',
    `${code(actor.login)} has the role ${code(actorRole)} on this repository; asking for access needs \`write\` or more.`,
  )
}
