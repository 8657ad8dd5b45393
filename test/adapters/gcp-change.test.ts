// Changes of one Google Cloud policy, in what only this cloud has: one write for all, an etag, and members who are not there.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Applied, Binding, Change } from '../../src/domain/lanes/types.ts'
import { freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { alice, bob, setUpGcp, viewer, type GcpSetup } from './gcp.setup.ts'

const nobody = 'user:nobody@acme.example'

let t: GcpSetup
beforeEach(async () => {
  t = await setUpGcp()
})
afterEach(() => t.close())

const puts = (...bindings: Binding[]) => bindings.map((binding): Change => ({ do: 'put', binding }))
const removals = (...bindings: Binding[]) =>
  bindings.map((binding): Change => ({ do: 'remove', binding }))
const apply = (changes: readonly Change[], guard = freeGuard()) =>
  t.cloud.apply(t.lane, changes, guard)
const told = (applied: ReadonlyMap<string, Applied>) =>
  Object.fromEntries([...applied].map(([id, it]) => [id, it.ok ? 'ok' : it.error.kind]))
const stored = () =>
  t.gcp
    .policyOf(t.resource)
    .bindings.map(({ role, members, condition }) => [role, ...members, condition?.title])
const stateOf = async (binding: Binding) =>
  (await t.cloud.observe(t.lane, [binding], freeGuard())).bindings.get(binding.id)?.state
/** As people or other programs write the policy. */
const outside = (
  change: (
    bindings: ReturnType<typeof t.gcp.policyOf>['bindings'],
  ) => ReturnType<typeof t.gcp.policyOf>['bindings'],
) =>
  t.gcp.setPolicy(
    t.resource,
    change(t.gcp.policyOf(t.resource).bindings).map(({ condition, ...it }) => ({
      ...it,
      ...(condition === undefined ? {} : { condition }),
    })),
  )
const people = (count: number) =>
  Array.from({ length: count }, (_, n) => t.gcp.addUser(`dev${n}@acme.example`).member)

describe('one read and one write', () => {
  test('are enough for 200 changes, and for taking them all back', async () => {
    const all = people(200).map((member, n) => t.binding(n, { member }))
    expect(new Set(Object.values(told(await apply(puts(...all)))))).toEqual(new Set(['ok']))
    expect([t.calls('GetIamPolicy'), t.calls('SetIamPolicy')]).toEqual([1, 1])
    expect(stored()).toHaveLength(200)
    await apply(removals(...all))
    expect([t.calls('GetIamPolicy'), t.calls('SetIamPolicy')]).toEqual([2, 2])
    expect(stored()).toEqual([])
    expect(t.gcp.blindWrites()).toEqual([])
  })

  test('nothing is written where nothing has to change', async () => {
    const all = [t.binding(1), t.binding(2)]
    await apply(puts(...all))
    expect(told(await apply(puts(...all)))).toEqual({ 'binding-1': 'ok', 'binding-2': 'ok' })
    expect(told(await apply(removals(t.binding(3))))).toEqual({ 'binding-3': 'ok' })
    expect(t.calls('SetIamPolicy')).toBe(1)
  })

  test("say in Google's audit log what they are for, and not for whom", async () => {
    const [first] = await apply(puts(t.binding(1)))
    const evidence = first?.[1].ok === true ? first[1].evidence : undefined
    const reason = t.gcp.calls.at(-1)?.reason
    expect(reason).toBe(`${evidence?.requestId} hallpass i7f3: put ${t.binding(1).name}`)
    expect(JSON.stringify(t.gcp.calls.map((it) => it.reason))).not.toContain('@')
    expect(evidence?.version).toBe(t.gcp.policyOf(t.resource).etag)
  })

  test('the binding has one member, a title, a window in whole seconds, and nothing personal', async () => {
    const binding = t.binding(1, { only: 'projects/_/buckets/orders"\\*' })
    await apply(
      puts({ ...binding, startsAt: binding.startsAt + 999, endsAt: binding.endsAt + 999 }),
    )
    expect(t.gcp.policyOf(t.resource).bindings).toEqual([
      {
        role: viewer,
        members: [alice],
        condition: {
          title: binding.name,
          description: 'Given by Hallpass until 2031-05-01T10:00:00Z',
          location: '',
          expression: String.raw`request.time >= timestamp("2031-05-01T09:00:00Z") && request.time < timestamp("2031-05-01T10:00:00Z") && resource.name.startsWith("projects/_/buckets/orders\"\\")`,
        },
      },
    ])
  })
})

describe('others who write at the same time', () => {
  const foreign = { role: 'roles/browser', members: [bob], condition: undefined }

  test('are let through, however many: nothing of theirs is lost', async () => {
    for (const n of [1, 2, 3, 4])
      t.gcp.conflictOnce((bindings) => [...bindings, { ...foreign, role: `roles/team.r${n}` }])
    expect(told(await apply(puts(t.binding(1))))).toEqual({ 'binding-1': 'ok' })
    expect(stored().map(([role]) => role)).toEqual([
      viewer,
      ...[1, 2, 3, 4].map((n) => `roles/team.r${n}`),
    ])
    expect([t.calls('GetIamPolicy'), t.calls('SetIamPolicy')]).toEqual([5, 5])
  })

  test('and never stop are a conflict at last', async () => {
    for (let n = 0; n < 20; n += 1) t.gcp.conflictOnce()
    expect(await kindOfFailure(apply(puts(t.binding(1))))).toBe('conflict')
    expect(t.calls('SetIamPolicy')).toBe(8)
    expect(stored()).toEqual([])
  })

  test('two of ours at once both get there', async () => {
    await Promise.all([1, 2, 3].map((n) => apply(puts(t.binding(n)))))
    expect(stored()).toHaveLength(3)
  })

  test('a read that is behind is found out by its etag', async () => {
    await apply(puts(t.binding(1)))
    t.gcp.staleReads(60_000)
    await apply(puts(t.binding(2)))
    expect(await kindOfFailure(apply(puts(t.binding(3))))).toBe('conflict')
    t.gcp.staleReads(0)
    expect(stored()).toHaveLength(2)
    expect(told(await apply(puts(t.binding(3))))).toEqual({ 'binding-3': 'ok' })
  })

  test('a write that arrives late, after another one, changes nothing', async () => {
    await apply(puts(t.binding(1)))
    let meanwhile: Promise<unknown> | undefined
    const stop = t.gcp.intercept(async (call, phase) => {
      if (phase !== 'before' || !call.operation.endsWith('SetIamPolicy')) return
      stop()
      meanwhile = apply(removals(t.binding(1)))
      await meanwhile
    })
    // Stalled on its way, it arrives when the other one is done, and is read anew.
    await apply(puts(t.binding(2)))
    expect(meanwhile).toBeDefined()
    expect(stored()).toEqual([[viewer, alice, t.binding(2).name]])
    expect(t.gcp.calls.filter((it) => it.code === 'ABORTED')).toHaveLength(1)
  })
})

describe('the end of the claim', () => {
  test('cancels a call that is on its way, and nothing follows it', async () => {
    const claim = new AbortController()
    // It is never answered.
    t.gcp.intercept(() => {
      claim.abort()
      return new Promise(() => undefined)
    })
    const guard = { ...freeGuard(), signal: claim.signal }
    expect(await kindOfFailure(apply(puts(t.binding(1)), guard))).toBe('transient')
    expect(t.calls('SetIamPolicy')).toBe(0)
  })

  test('between conflicts ends the work', async () => {
    const claim = new AbortController()
    for (let n = 0; n < 20; n += 1)
      t.gcp.conflictOnce((bindings) => {
        if (n === 2) claim.abort()
        return bindings
      })
    const guard = { ...freeGuard(), signal: claim.signal }
    expect(await kindOfFailure(apply(puts(t.binding(1)), guard))).toBe('transient')
    expect(t.calls('SetIamPolicy')).toBe(3)
  })

  test('a connection that breaks after the write is a matter of time', async () => {
    t.gcp.applyThenFail(1, 'Projects.SetIamPolicy', 'cut')
    expect(await kindOfFailure(apply(puts(t.binding(1))))).toBe('transient')
    expect(await stateOf(t.binding(1))).toBe('present')
  })
})

describe('a member who is not there', () => {
  test('is named, and keeps nothing else from being carried out', async () => {
    await apply(puts(t.binding(1)))
    const changes = [
      ...removals(t.binding(1)),
      ...puts(t.binding(2), t.binding(3, { member: nobody }), t.binding(4, { member: bob })),
    ]
    const applied = await apply(changes)
    expect(told(applied)).toEqual({
      'binding-1': 'ok',
      'binding-2': 'ok',
      'binding-3': 'missing',
      'binding-4': 'ok',
    })
    const refused = applied.get('binding-3')
    expect(refused?.ok === false && refused.error.message).toMatch(/no Google account/)
    expect(new Set(stored())).toEqual(
      new Set([
        [viewer, bob, t.binding(4).name],
        [viewer, alice, t.binding(2).name],
      ]),
    )
  })

  test('is found among many, when Google does not say who', async () => {
    const all = people(30).map((member, n) => t.binding(n, { member }))
    const bad = all[17]
    const strange = all.map((it) => (it === bad ? t.binding(17, { role: 'no-role' }) : it))
    const kinds = told(await apply(puts(...strange)))
    expect(Object.entries(kinds).filter(([, kind]) => kind !== 'ok')).toEqual([
      ['binding-17', 'invalid'],
    ])
    expect(stored()).toHaveLength(29)
    expect(t.calls('SetIamPolicy')).toBeLessThan(14)
  })

  test('holds up no removal, not even while it is looked for', async () => {
    await apply(puts(t.binding(1), t.binding(2)))
    const before = t.calls('SetIamPolicy')
    const bad = [3, 4, 5, 6].map((n) => t.binding(n, { role: 'no-role' }))
    await apply([...puts(...bad), ...removals(t.binding(1), t.binding(2))])
    const writes = t.gcp.calls.filter((it) => it.operation.endsWith('SetIamPolicy'))
    expect(writes[before]?.code).toBe('INVALID_ARGUMENT')
    expect(writes[before + 1]?.wrote?.after.bindings).toEqual([])
  })

  test('a role that Hallpass may not give is denied alone', async () => {
    await t.close()
    t = await setUpGcp()
    t.gcp.appCredentials({ modifiedGrantsByRole: [viewer] })
    const changes = puts(t.binding(1), t.binding(2, { role: 'roles/browser' }), t.binding(3))
    expect(told(await apply(changes))).toEqual({
      'binding-1': 'ok',
      'binding-2': 'denied',
      'binding-3': 'ok',
    })
  })

  test('one who was deleted is seen, is not given anything under the old address, and is removed', async () => {
    const binding = t.binding(1)
    await apply(puts(binding))
    t.gcp.recreateUser(alice)
    expect(stored()).toEqual([
      [viewer, expect.stringMatching(/^deleted:user:alice@acme\.example\?uid=\d+$/), binding.name],
    ])
    expect(await stateOf(binding)).toBe('different')
    const later = { ...binding, endsAt: binding.endsAt + 60_000 }
    expect(told(await apply(puts(later)))).toEqual({ 'binding-1': 'missing' })
    expect(t.gcp.may({ resource: t.resource, role: viewer, member: alice }).allowed).toBe(false)
    expect(told(await apply(removals(binding)))).toEqual({ 'binding-1': 'ok' })
    expect(stored()).toEqual([])
  })
})

describe('what somebody changed', () => {
  test.each([
    ['another member', (it: object) => ({ ...it, members: [alice, bob] })],
    ['another role', (it: object) => ({ ...it, role: 'roles/owner.like' })],
  ])('%s: is different, and is put back to what was granted', async (_, change) => {
    const binding = t.binding(1)
    await apply(puts(binding))
    const before = stored()
    outside((bindings) => bindings.map((it) => ({ ...it, ...change(it) })))
    expect(await stateOf(binding)).toBe('different')
    await apply(puts(binding))
    expect(stored()).toEqual(before)
    expect(await stateOf(binding)).toBe('present')
  })

  test('a second binding under our title goes with ours', async () => {
    const binding = t.binding(1)
    await apply(puts(binding))
    outside((bindings) => bindings.flatMap((it) => [it, { ...it, role: 'roles/browser' }]))
    expect(await stateOf(binding)).toBe('different')
    await apply(removals(binding))
    expect(stored()).toEqual([])
  })
})

describe('what is long over', () => {
  const dayMs = 24 * 3_600_000

  test('goes with a write that is made anyway, and is no reason for one', async () => {
    await apply(puts(t.binding(1)))
    t.advance(dayMs + 3_600_000)
    await apply(puts({ ...t.binding(2), endsAt: t.now() + dayMs }))
    expect(stored()).toHaveLength(2)
    t.advance(2000)
    await apply(removals(t.binding(3)))
    expect(stored()).toHaveLength(2)
    await apply(puts(t.binding(3, { role: 'roles/browser' })))
    expect(stored().map(([role]) => role)).toEqual(['roles/browser', viewer])
  })

  test('stays where another instance made it, and where its condition is another', async () => {
    await apply(puts(t.binding(1), t.binding(2), t.binding(3)))
    outside((bindings) =>
      bindings.map((it) => {
        const { title = '', expression = '' } = it.condition ?? {}
        const rest = { description: '', location: '' }
        if (title === t.binding(1).name)
          return { ...it, condition: { ...rest, expression, title: 'hallpass-other-abc' } }
        if (title === t.binding(2).name)
          return { ...it, condition: { ...rest, title, expression: `(${expression}) || true` } }
        return it
      }),
    )
    t.advance(10 * dayMs)
    await apply(puts(t.binding(4)))
    expect(new Set(stored().map((it) => it.at(-1)))).toEqual(
      new Set(['hallpass-other-abc', t.binding(2).name, t.binding(4).name]),
    )
  })

  test('and may not be removed any more, it keeps nothing from being carried out', async () => {
    await apply(puts(t.binding(1, { role: 'roles/browser' })))
    t.advance(2 * dayMs)
    t.gcp.appCredentials({ modifiedGrantsByRole: [viewer] })
    expect(told(await apply(puts(t.binding(2))))).toEqual({ 'binding-2': 'ok' })
    expect(stored()).toHaveLength(2)
  })
})

describe('the deadline', () => {
  test('is kept by Google to the second, also for a session from just before', async () => {
    const binding = t.binding(1)
    await apply(puts(binding))
    const asks = { resource: t.resource, role: viewer }
    t.advance(binding.endsAt - t.now() - 1)
    const session = t.gcp.openSession(alice)
    expect(t.gcp.sessionMay(session, asks).allowed).toBe(true)
    expect(t.gcp.may({ ...asks, member: alice, at: binding.startsAt - 1 }).allowed).toBe(false)
    t.advance(1)
    expect(t.now()).toBeLessThan(session.expiresAt)
    expect(t.gcp.sessionMay(session, asks).allowed).toBe(false)
    expect(t.gcp.may({ ...asks, member: alice }).allowed).toBe(false)
  })

  test('takes no time to be in force, other than a removal', async () => {
    const [first, second] = [t.binding(1), t.binding(2, { member: bob })]
    await apply(puts(first, second))
    t.gcp.enforcementLags(120_000)
    t.advance(130_000)
    await apply(removals(second))
    expect(t.gcp.may({ resource: t.resource, role: viewer, member: bob }).allowed).toBe(true)
    t.advance(first.endsAt - t.now())
    expect(t.gcp.may({ resource: t.resource, role: viewer, member: alice }).allowed).toBe(false)
    expect(t.cloud.enforcementMs).toBe(7 * 60_000)
  })
})
