// What stands against one rule's role for this recipient.
import { formatDuration } from './durations.ts'
import { freezeOver } from '../grants/freeze.ts'
import { kindOf } from './asking.ts'
import { isNamed } from './eligible.ts'
import { limits } from './limit-step.ts'
import { identity } from './identity-step.ts'
import { isEnrolled, namesRepository } from './offered.ts'
import { isGoodValue, placeOf } from './parameters.ts'
import { code, codes } from './quote.ts'
import { isReadable } from './readable.ts'
import { told } from './refuse.ts'
import { breaksGlass } from './rule-steps.ts'
import { no, not, yes, type Step, type Finding, type RoleAsked, type RuleAsked } from './step.ts'
import type { Eligible, Facts, RefusalCode } from './types.ts'

const refuse = ({ rule }: RuleAsked, what: RefusalCode, reason: string): Finding =>
  no(told(what, reason, { rule: rule.name, role: rule.give }))
const given = ({ rule }: RuleAsked) => `The rule ${code(rule.name)} gives ${code(rule.give)}`

/** A repository's own rule that names what the catalog does not offer there. */
const offered = (asked: RuleAsked): Finding => {
  const { role, policy, facts } = asked
  const { repository, property } = facts
  if (!isEnrolled(repository.id, policy, property))
    return refuse(
      asked,
      'repository-not-enrolled',
      `${given(asked)}, but this repository is not enrolled. ${howToEnroll(asked)}`,
    )
  if (role === undefined)
    return refuse(
      asked,
      'role-not-offered-here',
      `${given(asked)}, but the catalog has no such role. Correct the rule, or ask an owner of the organization's policy to add it.`,
    )
  if (!namesRepository(role, repository.name))
    return refuse(
      asked,
      'role-not-offered-here',
      `${given(asked)}, but the catalog does not offer that role to this repository. An owner of the organization's policy can add ${code(repository.name)} to the role's \`repositories\`; or the rule can give another role.`,
    )
  return yes(`${code(role.name)} is offered to ${code(repository.name)}`)
}

const howToEnroll = ({ policy: { enrolledBy }, facts: { repository } }: RuleAsked): string =>
  enrolledBy === undefined
    ? `An owner of the organization's policy can add its id, ${repository.id}, to \`enrolled\`.`
    : `An owner of the organization can set its property ${code(enrolledBy.property)} to ${code(enrolledBy.value)}.`

const pathList = (asked: RoleAsked): Finding => {
  if (asked.match().kind !== 'unknown') return yes('all that the rule looks at are known')
  return refuse(
    asked,
    'paths-truncated',
    `${given(asked)} for changes of certain paths, but this pull request changes more files than GitHub lists. Split it, or ask an owner of the policy for a rule without \`paths\`.`,
  )
}

const values = (asked: RoleAsked): Finding => {
  const { role, facts } = asked
  if (role.parameters.length === 0) return yes('the role takes none')
  const match = asked.match()
  if (match.kind !== 'matched') return not('the rule looks at no paths, which would give them')
  for (const parameter of role.parameters) {
    const all = match.values.get(parameter.name) ?? []
    const name = code(`{${parameter.name}}`)
    if (all.length === 0) return not(`no changed path gives a ${name}`)
    const problem = valueProblem(asked, all, parameter, facts)
    if (problem !== undefined) return problem
  }
  return yes(`the paths give ${codes([...match.values.values()].flat())}`)
}

function valueProblem(
  asked: RoleAsked,
  all: readonly string[],
  parameter: RoleAsked['role']['parameters'][number],
  { onBase, current, repository }: Facts,
): Finding | undefined {
  const name = code(`{${parameter.name}}`)
  if (all.length > parameter.max)
    return refuse(
      asked,
      'too-many-values',
      `${given(asked)} for what the change touches, and it touches ${all.length} different ${name}. ${code(asked.role.name)} is given for at most ${parameter.max} at once: split the pull request.`,
    )
  const malformed = all.filter((value) => !isGoodValue(value))
  if (malformed.length > 0)
    return refuse(
      asked,
      'value-malformed',
      `${given(asked)} for what the change touches, and ${codes(malformed)} cannot be a ${name}: it may hold up to 64 letters, digits, \`_\` and \`-\`. Rename it, or leave it out of this pull request.`,
    )
  const base = 'baseRef' in current ? current.baseRef : undefined
  const branches = base === repository.defaultBranch ? '' : ' and the default branch'
  const absent = all.filter((value) => !onBase.includes(placeOf(parameter, value)))
  if (absent.length > 0)
    return refuse(
      asked,
      'value-not-on-base',
      `${given(asked)} for what the change touches, and ${codes(absent.map((value) => placeOf(parameter, value)))} is not on the base branch${branches} yet. Merge it first, or leave it out of this pull request.`,
    )
  return undefined
}

const eligible = (asked: RoleAsked): Finding =>
  breaksGlass(asked.rule, asked.ask) ? mayBreakGlass(asked) : mayHold(asked)

