// What each mode of AWS does on its worst days: answers that were lost, users who change hands, deadlines to the second.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Role, Session, User } from '../../sandbox/aws/entities.ts'
import { apiActions } from '../../src/adapters/aws/create-aws.ts'
import { endPolicy } from '../../src/adapters/aws/role-documents.ts'
import type { Binding, Change } from '../../src/domain/lanes/types.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import {
  account,
  actionOf,
  addWhatIsGiven,
  allowing,
  grantedRoleArn,
  groupOf,
  policyArnOf,
  roleArn,
  roles,
  setUpAws,
  type AwsSetup,
} from './aws.setup.ts'

let t: AwsSetup
beforeEach(async () => {
  t = await setUpAws(apiActions)
  addWhatIsGiven(t.aws)
  t.aws.putPolicy({
    on: { arn: roleArn },
    name: 'orders',
    document: allowing('s3:*'),
  })
})
afterEach(() => t.aws.close())

type Name = keyof typeof roles
const every = Object.keys(roles) as Name[]
const bindingOf = (name: Name, n = 1): Binding => t.binding(n, roles[name](n))
const change = (act: Change['do'], binding: Binding) =>
  changeOne(t.cloud, t.lane, { do: act, binding }, freeGuard())
const put = (binding: Binding) => change('put', binding)
const remove = (binding: Binding) => change('remove', binding)
const observed = async (binding: Binding) => {
  const seen = await t.cloud.observe(t.lane, [binding], freeGuard())
  return seen.bindings.get(binding.id)?.state
}
/** Everything that our writes may leave anywhere. */
const leftovers = () => {
  const { inline, groups, attached } = t.aws.recordOf(t.alice.arn) as User
  return [
    ...inline.keys(),
    ...groups,
    ...attached,
    ...t.aws.rolesUnder({ account, path: '/hallpass/' }).map(({ name }) => name),
  ]
}
const operationsOf = async (work: Promise<unknown>) => {
  const before = t.aws.calls.length
  await work
  return t.aws.calls.slice(before).map(({ operation }) => operation)
}

