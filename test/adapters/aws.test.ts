import { cloudContract } from '../contracts/cloud.ts'
import type { CloudUnderTest } from '../contracts/cloud-under-test.ts'
import type { UserRef } from '../../sandbox/aws/entities.ts'
import { apiActions } from '../../src/adapters/aws/create-aws.ts'
import type { CloudRole } from '../../src/domain/lanes/types.ts'
import { account, assumeOrdersRead, setUpAws } from './aws.setup.ts'

const writes = ['PutUserPolicy', 'DeleteUserPolicy']
const foreign = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }],
}

/** One action per binding, so that the judge can tell them apart; padded so that a known number fits. */
const inlineRole = (n: number): CloudRole => ({
  cloud: 'aws',
  mode: 'inline-permissions',
  account,
  allow: [{ actions: [`s3:GetObject${n}`], resources: [`arn:aws:s3:::orders/${'x'.repeat(410)}`] }],
})

async function underTest(mode: CloudRole['mode'], capacity: number): Promise<CloudUnderTest> {
  const { aws, cloud, alice, lane, now, advance, binding } = await setUpAws(apiActions)
  const roleOf = (n: number) => (mode === 'assume-role' ? assumeOrdersRead : inlineRole(n))
  let user: UserRef = { arn: alice.arn }
  const ours = (name: string) => name.startsWith('hallpass-')
  const edit = (name: string, document: object) =>
    aws.putUserPolicy({ user: alice, name, document })
  return {
    cloud,
    lane,
    now,
    advance,
    capacity,
    room: capacity + 1,
    binding: (n) => binding(n, roleOf(n)),
    usable({ role, sessionName }) {
      if (role.mode === 'assume-role')
        return aws.mayAssume({ user, roleArn: role.roleArn, sessionName }).allowed
      if (role.mode !== 'inline-permissions') throw new Error('This is about inline policies')
      const [action = '', resource = ''] = role.allow.flatMap((a) => [...a.actions, ...a.resources])
      return aws.mayCall({ user, action, resource }).allowed
    },
    putForeign: () => edit('team-policy', foreign),
    foreign: () => aws.policiesOf({ arn: alice.arn }).filter(({ name }) => !ours(name)),
    tamper: ({ name }) => edit(name, foreign),
    takeAway: ({ name }) => aws.removeUserPolicy({ user: alice, name }),
    foreignTouched: () =>
      aws.history
        .filter(({ by, policy }) => by === 'api' && policy?.startsWith('hallpass-') !== true)
        .map(({ operation, target }) => `${operation} ${target}`),
    unreliable: (share, seed) => aws.unreliable({ share, seed }),
    names: {
      replacePrincipal: () => void aws.recreateUser({ arn: alice.arn }),
      renamePrincipal() {
        user = aws.renameUser(alice, 'alice-renamed')
        return { ...lane, principal: { ...lane.principal, userName: 'alice-renamed' } }
      },
      removePrincipal: () => aws.removeUser({ arn: alice.arn }),
      ofAnother: () => ({
        ...lane,
        principal: { ...lane.principal, userId: `${lane.principal.userId}X` },
      }),
    },
    throttleOnce: () => aws.throttle(1),
    failOnce: () => aws.fail(1, 'ServiceFailure'),
    writeThenFailOnce() {
      // Whichever of the two comes next; the contract asks once for each.
      const had = aws.policiesOf({ arn: alice.arn }).length > 0
      aws.applyThenFail(1, had ? 'DeleteUserPolicy' : 'PutUserPolicy')
    },
    calls: () => aws.calls.length,
    writes: () => aws.calls.filter((call) => writes.includes(call.operation)).length,
    close: () => aws.close(),
  }
}

// Six, and not seven, fit into a user's 2,048 characters.
cloudContract('AWS, assuming a role', () => underTest('assume-role', 6))
cloudContract('AWS, inline permissions', () => underTest('inline-permissions', 3))
