import { createAws } from '../../src/adapters/aws/create-aws.ts'
import type { AwsPrincipal, AwsRole, Binding } from '../../src/domain/lanes/types.ts'
import { bystander, instance, madeFor, type RealAccount, type Time } from './account.ts'
import { action, createRecords, nowhere, type AwsConnection, type Records } from './aws-records.ts'
import { bindingFor, laneUnderTest, silent } from './lane.ts'
import { countRequests, hostOf } from './requests.ts'

const settleMs = 3 * 60_000
const windowMs = 2 * 60_000

interface Way {
  readonly mode: AwsRole['mode']
  readonly role: (n: number) => AwsRole
  readonly room: number
  usable(binding: Binding, at: number): Promise<boolean>
  readonly tamper?: (binding: Binding) => Promise<unknown>
  takeAway(binding: Binding): Promise<unknown>
}

const document = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: action, Resource: nowhere },
}
const resourceOf = (n: number) => nowhere.replace('*', String(n))

export const awsModes = [
  'assume-role',
  'assume-role and sessions ended',
  'inline-permissions',
  'role-per-grant',
  'group',
  'managed-policy',
] as const

function waysIn(account: string, records: Records): Record<(typeof awsModes)[number], Way> {
  const of = { cloud: 'aws', account } as const
  const [policyArn, roleArn] = [records.arn('policy', madeFor), records.arn('role', madeFor)]
  const inline = {
    room: 2,
    tamper: ({ name }: Binding) => records.putInline(name, document),
    takeAway: ({ name }: Binding) => records.removeInline(name),
  }
  const assumable = ({ sessionName }: Binding, at: number) =>
    records.userMay({ action: 'sts:AssumeRole', resource: roleArn, sessionName, at })
  const mayRead = (_: Binding, at: number) =>
    records.userMay({ action, resource: resourceOf(1), at })
  return {
    'assume-role': {
      ...inline,
      mode: 'assume-role',
      role: () => ({ ...of, mode: 'assume-role', roleArn }),
      usable: assumable,
    },
    'assume-role and sessions ended': {
      ...inline,
      mode: 'assume-role',
      role: () => ({ ...of, mode: 'assume-role', roleArn, endSessions: true }),
      usable: assumable,
    },
    'inline-permissions': {
      ...inline,
      mode: 'inline-permissions',
      role: (n) => ({
        ...of,
        mode: 'inline-permissions',
        allow: [{ actions: [action], resources: [resourceOf(n)] }],
      }),
      usable({ role }, at) {
        const [given] = role.mode === 'inline-permissions' ? role.allow : []
        return records.userMay({ action, resource: given?.resources[0] ?? '', at })
      },
    },
    'role-per-grant': {
      mode: 'role-per-grant',
      room: 2,
      role: () => ({ ...of, mode: 'role-per-grant', policies: [policyArn], boundary: policyArn }),
      usable: ({ name }, at) => records.roleMay(name, { action, resource: resourceOf(1), at }),
      tamper: ({ name }) => records.detachFromRole(name, policyArn),
      takeAway: ({ name }) => records.removeRole(name),
    },
    group: {
      mode: 'group',
      room: 1,
      role: () => ({ ...of, mode: 'group', group: madeFor }),
      usable: mayRead,
      takeAway: () => records.leave(madeFor),
    },
    'managed-policy': {
      mode: 'managed-policy',
      room: 1,
      role: () => ({ ...of, mode: 'managed-policy', policyArn }),
      usable: mayRead,
      takeAway: () => records.detach(policyArn),
    },
  }
}

export function awsAccount(
  [account = '', userName = '']: readonly string[],
  { time, connection = {} }: { time: Time; connection?: AwsConnection },
): RealAccount {
  const records = createRecords(account, userName, connection)
  const cloud = createAws({ instance, log: silent, ...connection })
  const requests = countRequests(hostOf(connection.endpoint, 'amazonaws.com'))
  const ways = waysIn(account, records)

  async function setUp({ room, role, usable, tamper, takeAway }: Way) {
    const userId = (await records.user())?.UserId ?? ''
    const principal: AwsPrincipal = { cloud: 'aws', account, userName, userId }
    const numbers = Array.from({ length: room }, (_, n) => n + 1)
    return laneUnderTest({
      cloud,
      time,
      settleMs,
      windowMs,
      bindings: numbers.map((n) => bindingFor(role(n), principal, time.now())),
      requests,
      usable: (binding) => usable(binding, time.now()),
      putForeign: () => records.putInline(bystander, document),
      foreign: () => records.foreign(),
      tamper,
      takeAway,
    })
  }

  return {
    name: 'AWS',
    time,
    settleMs,
    lagMs: cloud.lagMs,
    who: async () =>
      `${(await cloud.whoAmI()).arn} writes to IAM user ${userName} of account ${account}`,
    async whyNotMade() {
      if (!userName.startsWith(madeFor))
        return `the name of IAM user ${userName} does not begin with ${madeFor}`
      const found = (await cloud.whoAmI()).account
      return found === account
        ? undefined
        : `the credentials are of account ${found}, not ${account}`
    },
    leftovers: () => records.leftovers(),
    modes: awsModes.map((name) => ({
      name,
      mode: ways[name].mode,
      setUp: () => setUp(ways[name]),
    })),
    async close() {
      requests.close()
      records.close()
      await Promise.resolve()
    },
  }
}
