// The edit of a policy, without any cloud: what is not ours stays as it was decoded, and limits refuse one put alone.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conditionOf, endOf, isOver } from '../../src/adapters/gcp/condition.ts'
import { editPolicy } from '../../src/adapters/gcp/edit-policy.ts'
import type { GcpBinding, GcpPolicy } from '../../src/adapters/gcp/policy.ts'
import type { Binding, Change, GcpConditionalBinding } from '../../src/domain/lanes/types.ts'
import { parseExpression } from '../../sandbox/gcp/expression.ts'

const resource = 'projects/shop-prod'
const startsAt = Date.parse('2031-05-01T09:00:00Z')
const context = { resource, instance: 'i7f3', purging: true, cloudAt: startsAt }
const member = 'user:alice@acme.example'

const roleOf = (role = 'roles/cloudsql.viewer', only?: string): GcpConditionalBinding => ({
  cloud: 'gcp',
  mode: 'conditional-binding',
  resource,
  role,
  only,
})
const binding = (n: number, more: Partial<Binding> = {}): Binding => ({
  id: `binding-${n}`,
  laneId: `gcp/${resource}`,
  name: `hallpass-i7f3-grant${n}`,
  sessionName: `hallpass-grant${n}`,
  principal: { cloud: 'gcp', member },
  role: roleOf(),
  startsAt,
  endsAt: startsAt + 3_600_000,
  residualSeconds: 0,
  ...more,
})
const put = (it: Binding): Change => ({ do: 'put', binding: it })
const remove = (it: Binding): Change => ({ do: 'remove', binding: it })
const etag = Buffer.from('BwXhqDNJ0bk=', 'base64')
const policyOf = (bindings: readonly GcpBinding[], more: Partial<GcpPolicy> = {}): GcpPolicy => ({
  version: 3,
  bindings: [...bindings],
  auditConfigs: [],
  etag,
  ...more,
})
const edit = (policy: GcpPolicy, ...changes: Change[]) => editPolicy(policy, changes, context)
const kinds = ({ refused }: ReturnType<typeof edit>) =>
  Object.fromEntries([...refused].map(([id, { kind }]) => [id, kind]))
const isOurs = ({ condition }: GcpBinding) => condition?.title?.startsWith('hallpass-i7f3-')
const titles = (policy: GcpPolicy) => policy.bindings?.map((it) => it.condition?.title)

