import type { PolicyProblem, Refusal, RefusalCode, Trigger } from './types.ts'
import { askAgain } from './asking.ts'
import type { Team } from '../subjects.ts'
import { formatProblem } from './format-problem.ts'
import { code } from './quote.ts'

const shownMax = 10

interface Where {
  readonly rule: string | undefined
  readonly role: string | undefined
}
const anywhere: Where = { rule: undefined, role: undefined }

/** For the log alone: nobody who lacks standing makes Hallpass write on a pull request. */
export const unheard = (what: RefusalCode, reason: string, where: Where = anywhere): Refusal => ({
  kind: 'refused',
  code: what,
  ...where,
  reason,
  audience: 'log',
})

/** For the people who can mend it. */
export const told = (what: RefusalCode, reason: string, where: Where = anywhere): Refusal => ({
  ...unheard(what, reason, where),
  audience: 'people',
})

export const policyMissing = (where: string, why: string): Refusal =>
  told(
    'policy-missing',
    `There is no policy at ${code(where)}: ${why} Without one nothing is granted.`,
  )

/** Given up: whatever was asked could not answer. `why` is one line that holds nothing secret. */
export const undecided = (why: string, trigger: Trigger): Refusal =>
  told(
    'undecided',
    `This request could not be decided, and nothing was granted: ${code(why)}. ${askAgain(trigger)}`,
  )

export const teamTooLarge = ({ slug }: Team, count: number, max: number): Refusal =>
  told(
    'team-too-large',
    `${count} members of the team ${code(slug)} may receive, and the policy limits that to ${max} at once, so nobody does. Ask some of them by name.`,
  )

/** NB: says nothing of who is in the team. */
export const nobodyEligible = ({ slug }: Team): Refusal =>
  told(
    'not-eligible',
    `No member of the team ${code(slug)} was found who may hold what its rules give. An owner of the organization's policy decides who may, in the roles' \`eligible\`; or somebody who already may can be asked to review.`,
  )

export function policyBroken(problems: readonly PolicyProblem[]): Refusal {
  const shown = problems.slice(0, shownMax).map((problem) => `- ${formatProblem(problem)}`)
  const more = problems.length > shownMax ? [`- and ${problems.length - shownMax} more`] : []
  const intro = 'The policy has mistakes, and until they are mended nothing is granted:'
  return told('policy-broken', [intro, ...shown, ...more].join('\n'))
}