/** Empty means nobody; a team that is not found has no members. */
const mayHold = (asked: RoleAsked): Finding => {
  const { role, facts } = asked
  const { account, teams } = facts.recipient
  if (isNamed(role.eligible, account.id, teams))
    return yes(`${code(account.login)} may hold ${code(role.name)}`)
  return refuse(
    asked,
    'not-eligible',
    `${code(account.login)} may not hold ${code(role.name)}.${notFound(role.eligible, facts)} An owner of the organization's policy decides who may, in the role's \`eligible\`; or it can be asked for somebody who already may.`,
  )
}

function notFound(people: readonly Eligible[], { recipient }: Facts): string {
  const missing = people.flatMap((entry) =>
    entry.kind === 'team' && (recipient.teams.get(entry.slug) ?? 'unknown') === 'unknown'
      ? [entry.slug]
      : [],
  )
  return missing.length === 0
    ? ''
    : ` The policy names ${codes(missing)}, which is not a team that was found.`
}

/** NB: both who asks and who receives: a label must not give what its author could not ask for. */
const mayBreakGlass = (asked: RoleAsked): Finding => {
  const { role, ask, facts } = asked
  if (role.breakGlass === undefined)
    return refuse(
      asked,
      'break-glass-not-allowed',
      `Nobody may break the glass for ${code(role.name)}. Ask for it without, or ask an owner of the organization's policy for \`break_glass\` on the role.`,
    )
  if (ask.trigger === 'requested' && !isReadable(ask.wanted?.reason ?? ''))
    return refuse(
      asked,
      'break-glass-not-allowed',
      `Breaking the glass for ${code(role.name)} needs a reason: write it after \`because\`.`,
    )
  const people = role.breakGlass.eligible
  for (const { account, teams } of [facts.actor, facts.recipient])
    if (!isNamed(people, account.id, teams))
      return refuse(
        asked,
        'break-glass-not-allowed',
        `${code(account.login)} may not break the glass for ${code(role.name)}. An owner of the organization's policy decides who may, in the role's \`break_glass\`; access that needs approval can be asked for instead.`,
      )
  return yes(`${code(facts.recipient.account.login)} may break the glass for ${code(role.name)}`)
}

const debt = (asked: RoleAsked): Finding => {
  const { rule, ask, facts } = asked
  if (!breaksGlass(rule, ask)) return yes('the glass is not broken')
  for (const { account } of [facts.actor, facts.recipient])
    if (facts.debtors.includes(account.id))
      return refuse(
        asked,
        'debt-open',
        `${code(account.login)} broke the glass before, and nobody has reviewed that yet. One of its reviewers has to acknowledge it first; access that needs approval can be asked for meanwhile.`,
      )
  return yes('nothing is owed')
}

const lease = (asked: RoleAsked): Finding => {
  const { role, rule, ask } = asked
  const seconds = ask.wanted?.leaseSeconds
  const max = breaksGlass(rule, ask) ? (role.breakGlass?.leaseSeconds ?? 0) : role.lease.maxSeconds
  if (seconds === undefined || seconds <= max)
    return yes(`${code(role.name)} may last ${formatDuration(max)}`)
  return refuse(
    asked,
    'lease-too-long',
    `${code(role.name)} lasts at most ${formatDuration(max)}, and ${formatDuration(seconds)} were asked for. Ask for less.`,
  )
}

const frozen = (asked: RoleAsked): Finding => {
  const { role, facts } = asked
  const freeze = freezeOver(facts.freezes, {
    recipientId: facts.recipient.account.id,
    role: role.name,
    repositoryId: facts.repository.id,
  })
  if (freeze === undefined) return yes('nothing that this touches is frozen')
  return refuse(
    asked,
    'frozen',
    `Access is frozen (${code(freeze.because)}). Its operator can end that with \`hallpass unfreeze\`; then ask again.`,
  )
}

const held = (asked: RoleAsked): Finding => {
  const { rule, facts } = asked
  const login = code(facts.recipient.account.login)
  if (!facts.held.includes(rule.give)) return yes(`${login} holds nothing of it yet`)
  return refuse(
    asked,
    'already-held',
    `${login} already holds ${code(rule.give)} for this ${kindOf(facts.current)}, or has asked for it. Nothing is to be done; ask again when it has ended.`,
  )
}

/** The first alone can look at a role that the catalog lacks. */
export const offeredStep: Step = { name: 'catalog', look: offered }
export const roleSteps: readonly Step<RoleAsked>[] = [
  { name: 'path-list', look: pathList },
  { name: 'values', look: values },
  { name: 'eligible', look: eligible },
  { name: 'debt', look: debt },
  { name: 'lease', look: lease },
  { name: 'frozen', look: frozen },
  { name: 'held', look: held },
  { name: 'limits', look: limits },
  { name: 'identity', look: identity },
]
