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
    kind: z.literal('pull_request'),
    owner: z.string().min(1),
    repository: z.string().min(1),
  }),
  actor: z.strictObject({ ...person, type: z.enum(['User', 'Bot', 'Organization', 'Mannequin']) }),
  at: z.int(),
}
const reviewer = z.strictObject(person)
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

/** A review that would mean something. */
function telling(event: Parameters<typeof payload>[0]): object {
  const body: object = payload(event)
  if ('review' in body) Object.assign(Object(body.review), { state: 'approved' })
  return body
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

describe.each(translators)('%s', (event, translate) => {
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
      { numRuns: 300 },
    )
  })

  it('stands any body at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expectHarmless(outcome(translate, body))
      }),
    )
  })

  it.each(['repository.id', 'repository.owner.id', 'pull_request.number', 'installation.id'])(
    'is nothing without %s',
    (path) => {
      const body = changed(telling(event), { path, to: undefined, remove: true })
      const result = outcome(translate, body)
      expect('fault' in result || result.value === undefined).toBe(true)
    },
  )
})
