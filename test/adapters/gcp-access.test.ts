// Who receives, who has it already, what of ours stands in a policy, and what our own credentials may do.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiActions } from '../../src/adapters/gcp/create-gcp.ts'
import type { Change, GcpConditionalBinding } from '../../src/domain/lanes/types.ts'
import type { Identity } from '../../src/domain/policy/types.ts'
import { freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { alice, bob, setUpGcp, viewer, type GcpSetup } from './gcp.setup.ts'

let t: GcpSetup
beforeEach(async () => {
  t = await setUpGcp()
})
afterEach(() => t.close())

const roleOf = (role = viewer): GcpConditionalBinding => ({
  cloud: 'gcp',
  mode: 'conditional-binding',
  resource: t.resource,
  role,
  only: undefined,
})
const principal = { cloud: 'gcp', member: alice } as const

describe('who receives', () => {
  const identityOf = (email?: string): Identity => ({
    github: 1,
    aws: [],
    ...(email === undefined ? {} : { gcp: { email } }),
  })
  const resolve = (email?: string, role = viewer) =>
    t.cloud.resolve(roleOf(role), identityOf(email), freeGuard())

  test('is the address, in lower case, without asking anybody', async () => {
    expect(await resolve('Alice@Acme.example')).toEqual({ ok: true, principal })
    expect(t.gcp.calls).toEqual([])
  })

  test.each([
    [undefined, viewer, /No Google account is known for this person\. Add one/],
    ['', viewer, /is no address/],
    ['alice', viewer, /is no address/],
    ['user:alice@acme.example', viewer, /is no address/],
    ['alice@acme.example allUsers', viewer, /is no address/],
    ['alice@acme.example', 'roles/viewer', /no condition on basic roles/],
  ])('%s with %s is refused, saying what to do', async (email, role, why) => {
    expect(await resolve(email, role)).toEqual({ ok: false, why: expect.stringMatching(why) })
  })
})

describe('who has it already', () => {
  const over = 'request.time < timestamp("2031-05-01T08:00:00Z")'
  test.each([
    ['the role without a condition', viewer, alice, undefined, true],
    ['under a condition of somebody else', viewer, alice, ['theirs', 'resource.name == "a"'], true],
    ['from another Hallpass', viewer, alice, ['hallpass-other-1', 'true'], true],
    ['from us', viewer, alice, ['hallpass-i7f3-1', 'true'], false],
    ['under a condition that is over', viewer, alice, ['JIT access activation', over], false],
    ['of several that must hold', viewer, alice, ['t', `(a == "b" && (${over}))`], false],
    ['where that opens it', viewer, alice, ['opens', `(${over}) == false`], true],
    ['where that opens it', viewer, alice, ['opens', `(${over}) == (1 == 2)`], true],
    ['where it is words', viewer, alice, ['t', `resource.name != "${over}"`], true],
    ['where it is words', viewer, alice, ['t', `resource.name == '${over}'`], true],
    ['another role', 'roles/browser', alice, undefined, false],
    ['as somebody else', viewer, bob, undefined, false],
  ] as const)('%s', async (_, role, member, condition, standing) => {
    const [title = '', expression = ''] = condition ?? []
    t.gcp.setPolicy(t.resource, [
      { role, members: [member], ...(condition ? { condition: { title, expression } } : {}) },
    ])
    expect(await t.cloud.standing(roleOf(), principal, freeGuard())).toBe(standing)
  })
})

describe('what bears a mark', () => {
  const list = () => t.cloud.list({ cloud: 'gcp', resource: t.resource }, freeGuard())
  const put = (n: number): Change => ({ do: 'put', binding: t.binding(n) })

  test('is listed with enough to remove it, whosever it is, and nothing else is', async () => {
    await t.cloud.apply(t.lane, [put(1)], freeGuard())
    const written = t.gcp.policyOf(t.resource).bindings[0]?.condition?.expression ?? ''
    t.gcp.setPolicy(t.resource, [
      {
        role: viewer,
        members: [alice],
        condition: { title: t.binding(1).name, expression: written },
      },
      {
        role: viewer,
        members: [bob],
        condition: { title: 'hallpass-other-abc-2', expression: 'true' },
      },
      {
        role: viewer,
        members: [bob],
        condition: { title: 'hallpass by hand', expression: 'true' },
      },
      { role: 'roles/browser', members: [bob] },
    ])
    const { found, evidence } = await list()
    expect(evidence.version).toBe(t.gcp.policyOf(t.resource).etag)
    const facts = found.map((it) => ({
      name: it.binding.name,
      instance: it.kind === 'marked' ? it.instance : undefined,
      ends: new Date(it.binding.endsAt).toISOString(),
      lane: it.lane,
    }))
    const { lane } = t
    expect(facts.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: t.binding(1).name, instance: 'i7f3', ends: '2031-05-01T10:00:00.000Z', lane },
      { name: 'hallpass-other-abc-2', instance: 'other', ends: '9999-12-31T23:59:59.000Z', lane },
    ])
    const removals = found.map(({ binding }): Change => ({ do: 'remove', binding }))
    await t.cloud.apply(t.lane, removals, freeGuard())
    expect((await list()).found).toEqual([])
    expect(t.gcp.policyOf(t.resource).bindings).toHaveLength(2)
  })

  test('is not told of for a resource that is not there, or not ours to see', async () => {
    const place = { cloud: 'gcp', resource: 'projects/gone' } as const
    expect(await kindOfFailure(t.cloud.list(place, freeGuard()))).toBe('denied')
  })
})

describe('our own credentials', () => {
  const examine = () => t.cloud.examine([roleOf(), roleOf('roles/browser')], freeGuard())
  const onProjects = apiActions.filter((it) => it.includes('.projects.'))

  test('are well with what the adapter says that it needs', async () => {
    t.gcp.appCredentials({ permissions: onProjects })
    expect(await examine()).toEqual([])
  })

  test.each(onProjects)('lack %s', async (permission) => {
    t.gcp.appCredentials({ permissions: onProjects.filter((it) => it !== permission) })
    const where = 'on projects/shop-prod'
    expect(await examine()).toEqual([{ kind: 'lacks', permission, where }])
  })

  test('exceed what is needed', async () => {
    const permission = 'iam.serviceAccountKeys.create'
    t.gcp.appCredentials({ permissions: [...onProjects, permission] })
    const where = 'on projects/shop-prod'
    expect(await examine()).toEqual([{ kind: 'exceeds', permission, where }])
  })

  test('lack all of it where there is no such resource', async () => {
    const gone = { ...roleOf(), resource: 'folders/123' }
    expect((await t.cloud.examine([gone], freeGuard())).map((it) => it.kind)).toEqual([
      'lacks',
      'lacks',
    ])
  })
})

test('folders and organizations have such policies too', async () => {
  const { name: organization } = t.gcp.addOrganization('555555555555')
  const { name: folder } = t.gcp.addFolder('777777777777', { parent: organization })
  t.gcp.appCredentials()
  for (const resource of [organization, folder]) {
    const lane = { cloud: 'gcp', id: `gcp/${resource}`, resource } as const
    const binding = { ...t.binding(1), role: { ...roleOf(), resource } }
    await t.cloud.apply(lane, [{ do: 'put', binding }], freeGuard())
    expect(t.gcp.may({ resource, role: viewer, member: alice }).allowed).toBe(true)
    await t.cloud.apply(lane, [{ do: 'remove', binding }], freeGuard())
    expect(t.gcp.may({ resource, role: viewer, member: alice }).allowed).toBe(false)
  }
})
