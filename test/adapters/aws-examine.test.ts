import { CreateUserCommand } from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiActions, apiActionsByMode } from '../../src/adapters/aws/create-aws.ts'
import { always, onUsers } from '../../src/adapters/aws/permissions.ts'
import type { AwsRole } from '../../src/domain/lanes/types.ts'
import { freeGuard } from '../contracts/cloud-under-test.ts'
import { clientsOf } from '../sandbox/aws-clients.ts'
import {
  account,
  addWhatIsGiven,
  policyArnOf,
  roleArn,
  roles,
  setUpAws,
  type AwsSetup,
} from './aws.setup.ts'

let t: AwsSetup
beforeEach(async () => {
  t = await setUpAws([])
  addWhatIsGiven(t.aws)
})
afterEach(() => t.aws.close())

const unbounding = 'iam:DeleteRolePermissionsBoundary'
const anyUser = `arn:aws:iam::${account}:user/al*`
const anyGroup = `arn:aws:iam::${account}:group/hallpass-*`
const itsRoles = `arn:aws:iam::${account}:role/hallpass/*`
const allow = (Action: readonly string[], Resource: string | string[], Condition?: object) =>
  Action.length === 0
    ? []
    : [{ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) }]

/** What deploy/terraform would give: by mode, on no more than it needs. */
function leastFor(mode: keyof typeof roles, without: readonly string[] = []) {
  const needed = apiActionsByMode[mode].filter((p) => !without.includes(p))
  const on = (list: readonly string[]) => needed.filter((p) => list.includes(p))
  const attaching = needed.filter((p) => /(?:At|De)tachUserPolicy/.test(p))
  const onThem = on(Object.values(onUsers).flat()).filter((p) => !attaching.includes(p))
  const about = { StringEquals: { 'iam:PolicyARN': policyArnOf(1) } }
  const account = ['iam:GetUser', 'iam:SimulatePrincipalPolicy', 'iam:GetRole']
  return {
    Version: '2012-10-17',
    Statement: [
      ...allow(
        [...always].filter((p) => !without.includes(p)),
        '*',
      ),
      ...allow(
        account.filter((p) => !without.includes(p)),
        '*',
      ),
      ...allow(onThem, anyUser),
      ...allow(attaching, anyUser, about),
      ...allow(on(['iam:ListEntitiesForPolicy']), policyArnOf(1)),
      ...allow(
        needed.filter((p) => p.endsWith('Group')),
        anyGroup,
      ),
      ...(mode === 'end-sessions' ? allow(needed, [roleArn, anyUser]) : []),
      ...(mode === 'role-per-grant'
        ? [
            ...allow(
              needed.filter((p) => !/^iam:(?:At|De)tachRole|CreateRole/.test(p)),
              itsRoles,
            ),
            ...allow(
              needed.filter((p) => /(?:At|De)tachRole/.test(p)),
              itsRoles,
              about,
            ),
            ...allow(
              needed.filter((p) => p === 'iam:CreateRole'),
              itsRoles,
              {
                StringEquals: { 'iam:PermissionsBoundary': policyArnOf(0) },
              },
            ),
          ]
        : []),
    ],
  }
}

const examined = async (may: ReturnType<typeof leastFor> | readonly string[], role: AwsRole) => {
  const cloud = t.connect({ credentials: t.aws.appCredentials(account, may) })
  const found = await cloud.examine([role], freeGuard())
  return found.map(({ kind, permission, where }) => `${kind} ${permission} ${where}`)
}

