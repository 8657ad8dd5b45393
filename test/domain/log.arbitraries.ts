// Any event of any type. Whatever is about a person holds `mark`, so that a test can look for what leaks.
import fc, { type Arbitrary } from 'fast-check'
import type { Debt } from '../../src/domain/debts/types.ts'
import type { Freeze } from '../../src/domain/grants/freeze.ts'
import type { By, EndReason, Offer, Revision } from '../../src/domain/grants/types.ts'
import type { Evidence } from '../../src/domain/lanes/types.ts'
import type { LogEvent } from '../../src/domain/log/types.ts'
import type { Approver, DocumentSource, Eligible } from '../../src/domain/policy/types.ts'
import type { NotedSeat } from '../../src/domain/seat/judge-seat.ts'
import type { Person, Subject } from '../../src/domain/subjects.ts'

/** NB: no id can hold it by chance. */
export const mark = 'zoe!'
/** A numeric user id nobody could mistake for another number. */
const markedId = 770_077_007_700

const instant = fc.integer({ min: 0, max: 4_000_000_000_000 })
const text = fc.string({ unit: 'binary', maxLength: 8 })
const about = text.map((around) => `${around}${mark}`)
const person: Arbitrary<Person> = fc.record({ id: fc.constant(markedId), login: about })
const maybe = <T>(arbitrary: Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const id = fc.stringMatching(/^[0-9a-z]{12}$/)

const by: Arbitrary<By> = fc.oneof(
  person.map((who): By => ({ kind: 'person', person: who })),
  about.map((name): By => ({ kind: 'operator', name })),
  fc.constant<By>({ kind: 'hallpass' }),
)
const document: Arbitrary<DocumentSource> = fc.record({
  where: text,
  commit: maybe(text),
  blob: text,
})
const subject: Arbitrary<Subject> = fc.record({
  installationId: fc.nat(),
  accountId: fc.nat(),
  repositoryId: fc.nat(),
  number: fc.nat(),
  kind: fc.constantFrom('pull_request' as const, 'issue' as const),
  owner: text,
  repository: text,
})
const seat: Arbitrary<NotedSeat> = fc.record({
  system: fc.option(text),
  database: text,
  places: fc.array(text, { maxLength: 2 }),
  app: fc.option(fc.nat()),
})
const principal = fc.record({
  cloud: fc.constant('aws' as const),
  account: fc.constant('111122223333'),
  userName: about,
  userId: about,
})
const role: Arbitrary<Offer['bindings'][number]['role']> = fc.oneof(
  fc.record({
    cloud: fc.constant('aws' as const),
    mode: fc.constant('assume-role' as const),
    account: fc.constant('111122223333'),
    roleArn: text,
  }),
  fc.record({
    cloud: fc.constant('aws' as const),
    mode: fc.constant('inline-permissions' as const),
    account: fc.constant('111122223333'),
    allow: fc.array(fc.record({ actions: fc.array(text), resources: fc.array(text) }), {
      maxLength: 2,
    }),
  }),
)
const eligible: Arbitrary<Eligible> = fc.oneof(
  fc.record({ kind: fc.constant('team' as const), slug: text }),
  fc.record({ kind: fc.constant('user' as const), id: fc.constant(markedId) }),
)
const reviewers = fc.array(eligible, { maxLength: 2 })
const approver: Arbitrary<Approver> = fc.oneof(
  eligible,
  fc.record({ kind: fc.constant('on-call' as const), name: text }),
)
const stage = fc.record({
  by: fc.array(approver, { maxLength: 2 }),
  count: fc.integer({ min: 1, max: 5 }),
})
const offer: Arbitrary<Offer> = fc.record({
  cause: about,
  askedAt: instant,
  trigger: fc.constantFrom('review_requested', 'labeled', 'assigned', 'requested'),
  rule: text,
  role: text,
  description: text,
  subject,
  recipient: person,
  requester: person,
  bindings: fc.array(fc.record({ role, principal }), { maxLength: 3 }),
  leaseSeconds: fc.nat(),
  residualSeconds: fc.nat(),
  selfExpiring: fc.boolean(),
  approval: fc.oneof(
    fc.constant('none' as const),
    fc.record({
      stages: fc.array(stage, { maxLength: 2 }),
      separate: fc.boolean(),
      lapseSeconds: fc.nat(),
    }),
  ),
  separated: fc.array(fc.constant(markedId), { maxLength: 2 }),
  separationUnproven: fc.boolean(),
  team: maybe(fc.record({ id: fc.nat(), slug: text })),
  label: maybe(text),
  parameters: fc.dictionary(fc.constantFrom('service', 'zone'), fc.array(text, { maxLength: 2 })),
  reason: maybe(about),
  breakGlass: maybe(fc.record({ notify: reviewers, reviewers })),
  until: fc.subarray(['reviewed', 'unrequested', 'unlabeled', 'pushed', 'closed'] as const),
  boundHead: maybe(text),
  policy: fc.record({ organization: document, repository: maybe(document) }),
  because: about,
})
const revision: Arbitrary<Revision> = fc.record({
  number: fc.nat(),
  offer,
  digest: text,
  code: text,
})
const evidence: Arbitrary<Evidence> = fc.record({ requestId: maybe(text), cloudAt: instant })
const onLane = {
  bindingId: id,
  laneId: fc.constant('aws/111122223333/user/AIDAEXAMPLE'),
}
const change = fc.constantFrom('put' as const, 'remove' as const)
const reason = fc.constantFrom<EndReason>(
  'reviewed',
  'merged',
  'expired',
  'revoked',
  'done',
  'frozen',
)

const freeze: Arbitrary<Freeze> = fc.record({
  id,
  scope: fc.oneof(
    fc.constant({ kind: 'all' as const }),
    fc.record({ kind: fc.constant('person' as const), personId: fc.constant(markedId) }),
    fc.record({ kind: fc.constant('role' as const), role: text }),
    fc.record({ kind: fc.constant('repository' as const), repositoryId: fc.nat() }),
  ),
  by,
  at: instant,
  because: about,
})
const debt: Arbitrary<Debt> = fc.record({
  id,
  personId: fc.constant(markedId),
  requesterId: fc.constant(markedId),
  grantId: id,
  subject,
  role: text,
  code: text,
  openedAt: instant,
  reviewers,
  reason: about,
  issue: maybe(fc.nat()),
  acknowledged: fc.constant(undefined),
})

type OfType<T extends LogEvent['type']> = Extract<LogEvent, { type: T }>
const event = <T extends LogEvent['type']>(
  type: T,
  fields: { [K in Exclude<keyof OfType<T>, 'type'>]: Arbitrary<OfType<T>[K]> },
): Arbitrary<LogEvent> =>
  fc.record(fields as Record<string, Arbitrary<unknown>>).map(
    // The fields are complete for this type, which TypeScript cannot follow through the mapped type.
    (values) => ({ ...values, type }) as unknown as LogEvent,
  )

/** One for every type: leaving one out does not compile. */
export const eventsByType: Readonly<Record<LogEvent['type'], Arbitrary<LogEvent>>> = {
  'grant.requested': event('grant.requested', {
    id,
    revision,
    lapsesAt: instant,
    bindingIds: fc.array(id, { maxLength: 3 }),
  }),
  'grant.revised': event('grant.revised', { revision, voided: fc.nat() }),
  'grant.approval-given': event('grant.approval-given', {
    by: person,
    digest: text,
    code: text,
    stage: fc.nat(),
  }),
  'grant.approved': event('grant.approved', { digest: text, endsAt: instant }),
  'grant.denied': event('grant.denied', { by, because: maybe(about) }),
  'grant.withdrawn': event('grant.withdrawn', { by, because: maybe(about) }),
  'grant.lapsed': event('grant.lapsed', {}),
  'grant.extension-requested': event('grant.extension-requested', {
    revision,
    lapsesAt: instant,
    voided: fc.nat(),
  }),
  'grant.extended': event('grant.extended', { digest: text, endsAt: instant, revision }),
  'grant.extension-denied': event('grant.extension-denied', { by, because: maybe(about) }),
  'grant.extension-withdrawn': event('grant.extension-withdrawn', { by, because: maybe(about) }),
  'grant.extension-lapsed': event('grant.extension-lapsed', {}),
  'grant.warned': event('grant.warned', { endsAt: instant }),
  'grant.binding-present': event('grant.binding-present', { bindingId: id }),
  'grant.activated': event('grant.activated', {}),
  'grant.ending': event('grant.ending', { reason, by, detail: maybe(about) }),
  'grant.binding-gone': event('grant.binding-gone', {
    bindingId: id,
    removedAt: instant,
    certainAt: instant,
    sessionsUntil: maybe(instant),
    heldBy: fc.array(id, { maxLength: 2 }),
  }),
  'grant.ended': event('grant.ended', { cloudAt: maybe(instant) }),
  'grant.left': event('grant.left', { by, to: text }),
  'grant.drifted': event('grant.drifted', { bindingId: id }),
  'grant.stuck': event('grant.stuck', { because: about }),
  'grant.unstuck': event('grant.unstuck', {}),
  'instance.created': event('instance.created', { instance: text }),
  'instance.claimed': event('instance.claimed', {
    by,
    why: fc.constantFrom(null, 'another-database', 'history-lost'),
    from: fc.option(seat),
    to: seat,
    instance: text,
    copyOf: fc.option(text),
  }),
  'policy.loaded': event('policy.loaded', { document }),
  'policy.broken': event('policy.broken', {
    document,
    problems: fc.array(
      fc.record({ file: text, line: fc.nat(), column: fc.nat(), message: about }),
      { maxLength: 2 },
    ),
  }),
  'request.refused': event('request.refused', {
    subject: fc.constant('7#12'),
    cause: about,
    actor: person,
    recipient: person,
    refusal: fc.record({
      kind: fc.constant('refused' as const),
      code: fc.constantFrom('not-eligible' as const, 'too-old' as const),
      rule: maybe(text),
      role: maybe(text),
      reason: about,
      audience: fc.constantFrom('log' as const, 'people' as const),
    }),
  }),
  'command.refused': event('command.refused', {
    subject: fc.constant('7#12'),
    cause: about,
    actor: person,
    verb: maybe(text),
    because: about,
  }),
  'freeze.began': event('freeze.began', { freeze }),
  'freeze.over': event('freeze.over', { id, by }),
  'debt.opened': event('debt.opened', { debt }),
  'debt.acknowledged': event('debt.acknowledged', { id, by: person, code: text }),
  'policy.held-back': event('policy.held-back', { document, accepted: document, because: about }),
  'policy.accepted': event('policy.accepted', {
    document,
    replaces: fc.option(text, { nil: null }),
    by,
  }),
  'delivery.refused': event('delivery.refused', { delivery: text, because: about }),
  'binding.intended': event('binding.intended', { ...onLane, change }),
  'binding.changed': event('binding.changed', { ...onLane, change, evidence }),
  'binding.missed': event('binding.missed', { ...onLane, evidence }),
  'binding.drifted': event('binding.drifted', { ...onLane, evidence }),
  'binding.adopted': event('binding.adopted', {
    ...onLane,
    because: fc.constantFrom('ended', 'expired', 'orphan'),
    by,
    evidence,
  }),
  'alarm.raised': event('alarm.raised', {
    alarm: fc.record({ id, placeId: text, at: instant, text: about }),
  }),
  'alarm.over': event('alarm.over', { id }),
}

export const anyEvent = fc.oneof(...Object.values(eventsByType))
export const markedIdText = String(markedId)
