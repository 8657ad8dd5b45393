// Whether the caller's own policies let it make this call.
import { targetOf, type Action, type Call, type OwnerKind } from './action.ts'
import { mayCall } from './authority.ts'
import { AwsFault } from './fault.ts'

const onOwner = /^(?:Put|Delete|Attach|Detach)(User|Role)(?:Policy|PermissionsBoundary)$/
const asksForBoundary = new Set(['CreateRole', 'CreateUser', 'PutRolePermissionsBoundary'])

/** `iam:PermissionsBoundary` is what a call asks for, or what the one whom it changes is bounded by. */
function boundary(call: Call): string | undefined {
  if (asksForBoundary.has(call.name)) return call.params.optional('PermissionsBoundary')
  const [, kind] = onOwner.exec(call.name) ?? []
  const target = kind ? targetOf(call, kind.toLowerCase() as OwnerKind) : undefined
  return target && target.kind !== 'group' ? target.boundary : undefined
}

type Context = Record<string, string | undefined>

function tagsIn(call: Call): Context {
  const context: Context = {}
  for (const [key, value] of call.params.tags('Tags')) context[`aws:RequestTag/${key}`] = value
  const role = targetOf(call, 'role')
  for (const [key, value] of role?.kind === 'role' ? role.tags : []) {
    context[`aws:ResourceTag/${key}`] = value
    context[`iam:ResourceTag/${key}`] = value
  }
  return context
}

const contextFor = (call: Call): Context => ({
  ...tagsIn(call),
  'iam:PermissionsBoundary': boundary(call),
  'iam:PolicyARN': /^(?:Attach|Detach)/.test(call.name)
    ? call.params.optional('PolicyArn')
    : undefined,
})

/** IAM acts only for callers whose own policies allow it. */
export function authorize(call: Call, action: Action): void {
  const { at, caller, name, state } = call
  const who = caller.kind === 'user' ? { user: caller.user } : { session: caller }
  const [resource, context] = [action.resource(call), contextFor(call)]
  for (const asked of [`iam:${name}`, ...(action.also?.(call) ?? [])]) {
    const answer = mayCall(state, { action: asked, resource, context, at, ...who }, state.latest)
    if (answer.allowed) continue
    const arn = caller.kind === 'user' ? caller.user.arn : caller.arn
    const why = answer.because.startsWith('denied by')
      ? 'with an explicit deny in an identity-based policy'
      : 'because no identity-based policy allows it'
    throw new AwsFault(
      'AccessDenied',
      `User: ${arn} is not authorized to perform: ${asked} on resource: ${resource} ${why}`,
    )
  }
}
