// Hallpass as the service account that the Terraform module makes: it can work, it needs each permission, and no role more.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { filled, moduleFile } from '../support/deploy.ts'
import { refusedIn } from '../support/whole-work.ts'
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

const work = (role = viewer) =>
  refusedIn({
    cloud: t.cloud,
    lane: t.lane,
    binding: t.binding(1, { role }),
    identity: { github: 1, aws: [], gcp: { email: 'alice@acme.example' } },
    examined: true,
  })

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
