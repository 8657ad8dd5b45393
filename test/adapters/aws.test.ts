import type { IamChange } from '../../sandbox/aws/judge.ts'
import type { User, UserRef } from '../../sandbox/aws/entities.ts'
import type { Aws } from '../../sandbox/aws/index.ts'
import { apiActions } from '../../src/adapters/aws/create-aws.ts'
import type { Binding } from '../../src/domain/lanes/types.ts'
import { twinContract } from '../contracts/twin.ts'
import { during, type TwinUnderTest } from '../contracts/cloud-under-test.ts'
import {
  account,
  actionOf,
  addWhatIsGiven,
  allowing,
  grantedRoleArn,
  groupOf,
  policyArnOf,
  roles,
  setUpAws,
} from './aws.setup.ts'

const foreign = allowing('s3:ListAllMyBuckets')
const theirs = `arn:aws:iam::${account}:policy/theirs`
const theirRole = `arn:aws:iam::${account}:role/hallpass/theirs`
const ours = (name: string) => name.startsWith('hallpass-')

/** Everything on the user, and beside it, that is none of ours. */
function foreignOf(aws: Aws, user: UserRef) {
  const { inline, attached, groups } = aws.recordOf(user.arn) as User
  return {
    inline: [...inline].filter(([name]) => !ours(name)),
    attached: attached.filter((arn) => !arn.includes('/hallpass-')),
    groups: groups.filter((name) => !ours(name)),
    role: aws.recordOf(theirRole),
  }
}

function putForeign(aws: Aws, user: UserRef): void {
  aws.putUserPolicy({ user, name: 'team-policy', document: foreign })
  aws.addGroup({ account, name: 'theirs', policies: { p: foreign } })
  aws.addToGroup(user, 'theirs')
  aws.addManagedPolicy({ account, name: 'theirs', document: foreign })
  aws.attachPolicy(user, theirs)
  aws.addRole({ account, name: 'theirs', path: '/hallpass/', policies: { p: foreign } })
}

/** A change by the app to a role of ours, or to what bears our name on another record. */
function isOurs({ target, policy = '', before, after }: IamChange): boolean {
  if (target.includes(':role/hallpass/hallpass-')) return true
  if (ours(policy) || policy.includes(':policy/hallpass-')) return true
  if (before?.kind !== 'user' || after?.kind !== 'user') return false
  const [had, has] = [new Set(before.groups), new Set(after.groups)]
  const differing = [...had, ...has].filter((group) => !had.has(group) || !has.has(group))
  return differing.length > 0 && differing.every(ours)
}

interface Mode {
  readonly capacity: number
  /** Which write makes it usable, and which is the last of its removal. */
  readonly lastPut: string
  readonly lastRemoval: string
  readonly followUps?: number
  usable(aws: Aws, user: UserRef, binding: Binding, n: number): boolean
  tamper?(aws: Aws, user: UserRef, binding: Binding): void
  takeAway(aws: Aws, user: UserRef, binding: Binding, n: number): void
}

const inline = {
  lastPut: 'PutUserPolicy',
  lastRemoval: 'DeleteUserPolicy',
  tamper: (aws: Aws, user: UserRef, { name }: Binding) =>
    aws.putUserPolicy({ user, name, document: foreign }),
  takeAway: (aws: Aws, user: UserRef, { name }: Binding) => aws.removeUserPolicy({ user, name }),
}
const assumable = (aws: Aws, user: UserRef, { role, sessionName }: Binding) =>
  role.mode === 'assume-role' && aws.mayAssume({ user, roleArn: role.roleArn, sessionName }).allowed
const mayCall = (aws: Aws, user: UserRef, n: number, resource = '*') =>
  aws.mayCall({ user, action: actionOf(n), resource }).allowed

function throughRole(aws: Aws, user: UserRef, binding: Binding, n: number): boolean {
  const asked = { user, roleArn: grantedRoleArn(binding), sessionName: binding.sessionName }
  if (!aws.mayAssume(asked).allowed) return false
  const session = aws.openSession(asked)
  return aws.mayCall({ session, action: actionOf(n), resource: '*' }).allowed
}

