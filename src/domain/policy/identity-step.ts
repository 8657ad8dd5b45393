// Who the recipient is in each cloud of the role, and whether they have there already what it gives.
import type { CloudRole } from '../lanes/types.ts'
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
  for (const wanted of cloudRolesOf(asked)) {
    const binding = asked.facts.resolved.find(({ role }) => keyOfRole(role) === keyOfRole(wanted))
    const refusal = problemOf(asked, wanted, binding)
    if (refusal !== undefined) return { ok: false, refusal }
    if (binding?.ok === true) bindings.push(binding)
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
  principal.cloud === wanted.cloud && principal.account === wanted.account

const tell = ({ rule }: RoleAsked, what: RefusalCode, reason: string): Refusal =>
  told(what, reason, { rule: rule.name, role: rule.give })

const who = ({ facts: { recipient } }: RoleAsked): string =>
  `${code(recipient.account.login)} (GitHub id ${recipient.account.id})`

const entry = ({ facts: { recipient } }: RoleAsked, account: string, rest = ''): string =>
  `\`- { github: ${recipient.account.id}, aws: [{ account: "${account}", user: <IAM user name>${rest} }] }\``

function missing(asked: RoleAsked, { account }: CloudRole, why: string | undefined): Refusal {
  const mapped = asked.policy.identities
    .find(({ github }) => github === asked.facts.recipient.account.id)
    ?.aws.find((each) => each.account === account)
  const because = why === undefined ? '' : ` (${oneLine(why)})`
  const reason =
    mapped === undefined
      ? `${who(asked)} has no identity in AWS account ${account}. An owner of the organization's policy can add ${entry(asked, account)} to \`identities\`.`
      : `${who(asked)} is ${code(mapped.user)} in AWS account ${account}, but that identity could not be used${because}. An owner of the organization's policy can correct their entry in \`identities\`.`
  return tell(asked, 'identity-missing', reason)
}

const unsure = (
  asked: RoleAsked,
  { account }: CloudRole,
  what: 'identity-ambiguous' | 'identity-changed',
  why: string,
): Refusal =>
  tell(
    asked,
    what,
    `Who ${who(asked)} is in AWS account ${account} is not sure: ${oneLine(why)}. An owner of the organization's policy can say so by adding ${entry(asked, account, ', id: <AIDA…>')} to \`identities\`.`,
  )

const cloudRefused = (asked: RoleAsked, why: string): Refusal =>
  tell(
    asked,
    'cloud-refused',
    `The rule ${code(asked.rule.name)} gives ${code(asked.rule.give)}, but the cloud does not tell whether it can be given. ${why.replace(/\.$/, '')}. When that is mended, ask again.`,
  )

const oneLine = (why: string): string => code(why.replace(/\.$/, ''))

const alreadyStanding = (asked: RoleAsked, { account }: CloudRole): Refusal =>
  tell(
    asked,
    'already-standing',
    `${code(asked.facts.recipient.account.login)} already has what ${code(asked.rule.give)} gives in AWS account ${account}, without Hallpass. Use that; or have the account's administrator remove it, and ask again.`,
  )

const nothing = (asked: RoleAsked): Refusal =>
  tell(
    asked,
    'role-not-offered-here',
    `The rule ${code(asked.rule.name)} gives ${code(asked.rule.give)}, but that role gives nothing in any cloud.`,
  )
