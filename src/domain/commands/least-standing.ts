// Who is heard at all. Whoever is not gets a reaction at most; whether a heard command is carried out is another question.
import { isAtLeast } from '../policy/role-order.ts'
import type { RoleName } from '../subjects.ts'

/** What a person is to the very grant, offer or debt that a command is about, by live facts. */
export type Title = 'holder' | 'approver' | 'reviewer'

export interface LeastStanding {
  /** The least role on a private or internal repository. */
  readonly role: RoleName
  /** On a public one, which everybody may read. */
  readonly rolePublic: RoleName
  /** Or this title, with reading alone. */
  readonly title: Title | undefined
}

export interface Asker {
  readonly role: RoleName
  readonly titles: ReadonlySet<Title>
  readonly visibility: 'public' | 'private' | 'internal'
}

export function isHeard(least: LeastStanding, asker: Asker): boolean {
  if (asker.role === 'none') return false
  const role = asker.visibility === 'public' ? least.rolePublic : least.role
  if (isAtLeast(asker.role, role)) return true
  return least.title !== undefined && asker.titles.has(least.title)
}

export const writers: LeastStanding = { role: 'write', rolePublic: 'write', title: undefined }
export const writersOr = (title: Title): LeastStanding => ({ ...writers, title })
export const readers: LeastStanding = { role: 'read', rolePublic: 'write', title: undefined }
