// From a method and a path to the operation, named as the SDK names it.

export interface Route {
  readonly operation: string
  /** As written, with its leading slash. Empty for the tenant itself. */
  readonly scope: string
  readonly name: string
}

const types = [
  'roleAssignments',
  'roleDefinitions',
  'roleAssignmentScheduleRequests',
  'roleAssignmentSchedules',
  'roleAssignmentScheduleInstances',
  'roleManagementPolicyAssignments',
]

const shape =
  /^(?<scope>(?:\/[^/]+)*)\/providers\/Microsoft\.Authorization\/(?<type>[a-z]+)(?:\/(?<name>[^/]+))?(?:\/(?<verb>cancel|validate))?\/?$/i

/** Undefined for what is not served, such as a path that begins with two slashes. */
export function routeOf(method: string, pathname: string): Route | undefined {
  const { scope = '', type, name = '', verb } = shape.exec(decoded(pathname))?.groups ?? {}
  const known = types.find((it) => it.toLowerCase() === type?.toLowerCase())
  if (known === undefined) return undefined
  const act = actOf(method, name, verb)
  if (act === undefined) return undefined
  const list = known === 'roleDefinitions' ? 'list' : 'listForScope'
  return { operation: `${known}.${act === 'list' ? list : act}`, scope, name }
}

function actOf(method: string, name: string, verb: string | undefined): string | undefined {
  if (verb !== undefined) return method === 'POST' ? verb.toLowerCase() : undefined
  if (name === '') return method === 'GET' ? 'list' : undefined
  return { GET: 'get', PUT: 'create', DELETE: 'delete' }[method]
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return ''
  }
}