describe("whether Hallpass's own credentials suit the work", () => {
  test.each(Object.keys(roles) as (keyof typeof roles)[])(
    'no more than what %s needs is enough, and whatever is missing is told',
    async (mode) => {
      const role = roles[mode](1)
      const inline = mode === 'end-sessions' ? onUsers['assume-role'] : []
      const least = leastFor(mode)
      const all = { ...least, Statement: [...least.Statement, ...allow(inline, anyUser)] }
      expect(await examined(all, role)).toEqual([])
      const nothing = await examined(
        ['iam:ListUsers', 'iam:GetAccountAuthorizationDetails', 'iam:SimulatePrincipalPolicy'],
        role,
      )
      for (const permission of apiActionsByMode[mode])
        if (!/^iam:(?:Add|Remove)User|DeleteRolePerm/.test(permission) && permission !== unbounding)
          expect(nothing.some((line) => line.startsWith(`lacks ${permission} `))).toBe(true)
    },
  )

  test('to take a boundary off is needed only where a role is to have none', async () => {
    const may = apiActions.filter((action) => action !== unbounding)
    const lacks = async (boundary: string | undefined) => {
      const policies = [policyArnOf(1)]
      const role = { cloud: 'aws', mode: 'role-per-grant', account, policies, boundary } as const
      return (await examined(may, role)).filter((line) => line.includes(unbounding))
    }
    expect(await lacks(policyArnOf(0))).toEqual([])
    expect(await lacks(undefined)).toEqual([expect.stringMatching(/^lacks/)])
  })

  test('a permission that depends on the boundary of users is found', async () => {
    const bounded = { StringEquals: { 'iam:PermissionsBoundary': policyArnOf(0) } }
    const may = (condition?: object) => ({
      Version: '2012-10-17',
      Statement: [
        ...allow(
          apiActions.filter((it) => it !== 'iam:PutUserPolicy'),
          '*',
        ),
        ...allow(['iam:PutUserPolicy'], anyUser, condition),
      ],
    })
    const lacks = async () =>
      (await examined(may(bounded), roles['assume-role']())).filter((it) => it.startsWith('lacks'))
    expect(await lacks()).toEqual([`lacks iam:PutUserPolicy on users of account ${account}`])
    const { iam } = clientsOf(t.aws, t.aws.appCredentials(account))
    await iam.send(
      new CreateUserCommand({ UserName: 'alfred', PermissionsBoundary: policyArnOf(0) }),
    )
    expect(await lacks()).toEqual([])
  })

  test('a boundary may be taken off only where a role is to have none', async () => {
    const off = 'iam:DeleteRolePermissionsBoundary'
    const least = leastFor('role-per-grant', [off])
    const role = roles['role-per-grant'](1)
    expect(await examined(least, role)).toEqual([])
    const unbounded = { ...role, boundary: undefined } as AwsRole
    expect(await examined(least, unbounded)).toContain(
      `lacks ${off} on roles under /hallpass/ of account ${account}`,
    )
  })

  test('what is not needed is told', async () => {
    const more = ['iam:CreateAccessKey', 'sts:AssumeRole']
    expect(await examined([...apiActions, ...more], roles['assume-role']())).toEqual([
      `exceeds iam:AttachUserPolicy on users of account ${account}`,
      `exceeds iam:CreateAccessKey on users of account ${account}`,
      `exceeds sts:AssumeRole on ${roleArn}`,
      'exceeds iam:AttachUserPolicy on itself',
      'exceeds iam:PutUserPolicy on itself',
    ])
    expect(await examined(apiActions, roles['role-per-grant'](1))).toContain(
      `exceeds iam:CreateRole on roles outside of /hallpass/ of account ${account}`,
    )
  })

  test('a list that may not be read is what they lack', async () => {
    for (const listing of ['iam:GetAccountAuthorizationDetails', 'iam:ListUsers'])
      expect(
        await examined(
          apiActions.filter((a) => a !== listing),
          roles['assume-role'](),
        ),
      ).toContain(`lacks ${listing} in account ${account}`)
  })

  test('an account that they do not reach is told', async () => {
    const role = { ...roles['assume-role'](), account: '999988887777' }
    expect(await examined(apiActions, role)).toEqual([
      'lacks sts:AssumeRole on a role of account 999988887777',
    ])
  })
})
