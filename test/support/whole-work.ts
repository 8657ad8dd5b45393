// Everything that a cloud is ever asked for one binding: what of it its own credentials are refused.
import { CloudError } from '../../src/domain/errors.ts'
import { placesOf } from '../../src/domain/lanes/places.ts'
import type { Binding, Lane } from '../../src/domain/lanes/types.ts'
import type { Identity } from '../../src/domain/policy/types.ts'
import type { Cloud } from '../../src/workflows/ports.ts'
import { freeGuard } from '../contracts/cloud-under-test.ts'

export interface Work {
  readonly cloud: Cloud
  readonly lane: Lane
  readonly binding: Binding
  readonly identity: Identity
  /** After it was given, and after it was taken away. */
  readonly settle?: () => void
  /** Whether the credentials are examined too: where a twin can tell. */
  readonly examined: boolean
}

/** `put: denied`, `lacks iam:GetRole` …: none, if all is well. */
export async function refusedIn(work: Work): Promise<readonly string[]> {
  const { cloud, lane, binding, identity } = work
  const { role, principal } = binding
  const guard = freeGuard()
  const refused: string[] = []
  const step = async <T>(what: string, did: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await did()
    } catch (error) {
      if (!(error instanceof CloudError)) throw error
      refused.push(`${what}: ${error.kind}`)
      return undefined
    }
  }
  await step('resolve', () => cloud.resolve(role, identity, guard))
  await step('standing', () => cloud.standing(role, principal, guard))
  for (const change of ['put', 'remove'] as const) {
    const applied = await step(change, () => cloud.apply(lane, [{ do: change, binding }], guard))
    for (const it of applied?.values() ?? [])
      if (!it.ok) refused.push(`${change}: ${it.error.kind}`)
    const seen = await step('observe', () => cloud.observe(lane, [binding], guard))
    const state = seen?.bindings.get(binding.id)?.state
    if (seen && state !== (change === 'put' ? 'present' : 'absent'))
      refused.push(`${change}: it is ${state}`)
    work.settle?.()
  }
  for (const place of placesOf(role)) await step('list', () => cloud.list(place, guard))
  const found = work.examined ? await step('examine', () => cloud.examine([role], guard)) : []
  return [...refused, ...(found ?? []).map(({ kind, permission }) => `${kind} ${permission}`)]
}
