// Whether the act behind a request has any standing: decided before a policy is read, and never answered in public.
import { code } from './quote.ts'
import { unheard } from './refuse.ts'
import { isAtLeast } from './role-order.ts'
import { no, yes, type Finding, type StepName } from './step.ts'
import type { Ask, Refusal, RepositoryFacts } from './types.ts'
import type { RoleName } from '../subjects.ts'

/** What is known before a policy is read. */
export interface ActGround {
  readonly repository: RepositoryFacts
  readonly actorRole: RoleName
}

type ActLook = (
  ask: Pick<Ask, 'subject' | 'actor'>,
  ground: ActGround,
  accounts: ReadonlySet<number>,
) => Finding

const account: ActLook = ({ subject }, { repository }, accounts) => {
  const same = repository.id === subject.repositoryId && repository.accountId === subject.accountId
  const which = `${code(repository.owner)} (account ${repository.accountId})`
  if (same && accounts.has(repository.accountId)) return yes(`${which} is served`)
  return no(
    unheard(
      'account-not-served',
      same
        ? `This Hallpass does not serve ${which}. Its operator can add the account's numeric id to those it serves.`
        : `The repository is no longer the one that the delivery named: it now belongs to ${which}.`,
    ),
  )
}

const person: ActLook = ({ actor }) =>
  actor.type === 'User'
    ? yes(`${code(actor.login)} is a person`)
    : no(
        unheard(
          'actor-is-bot',
          `${code(actor.login)} asked, which is no person: a person has to ask.`,
        ),
      )

const standing: ActLook = ({ actor }, { actorRole }) =>
  isAtLeast(actorRole, 'write')
    ? yes(`${code(actor.login)} has the role ${code(actorRole)} on this repository`)
    : no(
        unheard(
          'actor-without-standing',
          `${code(actor.login)} has the role ${code(actorRole)} on this repository; asking for access needs \`write\` or more.`,
        ),
      )

export const actSteps: readonly { readonly name: StepName; readonly look: ActLook }[] = [
  { name: 'account', look: account },
  { name: 'person', look: person },
  { name: 'standing', look: standing },
]

/** Undefined when the act may be heard. */
export function standingRefusal(
  ask: Pick<Ask, 'subject' | 'actor'>,
  ground: ActGround,
  accounts: ReadonlySet<number>,
): Refusal | undefined {
  for (const { look } of actSteps) {
    const finding = look(ask, ground, accounts)
    if (!finding.holds) return finding.refusal
  }
  return undefined
}
