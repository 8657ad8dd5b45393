// Whether the credentials can do the work, and no more than it needs, by Google's own answer.
import { CloudError } from '../../domain/errors.ts'
import type { Shortcoming } from '../../domain/lanes/places.ts'
import type { GcpConditionalBinding } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import type { PolicyCalls } from './policy-calls.ts'

const kinds = ['projects', 'folders', 'organizations']

const neededOn = (kind: string): readonly string[] => [
  `resourcemanager.${kind}.getIamPolicy`,
  `resourcemanager.${kind}.setIamPolicy`,
]

/** What Hallpass's own credentials must be allowed to do, on each resource that a policy names. */
export const apiActions: readonly string[] = kinds.flatMap(neededOn)

/** With these, whoever gets hold of the credentials gets around all that Hallpass records. */
const never = [
  'iam.roles.update',
  'iam.serviceAccountKeys.create',
  'iam.serviceAccounts.actAs',
  'iam.serviceAccounts.getAccessToken',
]

/** What Google refuses to be asked there cannot be used there, and what is denied is not had. */
async function held(
  calls: PolicyCalls,
  resource: string,
  permissions: readonly string[],
  guard: CallGuard,
): Promise<readonly string[]> {
  try {
    return (await calls.test(resource, permissions, guard)).value
  } catch (error) {
    const none =
      error instanceof CloudError && ['denied', 'invalid', 'missing'].includes(error.kind)
    if (none) return []
    throw error
  }
}

async function examineOne(
  calls: PolicyCalls,
  resource: string,
  guard: CallGuard,
): Promise<readonly Shortcoming[]> {
  const needed = neededOn(resource.split('/')[0] ?? '')
  const has = await held(calls, resource, needed, guard)
  const exceeding = await held(calls, resource, never, guard)
  const where = `on ${resource}`
  return [
    ...needed
      .filter((it) => !has.includes(it))
      .map((permission): Shortcoming => ({ kind: 'lacks', permission, where })),
    ...exceeding.map((permission): Shortcoming => ({ kind: 'exceeds', permission, where })),
  ]
}

export async function examineAccess(
  calls: PolicyCalls,
  roles: readonly GcpConditionalBinding[],
  guard: CallGuard,
): Promise<readonly Shortcoming[]> {
  const found: Shortcoming[] = []
  for (const resource of new Set(roles.map((role) => role.resource)))
    found.push(...(await examineOne(calls, resource, guard)))
  return found
}
