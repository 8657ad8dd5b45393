// A decision is made of steps, each of which looks at one thing. The same steps decide and explain.
import type { Offer } from '../grants/types.ts'
import type { Steps } from './globs.ts'
import type { PathMatch } from './path-match.ts'
import type { Ask, Facts, Policy, Refusal, RoleDefinition, Rule } from './types.ts'

/** All that a step may look at. */
export interface Asked {
  readonly ask: Ask
  readonly policy: Policy
  readonly facts: Facts
  /** Numeric ids of the accounts that are served. */
  readonly accounts: ReadonlySet<number>
  /** What the same act is offered already, to this recipient or to others: it counts against limits. */
  readonly others: readonly Offer[]
  /** What matching paths may still cost, for the whole ask. */
  readonly budget: Steps
  /** Nobody did the act: it is explained what would come of it. */
  readonly supposed?: boolean
}
export interface RuleAsked extends Asked {
  readonly rule: Rule
  /** Undefined when the catalog lacks it. */
  readonly role: RoleDefinition | undefined
  readonly match: () => PathMatch
}
export interface RoleAsked extends RuleAsked {
  readonly role: RoleDefinition
}

/** `refusal` is missing where a rule just does not apply, which nobody is told unasked. */
export type Finding =
  | { readonly holds: true; readonly detail: string }
  | { readonly holds: false; readonly detail: string; readonly refusal: Refusal | undefined }

export interface Step<A extends Asked = RuleAsked> {
  readonly name: StepName
  readonly look: (asked: A) => Finding
}

export type StepName = keyof typeof whatItIs

/** What each step looks at, for people, worded as it holds: one that does not speaks by what it found alone. */
export const whatItIs = {
  account: 'the account is served',
  person: 'a person asks',
  standing: 'they may ask here',
  trigger: 'the act starts the rule',
  recipient: 'the rule is for the recipient',
  catalog: 'the role is offered here',
  unused: 'the act has given nothing yet',
  paths: 'the changed paths match',
  base: 'the base branch matches',
  labels: 'the labels are there',
  author: 'the author fits',
  actor: 'who asks fits',
  draft: 'the draft state fits',
  hours: 'the time fits',
  fork: 'the head is no fork, or may be one',
  public: 'the repository is not public, or may be',
  age: 'it was asked just now',
  open: 'the subject is open',
  still: 'it is still so on GitHub',
  receiver: 'the recipient is a person with access',
  'not-author': 'the reviewer is not the author',
  'path-list': 'all changed paths are known',
  values: 'the values from the paths are good',
  eligible: 'the recipient may hold the role',
  debt: 'nothing is owed from breaking the glass',
  lease: 'the role may last that long',
  frozen: 'nothing is frozen',
  held: 'it is not held already',
  limits: 'no limit is reached',
  identity: 'the clouds know the recipient',
} as const

export const yes = (detail: string): Finding => ({ holds: true, detail })
/** The rule does not apply. */
export const not = (detail: string): Finding => ({ holds: false, detail, refusal: undefined })
export const no = (refusal: Refusal): Finding => ({ holds: false, detail: refusal.reason, refusal })
