// The kill switch: while a freeze lasts, what it covers is ended and nothing new of it begins.
import type { Instant } from '../time.ts'
import { isHeld } from './phases.ts'
import type { By, Grant, GrantCommand, Offer } from './types.ts'

export type FreezeScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'person'; readonly personId: number }
  | { readonly kind: 'role'; readonly role: string }
  | { readonly kind: 'repository'; readonly repositoryId: number }

export interface Freeze {
  readonly id: string
  readonly scope: FreezeScope
  readonly by: By
  readonly at: Instant
  readonly because: string
}

/** What somebody would receive, or holds. */
export interface Freezable {
  readonly recipientId: number
  readonly role: string
  readonly repositoryId: number
}

export const isFrozen = (freezes: readonly Freeze[], what: Freezable): boolean =>
  freezeOver(freezes, what) !== undefined

/** The first that covers it. */
export const freezeOver = (freezes: readonly Freeze[], what: Freezable): Freeze | undefined =>
  freezes.find(({ scope }) => covers(scope, what))

/** What a freeze does to a grant: undefined when it does not cover it, or there is nothing to end. */
export function freezingOf(freeze: Freeze, grant: Grant): GrantCommand | undefined {
  if (!covers(freeze.scope, freezableOf(grant.revision.offer))) return undefined
  const { by, because } = freeze
  if (grant.phase === 'requested') return { type: 'withdraw', by, because }
  return isHeld(grant) ? { type: 'end', reason: 'frozen', by, detail: because } : undefined
}

export const freezableOf = ({ recipient, role, subject }: Offer): Freezable => ({
  recipientId: recipient.id,
  role,
  repositoryId: subject.repositoryId,
})

function covers(scope: FreezeScope, { recipientId, role, repositoryId }: Freezable): boolean {
  switch (scope.kind) {
    case 'all':
      return true
    case 'person':
      return scope.personId === recipientId
    case 'role':
      return scope.role === role
    case 'repository':
      return scope.repositoryId === repositoryId
    default:
      return scope satisfies never
  }
}
