// What is needed next, and the exact command for it.
import { isHeld } from '../grants/phases.ts'
import type { Active, Approved, Extension, Live, Requested } from '../grants/types.ts'
import { formatDuration } from '../policy/durations.ts'
import { stillNeeded } from './approval-words.ts'
import { code } from './escape.ts'

export function nextStep(grant: Live | Requested): string {
  if (grant.phase === 'requested') return `${stillNeeded(grant)}: ${approving(grant)}`
  if (!isHeld(grant)) return 'nothing: Hallpass removes it'
  const done = `${code('/access done')} when done`
  return isExtendable(grant) ? `${done}, ${extending(grant)} for longer` : done
}

export const approving = ({ revision }: Pick<Extension, 'revision'>): string =>
  code(`/access approve ${revision.code}`)

export const denying = ({ revision }: Pick<Extension, 'revision'>): string =>
  code(`/access deny ${revision.code} because …`)

export const withdrawing = ({ revision }: Pick<Extension, 'revision'>): string =>
  code(`/access withdraw ${revision.code}`)

/** For as long again as the first lease: one who needs less writes less. */
export const extending = ({ revision }: Approved | Active): string =>
  code(`/access extend ${formatDuration(revision.offer.leaseSeconds)}`)

/** What broke the glass without an approval is not made longer without one. */
export const isExtendable = ({ revision }: Approved | Active): boolean =>
  revision.offer.breakGlass === undefined
