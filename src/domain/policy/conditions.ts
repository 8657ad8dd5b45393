// The conditions of a rule: all that are given must hold. One that does not makes the rule not apply.
import { globMatcher, globMatches } from './globs.ts'
import { describeHours, isWithin } from './hours.ts'
import { isNamed } from './eligible.ts'
import { code, codes } from './quote.ts'
import { isAtLeast } from './role-order.ts'
import { not, yes, type Step, type Finding, type RuleAsked } from './step.ts'
import type { PersonFacts, Standing } from './types.ts'

const unasked = yes('the rule asks for none in particular')

const paths = ({ match }: RuleAsked): Finding => {
  const found = match()
  switch (found.kind) {
    case 'any':
      return unasked
    case 'unmatched':
      return not('no changed path matches the `paths` of the rule')
    case 'unknown':
      return yes('the changed paths are not all known')
    case 'matched':
      return yes(`${code(found.path)} matches`)
    default:
      return found satisfies never
  }
}

const base = ({ rule, facts: { current } }: RuleAsked): Finding => {
  const globs = rule.when.base
  if (globs === undefined) return unasked
  if (current.kind === 'issue') return not('an issue has no base branch')
  const branch = current.baseRef
  return globMatcher(globs)(branch, { left: 1_000_000 })
    ? yes(`the base branch is ${code(branch)}`)
    : not(`the base branch is ${code(branch)}, and the rule is for ${codes(globs)}`)
}

/** GitHub's labels are the same whatever their case. */
export const covers = (glob: string, label: string): boolean =>
  globMatches(glob, label, { nocase: true })

const labels = ({ rule, facts: { current } }: RuleAsked): Finding => {
  const globs = rule.when.labels
  if (globs === undefined) return unasked
  const missing = globs.filter((glob) => !current.labels.some((label) => covers(glob, label)))
  return missing.length === 0
    ? yes(`there are labels that match ${codes(globs)}`)
    : not(`no label matches ${codes(missing)}`)
}

const author = ({ rule, facts }: RuleAsked): Finding => fits(rule.when.author, facts.author)
const actor = ({ rule, facts }: RuleAsked): Finding => fits(rule.when.actor, facts.actor)

/** NB: names nobody's teams: who may look up a decision need not know who is in them. */
function fits(standings: readonly Standing[] | undefined, person: PersonFacts): Finding {
  if (standings === undefined) return unasked
  const login = code(person.account.login)
  return standings.some((standing) => has(person, standing))
    ? yes(`${login} is among those whom the rule names`)
    : not(`${login} is not among those whom the rule names`)
}

function has({ account, role, teams }: PersonFacts, standing: Standing): boolean {
  if (standing.kind === 'role') return isAtLeast(role, standing.atLeast)
  return isNamed([standing], account.id, teams)
}

const draft = ({ rule, facts: { current } }: RuleAsked): Finding => {
  const wanted = rule.when.draft
  if (wanted === undefined) return unasked
  if (current.kind === 'issue') return not('an issue is no draft and no finished pull request')
  const is = current.draft ? 'the pull request is a draft' : 'the pull request is no draft'
  return current.draft === wanted ? yes(is) : not(is)
}

const hours = ({ rule, facts: { now } }: RuleAsked): Finding => {
  const windows = rule.when.hours
  if (windows === undefined) return unasked
  const shown = windows.map(describeHours)
  return windows.some((window) => isWithin(window, now))
    ? yes(`it is within ${codes(shown)}`)
    : not(`it is not within ${codes(shown)}`)
}

export const conditionSteps: readonly Step[] = [
  { name: 'paths', look: paths },
  { name: 'base', look: base },
  { name: 'labels', look: labels },
  { name: 'author', look: author },
  { name: 'actor', look: actor },
  { name: 'draft', look: draft },
  { name: 'hours', look: hours },
]
