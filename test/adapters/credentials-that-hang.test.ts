// Whoever gives credentials may never answer: no call waits for them longer than its claim lasts, and none leaves late.
import { expect, test } from 'vitest'
import { createAzure } from '../../src/adapters/azure/create-azure.ts'
import type { Binding, Lane } from '../../src/domain/lanes/types.ts'
import type { Cloud } from '../../src/workflows/ports.ts'
import { freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { setUpAws } from './aws.setup.ts'
import { setUpAzure } from './azure.setup.ts'
import { management, setUpIdentityCenter } from './identity-center.setup.ts'

interface Scene {
  readonly cloud: Cloud
  readonly lane: Lane
  readonly binding: Binding
  readonly wire: { readonly calls: readonly unknown[]; close(): Promise<void> }
}

/** Says when it is asked, and answers when it is told to. */
function hanging<T>(answer: T) {
  const [asked, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const give = async (): Promise<T> => {
    asked.resolve()
    await told.promise
    return answer
  }
  return { give, asked: asked.promise, answer: told.resolve }
}

type Credentials = ReturnType<typeof hanging>

async function aws(): Promise<[Scene, Credentials]> {
  const t = await setUpAws()
  const credentials = hanging(t.connection.credentials)
  const cloud = t.connect({ credentials: credentials.give })
  return [{ cloud, lane: t.lane, binding: t.binding(1), wire: t.aws }, credentials]
}

async function identityCenter(): Promise<[Scene, Credentials]> {
  const t = await setUpIdentityCenter()
  const credentials = hanging(t.aws.appCredentials(management, ['sso:*', 'identitystore:*']))
  const cloud = t.connect({ credentials: credentials.give })
  return [{ cloud, lane: t.lane, binding: t.binding, wire: t.aws }, credentials]
}

async function azure(): Promise<[Scene, Credentials]> {
  const t = await setUpAzure()
  const credentials = hanging({ ...t.app.token(), expiresOnTimestamp: Date.now() })
  const cloud = createAzure({ ...t.options, credential: { getToken: credentials.give } })
  return [{ cloud, lane: t.lane, binding: t.binding(1), wire: t.azure }, credentials]
}

test.each([
  ['AWS', aws],
  ['Identity Center', identityCenter],
  ['Azure', azure],
])('%s', async (_, setUp) => {
  const [{ cloud, lane, binding, wire }, credentials] = await setUp()
  const claim = new AbortController()
  const guard = {
    signal: claim.signal,
    check: () => claim.signal.throwIfAborted(),
  }
  const seen = kindOfFailure(cloud.observe(lane, [binding], guard))
  await credentials.asked
  claim.abort()
  expect(await seen).toBe('transient')
  credentials.answer()
  const callsOf = async () => {
    const before = wire.calls.length
    await cloud.observe(lane, [binding], freeGuard())
    return wire.calls.length - before
  }
  // What was given up would leave before these.
  expect(await callsOf()).toBe(await callsOf())
  await wire.close()
})
