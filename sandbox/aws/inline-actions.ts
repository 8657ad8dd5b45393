// Inline policies of users, groups and roles: four actions each, alike.
import {
  arnOf,
  ownerOf,
  reasonOf,
  titled,
  withPolicy,
  type Action,
  type Call,
  type OwnerKind,
} from './action.ts'
import type { Group, Role, User } from './entities.ts'
import { AwsFault, noSuchEntity } from './fault.ts'
import { nonWhitespaceLength, parsePolicy } from './policy-document.ts'
import { page } from './query.ts'

/** IAM's limits on all inline policies together, in characters without whitespace. */
export const inlineLimits = { user: 2048, group: 5120, role: 10_240 } as const

/** The inline policies with this one put in. Throws MalformedPolicyDocument and LimitExceeded. */
function putInline(call: Call, owner: User | Group | Role): ReadonlyMap<string, string> {
  const document = call.params.required('PolicyDocument')
  parsePolicy(document, 'identity')
  const after = withPolicy(owner.inline, call.params.name('PolicyName', 128), document)
  const size = [...after.values()].reduce((sum, text) => sum + nonWhitespaceLength(text), 0)
  const limit = inlineLimits[owner.kind]
  if (size > limit)
    throw new AwsFault(
      'LimitExceeded',
      `Maximum policy size of ${limit} bytes exceeded for ${owner.kind} ${owner.name}`,
    )
  return after
}

function found(call: Call, owner: User | Group | Role): { name: string; document: string } {
  const name = call.params.name('PolicyName', 128)
  const document = owner.inline.get(name)
  if (document === undefined) throw noSuchEntity(`The ${owner.kind} policy with name ${name}`)
  return { name, document }
}

function actionsFor(kind: OwnerKind): Readonly<Record<string, Action>> {
  const [resource, title] = [arnOf(kind), titled[kind]]
  const put: Action = {
    kind: 'write',
    resource,
    run(call) {
      const owner = ownerOf(call, kind)
      const inline = putInline(call, owner)
      call.state.save({ ...owner, inline }, reasonOf(call, call.params.required('PolicyName')))
      return undefined
    },
  }
  const get: Action = {
    kind: 'read',
    resource,
    run(call) {
      const owner = ownerOf(call, kind)
      const { name, document } = found(call, owner)
      return {
        [`${title}Name`]: owner.name,
        PolicyName: name,
        PolicyDocument: encodeURIComponent(document),
      }
    },
  }
  const list: Action = {
    kind: 'read',
    resource,
    run(call) {
      const names = [...ownerOf(call, kind).inline.keys()]
      const { shown, xml } = page(names, (name) => name, call.params)
      return { PolicyNames: { member: shown }, ...xml }
    },
  }
  const remove: Action = {
    kind: 'write',
    resource,
    run(call) {
      const owner = ownerOf(call, kind)
      const { name } = found(call, owner)
      const inline = withPolicy(owner.inline, name, undefined)
      call.state.save({ ...owner, inline }, reasonOf(call, name))
      return undefined
    },
  }
  return {
    [`Put${title}Policy`]: put,
    [`Get${title}Policy`]: get,
    [`List${title}Policies`]: list,
    [`Delete${title}Policy`]: remove,
  }
}

export const inlineActions: Readonly<Record<string, Action>> = {
  ...actionsFor('user'),
  ...actionsFor('group'),
  ...actionsFor('role'),
}
