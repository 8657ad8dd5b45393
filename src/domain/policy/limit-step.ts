// Whether one more is within what the policy allows of a role, to a person and in a repository.
import type { Offer } from '../grants/types.ts'
import { toIso } from '../time.ts'
import { formatDuration } from './durations.ts'
import { leaseSecondsOf } from './lease-of.ts'
import { code } from './quote.ts'
import { told } from './refuse.ts'
import { no, yes, type Finding, type RoleAsked } from './step.ts'
import type { Limits, RefusalCode } from './types.ts'
import {
  exceededBy,
  type Counted,
  type ExceededLimit,
  type LimitScope,
  type Usage,
} from './usage.ts'

interface Scope {
  readonly scope: LimitScope
  readonly limits: Limits
  readonly counted: Counted
  /** For people. */
  readonly what: string
}

export const limits = (asked: RoleAsked): Finding => {
  const seconds = leaseSecondsOf(asked.ask, asked.rule, asked.role)
  for (const scope of scopesOf(asked)) {
    const exceeded = exceededBy(scope.limits, scope.counted, seconds, asked.facts.now)
    if (exceeded !== undefined) return refuse(asked, scope, exceeded)
  }
  return yes('it is within the limits of the role, the person and the repository')
}

/** What each of the three is limited to: the commit counts again by the same. */
export const limitsOf = ({
  policy,
  role,
}: Pick<RoleAsked, 'policy' | 'role'>): Readonly<Record<LimitScope, Limits>> => ({
  role: role.limits,
  person: policy.limits.person,
  repository: policy.limits.repository,
})

/** NB: usage that was not read counts as too much. */
function scopesOf(asked: RoleAsked): readonly Scope[] {
  const { role, facts } = asked
  const login = code(facts.recipient.account.login)
  const read = facts.usage.find((each) => each.role === role.name)?.usage
  const usage = withOthers(read ?? unread, asked)
  const limited = limitsOf(asked)
  return [
    { scope: 'role', limits: limited.role, counted: usage.role, what: code(role.name) },
    { scope: 'person', limits: limited.person, counted: usage.person, what: `what ${login} holds` },
    {
      scope: 'repository',
      limits: limited.repository,
      counted: usage.repository,
      what: 'what this repository gives',
    },
  ]
}

const tooMuch: Counted = { atOnce: Infinity, lastEndedAt: undefined, secondsInDay: Infinity }
const unread: Usage = { role: tooMuch, person: tooMuch, repository: tooMuch }

/** Counts what the same act is offered already. */
function withOthers(usage: Usage, { others, role, facts }: RoleAsked): Usage {
  const ofRole = others.filter((offer) => offer.role === role.name)
  const isTheirs = ({ recipient }: Offer) => recipient.id === facts.recipient.account.id
  return {
    // A role's daily total is each person's own, and how many there are at once is everybody's.
    role: {
      ...plus(usage.role, ofRole),
      secondsInDay: usage.role.secondsInDay + secondsOf(ofRole.filter(isTheirs)),
    },
    person: plus(usage.person, others.filter(isTheirs)),
    repository: plus(usage.repository, others),
  }
}

const secondsOf = (offers: readonly Offer[]): number =>
  offers.reduce((sum, { leaseSeconds }) => sum + leaseSeconds, 0)

const plus = (counted: Counted, offers: readonly Offer[]): Counted => ({
  ...counted,
  atOnce: counted.atOnce + offers.length,
  secondsInDay: counted.secondsInDay + secondsOf(offers),
})

const codeOf: Readonly<Record<ExceededLimit, RefusalCode>> = {
  'at-once': 'limit-reached',
  cooldown: 'cooldown',
  daily: 'daily-limit',
}

function refuse({ rule }: RoleAsked, scope: Scope, exceeded: ExceededLimit): Finding {
  const where = { rule: rule.name, role: rule.give }
  return no(told(codeOf[exceeded], reasonOf(scope, exceeded), where))
}

function reasonOf({ limits: limit, counted, what }: Scope, exceeded: ExceededLimit): string {
  switch (exceeded) {
    case 'at-once':
      return `The policy limits ${what} to ${limit.atOnce} at once, and so many are held or asked for. One of them has to end first (\`/access done\`); then ask again.`
    case 'cooldown':
      return `The policy lets ${formatDuration(limit.cooldownSeconds ?? 0)} pass before ${what} is given again. Ask after ${toIso((counted.lastEndedAt ?? 0) + (limit.cooldownSeconds ?? 0) * 1000)}.`
    case 'daily':
      return `The policy limits ${what} to ${formatDuration(limit.dailySeconds ?? 0)} within 24 hours, and this would be more. Ask for less, or later.`
    default:
      return exceeded satisfies never
  }
}
