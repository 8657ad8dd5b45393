// Hallpass as the identity that the Terraform module makes: it can work, it needs each permission, and no role more.
import { afterEach, expect, test } from 'vitest'
import type { Permit } from '../../sandbox/azure/identities.ts'
import { CloudError } from '../../src/domain/errors.ts'
import { freeGuard } from '../contracts/cloud-under-test.ts'
import { filled, moduleFile } from '../support/deploy.ts'
import { contributor, reader, setUpAzure, type AzureSetup, type Mode } from './azure.setup.ts'

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

/** All that is done for a grant, and what the inventory asks. Answers what was lacking. */
async function work(roleId = reader): Promise<readonly string[]> {
  const { cloud, lane, scope } = t
  const guard = freeGuard()
  const role = t.role({ roleId })
  const binding = t.binding(1, { role })
  const lacking: string[] = []
  const step = async <T>(what: string, did: () => Promise<T>) => {
    try {
      return await did()
    } catch (error) {
      if (!(error instanceof CloudError)) throw error
      lacking.push(`${what}: ${error.kind}`)
      return undefined
    }
  }
  await step('resolve', () => cloud.resolve(role, t.identity(t.person(1)), guard))
  await step('standing', () => cloud.standing(role, binding.principal, guard))
  for (const change of ['put', 'remove'] as const) {
    const applied = await step(change, () => cloud.apply(lane, [{ do: change, binding }], guard))
    for (const it of applied?.values() ?? [])
      if (!it.ok) lacking.push(`${change}: ${it.error.kind}`)
    await step('observe', () => cloud.observe(lane, [binding], guard))
    t.advance(600_000)
  }
  await step('list', () => cloud.list({ cloud: 'azure', scope }, guard))
  return lacking
}

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
