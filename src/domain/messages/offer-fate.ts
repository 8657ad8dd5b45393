import type { Grant } from '../grants/types.ts'

/** What became of a code that waits no longer. `void`: another revision took its place, or its grant ended before. */
export type Fate =
  | { readonly is: 'approved' | 'denied' | 'withdrawn' | 'lapsed'; readonly grant: Grant }
  | { readonly is: 'void' }

export function decidedIn(grants: readonly Grant[], code: string): Fate {
  for (const grant of grants) {
    const is = fateOf(grant, code)
    if (is !== undefined) return { is, grant }
  }
  return { is: 'void' }
}

function fateOf(grant: Grant, code: string): Exclude<Fate['is'], 'void'> | undefined {
  if (grant.revision.code !== code)
    return 'refusedExtension' in grant && grant.refusedExtension?.code === code
      ? grant.refusedExtension.outcome
      : undefined
  switch (grant.phase) {
    case 'requested':
      return undefined
    case 'approved':
    case 'active':
    case 'ending':
    case 'ended':
      return 'approved'
    case 'denied':
    case 'withdrawn':
    case 'lapsed':
      return grant.phase
    default:
      return grant satisfies never
  }
}
