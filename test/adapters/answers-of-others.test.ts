// What stands between Hallpass and a cloud may answer in its place, with a status that looks well: it proves nothing.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Interceptor } from '../../sandbox/wire.ts'
import type { Binding, Lane } from '../../src/domain/lanes/types.ts'
import type { Cloud } from '../../src/workflows/ports.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { addWhatIsGiven, roles, setUpAws } from './aws.setup.ts'
import { setUpAzure, type Mode } from './azure.setup.ts'
import { setUpIdentityCenter } from './identity-center.setup.ts'

interface Scene {
  readonly cloud: Cloud
  readonly lane: Lane
  readonly binding: Binding
  now(): number
  readonly wire: { intercept(interceptor: Interceptor): () => void; close(): Promise<void> }
}

const azure = async (mode: Mode): Promise<Scene> => {
  const { cloud, lane, binding, now, azure: wire } = await setUpAzure(mode)
  return { cloud, lane, binding: binding(1), now, wire }
}
const aws = async (mode: keyof typeof roles): Promise<Scene> => {
  const { cloud, lane, binding, now, aws: wire } = await setUpAws()
  addWhatIsGiven(wire)
  return { cloud, lane, binding: binding(1, roles[mode](1)), now, wire }
}
const identityCenter = async (): Promise<Scene> => {
  const { cloud, lane, binding, now, aws: wire } = await setUpIdentityCenter()
  return { cloud, lane, binding, now, wire }
}

const pages: readonly (readonly [string, string])[] = [
  ['<html><body>Sign in to the network</body></html>', 'text/html'],
  ['', 'text/plain'],
  ['{}', 'application/json'],
]
/** Who these are was read before. */
const before = ['GetUser', 'GetCallerIdentity']

describe.each([
  ['Azure, by PIM', () => azure('pim')],
  ['Azure, plain assignments', () => azure('assignment')],
  ['AWS, assume-role', () => aws('assume-role')],
  ['AWS, group', () => aws('group')],
  ['AWS, managed-policy', () => aws('managed-policy')],
  ['AWS, role-per-grant', () => aws('role-per-grant')],
  ['Identity Center', identityCenter],
])('%s', (_, setUp) => {
  test('nothing is gone, removed or standing because of what was not answered by the cloud', async () => {
    const { cloud, lane, binding, now, wire } = await setUp()
    await changeOne(cloud, lane, { do: 'put', binding }, freeGuard())
    for (const [body, type] of pages) {
      const headers = { 'content-type': type, date: new Date(now()).toUTCString() }
      const stop = wire.intercept(({ operation }, phase) =>
        phase === 'before' && !before.includes(operation)
          ? new Response(body, { headers })
          : undefined,
      )
      const { role, principal } = binding
      expect([
        await kindOfFailure(cloud.observe(lane, [binding], freeGuard())),
        await kindOfFailure(changeOne(cloud, lane, { do: 'remove', binding }, freeGuard())),
        // A role that is made for a grant stands nowhere before.
        role.mode === 'role-per-grant' ||
          (await kindOfFailure(cloud.standing(role, principal, freeGuard()))),
      ]).toEqual(['transient', 'transient', role.mode === 'role-per-grant' || 'transient'])
      stop()
    }
    await wire.close()
  })
})

test('a list of Azure that is none is not an empty one', async () => {
  const { cloud, lane, binding, now, wire } = await azure('assignment')
  const headers = { 'x-ms-request-id': randomUUID(), date: new Date(now()).toUTCString() }
  wire.intercept((_, phase) =>
    phase === 'before' ? Response.json({ error: null }, { headers }) : undefined,
  )
  expect(await kindOfFailure(cloud.observe(lane, [binding], freeGuard()))).toBe('transient')
  await wire.close()
})