describe.each(every)('%s', (name) => {
  test('any call of it may be struck in any way, and it gets there and back', async () => {
    const binding = bindingOf(name)
    const [puts, removals] = [await operationsOf(put(binding)), await operationsOf(remove(binding))]
    const strikes = [
      (operation: string) => t.aws.applyThenFail(1, operation),
      (operation: string) => t.aws.fail(1, 'ServiceFailure', operation),
      (operation: string) => t.aws.cut(1, operation),
      (operation: string) => t.aws.applyThenCut(1, operation),
      (operation: string) => t.aws.fail(1, 'ConcurrentModification', operation),
    ]
    for (const strike of strikes)
      for (const operation of new Set([...puts, ...removals])) {
        strike(operation)
        for (const act of ['put', 'remove'] as const) {
          const failure = await kindOfFailure(change(act, binding))
          expect(['none', 'transient', 'conflict']).toContain(failure)
          if (failure !== 'none') expect(await kindOfFailure(change(act, binding))).toBe('none')
          // What was not met on the way may be met in this look.
          const seen = await observed(binding).catch(() => observed(binding))
          expect(seen).toBe(act === 'put' ? 'present' : 'absent')
        }
        expect(leftovers()).toEqual([])
      }
  })

  test('a write that arrives after the removal is found, and removed', async () => {
    const binding = bindingOf(name)
    const [arrived, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const undo = t.aws.intercept(async (call, phase) => {
      if (phase !== 'before' || /^(?:Get|List)/.test(call.operation)) return
      undo()
      arrived.resolve()
      await held.promise
    })
    const late = put(binding)
    await arrived.promise
    await remove(binding)
    expect(await observed(binding)).toBe('absent')
    held.resolve()
    await late
    expect(await observed(binding)).toBe('present')
    await remove(binding)
    expect(leftovers()).toEqual([])
  })

  test('a read that is behind shows neither the write nor the removal, and hinders none', async () => {
    const binding = bindingOf(name)
    t.aws.staleReads(5000)
    await put(binding)
    expect(await observed(binding)).toBe('absent')
    expect(['none', 'conflict']).toContain(await kindOfFailure(put(binding)))
    // Lists do not show what hangs on it yet.
    expect(await kindOfFailure(remove(binding))).toBe('none')
    expect(leftovers()).toEqual([])
    t.advance(5000)
    expect(await observed(binding)).toBe('absent')
  })

  test('who takes the name between the look and the write gets nothing', async () => {
    const binding = bindingOf(name)
    let looked = 0
    t.aws.intercept((call, phase) => {
      if (phase !== 'after' || call.operation !== 'GetUser') return
      looked += 1
      if (looked === 1) t.aws.recreateUser({ arn: t.alice.arn })
    })
    const failure = await kindOfFailure(put(binding))
    const user = { arn: t.alice.arn }
    const roleArns = [roleArn, grantedRoleArn(binding)]
    // A policy by our name is found on them by its mark. Nothing else is left.
    const found = ['assume-role', 'end-sessions', 'inline-permissions'].includes(name)
    expect(failure).toBe(found ? 'none' : 'missing')
    if (found) {
      expect(await observed(binding)).toBe('different')
      await remove(binding)
    }
    expect(leftovers()).toEqual([])
    for (const arn of roleArns)
      expect(
        t.aws.mayAssume({ user, roleArn: arn, sessionName: binding.sessionName }).allowed,
      ).toBe(false)
    expect(t.aws.mayCall({ user, action: actionOf(1), resource: '*' }).allowed).toBe(false)
  })
})

test.each(['put', 'remove'] as const)(
  'a binding is written to its own user alone, and not through the lane of another one: %s',
  async (act) => {
    const bob = t.aws.addUser({ account, name: 'bob' })
    const binding = bindingOf('inline-permissions')
    const principal = { ...t.principal, userName: 'bob', userId: bob.userId }
    const before = t.aws.calls.length
    expect(await kindOfFailure(change(act, { ...binding, principal }))).toBe('invalid')
    expect(t.aws.calls.slice(before)).toEqual([])
    expect(leftovers()).toEqual([])
  },
)

describe('a role for each grant', () => {
  const role = (binding: Binding) => t.aws.recordOf(grantedRoleArn(binding)) as Role
  const open = (binding: Binding, seconds = 3600) =>
    t.aws.openSession({
      user: t.alice,
      roleArn: grantedRoleArn(binding),
      sessionName: binding.sessionName,
      seconds,
    })
  const may = (session: Session, at?: number) =>
    t.aws.mayCall({ session, action: actionOf(1), resource: '*', ...(at && { at }) }).allowed

  test('says whose it is, and nothing about whom it is for', async () => {
    const binding = bindingOf('role-per-grant')
    await put(binding)
    const { path, tags, boundary, maxSessionSeconds } = role(binding)
    expect({ path, tags: Object.fromEntries(tags), boundary, maxSessionSeconds }).toEqual({
      path: '/hallpass/',
      tags: { 'hallpass:instance': 'i7f3', 'hallpass:grant': '012345678901' },
      boundary: policyArnOf(0),
      maxSessionSeconds: 3600,
    })
  })

  test('stops, sessions and all, at its end to the second', async () => {
    const binding = bindingOf('role-per-grant')
    await put(binding)
    t.advance(binding.endsAt - t.now() - 1000)
    const session = open(binding)
    expect([may(session), may(session, binding.endsAt - 1), may(session, binding.endsAt)]).toEqual([
      true,
      true,
      false,
    ])
    t.advance(1000)
    expect(() => open(binding)).toThrow('No session')
  })

  test('stops its sessions with the first write of its removal', async () => {
    const binding = bindingOf('role-per-grant')
    await put(binding)
    const session = open(binding)
    t.aws.fail(3, 'ServiceFailure', 'ListAttachedRolePolicies')
    expect(await kindOfFailure(remove(binding))).toBe('transient')
    expect(may(session)).toBe(false)
    expect(await observed(binding)).toBe('different')
  })

  test('has its end before it can be used, and a later end shuts nobody out', async () => {
    const binding = bindingOf('role-per-grant')
    const writes = await operationsOf(put(binding))
    const [end, attach] = ['PutRolePolicy', 'AttachRolePolicy'].map((w) => writes.indexOf(w))
    expect(end).toBeLessThan(attach ?? -1)
    t.advance(binding.endsAt - t.now() - 1000)
    const session = open(binding)
    const later = { ...binding, endsAt: binding.endsAt + 600_000 }
    t.aws.fail(1, 'ServiceFailure', 'UpdateAssumeRolePolicy')
    expect(await kindOfFailure(put(later))).toBe('transient')
    t.advance(1000)
    expect(may(session)).toBe(true)
    await put(later)
    expect([may(session, later.endsAt - 1), may(open(later), later.endsAt)]).toEqual([true, false])
  })

  const inline = { name: 'more', document: allowing('*') }
  test.each<[string, (on: { arn: string }) => void]>([
    ['another policy', (on) => t.aws.attachPolicy(on, policyArnOf(2))],
    ['an inline policy', (on) => t.aws.putPolicy({ on, ...inline })],
    ['no end', (on) => t.aws.removePolicy({ on, name: endPolicy })],
    ['another end', (on) => t.aws.putPolicy({ on, ...inline, name: endPolicy })],
    ['no boundary', (on) => t.aws.setBoundary(on, undefined)],
    ['another boundary', (on) => t.aws.setBoundary(on, policyArnOf(2))],
    ['nothing attached', (on) => t.aws.detachPolicy(on, policyArnOf(1))],
    [
      'another trust',
      (on) =>
        t.aws.setTrust(on, {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }],
        }),
    ],
  ])('with %s is different, is mended, and can be removed', async (_what, tamper) => {
    const binding = bindingOf('role-per-grant')
    await put(binding)
    const before = role(binding)
    tamper(before)
    expect(await observed(binding)).toBe('different')
    await put(binding)
    expect(await observed(binding)).toBe('present')
    expect(role(binding)).toMatchObject({ inline: before.inline, attached: before.attached })
    tamper(before)
    await remove(binding)
    expect(leftovers()).toEqual([])
  })

  test('that can never be given leaves nothing behind', async () => {
    const unknown = { ...roles['role-per-grant'](1), policies: [policyArnOf(1), policyArnOf(99)] }
    expect(await kindOfFailure(put(t.binding(1, unknown as Binding['role'])))).toBe('missing')
    expect(leftovers()).toEqual([])
    t.aws.fail(1, 'AccessDenied', 'AttachRolePolicy')
    t.aws.fail(1, 'ServiceFailure', 'DeleteRole')
    expect(await kindOfFailure(put(bindingOf('role-per-grant')))).toBe('transient')
  })

  test('of the same name elsewhere is left alone', async () => {
    const binding = bindingOf('role-per-grant')
    const { arn } = t.aws.addRole({ account, name: binding.name, policies: { p: allowing('*') } })
    const before = t.aws.recordOf(arn)
    expect(await observed(binding)).toBe('different')
    expect(await kindOfFailure(put(binding))).toBe('invalid')
    expect(await kindOfFailure(remove(binding))).toBe('invalid')
    expect(t.aws.recordOf(arn)).toEqual(before)
  })

  test('is never standing', async () => {
    t.aws.attachPolicy(t.alice, 'arn:aws:iam::aws:policy/AdministratorAccess')
    expect(await t.cloud.standing(roles['role-per-grant'](1), t.principal, freeGuard())).toBe(false)
  })
})

