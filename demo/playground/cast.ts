// Whom a visitor can be, and what they can pick.
import type { Account } from '../../sandbox/github/index.ts'
import type { Stage } from '../stage.ts'

export interface Role {
  readonly account: Account
  readonly about: string
}

export const castOf = ({ scene: { people }, scenery: { sam } }: Stage): readonly Role[] => [
  { account: people.alice, about: 'author' },
  { account: people.octocat, about: 'team backend' },
  { account: people.mona, about: 'team backend' },
  { account: sam, about: 'team sre' },
  { account: people.tom, about: 'triage only' },
]

export const reviewers = ['octocat', 'mona', 'team backend'] as const
export const labels = ['needs-prod-access', 'incident/orders', 'break-glass'] as const

/** Commands that fit the demo's policy. */
export const suggestions = [
  '/access roles',
  '/access request orders-data-write for 3m because order 4711 shows a wrong total',
  '/access extend 5m',
  '/access why orders-logs-read',
  '/access done',
  '/access revoke',
] as const
