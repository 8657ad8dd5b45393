// What tells that ground moved, with anything changed in it: it asks for a look at known ids, or it is at fault. It never
// ends or begins anything by itself.
import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { DeliveryFault } from '../../src/domain/errors.ts'
import type { GroundMoved } from '../../src/domain/signals.ts'
import {
  groundSources,
  policyPushedEvents,
  toGroundMoved,
  toPolicyPushed,
} from '../../src/entrypoints/webhooks/ground-moved.ts'
import { questionStanding } from '../../src/workflows/question-standing.ts'
import { account, deliver } from '../entrypoints/ingress.server.ts'
import { fakeDeps } from '../support/fakes.ts'
import { changed, changes, outcome, planted } from './changes.ts'
import { doorForEachTest } from './door.ts'
import { runs } from './runs.ts'

type Body = Record<string, Record<string, unknown>>
type Definitions = readonly { readonly name: string; readonly examples: readonly object[] }[]
const definitions: Definitions = createRequire(import.meta.url)('@octokit/webhooks-examples')

/** There is no example of these: the action whose example is taken. */
const likes: Readonly<Record<string, string>> = {
  'member.removed': 'added',
  'organization.member_removed': 'member_added',
  'repository.archived': 'publicized',
  'repository.deleted': 'publicized',
}

/** A delivery of somebody else's, as an account that is served would have sent it. */
function served(event: string): string {
  const [name = '', action] = event.split('.')
  const examples = definitions.find((each) => each.name === name)?.examples ?? []
  const like = likes[event] ?? action
  const found = examples.find((each) => Reflect.get(each, 'action') === like)
  if (found === undefined) throw new Error(`no example of ${event}`)
  const { action: _, ...rest } = structuredClone(found) as Body & { action?: unknown }
  const body: Body = { installation: { id: 5 }, ...rest }
  for (const whose of [body['repository']?.['owner'], body['organization'], body['installation']])
    if (typeof whose === 'object' && whose !== null) {
      if ('account' in whose) Object.assign(whose.account as object, { id: account })
      else if (whose !== body['installation']) Object.assign(whose, { id: account })
    }
  return JSON.stringify(action === undefined ? body : { ...body, action })
}

type Translate = (payload: unknown) => GroundMoved

const translators: readonly (readonly [string, Translate])[] = [
  ...groundSources.flatMap((source) =>
    source.events.map((event): readonly [string, Translate] => [
      event,
      (payload) => toGroundMoved(source, payload, 'd-1'),
    ]),
  ),
  ...policyPushedEvents.map((event): readonly [string, Translate] => [
    event,
    (payload) => toPolicyPushed(payload, 'd-1'),
  ]),
]

const id = z.int().positive()
const wellFormed = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('StandingLost'),
    delivery: z.literal('d-1'),
    concerned: z.union([
      z.strictObject({ accountId: id, personId: id.optional() }),
      z.strictObject({ repositoryIds: z.array(id) }),
    ]),
  }),
  z.strictObject({
    type: z.literal('PolicyChanged'),
    delivery: z.literal('d-1'),
    repositoryId: id,
    branch: z.string().min(1).optional(),
  }),
])

const ingress = doorForEachTest()

const send = ({ event, body }: { event: string; body: string }) =>
  deliver(ingress(), body, { 'x-github-event': event.split('.')[0] })
const lastKept = (): unknown =>
  JSON.parse(new TextDecoder().decode(ingress().accepted.at(-1)?.body ?? new Uint8Array()))

test.each(translators)('%s comes in, and asks for a look', async (event, translate) => {
  expect((await send({ event, body: served(event) })).text).toContain('stored')
  expect(wellFormed.safeParse(translate(lastKept())).error).toBeUndefined()
})

test.each([
  ['organization.member_removed', 'membership.user'],
  ['membership.removed', 'member'],
])(
  '%s: who left with their account is not named, and everybody is looked at',
  async (event, at) => {
    const body = put(JSON.parse(served(event)), at, null)
    const { text } = await send({ event, body: JSON.stringify(body) })
    const [found] = translators.filter(([name]) => name === event)
    expect(text).toContain('stored')
    expect(found?.[1](lastKept())).toMatchObject({
      concerned: { accountId: account, personId: undefined },
    })
  },
)

test('whatever is changed in one, it asks for a look at ids, or is at fault', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...translators), changes, async ([event, translate], made) => {
      const stored = ingress().accepted.length
      const { status } = await send({ event, body: made.reduce(changed, served(event)) })
      expect([202, 400]).toContain(status)
      for (const { body } of ingress().accepted.slice(stored))
        await expectHarmless(
          outcome(translate, JSON.parse(new TextDecoder().decode(body)) as unknown),
        )
    }),
    runs(400),
  )
  expect(ingress().accepted.length).toBeGreaterThan(20)
  expect(ingress().lines.filter(({ level }) => level === 'error')).toEqual([])
  expect(JSON.stringify(ingress().lines)).not.toContain(planted)
})

/** What the translators read, and the containers above it. */
const read = [
  'installation.account.id',
  'repositories_removed.0.id',
  'repositories_removed.0',
  'repositories_removed',
  'repository.id',
  'organization.id',
  'membership.user.id',
  'membership.user',
  'member.id',
  'ref',
]
const odd = fc.oneof(
  fc.constantFrom(null, undefined, '', planted, '7', 0, -1, 1.5, 2 ** 60, NaN, true, [], {}),
  fc.jsonValue(),
)

function put(body: unknown, path: string, to: unknown): unknown {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const at = keys.reduce((value: unknown, key) => Reflect.get(Object(value) as object, key), body)
  if (typeof at === 'object' && at !== null) Reflect.set(at, last, to)
  return body
}

test('odd ids and bodies ask for no look', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...translators),
      fc.option(fc.constantFrom(...read)),
      odd,
      ([event, translate], path, to) => {
        const body = path === null ? to : put(JSON.parse(served(event)), path, to)
        return expectHarmless(outcome(translate, body))
      },
    ),
    runs(500),
  )
})

/** NB: what it may do is its whole commit: nothing but the question. */
async function expectHarmless(signal: unknown): Promise<void> {
  if (signal instanceof Error) {
    expect(signal).toBeInstanceOf(DeliveryFault)
    expect(signal.message).not.toContain(planted)
    return
  }
  expect(wellFormed.safeParse(signal).error).toBeUndefined()
  const { deps } = fakeDeps()
  const commits: object[] = []
  const commit = async (each: object) => void commits.push(each)
  const held = { current: () => undefined } as never
  await questionStanding({ ...deps, ledger: { commit } as never }, signal as GroundMoved, held)
  for (const each of commits)
    expect(Object.keys(each).toSorted()).toEqual(['claim', 'now', 'questioned'])
}