describe('whatever else is in the policy', () => {
  const members = fc.array(
    fc.oneof(
      fc.emailAddress().map((mail) => `user:${mail}`),
      fc.constant('allUsers'),
      fc.constant(member),
      fc.constant(`deleted:${member}?uid=123456789012345678901`),
    ),
    { minLength: 1, maxLength: 4 },
  )
  const condition = fc.oneof(
    fc.constant(null),
    fc.record({
      title: fc.string({ minLength: 1 }),
      description: fc.string(),
      expression: fc.string({ minLength: 1 }),
      location: fc.string(),
      somethingNew: fc.integer(),
    }),
  )
  const foreign = fc.array(
    fc.record({ role: fc.stringMatching(/^roles\/[a-z.]{1,12}$/), members, condition }),
    { maxLength: 12 },
  )
  const audits = fc.array(
    fc.record({
      service: fc.domain(),
      auditLogConfigs: fc.array(
        fc.record({
          logType: fc.constantFrom('ADMIN_READ', 'DATA_WRITE'),
          exemptedMembers: members,
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 3 },
  )
  const steps = fc.array(fc.tuple(fc.nat(6), fc.boolean()), { maxLength: 12 })

  test('it stays as it was decoded, in its order, after any changes of ours', () => {
    fc.assert(
      fc.property(foreign, audits, steps, (bindings, auditConfigs, acts) => {
        let policy = { ...policyOf(bindings, { auditConfigs }), rules: ['unknown'] }
        const before = { ...structuredClone(policy), etag }
        const wanted = new Map<string, boolean>()
        for (const [n, isPut] of acts) {
          const change = isPut ? put(binding(n)) : remove(binding(n))
          policy = { ...policy, ...edit(policy, change).policy }
          wanted.set(binding(n).name, isPut)
        }
        const now = policy.bindings ?? []
        expect({ ...policy, bindings: now.filter((it) => !isOurs(it)) }).toEqual(before)
        const ours = now.filter(isOurs).map((it) => it.condition?.title)
        const there = [...wanted].flatMap(([name, isThere]) => (isThere ? [name] : []))
        expect([new Set(ours), ours.length]).toEqual([new Set(there), there.length])
      }),
      { numRuns: 200 },
    )
  })

  test('the same object comes back where nothing has to change', () => {
    const { policy } = edit(policyOf([]), put(binding(1)))
    expect(edit(policy, put(binding(1)), remove(binding(2))).policy).toBe(policy)
  })

  test('what bears the name of another binding that begins the same stays', () => {
    const { policy } = edit(policyOf([]), put(binding(1)), put(binding(11)))
    expect(titles(edit(policy, remove(binding(1))).policy)).toEqual([binding(11).name])
  })

  test('a new description alone is no reason to write', () => {
    const { policy } = edit(policyOf([]), put(binding(1)))
    const [first] = policy.bindings ?? []
    const condition = { ...first?.condition, description: 'by hand' }
    const described = policyOf([{ ...first, condition }])
    expect(edit(described, put(binding(1))).policy).toBe(described)
  })

  test("what is another lane's is not even looked at", () => {
    const other = binding(1, { role: { ...roleOf(), resource: 'projects/other' } })
    expect(() => edit(policyOf([]), put(other))).toThrow(/does not belong to projects\/shop-prod/)
  })
})

describe('limits refuse one put, and nothing else', () => {
  const many = (count: number, of: (n: number) => Partial<GcpBinding> = () => ({})): GcpBinding[] =>
    Array.from({ length: count }, (_, n) => ({
      role: 'roles/cloudsql.viewer',
      members: [member],
      condition: { title: `theirs ${n}`, expression: 'true', description: '', location: '' },
      ...of(n),
    }))

  test('20 conditions of one role for one member, whoever made them', () => {
    const nineteen = policyOf(many(19))
    const both = edit(
      nineteen,
      put(binding(1)),
      put(binding(2)),
      put(binding(3, { role: roleOf('roles/browser') })),
    )
    expect(kinds(both)).toEqual({ 'binding-2': 'quota' })
    expect(both.policy.bindings).toHaveLength(21)
    const without = policyOf(many(20, () => ({ condition: null })))
    expect(kinds(edit(without, put(binding(1))))).toEqual({})
  })

  test('what is removed in the same batch, or long over, makes room', () => {
    const full = edit(policyOf(many(19)), put(binding(1))).policy
    const swapped = edit(full, put(binding(2)), remove(binding(1)))
    expect(kinds(swapped)).toEqual({})
    expect(titles(swapped.policy)).toContain(binding(2).name)
    const later = { ...context, cloudAt: binding(1).endsAt + 25 * 3_600_000 }
    const purged = editPolicy(full, [put(binding(3))], later)
    expect([kinds(purged), purged.purges]).toEqual([{}, true])
    expect(titles(purged.policy)).not.toContain(binding(1).name)
  })

  test('an extension of one of 20 takes no more room', () => {
    const full = edit(policyOf(many(19)), put(binding(1))).policy
    const longer = binding(1, { endsAt: startsAt + 7_200_000 })
    const extended = edit(full, put(longer))
    expect(kinds(extended)).toEqual({})
    expect(titles(extended.policy)).toEqual(titles(full))
  })

  test('1,500 principals, counted as often as they stand, in audit configs too', () => {
    const crowd = (count: number) => Array.from({ length: count }, (_, n) => `user:u${n}@a.example`)
    const exempt = (count: number) => [
      { service: 'allServices', auditLogConfigs: [{ logType: 1, exemptedMembers: crowd(count) }] },
    ]
    const bindings = [{ role: 'roles/browser', members: crowd(1489) }]
    const room = policyOf(bindings, { auditConfigs: exempt(10) })
    expect(kinds(edit(room, put(binding(1)), put(binding(2))))).toEqual({ 'binding-2': 'quota' })
    expect(kinds(edit(policyOf(bindings, { auditConfigs: exempt(11) }), put(binding(1))))).toEqual({
      'binding-1': 'quota',
    })
  })

  test('64 KB', () => {
    const long = many(1, () => ({ members: ['x'.repeat(64 * 1024 - 400)] }))
    expect(kinds(edit(policyOf(long), put(binding(1)), put(binding(2))))).toEqual({
      'binding-2': 'quota',
    })
    // Removals pass, whatever is too much.
    const beyond = policyOf([
      ...long,
      ...(edit(policyOf(long), put(binding(1))).policy.bindings ?? []),
    ])
    expect(kinds(edit(beyond, remove(binding(1))))).toEqual({})
  })

  test.each([
    ['roles/owner', member],
    ['roles/editor', member],
    ['roles/viewer', member],
    ['roles/browser', 'allUsers'],
    ['roles/browser', 'allAuthenticatedUsers'],
  ])('%s for %s is invalid', (role, who) => {
    const principal = { cloud: 'gcp' as const, member: who }
    const bad = binding(1, { role: roleOf(role), principal })
    const edited = edit(policyOf([]), put(bad), put(binding(2)))
    expect(kinds(edited)).toEqual({ 'binding-1': 'invalid' })
    expect(titles(edited.policy)).toEqual([binding(2).name])
  })
})

describe('the condition', () => {
  test('is what a reader of CEL makes of it, whatever it is narrowed to', () => {
    const text = fc
      .string({ unit: 'grapheme-ascii', minLength: 1 })
      .filter((it) => !it.endsWith('*'))
    fc.assert(
      fc.property(text, fc.boolean(), (name, begins) => {
        const only = begins ? `${name}*` : name
        const { expression } = conditionOf(binding(1), roleOf('roles/browser', only))
        const parsed = parseExpression(expression)
        const at = (time: number, resourceName?: string) =>
          parsed.evaluate({ time, name: resourceName })
        expect(at(startsAt, name)).toBe(true)
        expect(at(startsAt, `${name}/below`)).toBe(begins)
        expect(at(startsAt, `other${name}`)).toBe(begins && `other${name}`.startsWith(name))
        expect(at(startsAt - 1, name)).toBe(false)
        expect(at(startsAt + 3_600_000, name)).toBe(false)
        expect(endOf(expression)).toBe(startsAt + 3_600_000)
      }),
    )
  })

  test.each([
    'request.time < timestamp("2031-05-01T10:00:00Z")',
    'true',
    '(request.time >= timestamp("2031-05-01T09:00:00Z") && request.time < timestamp("2031-05-01T10:00:00Z"))',
    'request.time >= timestamp("2031-05-01T09:00:00Z") && request.time < timestamp("2031-05-01T10:00:00Z") || true',
  ])('%s is none of our own form', (expression) => {
    expect(endOf(expression)).toBeUndefined()
  })

  test.each([
    ['request.time < timestamp("2031-05-01T08:59:59Z")', true],
    [
      '(request.time >= timestamp("2031-04-30T09:00:00Z") && request.time < timestamp("2031-05-01T08:00:00Z"))',
      true,
    ],
    ['request.time < timestamp("2031-05-01T09:00:01Z")', false],
    ['request.time < timestamp("2031-05-01T08:00:00Z") || resource.name == "a"', false],
    ['!(request.time < timestamp("2031-05-01T08:00:00Z"))', false],
    ['request.time > timestamp("2031-05-01T08:00:00Z")', false],
    ['', false],
  ])("somebody's %s is over: %s", (expression, over) => {
    expect(isOver(expression, startsAt)).toBe(over)
  })
})
