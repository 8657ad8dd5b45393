// Sessions that a removal is to end: those of one grant, on a role that others use too.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { apiActions } from '../../src/adapters/aws/create-aws.ts'
import type { Applied, Binding } from '../../src/domain/lanes/types.ts'
import type { Log } from '../../src/workflows/ports.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { account, allowing, roleArn, roles, setUpAws, type AwsSetup } from './aws.setup.ts'

let t: AwsSetup
beforeEach(async () => {
  t = await setUpAws(apiActions)
  t.aws.putPolicy({ on: { arn: roleArn }, name: 'orders', document: allowing('s3:*') })
})
afterEach(() => t.aws.close())

const ending = (n = 1) => t.binding(n, roles['end-sessions']())
const put = (binding: Binding) => changeOne(t.cloud, t.lane, { do: 'put', binding }, freeGuard())
const open = (binding: Binding) =>
  t.aws.openSession({ user: t.alice, roleArn, sessionName: binding.sessionName })
type Session = ReturnType<typeof open>
const may = (session: Session) =>
  t.aws.mayCall({ session, action: 's3:GetObject', resource: '*' }).allowed
const denials = () =>
  t.aws
    .policiesOf({ arn: roleArn })
    .map(({ name }) => name)
    .filter((name) => name !== 'orders')
async function remove(binding: Binding, cloud = t.cloud): Promise<Applied | undefined> {
  const applied = await cloud.apply(t.lane, [{ do: 'remove', binding }], freeGuard())
  return applied.get(binding.id)
}

test('an early end stops the sessions of the grant, and no others of the role', async () => {
  for (const binding of [ending(1), ending(2)]) await put(binding)
  const [mine, others] = [open(ending(1)), open(ending(2))]
  t.advance(60_000)
  expect(await remove(ending(1))).toMatchObject({ ok: true, sessionsEnded: true })
  expect([may(mine), may(others)]).toEqual([false, true])
  const until = (ending(1).endsAt + 3_600_000) / 1000
  expect(denials()).toEqual([`hallpass-i7f3-kill-012345678901-${until}`])
  await remove(ending(2))
  expect([may(mine), may(others), denials().length]).toEqual([false, false, 2])
})

test('what allowed them goes first, so that none begins which is not named', async () => {
  await put(ending())
  const from = t.aws.calls.length
  await remove(ending())
  const calls = t.aws.calls.slice(from).map(({ operation }) => operation)
  expect(calls).toEqual(['GetUser', 'DeleteUserPolicy', 'ListRolePolicies', 'PutRolePolicy'])
})

test('one that is begun after it, while the removal is not known everywhere, is stopped too', async () => {
  const others = allowing('sts:AssumeRole', roleArn)
  t.aws.putUserPolicy({ user: t.alice, name: 'as-if-it-lingered', document: others })
  await remove(ending())
  t.advance(5000)
  expect(may(open(ending()))).toBe(false)
})

test('the end of the lease stops no session: they run out as they were promised to', async () => {
  await put(ending())
  const session = open(ending())
  t.advance(ending().endsAt - t.now())
  const applied = await remove(ending())
  expect(applied).toMatchObject({ ok: true })
  expect(applied).not.toHaveProperty('sessionsEnded')
  expect(denials()).toEqual([])
  expect(session.expiresAt).toBeGreaterThanOrEqual(t.now())
})

test('just before it the sessions are stopped, and not told to be: that is not known everywhere yet', async () => {
  await put(ending())
  const session = open(ending())
  t.advance(ending().endsAt - t.now() - 10_000)
  expect(await remove(ending())).not.toHaveProperty('sessionsEnded')
  expect(may(session)).toBe(false)
})

test('without leave from the policy they run on', async () => {
  await put(t.binding(1))
  const session = open(t.binding(1))
  expect(await remove(t.binding(1))).not.toHaveProperty('sessionsEnded')
  expect(may(session)).toBe(true)
})

test('what AWS will not take is told, and the access is removed all the same', async () => {
  const warned: unknown[] = []
  const log: Log = {
    info: () => undefined,
    error: () => undefined,
    warn: (id, fields) => void warned.push([id, fields]),
  }
  await put(ending())
  const big = allowing('s3:*', `arn:aws:s3:::${'x'.repeat(9_950)}`)
  t.aws.putPolicy({ on: { arn: roleArn }, name: 'big', document: big })
  const applied = await remove(ending(), t.connect({ log }))
  expect(applied).toMatchObject({ ok: true })
  expect(applied).not.toHaveProperty('sessionsEnded')
  expect(t.aws.policiesOf(t.alice)).toEqual([])
  expect(warned).toContainEqual([
    'aws.sessions-not-ended',
    expect.objectContaining({ role: roleArn, kind: 'quota' }),
  ])
  const denied = t.aws.appCredentials(
    account,
    apiActions.filter((a) => a !== 'iam:PutRolePolicy'),
  )
  expect(await remove(ending(), t.connect({ credentials: denied }))).toMatchObject({ ok: true })
})

test('what may only be a matter of time is tried again', async () => {
  await put(ending())
  t.aws.throttle(1, 'PutRolePolicy')
  expect(await remove(ending())).toMatchObject({ ok: false, error: { kind: 'transient' } })
  expect(await remove(ending())).toMatchObject({ ok: true, sessionsEnded: true })
})

test('denials that are over are dropped by the next one, and told by a list, which tells no others', async () => {
  const place = { cloud: 'aws', kind: 'account', account } as const
  const list = async () => (await t.cloud.list(place, freeGuard())).found
  const theirs = 'hallpass-other1-kill-012345678999-1'
  t.aws.putPolicy({ on: { arn: roleArn }, name: theirs, document: allowing('s3:*') })
  await remove(ending(1))
  expect((await list()).map(({ binding }) => binding.name)).toEqual([theirs])
  t.advance(2 * 3_600_000)
  const [over] = (await list()).filter(({ binding }) => binding.name !== theirs)
  expect(over).toMatchObject({ kind: 'marked', instance: 'i7f3' })
  const later = { ...ending(2), endsAt: t.now() + 3_600_000 }
  await remove(later)
  expect(denials()).toHaveLength(2)
  expect(denials()).not.toContain(over?.binding.name)
})

test('a denial that is over can be removed as it is told', async () => {
  await remove(ending(1))
  t.advance(2 * 3_600_000)
  const place = { cloud: 'aws', kind: 'account', account } as const
  const [over] = (await t.cloud.list(place, freeGuard())).found
  if (over === undefined) throw new Error('Nothing was found')
  const { binding, lane } = over
  const look = async () => {
    const { principal, bindings } = await t.cloud.observe(lane, [binding], freeGuard())
    return [principal, bindings.get(binding.id)?.state]
  }
  expect(await look()).toEqual(['same', 'different'])
  await changeOne(t.cloud, lane, { do: 'remove', binding }, freeGuard())
  expect([await look(), denials()]).toEqual([['same', 'absent'], []])
  t.aws.removeRole({ arn: roleArn })
  expect(await look()).toEqual(['deleted', 'absent'])
  const again = changeOne(t.cloud, lane, { do: 'remove', binding }, freeGuard())
  expect(await kindOfFailure(again)).toBe('none')
})
