// A write that Google refused as a whole, in parts: removals are never held up by what cannot be given.
import { CloudError } from '../../domain/errors.ts'
import type { Change } from '../../domain/lanes/types.ts'
import { detailsOf } from './errors.ts'

export interface Division {
  /** What the refusal is about, as far as it tells. */
  readonly failed: readonly (readonly [Change, CloudError])[]
  /** What to write next, each by itself. Together with `failed` all that was refused. */
  readonly parts: readonly (readonly Change[])[]
}

const special = /[.*+?^${}()|[\]\\]/g

/** Whether Google's words name the member's address, and not a longer one that has it inside. */
function isNamed({ binding: { principal } }: Change, details: string): boolean {
  if (principal.cloud !== 'gcp') return false
  const address = principal.member.replace(/^\w+:/, '').replaceAll(special, String.raw`\$&`)
  return new RegExp(`(?<![\\w.%+'-])${address}(?![\\w-]|\\.\\w)`, 'i').test(details)
}

function whyOf(error: CloudError, change: Change, details: string): CloudError {
  if (!/not exist|not found/i.test(details)) return error
  const { name } = change.binding
  return new CloudError(
    'missing',
    `Google Cloud: ${name} cannot be given, for there is no Google account of that address: correct this person's entry in \`identities\` in the organization's policy`,
    { cause: error },
  )
}

const roleOf = ({ binding: { role } }: Change): string => (role.cloud === 'gcp' ? role.role : '')

/** Which roles Hallpass may give and take can be limited, role by role (`modifiedGrantsByRole`). */
function byRole(changes: readonly Change[]): readonly (readonly Change[])[] {
  return [...Map.groupBy(changes, roleOf).values()]
}

function halves(changes: readonly Change[]): readonly (readonly Change[])[] {
  const middle = Math.ceil(changes.length / 2)
  return [changes.slice(0, middle), changes.slice(middle)]
}

export function divide(changes: readonly Change[], error: CloudError): Division {
  const details = detailsOf(error.cause)
  const isPut = (change: Change) => change.do === 'put'
  const named = changes.filter((it) => isPut(it) && isNamed(it, details))
  const failed = named.map((it) => [it, whyOf(error, it, details)] as const)
  const removals = changes.filter((it) => !isPut(it))
  const puts = changes.filter((it) => isPut(it) && !named.includes(it))
  if (failed.length > 0 || (removals.length > 0 && puts.length > 0))
    return { failed, parts: [removals, puts] }
  const parts = error.kind === 'denied' ? byRole(changes) : halves(changes)
  return changes.length > 1 && parts.length > 1
    ? { failed, parts }
    : { failed: changes.map((it) => [it, error]), parts: [] }
}
