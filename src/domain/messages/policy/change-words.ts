// What a new version of a role changes, in words.
import type { RoleDiff } from '../../access-diff/policies.ts'
import type { CloudRole } from '../../lanes/types.ts'
import type { Limits, RoleBreakGlass, RoleDefinition } from '../../policy/types.ts'
import { resourcesOf } from '../cloud-words.ts'
import { code } from '../escape.ts'
import { duration } from '../format.ts'
import { approvalOf, leaseInWords, listed, personInWords } from './rule-words.ts'

type Aspect = RoleDiff['aspects'][number]['aspect']
type Words = (before: RoleDefinition, after: RoleDefinition) => string

/** What was added and what was taken away, of two lists that are told in the same words. */
export function differenceOf(before: readonly string[], after: readonly string[]): string {
  const [old, now] = [new Set(before), new Set(after)]
  const added = [...now].filter((each) => !old.has(each))
  const gone = [...old].filter((each) => !now.has(each))
  const parts = [
    ...(added.length === 0 ? [] : [`now also ${listed(added)}`]),
    ...(gone.length === 0 ? [] : [`no more ${listed(gone)}`]),
  ]
  return parts.length === 0 ? 'changed' : parts.join('; ')
}

const turned = (before: string, after: string): string =>
  before === after ? 'changed' : `${after}, before ${before}`

const longNameMax = 300

function permissionsInWords(role: CloudRole): readonly string[] {
  if (role.mode !== 'inline-permissions') return [`to ${resourcesOf(role)}${furtherOf(role)}`]
  return role.allow.flatMap(({ actions, resources }) =>
    actions.flatMap((action) =>
      resources.map(
        (resource) =>
          `${code(action)} on ${code(resource, longNameMax)} in account ${code(role.account)}`,
      ),
    ),
  )
}

/** What makes two of them differ though they give the same. */
function furtherOf(role: CloudRole): string {
  switch (role.mode) {
    case 'assume-role':
      return role.endSessions === true ? ', ending sessions with an early end' : ''
    case 'role-per-grant':
    case 'group':
    case 'managed-policy':
      return ` in account ${code(role.account)}`
    case 'pim':
      return ', ended by Azure'
    case 'by-licence':
      return ', ended by Azure where it has the licence'
    case 'assignment':
      return ', ended by Hallpass'
    case 'inline-permissions':
    case 'account-assignment':
    case 'conditional-binding':
      return ''
    default:
      return role satisfies never
  }
}

export function limitsInWords({ atOnce, cooldownSeconds, dailySeconds }: Limits): string {
  const told = [
    ...(atOnce === undefined ? [] : [`${atOnce} at once`]),
    ...(cooldownSeconds === undefined ? [] : [`${duration(cooldownSeconds)} between two`]),
    ...(dailySeconds === undefined ? [] : [`${duration(dailySeconds)} a day`]),
  ]
  return told.length === 0 ? 'no limits' : told.join(', ')
}

function glassInWords(glass: RoleBreakGlass | undefined): string {
  if (glass === undefined) return 'nobody'
  const people = (all: RoleBreakGlass['eligible']) => listed(all.map(personInWords))
  return `${people(glass.eligible)} for ${duration(glass.leaseSeconds)}, telling ${people(glass.notify)}, reviewed by ${people(glass.reviewers)}`
}

const parametersInWords = ({ parameters }: RoleDefinition): string =>
  parameters.length === 0
    ? 'none'
    : listed(
        parameters.map(
          ({ name, exists, max }) => `${code(name)} (${code(exists)}, ${max} at most)`,
        ),
      )

const yes = (value: boolean): string => (value ? 'yes' : 'no')

/** One for each thing that is compared: what is new has to say how it reads. */
const aspects: Readonly<Record<Aspect, Words>> = {
  bindings: (before, after) =>
    `permissions: ${differenceOf(
      before.bindings.flatMap(permissionsInWords),
      after.bindings.flatMap(permissionsInWords),
    )}`,
  repositories: (before, after) =>
    `repositories: ${differenceOf(
      before.repositories.map((glob) => code(glob)),
      after.repositories.map((glob) => code(glob)),
    )}`,
  eligible: (before, after) =>
    `who: ${differenceOf(before.eligible.map(personInWords), after.eligible.map(personInWords))}`,
  lease: (before, after) => `how long: ${turned(leaseInWords(before), leaseInWords(after))}`,
  residualSeconds: (before, after) =>
    `sessions after its end: ${turned(duration(before.residualSeconds), duration(after.residualSeconds))}`,
  approval: (before, after) => `approval: ${turned(approvalOf(before), approvalOf(after))}`,
  parameters: (before, after) =>
    `parameters: ${turned(parametersInWords(before), parametersInWords(after))}`,
  limits: (before, after) =>
    `limits: ${turned(limitsInWords(before.limits), limitsInWords(after.limits))}`,
  breakGlass: (before, after) =>
    `break-glass: ${turned(glassInWords(before.breakGlass), glassInWords(after.breakGlass))}`,
  forks: (before, after) =>
    `on pull requests from forks: ${turned(yes(before.forks), yes(after.forks))}`,
  publicRepositories: (before, after) =>
    `in public repositories: ${turned(yes(before.publicRepositories), yes(after.publicRepositories))}`,
}

/** One line of a list for each role of which something else than its rules changed. */
export function changesInWords(
  { role, aspects: changed }: RoleDiff,
  before: RoleDefinition | undefined,
  after: RoleDefinition | undefined,
): readonly string[] {
  if (before === undefined && after !== undefined)
    return [
      `- ${code(role)} is new and gives ${listed(after.bindings.flatMap(permissionsInWords))}, in ${listed(after.repositories.map((glob) => code(glob)))}`,
    ]
  if (before === undefined || after === undefined) return []
  const words = changed.map(({ aspect }) => aspects[aspect](before, after))
  return words.length === 0 ? [] : [[`- ${code(role)}`, ...words].join('\n  - ')]
}
