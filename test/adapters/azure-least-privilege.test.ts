// Hallpass as the identity that the Terraform module makes: it can work, it needs each permission, and no role more.
import { afterEach, expect, test } from 'vitest'
import type { Permit } from '../../sandbox/azure/identities.ts'
import { filled, moduleFile } from '../support/deploy.ts'
import { refusedIn } from '../support/whole-work.ts'
import {
  contributor,
  minute,
  reader,
  setUpAzure,
  type AzureSetup,
  type Mode,
} from './azure.setup.ts'

const permissions = JSON.parse(moduleFile('azure/permissions.json')) as {
  readonly always: readonly string[]
  readonly pim: readonly string[]
}
const condition = filled(moduleFile('azure/condition.tftpl'), { roles: reader })

/** The roles that a condition lets pass where one is given, and where one is taken away. */
function rolesIn(of: string): readonly (readonly string[])[] {
  const clause =
    /@(?:Request|Resource)\[Microsoft\.Authorization\/roleAssignments:RoleDefinitionId\] ForAnyOfAnyValues:GuidEquals \{([^}]*)\}/g
  return [...of.matchAll(clause)].map(([, ids = '']) => ids.split(', '))
}

let t: AzureSetup
afterEach(() => t.azure.close())

async function become(mode: Mode, actions: readonly string[]): Promise<void> {
  const permit: Permit = { actions, onlyRoles: rolesIn(condition)[0] ?? [] }
  t = await setUpAzure(mode, { permit })
}

/** Not examined: that looks at the identity's own assignments, and here it was told outright what it may do. */
const work = (roleId = reader) =>
  refusedIn({
    cloud: t.cloud,
    lane: t.lane,
    binding: t.binding(1, { role: t.role({ roleId }) }),
    identity: t.identity(t.person(1)),
    // Azure ends nothing within its first five minutes.
    settle: () => t.advance(10 * minute),
    examined: false,
  })

const inMode = { assignment: permissions.always, pim: [...permissions.always, ...permissions.pim] }

test.each(['assignment', 'pim'] as const)('the role can do the work by %s', async (mode) => {
  await become(mode, inMode[mode])
  expect(await work()).toEqual([])
})

test.each([
  ...permissions.always.map((action) => ['assignment', action] as const),
  ...permissions.pim.map((action) => ['pim', action] as const),
])('by %s, it needs %s', async (mode, action) => {
  await become(
    mode,
    inMode[mode].filter((it) => it !== action),
  )
  expect((await work()).join()).toMatch(/denied/)
})

test.each(['assignment', 'pim'] as const)('it gives no other role by %s', async (mode) => {
  await become(mode, inMode[mode])
  expect(await work(contributor)).toContain('put: denied')
})

test('the same roles may be given and taken away, and to users alone', () => {
  expect(rolesIn(condition)).toEqual([[reader], [reader]])
  expect(condition.match(/:PrincipalType\] \S+ \{'User'\}/g)).toHaveLength(2)
})
