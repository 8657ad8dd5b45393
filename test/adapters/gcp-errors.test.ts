import { InterceptingCall, status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { toCloudError } from '../../src/adapters/gcp/errors.ts'
import { createExchanger, type Exchanger } from '../../src/adapters/gcp/exchange.ts'
import { createPolicyCalls } from '../../src/adapters/gcp/policy-calls.ts'
import type { GcpPolicy } from '../../src/adapters/gcp/policy.ts'
import { CloudError } from '../../src/domain/errors.ts'
import { kindOfFailure, freeGuard } from '../contracts/cloud-under-test.ts'
import { createGcp } from '../../src/adapters/gcp/create-gcp.ts'
import { silentLog } from './aws.setup.ts'
import { instance, setUpGcp } from './gcp.setup.ts'

const cloudAt = Date.parse('2031-05-01T09:00:00Z')

/** Google, if it answered every call with this policy, at that time. */
function callsAnswering(policy: GcpPolicy, date: number | undefined) {
  const answer = async () => [policy] as const
  const client = {
    auth: { getClient: answer, getCredentials: async () => ({}), jsonContent: null },
    initialize: answer,
    close: async () => undefined,
    getIamPolicy: answer,
    setIamPolicy: answer,
    testIamPermissions: async (): Promise<[{ permissions: string[] }]> => [{ permissions: [] }],
  }
  const silentExchange = createExchanger(silentLog, async () => ({ InterceptingCall, status }))
  const exchange: Exchanger = async (call, guard, send) =>
    date === undefined
      ? silentExchange(call, guard, send)
      : {
          value: (
            await send({
              timeout: 1,
              retry: null,
              otherArgs: { headers: {}, options: { interceptors: [] } },
            })
          )[0],
          evidence: { requestId: 'r', cloudAt: date },
        }
  const connection = {
    exchange,
    clientFor: async () => client,
    whoAmI: async () => undefined,
    close: async () => undefined,
  }
  return createPolicyCalls(connection, instance)
}

const grpc = (code: number, more: object = {}) =>
  Object.assign(new Error('secret words'), { code, details: 'user:bob@acme.example', ...more })
const kindOf = (error: unknown) => toCloudError(error, 'SetIamPolicy of projects/shop').kind

describe('what Google answers', () => {
  test.each([
    [1, 'transient'],
    [2, 'transient'],
    [3, 'invalid'],
    [4, 'transient'],
    [5, 'missing'],
    [6, 'conflict'],
    [7, 'denied'],
    [8, 'transient'],
    [9, 'invalid'],
    [10, 'conflict'],
    [11, 'invalid'],
    [12, 'invalid'],
    [13, 'transient'],
    [14, 'transient'],
    [15, 'transient'],
    [16, 'denied'],
  ])('code %i is %s', (code, kind) => {
    expect(kindOf(grpc(code))).toBe(kind)
  })

  test.each([
    ['no answer at all', new Error('socket hang up'), 'transient'],
    ['a code that is a word', Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'transient'],
    ['a token that was refused', grpc(400), 'denied'],
    ['tokens that are down', grpc(503), 'transient'],
    ['no credentials', new Error('Could not load the default credentials. Browse to …'), 'denied'],
    [
      'a file of credentials that is not there',
      Object.assign(new Error('Unable to read the credential file specified by …'), {
        code: 'ENOENT',
      }),
      'denied',
    ],
    ['what was told already', new CloudError('quota', 'full'), 'quota'],
    ['nothing', undefined, 'transient'],
  ])('%s', (_, error, kind) => {
    expect(kindOf(error)).toBe(kind)
  })

  test('the message names the call and what to do, and nothing that Google said', () => {
    const { message, cause } = toCloudError(grpc(7), 'SetIamPolicy of projects/shop')
    expect(message).toBe(
      "Google Cloud: SetIamPolicy of projects/shop failed (7 PERMISSION_DENIED): Hallpass's own Google credentials may not do this, or there is no such resource: an operator must extend them or correct the policy",
    )
    expect(cause).toBeDefined()
  })

  test.each([
    [{ statusDetails: [{ retryDelay: { seconds: '7', nanos: 500_000_000 } }] }, 7500],
    [{ metadata: { get: () => ['30'] } }, 30_000],
    [{ metadata: { get: () => [] }, statusDetails: [{ reason: 'RATE_LIMIT' }] }, undefined],
    [{ metadata: { get: () => ['Wed, 21 Oct 2026 07:28:00 GMT'] } }, undefined],
  ])('waits as long as it asks for: %o', (more, retryAfterMs) => {
    expect(toCloudError(grpc(8, more), 'x').retryAfterMs).toBe(retryAfterMs)
  })
})

describe('an answer that proves nothing', () => {
  const etag = Buffer.from('BwXhqDNJ0bk=', 'base64')
  const binding = { role: 'roles/browser_withcond_0123456789abcdef', members: [] }

  test.each([
    ['has no etag', { bindings: [] }, cloudAt],
    ['has an empty one', { bindings: [], etag: Buffer.alloc(0) }, cloudAt],
    ['hides conditions', { bindings: [binding], etag }, cloudAt],
    ['tells no time', { bindings: [], etag }, undefined],
  ])('%s', async (_, policy, date) => {
    expect(await kindOfFailure(callsAnswering(policy, date).read('projects/a', freeGuard()))).toBe(
      'transient',
    )
  })

  test('is never written back', async () => {
    const calls = callsAnswering({ bindings: [], etag }, cloudAt)
    const written = { policy: { bindings: [] }, reason: 'put' }
    expect(await kindOfFailure(calls.write('projects/a', written, freeGuard()))).toBe('transient')
    const proven = { policy: { bindings: [], etag }, reason: 'put' }
    expect((await calls.write('projects/a', proven, freeGuard())).version).toBe('BwXhqDNJ0bk=')
  })
})

describe('what never reaches Google', () => {
  test('a server that is not there is a matter of time, and is asked again later', async () => {
    const { gcp, cloud, lane, close } = await setUpGcp()
    await close()
    expect(await kindOfFailure(cloud.observe(lane, [], freeGuard()))).toBe('transient')
    expect(gcp.calls).toEqual([])
    await cloud.close()
  })

  test.each(['projects', 'projects/a/b', 'buckets/a', 'projects/', ''])(
    '"%s" is no resource that has such a policy',
    async (resource) => {
      const cloud = createGcp({ instance, log: silentLog })
      const observed = cloud.observe({ cloud: 'gcp', id: 'x', resource }, [], freeGuard())
      expect(await kindOfFailure(observed)).toBe('invalid')
    },
  )
})
