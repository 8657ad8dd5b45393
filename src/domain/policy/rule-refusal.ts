// What stands against one rule's role for this recipient.
import { isEligible } from './eligible.ts'
import type { Facts, Policy, Refusal, ResolvedBinding, RoleDefinition, Rule } from './types.ts'
import type { CloudRole } from '../lanes/types.ts'
import type { Candidate } from './candidates.ts'
import { isEnrolled, namesRepository } from './offered.ts'
import { code, codes } from './quote.ts'
import { told } from './refuse.ts'

/** A binding whose principal is known and has nothing of it yet. */
export type ReadyBinding = Extract<ResolvedBinding, { ok: true }>

export type Judged =
  | { readonly ok: true; readonly role: RoleDefinition; readonly bindings: readonly ReadyBinding[] }
  | { readonly ok: false; readonly refusal: Refusal }

export function judge({ rule, role, paths }: Candidate, policy: Policy, facts: Facts): Judged {
  const refusal = notOffered(rule, role, policy, facts)
  if (refusal !== undefined || role === undefined) return no(refusal ?? noSuchRole(rule))
  if (paths === 'unknown') return no(truncated(rule))
  if (!isEligible(role, facts.recipient.id, facts.teams)) return no(notEligible(rule, role, facts))
  if (facts.held.has(role.name)) return no(alreadyHeld(rule, facts))
  return ready(rule, role, policy, facts)
}

const no = (refusal: Refusal): Judged => ({ ok: false, refusal })
const whereOf = (rule: Rule) => ({ rule: rule.name, role: rule.give })
const asked = (rule: Rule) => `The rule ${code(rule.name)} gives ${code(rule.give)}`

function notOffered(
  rule: Rule,
  role: RoleDefinition | undefined,
  policy: Policy,
  { repository }: Facts,
): Refusal | undefined {
  if (!isEnrolled(repository.id, policy))
    return told(
      'repository-not-enrolled',
      `${asked(rule)}, but this repository is not enrolled. An owner of the organization's policy can add its id, ${repository.id}, to \`enrolled\`.`,
      whereOf(rule),
    )
  if (role === undefined) return noSuchRole(rule)
  if (namesRepository(role, repository.name)) return undefined
  return told(
    'role-not-offered-here',
    `${asked(rule)}, but the catalog does not offer that role to this repository. An owner of the organization's policy can add ${code(repository.name)} to the role's \`repositories\`; or the rule can give another role.`,
    whereOf(rule),
  )
}

const noSuchRole = (rule: Rule): Refusal =>
  told(
    'role-not-offered-here',
    `${asked(rule)}, but the catalog has no such role. Correct the rule, or ask an owner of the organization's policy to add it.`,
    whereOf(rule),
  )

const truncated = (rule: Rule): Refusal =>
  told(
    'paths-truncated',
    `${asked(rule)} for changes of certain paths, but this pull request changes more files than GitHub lists. Split it, or ask an owner of the policy for a rule without \`paths\`.`,
    whereOf(rule),
  )

/** Empty means nobody; a team that is not found has no members. */
function notEligible(rule: Rule, role: RoleDefinition, { recipient, teams }: Facts): Refusal {
  const missing = role.eligible.flatMap((entry) =>
    entry.kind === 'team' && (teams.get(entry.slug) ?? 'unknown') === 'unknown' ? [entry.slug] : [],
  )
  const notFound =
    missing.length === 0
      ? ''
      : ` The policy names ${codes(missing)}, which is not a team that was found.`
  return told(
    'not-eligible',
    `${code(recipient.login)} may not hold ${code(role.name)}.${notFound} An owner of the organization's policy decides who may, in the role's \`eligible\`; or somebody who already may can be asked to review.`,
    whereOf(rule),
  )
}

const alreadyHeld = (rule: Rule, { recipient }: Facts): Refusal =>
  told(
    'already-held',
    `${code(recipient.login)} already holds ${code(rule.give)} for this pull request, or has asked for it. Nothing is to be done; ask again when it has ended.`,
    whereOf(rule),
  )

function ready(rule: Rule, role: RoleDefinition, policy: Policy, facts: Facts): Judged {
  const resolved = facts.resolved.get(role.name) ?? []
  const bindings: ReadyBinding[] = []
  for (const [index, cloudRole] of role.bindings.entries()) {
    const binding = resolved[index]
    if (binding?.ok === false && binding.refused) return no(cloudRefused(rule, binding.why))
    if (binding === undefined || !binding.ok || !isFor(binding, cloudRole))
      return no(identityMissing(rule, cloudRole, binding, policy, facts))
    if (binding.standing) return no(alreadyStanding(rule, cloudRole, facts))
    bindings.push(binding)
  }
  if (bindings.length > 0) return { ok: true, role, bindings }
  return no(
    told(
      'role-not-offered-here',
      `${asked(rule)}, but that role gives nothing in any cloud.`,
      whereOf(rule),
    ),
  )
}

/** NB: a principal of another account, or one that was resolved for something else, is as good as none. */
const isFor = ({ role, principal }: ReadyBinding, wanted: CloudRole): boolean =>
  JSON.stringify(role) === JSON.stringify(wanted) &&
  principal.cloud === wanted.cloud &&
  principal.account === wanted.account

function identityMissing(
  rule: Rule,
  { account }: CloudRole,
  binding: ResolvedBinding | undefined,
  policy: Policy,
  { recipient }: Facts,
): Refusal {
  const mapped = policy.identities
    .find(({ github }) => github === recipient.id)
    ?.aws.find((entry) => entry.account === account)
  const who = `${code(recipient.login)} (GitHub id ${recipient.id})`
  const why = binding?.ok === false ? ` (${oneLine(binding.why)})` : ''
  const reason =
    mapped === undefined
      ? `${who} has no identity in AWS account ${account}. An owner of the organization's policy can add \`- { github: ${recipient.id}, aws: [{ account: "${account}", user: <IAM user name> }] }\` to \`identities\`.`
      : `${who} is ${code(mapped.user)} in AWS account ${account}, but that identity could not be used${why}. An owner of the organization's policy can correct their entry in \`identities\`.`
  return told('identity-missing', reason, whereOf(rule))
}

const cloudRefused = (rule: Rule, why: string): Refusal =>
  told(
    'cloud-refused',
    `${asked(rule)}, but the cloud does not tell whether it can be given. ${why.replace(/\.$/, '')}. When that is mended, request the review again.`,
    whereOf(rule),
  )

const oneLine = (why: string): string => code(why.replace(/\.$/, ''))

const alreadyStanding = (rule: Rule, { account }: CloudRole, { recipient }: Facts): Refusal =>
  told(
    'already-standing',
    `${code(recipient.login)} already has what ${code(rule.give)} gives in AWS account ${account}, without Hallpass. Use that; or have the account's administrator remove it, and ask again.`,
    whereOf(rule),
  )
