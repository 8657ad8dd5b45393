// Who the recipient is in each cloud of the role, and whether they have there already what it gives.
import { sharedIdOf } from '../lanes/bindings-of.ts'
import { cloudTitles } from '../lanes/clouds.ts'
import { directoryOf, sameDirectory } from '../lanes/principals.ts'
import type { BindingId, CloudRole } from '../lanes/types.ts'
import { nameIn } from './identity-of.ts'
import { filled, keyOfRole } from './parameters.ts'
import { code } from './quote.ts'
import { told } from './refuse.ts'
import { no, yes, type Finding, type RoleAsked } from './step.ts'
import type { Refusal, RefusalCode, ResolvedBinding } from './types.ts'

/** A binding whose principal is known and has nothing of it yet. */
export type ReadyBinding = Extract<ResolvedBinding, { ok: true }>

export type Ready =
  | { readonly ok: true; readonly bindings: readonly ReadyBinding[] }
  | { readonly ok: false; readonly refusal: Refusal }

export const identity = (asked: RoleAsked): Finding => {
  const ready = readyBindings(asked)
  if (!ready.ok) return no(ready.refusal)
  return yes(
    `${code(asked.facts.recipient.account.login)} is known to them, and has none of it yet`,
  )
}

/** The cloud roles that the rule gives for these paths. */
export function cloudRolesOf({
  role,
  match,
}: Pick<RoleAsked, 'role' | 'match'>): readonly CloudRole[] {
  const matched = match()
  return filled(role.bindings, matched.kind === 'matched' ? matched.values : new Map())
}

export function readyBindings(asked: RoleAsked): Ready {
  const bindings: ReadyBinding[] = []
  const shared = new Set<BindingId>()
  for (const wanted of cloudRolesOf(asked)) {
    const binding = asked.facts.resolved.find(({ role }) => keyOfRole(role) === keyOfRole(wanted))
    const refusal = problemOf(asked, wanted, binding)
    if (refusal !== undefined) return { ok: false, refusal }
    if (binding?.ok !== true) continue
    const id = sharedIdOf(binding.given ?? binding.role, binding.principal)
    // NB: only the cloud tells that a role's name and an id are the same. What it keeps once is given once.
    if (id !== undefined && shared.has(id)) continue
    if (id !== undefined) shared.add(id)
    bindings.push(binding)
  }
  return bindings.length > 0 ? { ok: true, bindings } : { ok: false, refusal: nothing(asked) }
}

function problemOf(
  asked: RoleAsked,
  wanted: CloudRole,
  binding: ResolvedBinding | undefined,
): Refusal | undefined {
  // NB: a principal of another account is as good as none.
  if (binding === undefined || (binding.ok && !isIn(binding, wanted)))
    return missing(asked, wanted, undefined)
  if (binding.ok) return binding.standing ? alreadyStanding(asked, wanted) : undefined
  switch (binding.problem) {
    case 'refused':
      return cloudRefused(asked, binding.why)
    case 'ambiguous':
      return unsure(asked, wanted, 'identity-ambiguous', binding.why)
    case 'changed':
      return unsure(asked, wanted, 'identity-changed', binding.why)
    case 'missing':
      return missing(asked, wanted, binding.why)
    default:
      return binding.problem satisfies never
  }
}

const isIn = ({ principal }: ReadyBinding, wanted: CloudRole): boolean =>
  sameDirectory(directoryOf(principal), directoryOf(wanted))

const tell = ({ rule }: RoleAsked, what: RefusalCode, reason: string): Refusal =>
  told(what, reason, { rule: rule.name, role: rule.give })

const who = ({ facts: { recipient } }: RoleAsked): string =>
  `${code(recipient.account.login)} (GitHub id ${recipient.account.id})`

/** The line that says who somebody is there, as it is written. `sure`: with what stays whatever it is called. */
function entry({ facts: { recipient } }: RoleAsked, wanted: CloudRole, sure: boolean): string {
  const there = (): string => {
    switch (wanted.cloud) {
      case 'aws':
        return `aws: [{ account: "${wanted.account}", user: <IAM user name>${sure ? ', id: <AIDA…>' : ''} }]`
      case 'identity-center':
        return `identity_center: { user: <user name>${sure ? ', id: <user id>' : ''} }`
      case 'gcp':
        return 'gcp: { email: <Google account> }'
      case 'azure':
        return 'azure: { object_id: <Entra object id> }'
      default:
        return wanted satisfies never
    }
  }
  return `\`- { github: ${recipient.account.id}, ${there()} }\``
}

/** Where somebody has to be known, in words. */
const whereIn = (wanted: CloudRole): string =>
  wanted.cloud === 'aws' ? `AWS account ${wanted.account}` : cloudTitles[wanted.cloud]

function missing(asked: RoleAsked, wanted: CloudRole, why: string | undefined): Refusal {
  const { id } = asked.facts.recipient.account
  const directory = directoryOf(wanted)
  const mapped = asked.policy.identities
    .filter(({ github }) => github === id)
    .map((identity) => nameIn(identity, directory))
    .find((name) => name !== undefined)
  const because = why === undefined ? '' : ` (${oneLine(why)})`
  const reason =
    mapped === undefined
      ? `${who(asked)} has no identity in ${whereIn(wanted)}. An owner of the organization's policy can add ${entry(asked, wanted, false)} to \`identities\`.`
      : `${who(asked)} is ${code(mapped)} in ${whereIn(wanted)}, but that identity could not be used${because}. An owner of the organization's policy can correct their entry in \`identities\`.`
  return tell(asked, 'identity-missing', reason)
}

const unsure = (
  asked: RoleAsked,
  wanted: CloudRole,
  what: 'identity-ambiguous' | 'identity-changed',
  why: string,
): Refusal =>
  tell(
    asked,
    what,
    `Who ${who(asked)} is in ${whereIn(wanted)} is not sure: ${oneLine(why)}. An owner of the organization's policy can say so by adding ${entry(asked, wanted, true)} to \`identities\`.`,
  )

const cloudRefused = (asked: RoleAsked, why: string): Refusal =>
  tell(
    asked,
    'cloud-refused',
    `The rule ${code(asked.rule.name)} gives ${code(asked.rule.give)}, but the cloud does not tell whether it can be given. ${why.replace(/\.$/, '')}. When that is mended, ask again.`,
  )

const oneLine = (why: string): string => code(why.replace(/\.$/, ''))

const alreadyStanding = (asked: RoleAsked, wanted: CloudRole): Refusal =>
  tell(
    asked,
    'already-standing',
    `${code(asked.facts.recipient.account.login)} already has what ${code(asked.rule.give)} gives in ${whereIn(wanted)}, without Hallpass. Use that; or have an administrator there remove it, and ask again.`,
  )

const nothing = (asked: RoleAsked): Refusal =>
  tell(
    asked,
    'role-not-offered-here',
    `The rule ${code(asked.rule.name)} gives ${code(asked.rule.give)}, but that role gives nothing in any cloud.`,
  )
