// Which fields of which events are about a person: they enter the log as salted commitments and can be erased.
import type { LogEvent } from './types.ts'

/** What stands in for an erased value when an event is read back. */
type Placeholder = 'person' | 'text' | 'number' | 'list'

export interface PersonalPath {
  /** Member names from the event's top; `*` is every element of an array. */
  readonly path: readonly string[]
  readonly placeholder: Placeholder
}

const at = (path: string, placeholder: Placeholder): PersonalPath => ({
  path: path.split('.'),
  placeholder,
})

const actedBy = [at('by.person', 'person'), at('by.name', 'text')]

const inRevision = [
  at('revision.offer.recipient', 'person'),
  at('revision.offer.requester', 'person'),
  at('revision.offer.bindings.*.principal.userName', 'text'),
  at('revision.offer.bindings.*.principal.userId', 'text'),
  at('revision.offer.bindings.*.principal.member', 'text'),
  at('revision.offer.bindings.*.principal.objectId', 'text'),
  at('revision.offer.bindings.*.principal.name', 'text'),
  at('revision.offer.separated', 'list'),
  at('revision.offer.approval.stages.*.by', 'list'),
  at('revision.offer.breakGlass.notify', 'list'),
  at('revision.offer.breakGlass.reviewers', 'list'),
  at('revision.offer.cause', 'text'),
  at('revision.offer.reason', 'text'),
  at('revision.offer.because', 'text'),
]

const told = [...actedBy, at('because', 'text')]

/**
 * Every type of event, with its personal fields. Sentences count as personal even when Hallpass wrote them:
 * they quote logins and the clouds' messages, which quote user names.
 *
 * NB: a lane's id, and that of a binding that several grants may hold, holds an IAM UserId, an Identity Center user's
 * id or an Entra object id, and stays readable in streams, alarms and binding events. It is a pseudonym that only the
 * cloud can resolve, and what an auditor needs to find the change in the cloud's own trail. No id holds an address.
 */
export const personalPaths: Readonly<Record<LogEvent['type'], readonly PersonalPath[]>> = {
  'grant.requested': inRevision,
  'grant.revised': inRevision,
  'grant.approval-given': [at('by', 'person')],
  'grant.approved': [],
  'grant.denied': told,
  'grant.withdrawn': told,
  'grant.lapsed': [],
  'grant.extension-requested': inRevision,
  'grant.extended': inRevision,
  'grant.extension-denied': told,
  'grant.extension-withdrawn': told,
  'grant.extension-lapsed': [],
  'grant.warned': [],
  'grant.binding-present': [],
  'grant.activated': [],
  'grant.ending': [...actedBy, at('detail', 'text')],
  'grant.binding-gone': [],
  'grant.ended': [],
  'grant.left': actedBy,
  'grant.drifted': [],
  'grant.stuck': [at('because', 'text')],
  'grant.unstuck': [],
  'instance.created': [],
  'instance.claimed': actedBy,
  'policy.loaded': [],
  'policy.broken': [at('problems.*.message', 'text')],
  'request.refused': [
    at('actor', 'person'),
    at('recipient', 'person'),
    at('cause', 'text'),
    at('refusal.reason', 'text'),
  ],
  'command.refused': [at('actor', 'person'), at('cause', 'text'), at('because', 'text')],
  'freeze.began': [
    at('freeze.by.person', 'person'),
    at('freeze.by.name', 'text'),
    at('freeze.scope.personId', 'number'),
    at('freeze.because', 'text'),
  ],
  'freeze.over': actedBy,
  'debt.opened': [
    at('debt.personId', 'number'),
    at('debt.requesterId', 'number'),
    at('debt.reviewers', 'list'),
    at('debt.reason', 'text'),
  ],
  'debt.acknowledged': [at('by', 'person')],
  'policy.held-back': [at('because', 'text')],
  'policy.accepted': actedBy,
  'delivery.refused': [at('because', 'text')],
  'binding.intended': [],
  'binding.changed': [],
  'binding.missed': [],
  'binding.drifted': [],
  'binding.adopted': actedBy,
  'alarm.raised': [at('alarm.text', 'text')],
  'alarm.over': [],
}

/** What reads as an erased value. Nobody has the numeric id 0. */
export function erased({ placeholder }: PersonalPath): unknown {
  switch (placeholder) {
    case 'person':
      return { id: 0, login: '(erased)' }
    case 'text':
      return '(erased)'
    case 'number':
      return 0
    case 'list':
      return []
    default:
      return placeholder satisfies never
  }
}

/** A copy of `value` with what stands at the path replaced. Where there is nothing, nothing is replaced. */
export function replaceAt(
  value: unknown,
  path: readonly string[],
  replace: (found: unknown) => unknown,
): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value === undefined ? undefined : replace(value)
  if (name === '*') {
    return Array.isArray(value) ? value.map((each) => replaceAt(each, rest, replace)) : value
  }
  if (!isRecord(value) || value[name] === undefined) return value
  return { ...value, [name]: replaceAt(value[name], rest, replace) }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
