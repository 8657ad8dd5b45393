// Hallpass as the service account that the Terraform module makes: it can work, it needs each permission, and no role more.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CloudError } from '../../src/domain/errors.ts'
import { freeGuard } from '../contracts/cloud-under-test.ts'
import { filled, moduleFile } from '../support/deploy.ts'
import { alice, bob, setUpGcp, viewer, type GcpSetup } from './gcp.setup.ts'

const permissions = JSON.parse(moduleFile('gcp/permissions.json')) as {
  readonly projects: readonly string[]
}

/** The roles in the condition that the module writes for them, as Google reads it. */
function rolesIn(condition: string): readonly string[] {
  const form =
    /^api\.getAttribute\("iam\.googleapis\.com\/modifiedGrantsByRole", \[\]\)\.hasOnly\((\[.*\])\)$/
  return JSON.parse(form.exec(condition)?.[1] ?? '') as readonly string[]
}

const condition = filled(moduleFile('gcp/condition.cel.tftpl'), {
  roles: JSON.stringify([viewer]),
}).trim()

let t: GcpSetup
beforeEach(async () => {
  t = await setUpGcp()
})
afterEach(() => t.close())

const become = (may: readonly string[]) =>
  t.gcp.appCredentials({ permissions: may, modifiedGrantsByRole: rolesIn(condition) })

/** All that is done for a grant, and what the inventory and the examination ask. Answers what was lacking. */
async function work(role = viewer): Promise<readonly string[]> {
  const { cloud, lane, resource } = t
  const binding = t.binding(1, { role })
  const guard = freeGuard()
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
  if (binding.role.cloud !== 'gcp') throw new Error('This is about Google Cloud')
  const of = binding.role
  await step('standing', () => cloud.standing(of, binding.principal, guard))
  for (const change of ['put', 'remove'] as const) {
    const applied = await step(change, () => cloud.apply(lane, [{ do: change, binding }], guard))
    for (const it of applied?.values() ?? [])
      if (!it.ok) lacking.push(`${change}: ${it.error.kind}`)
    await step('observe', () => cloud.observe(lane, [binding], guard))
  }
  await step('list', () => cloud.list({ cloud: 'gcp', resource }, guard))
  const found = await step('examine', () => cloud.examine([of], guard))
  return [...lacking, ...(found ?? []).map(({ kind, permission }) => `${kind} ${permission}`)]
}

test('the role can do the work, and its examination finds nothing', async () => {
  become(permissions.projects)
  expect(await work()).toEqual([])
})

test.each(permissions.projects)('it needs %s', async (permission) => {
  become(permissions.projects.filter((it) => it !== permission))
  expect((await work()).join()).toMatch(/denied/)
})

test('it gives no other role, and takes none away that others gave', async () => {
  become(permissions.projects)
  const others = [{ role: 'roles/owner', members: [bob] }]
  t.gcp.setPolicy(t.resource, others)
  expect(await work('roles/run.admin')).toContain('put: denied')
  expect(t.gcp.policyOf(t.resource).bindings).toMatchObject(others)
  expect(t.gcp.may({ resource: t.resource, role: 'roles/run.admin', member: alice }).allowed).toBe(
    false,
  )
})
