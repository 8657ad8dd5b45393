// Whatever is in a body, a translator answers with a well-formed signal, with nothing, or with its own fault.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DeliveryFault } from '../../src/domain/errors.ts'
import { payload, translators } from './webhooks-payloads.ts'

const id = z.int().positive()
const person = { id, login: z.string().min(1) }
const common = {
  delivery: z.literal('d-1'),
  subject: z.strictObject({
    installationId: id,
    accountId: id,
    repositoryId: id,
    number: id,
    kind: z.enum(['pull_request', 'issue']),
    owner: z.string().min(1),
    repository: z.string().min(1),
  }),
  actor: z.strictObject({ ...person, type: z.enum(['User', 'Bot', 'Organization', 'Mannequin']) }),
  at: z.int(),
}
const reviewer = z.strictObject(person)
const team = z.strictObject({ id, slug: z.string().min(1) })
const label = z.string().min(1)
const wellFormed = z.discriminatedUnion('type', [
  z.strictObject({
    ...common,
    type: z.literal('ReviewRequested'),
    reviewer,
    cause: z.string().regex(/^review_requested\/\d+\/\d+\/\d+\/[\dTZ:.-]+$/),
  }),
  z.strictObject({ ...common, type: z.literal('ReviewRequestRemoved'), reviewer }),
  z.strictObject({
    ...common,
    type: z.literal('ReviewSubmitted'),
    reviewer,
    state: z.enum(['approved', 'changes_requested']),
  }),
  z.strictObject({ ...common, type: z.literal('PullRequestClosed'), merged: z.boolean() }),
  z.strictObject({
    ...common,
    type: z.literal('PullRequestPushed'),
    headSha: z.string().regex(/^[0-9a-f]{40}$/),
  }),
  z.strictObject({
    ...common,
    type: z.literal('TeamReviewRequested'),
    team,
    cause: z.string().regex(/^review_requested\/\d+\/\d+\/team\/\d+\/[\dTZ:.-]+$/),
  }),
  z.strictObject({ ...common, type: z.literal('TeamReviewRequestRemoved'), team }),
  z.strictObject({
    ...common,
    type: z.literal('LabelAdded'),
    label,
    cause: z.string().regex(/^labeled\/\d+\/\d+\/[^/]+\/[\dTZ:.-]+$/),
  }),
  z.strictObject({ ...common, type: z.literal('LabelRemoved'), label }),
  z.strictObject({
    ...common,
    type: z.literal('Assigned'),
    assignee: reviewer,
    cause: z.string().regex(/^assigned\/\d+\/\d+\/\d+\/[\dTZ:.-]+$/),
  }),
  z.strictObject({ ...common, type: z.literal('Unassigned'), assignee: reviewer }),
  z.strictObject({ ...common, type: z.literal('IssueClosed') }),
  z.strictObject({ ...common, type: z.literal('BaseChanged') }),
  z.strictObject({ ...common, type: z.literal('ReviewDismissed') }),
  z.strictObject({
    ...common,
    type: z.literal('CommandWritten'),
    commentId: id,
    lines: z.array(z.string()).max(5),
    ignored: z.int().nonnegative(),
    throughApp: z.boolean(),
    cause: z.string().regex(/^comment\/\d+\/\d+\/\d+$/),
  }),
  z.strictObject({
    ...common,
    type: z.literal('ButtonPressed'),
    button: z.enum(['approve', 'deny', 'withdraw', 'done', 'extend', 'revoke']),
    checkId: id,
    headSha: z.string().regex(/^[0-9a-f]{40}$/),
    code: z
      .string()
      .regex(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/)
      .optional(),
    cause: z.string().regex(/^button\/\d+\/[a-z]+\/\d+\/[\dTZ:.-]+\/hallpass:[^:]+:\d+#\d+:/),
  }),
])

const marked = 'mark-of-the-payload'
const oddValues = fc.oneof(
  fc.constantFrom(null, '', marked, 0, -1, 1.5, 2 ** 60, NaN, true, [], {}, [marked], {
    id: marked,
  }),
  fc.jsonValue(),
)

/** What the translators read, and the containers above it. */
const readPaths = [
  'installation',
  'installation.id',
  'repository',
  'repository.id',
  'repository.name',
  'repository.owner',
  'repository.owner.id',
  'repository.owner.login',
  'sender',
  'sender.id',
  'sender.login',
  'sender.type',
  'pull_request',
  'pull_request.number',
  'pull_request.updated_at',
  'pull_request.merged',
  'pull_request.head',
  'pull_request.head.sha',
  'requested_reviewer',
  'requested_reviewer.id',
  'requested_reviewer.login',
  'review',
  'review.state',
  'review.user',
  'review.user.id',
  'requested_team',
  'requested_team.id',
  'requested_team.slug',
  'issue',
  'issue.number',
  'issue.updated_at',
  'issue.pull_request',
  'label',
  'label.name',
  'assignee',
  'assignee.id',
  'assignee.login',
  'comment',
  'comment.id',
  'comment.body',
  'comment.created_at',
  'comment.user',
  'comment.user.id',
  'comment.performed_via_github_app',
  'check_run',
  'check_run.id',
  'check_run.name',
  'check_run.head_sha',
  'check_run.external_id',
  'check_run.started_at',
  'check_run.completed_at',
  'requested_action',
  'requested_action.identifier',
]

type Change = { readonly path: string; readonly to: unknown; readonly remove: boolean }

function changed(body: object, { path, to, remove }: Change): object {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let at: unknown = body
  for (const key of keys) at = Reflect.get(Object(at) as object, key)
  if (typeof at !== 'object' || at === null) return body
  if (remove) Reflect.deleteProperty(at, last)
  else Reflect.set(at, last, to)
  return body
}

/** A body that would mean something. */
function telling(event: Parameters<typeof payload>[0]): object {
  const body: object = payload(event)
  if ('review' in body) Object.assign(Object(body.review), { state: 'approved' })
  if ('comment' in body) Object.assign(Object(body.comment), { body: '/access status' })
  if (!('check_run' in body)) return body
  const repository = Reflect.get(Object(Reflect.get(body, 'repository')) as object, 'id')
  Object.assign(Object(body.check_run), {
    name: 'hallpass/offer K7Q2-9MXD',
    external_id: `hallpass:i1:${String(repository)}#7:offer:abc`,
  })
  return { ...body, requested_action: { identifier: 'approve' } }
}

function outcome(translate: (body: unknown) => unknown, body: unknown) {
  try {
    return { value: translate(body) }
  } catch (fault) {
    return { fault }
  }
}

function expectHarmless(result: ReturnType<typeof outcome>) {
  if ('fault' in result) {
    expect(result.fault).toBeInstanceOf(DeliveryFault)
    expect(String(result.fault)).not.toContain(marked)
  } else if (result.value !== undefined) {
    expect(wellFormed.safeParse(result.value).error).toBeUndefined()
  }
}

const numberOf = (event: string): string => {
  if (event.startsWith('check_run')) return 'check_run.external_id'
  return event.startsWith('pull_request') ? 'pull_request.number' : 'issue.number'
}

describe.each(translators)('%s', (event, translate) => {
  it('means something as it is', () => {
    const { data } = wellFormed.safeParse(outcome(translate, telling(event)).value)
    expect(data).toBeDefined()
  })

  it('stands any change of what it reads', () => {
    const change = fc.record({
      path: fc.constantFrom(...readPaths),
      to: oddValues,
      remove: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const body = changes.reduce(changed, telling(event))
        expectHarmless(outcome(translate, body))
      }),
      { numRuns: 100 },
    )
  })

  it('stands any body at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expectHarmless(outcome(translate, body))
      }),
    )
  })

  it.each(['repository.id', 'repository.owner.id', numberOf(event), 'installation.id'])(
    'is nothing without %s',
    (path) => {
      const body = changed(telling(event), { path, to: undefined, remove: true })
      const result = outcome(translate, body)
      expect('fault' in result || result.value === undefined).toBe(true)
    },
  )
})
