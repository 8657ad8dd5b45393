import { acknowledge } from './acknowledge.ts'
import { approve } from './approve.ts'
import { deny } from './deny.ts'
import { done } from './done.ts'
import { extend } from './extend.ts'
import { help } from './help.ts'
import { request } from './request.ts'
import { revoke } from './revoke.ts'
import { roles } from './roles.ts'
import { status } from './status.ts'
import type { Verb, VerbDefinition } from './types.ts'
import { why } from './why.ts'
import { withdraw } from './withdraw.ts'

type Registry = { readonly [V in Verb]: VerbDefinition<V> }

/** Every verb, in the order in which people read of them. */
export const registry: Registry = {
  request,
  approve,
  deny,
  extend,
  done,
  withdraw,
  revoke,
  acknowledge,
  status,
  roles,
  why,
  help,
}

export const definitions: readonly Registry[Verb][] = Object.values(registry)