const modes: Readonly<Record<keyof typeof roles, Mode>> = {
  // Six, and not seven, fit into a user's 2,048 characters.
  'assume-role': { ...inline, capacity: 6, usable: assumable },
  'end-sessions': { ...inline, capacity: 6, usable: assumable, followUps: 2 },
  'inline-permissions': {
    ...inline,
    capacity: 3,
    usable: (aws, user, { role }, n) =>
      role.mode === 'inline-permissions' &&
      mayCall(aws, user, n, role.allow[0]?.resources[0] ?? ''),
  },
  'role-per-grant': {
    capacity: 3,
    lastPut: 'AttachRolePolicy',
    lastRemoval: 'DeleteRole',
    followUps: 5,
    usable: throughRole,
    tamper: (aws, _user, binding) =>
      aws.attachPolicy({ arn: grantedRoleArn(binding) }, policyArnOf(11)),
    takeAway: (aws, _user, binding) => aws.removeRole({ arn: grantedRoleArn(binding) }),
  },
  group: {
    capacity: 10,
    lastPut: 'AddUserToGroup',
    lastRemoval: 'RemoveUserFromGroup',
    usable: (aws, user, _binding, n) => mayCall(aws, user, n),
    takeAway: (aws, user, _binding, n) => aws.removeFromGroup(user, groupOf(n)),
  },
  'managed-policy': {
    capacity: 10,
    lastPut: 'AttachUserPolicy',
    lastRemoval: 'DetachUserPolicy',
    usable: (aws, user, _binding, n) => mayCall(aws, user, n),
    takeAway: (aws, user, _binding, n) => aws.detachPolicy(user, policyArnOf(n)),
  },
}

const isWrite = (operation: string) =>
  !/^(?:Get|List|Simulate)/.test(operation) && operation !== 'AssumeRole'

async function underTest(name: keyof typeof roles): Promise<TwinUnderTest> {
  const { aws, cloud, alice, lane, now, advance, binding } = await setUpAws(apiActions)
  addWhatIsGiven(aws)
  const mode = modes[name]
  aws.setQuotas(account, { roles: 1 + mode.capacity })
  let user: UserRef = alice
  const all = Array.from({ length: mode.capacity + 1 }, (_, i) =>
    binding(i + 1, roles[name](i + 1)),
  )
  const numberOf = ({ id }: Binding) => all.findIndex((each) => each.id === id) + 1
  const by = (ref: UserRef) => ({ arn: ref.arn })
  const { tamper } = mode
  let removalIsNext = false
  return {
    cloud,
    lane,
    now,
    advance,
    capacity: mode.capacity,
    room: mode.capacity + 1,
    ...(mode.followUps === undefined ? {} : { followUps: mode.followUps }),
    binding(n) {
      const found = all[n - 1]
      if (found === undefined) throw new Error(`There is no binding ${n}`)
      return found
    },
    usable: (of) => mode.usable(aws, by(user), of, numberOf(of)),
    putForeign: () => putForeign(aws, user),
    foreign: () => foreignOf(aws, user),
    ...(tamper === undefined ? {} : { tamper: (of: Binding) => tamper(aws, user, of) }),
    takeAway: (of) => mode.takeAway(aws, user, of, numberOf(of)),
    foreignTouched: () =>
      aws
        .iamChanges()
        .filter((change) => change.by === 'api' && !isOurs(change))
        .map(({ operation, target }) => `${operation} ${target}`),
    unreliable: (share, seed) => aws.unreliable({ share, seed }),
    names: {
      ...(name === 'role-per-grant' ? { outlived: true as const } : {}),
      replacePrincipal: () => void aws.recreateUser(by(user)),
      renamePrincipal() {
        user = aws.renameUser(user, 'alice-renamed')
        return { ...lane, principal: { ...lane.principal, userName: 'alice-renamed' } }
      },
      removePrincipal: () => aws.removeUser(by(user)),
      ofAnother: () => ({
        ...lane,
        principal: { ...lane.principal, userId: `${lane.principal.userId}X` },
      }),
    },
    whileThrottling: (asked) => during(aws, 'throttled', asked),
    whileDown: (asked) => during(aws, 'failed', asked),
    failOnce: () => aws.fail(1, 'ServiceFailure'),
    writeThenFailOnce() {
      // The contract asks once for each.
      aws.applyThenFail(1, removalIsNext ? mode.lastRemoval : mode.lastPut)
      removalIsNext = true
    },
    calls: () => aws.calls.length,
    writes: () => aws.calls.filter((call) => isWrite(call.operation)).length,
    close: () => aws.close(),
  }
}

twinContract('AWS, assuming a role', () => underTest('assume-role'))
twinContract('AWS, assuming a role, with sessions ended', () => underTest('end-sessions'))
twinContract('AWS, inline permissions', () => underTest('inline-permissions'))
twinContract('AWS, a role for each grant', () => underTest('role-per-grant'))
twinContract('AWS, membership in a group', () => underTest('group'))
twinContract('AWS, a managed policy', () => underTest('managed-policy'))
