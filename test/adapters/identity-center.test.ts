import { twinContract } from '../contracts/twin.ts'
import { during, type TwinUnderTest } from '../contracts/cloud-under-test.ts'
import { account, setUpIdentityCenter } from './identity-center.setup.ts'

const writes = ['sso:CreateAccountAssignment', 'sso:DeleteAccountAssignment']
/** What every call takes, so that whoever asks again and again sees the end of it. */
const callTakesMs = 2

/** `takesMs`: how long after it was taken a change is made. */
async function underTest(takesMs: number): Promise<TwinUnderTest> {
  const t = await setUpIdentityCenter()
  const { aws, alice, set, instance, advance } = t
  const bob = aws.addSsoUser({ instance, userName: 'bob' })
  const sre = aws.addSsoGroup({ instance, name: 'sre' })
  const other = aws.addPermissionSet({ instance, name: 'Other' })
  aws.assignmentsTake(takesMs)
  let unacknowledged = false
  aws.intercept((call, phase) => {
    if (phase === 'before') advance(callTakesMs)
    else if (unacknowledged && writes.includes(call.operation)) {
      unacknowledged = false
      advance(takesMs)
    }
  })
  const isOurs = (a: { principalId: string; permissionSetArn: string }) =>
    a.principalId === alice.userId && a.permissionSetArn === set.arn
  return {
    cloud: t.cloud,
    lane: t.lane,
    now: t.now,
    advance,
    room: 1,
    followUps: Math.max(1, Math.ceil(takesMs / callTakesMs)),
    binding: () => t.binding,
    usable: () => aws.mayOpen({ user: alice, account, permissionSet: set }).allowed,
    putForeign() {
      aws.assign({ account, permissionSet: set, principal: bob })
      aws.assign({ account, permissionSet: set, principal: sre })
      aws.assign({ account, permissionSet: other, principal: alice })
    },
    foreign: () =>
      [set, other].flatMap((each) => aws.assignmentsOf(account, each)).filter((a) => !isOurs(a)),
    foreignTouched: () =>
      aws
        .assignmentChanges()
        .filter(({ by, before, after }) => {
          const changed = after ?? before
          return by === 'api' && !(changed && isOurs(changed))
        })
        .map(({ operation, target }) => `${operation} ${target}`),
    takeAway: () => aws.unassign({ account, permissionSet: set, principal: alice }),
    whileThrottling: (asked) => during(aws, 'throttled', asked),
    whileDown: (asked) => during(aws, 'failed', asked),
    failOnce: () => aws.fail(1, 'ServiceFailure'),
    writeThenFailOnce() {
      unacknowledged = true
      aws.applyThenFail(1, writes[t.assigned().includes(alice.userId) ? 1 : 0])
    },
    unreliable: (share, seed) => aws.unreliable({ share, seed }),
    calls: () => aws.calls.length,
    writes: () => aws.calls.filter((call) => writes.includes(call.operation)).length,
    close: () => aws.close(),
  }
}

twinContract('Identity Center, changed at once', () => underTest(0))
twinContract('Identity Center, changed later', () => underTest(3 * callTakesMs))
