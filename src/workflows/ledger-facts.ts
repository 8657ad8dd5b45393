// What the ledger knows of a recipient: read anew whenever a commit meets another.
import { isHeld } from '../domain/grants/phases.ts'
import type { GrantId } from '../domain/grants/types.ts'
import { actOf } from '../domain/policy/act-of.ts'
import type { Facts, FactsNeeded } from '../domain/policy/types.ts'
import { subjectKey, type Subject } from '../domain/subjects.ts'
import type { ReadingDeps } from './deps.ts'

export type LedgerFacts = Pick<Facts, 'now' | 'held' | 'used' | 'usage' | 'freezes' | 'debtors'>

export interface LedgerQuestion {
  readonly cause: string
  readonly subject: Subject
  readonly actorId: number
  readonly recipientId: number
  /** Grants that are judged themselves: they do not stand in their own way. */
  readonly without?: readonly GrantId[]
}

export async function ledgerFacts(
  deps: ReadingDeps,
  question: LedgerQuestion,
  { roles }: Pick<FactsNeeded, 'roles'>,
): Promise<LedgerFacts> {
  const { ledger } = deps
  const { actorId, recipientId } = question
  const now = deps.clock.now()
  const names = roles.map(({ name }) => name)
  const [held, used, usage, freezes, debts] = await Promise.all([
    heldOf(deps, question),
    usedOf(deps, question, names),
    Promise.all(names.map((role) => usageOf(deps, question, role, now))),
    ledger.freezes(),
    ledger.debtsOf([...new Set([actorId, recipientId])]),
  ])
  const debtors = debts.flatMap(({ personId, requesterId }) => [personId, requesterId])
  return { now, held, used, usage, freezes, debtors: [...new Set(debtors)] }
}

async function heldOf(
  { ledger }: ReadingDeps,
  { subject, recipientId, without = [] }: LedgerQuestion,
): Promise<readonly string[]> {
  const rows = await ledger.grantsOf(subjectKey(subject))
  return rows
    .map(({ grant }) => grant)
    .filter((grant) => grant.phase === 'requested' || isHeld(grant))
    .filter(
      ({ id, revision }) => revision.offer.recipient.id === recipientId && !without.includes(id),
    )
    .map(({ revision }) => revision.offer.role)
}

/** A cause grants at most once, ever: a redelivery or a replay finds its offers used. */
async function usedOf(
  { ledger }: ReadingDeps,
  { cause, recipientId }: LedgerQuestion,
  roles: readonly string[],
): Promise<readonly string[]> {
  const used = await Promise.all(
    roles.map(
      async (role) =>
        (await ledger.hasAct(actOf(cause, role, recipientId))) ||
        ledger.causeUsed(cause, role, recipientId),
    ),
  )
  return roles.filter((_, index) => used[index])
}

async function usageOf(
  { ledger }: ReadingDeps,
  { subject, recipientId, without = [] }: LedgerQuestion,
  role: string,
  now: number,
): Promise<Facts['usage'][number]> {
  const { repositoryId } = subject
  const usage = await ledger.usage({ recipientId, role, repositoryId, now, without })
  return { role, usage }
}
