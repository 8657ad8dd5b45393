// Who somebody is in Azure, which role is meant, and how it is given: settled before anything is offered.
import type { RoleDefinition } from '@azure/arm-authorization'
import type { AzurePrincipal, AzureRoleAssignment } from '../../domain/lanes/types.ts'
import type { Identity } from '../../domain/policy/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { AzureApi } from './api.ts'
import type { Answer } from './exchange.ts'
import type { Licences } from './licence.ts'
import { isGuid, lastOf, scopeKey } from './names.ts'

type No = { readonly ok: false; readonly why: string }
type Resolution =
  | { readonly ok: true; readonly principal: AzurePrincipal; readonly given: AzureRoleAssignment }
  | No
const no = (why: string): No => ({ ok: false, why })

/** NB: whether anybody has the object id shows when it is written: Resource Manager does not tell it. */
export async function resolvePrincipal(
  { api, licences }: { readonly api: AzureApi; readonly licences: Licences },
  { role, identity }: { role: AzureRoleAssignment; identity: Identity | undefined },
  guard: CallGuard,
): Promise<Resolution> {
  const entry = identity?.azure
  if (entry === undefined)
    return no(
      "No Entra object id is known for this person. Add it to `identities` in the organization's policy: `azure: { object_id: <their object id> }`.",
    )
  const objectId = entry.objectId.toLowerCase()
  if (!isGuid(objectId))
    return no(
      `\`${entry.objectId}\` is no Entra object id. Correct this person's entry in \`identities\` in the organization's policy.`,
    )
  const scope = scopeKey(role.scope)
  const named = await roleOf(api, { ...role, scope }, guard)
  if (!named.ok) return named
  const mode = await modeOf(licences, { role, scope, objectId, now: named.now }, guard)
  if (mode === undefined)
    return no(
      `The tenant of \`${scope}\` has no licence for Privileged Identity Management (Entra ID P2 or Governance), and this role is given by it alone. Ask an administrator of the tenant, or write another \`via\` in the organization's policy.`,
    )
  return {
    ok: true,
    principal: { cloud: 'azure', objectId, name: entry.name },
    given: { cloud: 'azure', mode, scope, role: named.name, roleId: named.roleId },
  }
}

type Named =
  | { readonly ok: true; readonly name: string; readonly roleId: string; readonly now: number }
  | No

async function roleOf(
  api: AzureApi,
  { scope, role, roleId }: AzureRoleAssignment,
  guard: CallGuard,
): Promise<Named> {
  const id = roleId ?? (isGuid(role) ? role : undefined)
  const { found, evidence } =
    id === undefined
      ? await api.rolesNamed(scope, role, guard)
      : listed(await api.role(scope, id.toLowerCase(), guard))
  const [definition, ...more] = found ?? []
  if (definition === undefined)
    return no(
      `There is no role \`${id ?? role}\` at \`${scope}\` in Azure. Correct it in the organization's policy: its name as the portal shows it, or its id.`,
    )
  if (more.length > 0)
    return no(
      `There are several roles \`${role}\` at \`${scope}\` in Azure. Write the id of the one that is meant in the organization's policy.`,
    )
  return {
    ok: true,
    name: definition.roleName ?? role,
    roleId: lastOf(definition.name),
    now: evidence.cloudAt,
  }
}

const listed = ({
  found,
  evidence,
}: Answer<RoleDefinition>): Answer<readonly RoleDefinition[]> => ({
  found: found === undefined ? [] : [found],
  evidence,
})

/** NB: what the policy gives by PIM is never given without an end of its own instead. */
async function modeOf(
  licences: Licences,
  { role, ...about }: Parameters<Licences>[0] & { readonly role: AzureRoleAssignment },
  guard: CallGuard,
): Promise<'pim' | 'assignment' | undefined> {
  if (role.mode === 'assignment') return 'assignment'
  if (await licences(about, guard)) return 'pim'
  return role.mode === 'pim' ? undefined : 'assignment'
}
