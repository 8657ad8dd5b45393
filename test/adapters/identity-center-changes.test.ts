// Changes that are taken now and made later: what may happen in between.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { kindOfReason } from '../../src/adapters/aws/identity-center/failures.ts'
import { secondsOf } from '../../src/adapters/aws/identity-center/sessions.ts'
import type { Change, CloudRole } from '../../src/domain/lanes/types.ts'
import type { CallGuard } from '../../src/workflows/ports.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { account, setUpIdentityCenter, type IdentityCenterSetup } from './identity-center.setup.ts'

const [creating, deleting] = ['sso:CreateAccountAssignment', 'sso:DeleteAccountAssignment']
const describing = /^sso:DescribeAccountAssignment(Creation|Deletion)Status$/

let t: IdentityCenterSetup
beforeEach(async () => {
  t = await setUpIdentityCenter()
})
afterEach(() => t.aws.close())

const change = (
  act: Change['do'],
  { cloud = t.cloud, guard = freeGuard(), role = t.role } = {},
) => {
  const lane = { ...t.lane, role }
  return changeOne(cloud, lane, { do: act, binding: { ...t.binding, role } }, guard)
}
const failureOf = async (work: Promise<unknown>): Promise<{ kind?: string; message: string }> => {
  try {
    await work
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('It did not fail')
}
const observed = async () => {
  const seen = await t.cloud.observe(t.lane, [t.binding], freeGuard())
  return `${seen.principal} ${seen.bindings.get(t.binding.id)?.state}`
}
const operations = () => t.aws.calls.map(({ operation }) => operation)
const count = (operation: string | undefined) =>
  operations().filter((each) => each === operation).length
/** Time passes there whenever it is asked how far it is. */
const timePassesWhenAsked = (ms: number) =>
  t.aws.intercept(({ operation }, phase) => {
    if (phase === 'before' && describing.test(operation)) t.advance(ms)
  })
const impatient = () => t.connect({ patienceMs: 0 })

describe('a change that takes its time', () => {
  test('is asked after until it is made, and names its own request', async () => {
    t.aws.assignmentsTake(5_000)
    timePassesWhenAsked(2_000)
    const put = await change('put')
    expect(t.aws.assignmentRequests()).toMatchObject([
      { requestId: put.requestId, change: 'creation', status: 'SUCCEEDED' },
    ])
    expect(put.cloudAt).toBe(t.now())
    expect(t.assigned()).toEqual([t.alice.userId])
    const removed = await change('remove')
    expect(t.aws.assignmentRequests()[1]).toMatchObject({ requestId: removed.requestId })
    expect(t.assigned()).toEqual([])
    expect(operations().filter((each) => describing.test(each))).toHaveLength(6)
  })

  test('counts as nothing before it is made, and is taken up again rather than begun anew', async () => {
    t.aws.assignmentsTake(5_000)
    const { kind, message } = await failureOf(change('put', { cloud: impatient() }))
    const [request] = t.aws.assignmentRequests()
    expect(kind).toBe('transient')
    expect(message).toContain(`still in progress (request ${request?.requestId})`)
    expect(await observed()).toBe('same absent')
    timePassesWhenAsked(3_000)
    expect(await change('put')).toMatchObject({ requestId: request?.requestId })
    expect(count(creating)).toBe(1)
    expect(await observed()).toBe('same present')
    await failureOf(change('remove', { cloud: impatient() }))
    expect(await observed()).toBe('same present')
    await change('remove')
    expect(count(deleting)).toBe(1)
    expect(await observed()).toBe('same absent')
  })

  test('is waited for before it is undone, so that it cannot come after that', async () => {
    t.aws.assignmentsTake(5_000)
    await failureOf(change('put', { cloud: impatient() }))
    const rushed = await failureOf(change('remove', { cloud: impatient() }))
    expect([rushed.kind, count(deleting)]).toEqual(['transient', 0])
    timePassesWhenAsked(3_000)
    await change('remove')
    expect(t.aws.assignmentChanges().map((each) => each.operation)).toEqual([
      'CreateAccountAssignment',
      'DeleteAccountAssignment',
    ])
    expect(t.assigned()).toEqual([])
  })

  test('gives way to others in between when AWS says so, as it does for a while after a change', async () => {
    t.aws.assignmentConflictsLast(5_000)
    await change('put')
    expect(await kindOfFailure(change('remove'))).toBe('conflict')
    t.advance(5_000)
    expect(await kindOfFailure(change('remove'))).toBe('none')
  })

  test('is found again by another process when its answer was lost', async () => {
    t.aws.assignmentsTake(5_000)
    t.aws.applyThenCut(1, creating)
    expect(await kindOfFailure(change('put'))).toBe('transient')
    timePassesWhenAsked(3_000)
    await change('put', { cloud: t.connect() })
    expect(count(creating)).toBe(1)
    expect(t.assigned()).toEqual([t.alice.userId])
  })

  test("is told from others', each of which is looked at once", async () => {
    t.aws.assignmentsTake(5_000)
    const elsewhere = { ...t.role, account: t.instance.managementAccount }
    await failureOf(change('put', { cloud: impatient(), role: elsewhere }))
    const cloud = impatient()
    const askedFor = () => operations().filter((each) => describing.test(each)).length
    const before = askedFor()
    await failureOf(change('put', { cloud }))
    await failureOf(change('put', { cloud }))
    expect(t.aws.assignmentRequests()).toHaveLength(2)
    // The other one, and then our own: the other is known by then.
    expect(askedFor() - before).toBe(2)
  })

  test('ends with the claim, while it is waited for', async () => {
    t.aws.assignmentsTake(60_000)
    const claim = new AbortController()
    const guard: CallGuard = { signal: claim.signal, check: () => undefined }
    const work = kindOfFailure(
      change('put', { cloud: t.connect({ pollMs: 60_000, patienceMs: 90_000 }), guard }),
    )
    await t.aws.waitFor(() => t.aws.assignmentRequests().length > 0)
    claim.abort()
    expect(await work).toBe('transient')
  })
})

describe('a change that fails after it was taken', () => {
  test('says why, and is found out where there is no such account or user', async () => {
    const nowhere = { ...t.role, account: '999999999999' }
    const lost = await failureOf(change('put', { role: nowhere }))
    expect(lost.kind).toBe('missing')
    expect(lost.message).toMatch(
      /was not given\. Identity Center says: Received a 404 status error: AWS account 999999999999 .*\(request /,
    )
    t.aws.removeSsoUser(t.alice)
    const { kind, message } = await failureOf(change('put'))
    expect([kind, message]).toEqual(['missing', expect.stringContaining('USER assignee')])
  })

  test.each([
    ['Received a 404 status error: not here', 'missing'],
    ['EntitlementItem doesn’t exist', 'transient'],
    ["EntitlementItem doesn't exist", 'missing'],
    ['Received a 403 status error: Not supported', 'denied'],
    ['Received a 400 status error: bad', 'invalid'],
    ['Received a 409 status error', 'conflict'],
    ['Received a 503 status error: not found', 'transient'],
    ['Rate exceeded', 'transient'],
    ['You have reached the maximum number of roles', 'quota'],
    ['Something broke', 'transient'],
  ])('%s is %s', (why, kind) => {
    expect(kindOfReason(why)).toBe(kind)
  })

  test('and for good is taken back, should it have been made all the same', async () => {
    const reason = 'Received a 403 status error: Not supported'
    t.aws.failAssignments(1, reason, { change: 'creation', carriedOut: true })
    expect(await kindOfFailure(change('put'))).toBe('denied')
    expect(t.assigned()).toEqual([])
    t.aws.failAssignments(1, reason, { change: 'creation', carriedOut: true })
    t.aws.fail(1, 'Throttling', deleting)
    expect(await kindOfFailure(change('put'))).toBe('transient')
    expect(t.assigned()).toEqual([t.alice.userId])
  })

  test('to be removed is not said to be gone while it is there', async () => {
    await change('put')
    t.aws.failAssignments(1, 'Received a 404 status error: who knows', { change: 'deletion' })
    expect(await kindOfFailure(change('remove'))).toBe('missing')
    t.aws.failAssignments(1, 'Broken', { change: 'deletion', carriedOut: true })
    expect(await kindOfFailure(change('remove'))).toBe('transient')
    expect(await kindOfFailure(change('remove'))).toBe('none')
  })
})

describe('a late write', () => {
  test('of a worker that lost its claim is seen, and removed', async () => {
    const [arrived, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const off = t.aws.intercept(async ({ operation }, phase) => {
      if (phase !== 'before' || operation !== creating) return
      arrived.resolve()
      await released.promise
    })
    const claim = new AbortController()
    const guard: CallGuard = { signal: claim.signal, check: () => undefined }
    const stalled = kindOfFailure(change('put', { guard }))
    await arrived.promise
    claim.abort()
    expect(await stalled).toBe('transient')
    expect(await kindOfFailure(change('remove', { cloud: t.connect() }))).toBe('none')
    released.resolve()
    await t.aws.waitFor(() => t.aws.assignmentRequests().some((r) => r.change === 'creation'))
    off()
    expect(await observed()).toBe('same present')
    await change('remove', { cloud: t.connect() })
    expect(await observed()).toBe('same absent')
  })
})

describe('what is seen', () => {
  test('may be what was before the last writes, and then so is what became of them', async () => {
    await change('put')
    t.aws.staleReads(5_000)
    await failureOf(change('remove', { cloud: impatient() }))
    expect(t.assigned()).toEqual([])
    expect(await observed()).toBe('same present')
    timePassesWhenAsked(2_000)
    // Begun anew, as the first one is not shown yet: there is nothing any more, and that is a success.
    await change('remove')
    expect(count(deleting)).toBe(2)
    expect(await observed()).toBe('same absent')
  })

  test('of a user who was deleted is that, and nothing is left of it', async () => {
    await change('put')
    const again = t.aws.recreateSsoUser(t.alice)
    expect(t.assigned()).toEqual([t.alice.userId])
    expect(await observed()).toBe('deleted absent')
    expect(t.aws.mayOpen({ user: again, account, permissionSet: t.set }).allowed).toBe(false)
    expect(await kindOfFailure(change('remove'))).toBe('none')
    t.advance(11 * 60_000)
    expect(await observed()).toBe('same absent')
    expect(await kindOfFailure(change('remove'))).toBe('none')
  })

  test('went with the permission set that was deleted: its removal is over', async () => {
    const role = { ...t.role, permissionSet: t.role.permissionSet.replace(/.{4}$/, '0000') }
    expect(await kindOfFailure(change('remove', { role }))).toBe('none')
    const elsewhere = t.connect({ credentials: t.aws.appCredentials(account, ['sso:*']) })
    expect(await kindOfFailure(change('remove', { role, cloud: elsewhere }))).toBe('denied')
    await change('put')
    t.aws.fail(1, 'ResourceNotFoundException', deleting)
    expect(await kindOfFailure(change('remove'))).toBe('missing')
    expect(t.assigned()).toEqual([t.alice.userId])
  })

  test('stays the same when the user is renamed', async () => {
    await change('put')
    t.aws.changeSsoUser(t.alice, { userName: 'alice-renamed' })
    expect(await observed()).toBe('same present')
    await change('remove')
    expect(t.assigned()).toEqual([])
  })

  test('is on every page', async () => {
    for (let n = 0; n < 101; n += 1) {
      const principal = t.aws.addSsoUser({ instance: t.instance, userName: `user${n}` })
      t.aws.assign({ account, permissionSet: t.set, principal })
    }
    await change('put')
    expect(await observed()).toBe('same present')
    expect(count('sso:ListAccountAssignments')).toBe(2)
  })

  test('is nothing at all where the instance is not: an absence there proves nothing', async () => {
    const elsewhere = t.connect({ credentials: t.aws.appCredentials(account, ['sso:*']) })
    await change('put')
    const missing = () => t.aws.fail(1, 'ResourceNotFoundException', 'sso:ListAccountAssignments')
    missing()
    expect(await kindOfFailure(elsewhere.observe(t.lane, [t.binding], freeGuard()))).toBe('denied')
    missing()
    expect(await observed()).toBe('same absent')
    const seen = elsewhere.observe(t.lane, [t.binding], freeGuard())
    expect(await kindOfFailure(seen)).toBe('denied')
    expect(await kindOfFailure(change('remove', { cloud: elsewhere }))).toBe('denied')
    const [other, permissionSet] = [
      t.aws.addInstance({ managementAccount: account }),
      t.role.permissionSet,
    ]
    expect(other.arn).not.toBe(t.instance.arn)
    const unknown = { ...t.role, permissionSet: permissionSet.replace(/.{4}$/, '0000') }
    expect(await kindOfFailure(change('put', { role: unknown }))).toBe('missing')
    expect(t.assigned()).toEqual([t.alice.userId])
  })

  test('of another assignment is neither put nor removed', async () => {
    const role: CloudRole = { ...t.role, account: t.instance.managementAccount }
    for (const act of ['put', 'remove'] as const) {
      const binding = { ...t.binding, role }
      const work = changeOne(t.cloud, t.lane, { do: act, binding }, freeGuard())
      expect(await kindOfFailure(work)).toBe('invalid')
    }
    expect(t.aws.calls).toEqual([])
  })
})

describe('sessions', () => {
  test.each([
    ['PT1H', 3600],
    ['PT12H', 43_200],
    ['PT1H30M', 5400],
    ['PT45M', 2700],
    ['PT3600S', 3600],
    ['P1D', 86_400],
    ['PT', undefined],
    ['P', undefined],
    ['1 hour', undefined],
  ])('of %s last %s s', (duration, seconds) => {
    expect(secondsOf(duration)).toBe(seconds)
  })

  test('that may last longer than the residual are refused before anything is given', async () => {
    const set = t.aws.addPermissionSet({
      instance: t.instance,
      name: 'Long',
      sessionDuration: 'PT2H',
    })
    const { kind, message } = await failureOf(
      change('put', { role: { ...t.role, permissionSet: set.arn } }),
    )
    expect(kind).toBe('invalid')
    expect(message).toBe(
      "AWS: sessions of the permission set Long may last 7200 s, and the policy says `residual` 3600 s: lower the permission set's session duration, or write a longer `residual`",
    )
    expect(count(creating)).toBe(0)
  })

  test('outlive the removal by no more than the residual, and none begins after it', async () => {
    await change('put')
    const asked = { user: t.alice, account, permissionSet: t.set }
    t.advance(60_000)
    const session = t.aws.openSsoSession(asked)
    const removed = await change('remove')
    expect(t.aws.mayOpen(asked).allowed).toBe(false)
    const last = removed.cloudAt + t.binding.residualSeconds * 1000
    expect([last - 1000, last].map((at) => t.aws.sessionMay(session, at).allowed)).toEqual([
      true,
      false,
    ])
  })
})

describe('failures over the wire', () => {
  test.each([
    ['Throttling', 'transient'],
    ['ServiceFailure', 'transient'],
    ['ServiceUnavailable', 'transient'],
    ['AccessDenied', 'denied'],
    ['InvalidClientTokenId', 'denied'],
    ['ExpiredToken', 'denied'],
    ['SignatureDoesNotMatch', 'denied'],
    ['ResourceNotFoundException', 'missing'],
    ['ServiceQuotaExceededException', 'quota'],
    ['ConflictException', 'conflict'],
    ['ValidationException', 'invalid'],
  ])('%s is %s, and is asked once only', async (code, kind) => {
    t.aws.fail(1, code, creating)
    expect(await kindOfFailure(change('put'))).toBe(kind)
    expect([count(creating), t.assigned()]).toEqual([1, []])
  })

  test('say when to ask again, where AWS does', async () => {
    t.aws.intercept(({ operation }, phase) =>
      phase === 'before' && operation === creating
        ? new Response('{"__type":"ThrottlingException"}', {
            status: 400,
            headers: { 'retry-after': '7' },
          })
        : undefined,
    )
    expect(await failureOf(change('put'))).toMatchObject({ kind: 'transient', retryAfterMs: 7000 })
  })
})
