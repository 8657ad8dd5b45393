import type {
  IdentityCenterAssignment,
  IdentityCenterPrincipal,
} from '../../../domain/lanes/types.ts'
import type { Identity } from '../../../domain/policy/types.ts'
import type { CallGuard } from '../../../workflows/ports.ts'
import type { IdentityCenterApi } from './api.ts'
import { instanceArnOf, noInstance } from './lanes.ts'

type Resolution = { ok: true; principal: IdentityCenterPrincipal } | { ok: false; why: string }
const unresolved = (why: string): Resolution => ({ ok: false, why })

export async function resolvePrincipal(
  api: IdentityCenterApi,
  role: IdentityCenterAssignment,
  identity: Identity | undefined,
  guard: CallGuard,
): Promise<Resolution> {
  const entry = identity?.identityCenter
  if (!entry)
    return unresolved(
      "No user of IAM Identity Center is known for this person. Add one to `identities` in the organization's policy: `identity_center: { user: <user name> }`.",
    )
  const instanceArn = instanceArnOf(role)
  const instance = (await api.instances(guard)).find(({ arn }) => arn === instanceArn)
  if (!instance) return unresolved(`${noInstance(instanceArn)}. An operator must set that right.`)
  const { store } = instance
  const [found, ...others] = await findUsers(api, store, entry.user, guard)
  if (others.length > 0)
    return unresolved(
      `\`${entry.user}\` is the name of one user in IAM Identity Center and the e-mail address of another. Write the name of the one that is meant in \`identities\` in the organization's policy, or change the address.`,
    )
  const name = found && (await api.userName({ store, userId: found }, guard)).found
  if (found === undefined || name === undefined)
    return unresolved(
      `There is no user in IAM Identity Center that has \`${entry.user}\` for its name or, alone, for its e-mail address. Create it, or correct this person's entry in \`identities\` in the organization's policy.`,
    )
  if (entry.id !== undefined && entry.id !== found)
    return unresolved(
      `The user \`${entry.user}\` in IAM Identity Center has the id ${found}, and \`identities\` in the organization's policy says ${entry.id}: the name may have changed hands. Correct the \`id\` if this is the same person.`,
    )
  return {
    ok: true,
    principal: { cloud: 'identity-center', store, userName: name, userId: found },
  }
}

/** NB: both are asked always: an address that is somebody else's name must not lead to whoever comes first. */
async function findUsers(
  api: IdentityCenterApi,
  store: string,
  value: string,
  guard: CallGuard,
): Promise<readonly string[]> {
  const byName = await api.userId({ store, attribute: 'userName', value }, guard)
  const byMail = await api.userId({ store, attribute: 'emails.value', value }, guard)
  return [...new Set([byName ?? [], byMail ?? []].flat())]
}