describe('groups and managed policies', () => {
  test('are standing where the user has them', async () => {
    const standing = (name: Name) => t.cloud.standing(roles[name](1), t.principal, freeGuard())
    expect([await standing('group'), await standing('managed-policy')]).toEqual([false, false])
    t.aws.addToGroup(t.alice, groupOf(1))
    t.aws.attachPolicy(t.alice, policyArnOf(1))
    expect([await standing('group'), await standing('managed-policy')]).toEqual([true, true])
  })

  test('are read in one list each, whatever is asked about', async () => {
    const all = (['group', 'managed-policy', 'assume-role', 'inline-permissions'] as const).flatMap(
      (name) => [1, 2, 3].map((n) => ({ ...bindingOf(name, n), id: `${name}-${n}` })),
    )
    const calls = await operationsOf(t.cloud.observe(t.lane, all, freeGuard()))
    expect(calls.toSorted()).toEqual([
      'GetUser',
      'ListAttachedUserPolicies',
      'ListGroupsForUser',
      'ListUserPolicies',
    ])
  })

  test('are looked for on every page', async () => {
    for (let n = 0; n < 150; n += 1) t.aws.attachPolicy(t.alice, `arn:aws:iam::aws:policy/a${n}`)
    t.aws.attachPolicy(t.alice, policyArnOf(1))
    expect(await observed(bindingOf('managed-policy'))).toBe('present')
  })

  test('that a namesake has are their own', async () => {
    await put(bindingOf('group'))
    const namesake = t.aws.recreateUser({ arn: t.alice.arn })
    t.aws.addToGroup(namesake, groupOf(1))
    expect(await observed(bindingOf('group'))).toBe('absent')
    expect(await kindOfFailure(remove(bindingOf('group')))).toBe('missing')
    expect(t.aws.membersOf({ account, name: groupOf(1) })).toHaveLength(1)
  })

  test('that are not there cannot be given', async () => {
    t.aws.removeGroup({ arn: `arn:aws:iam::${account}:group/${groupOf(1)}` })
    expect(await kindOfFailure(put(bindingOf('group')))).toBe('missing')
  })
})
