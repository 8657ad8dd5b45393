import { describe, expect, test } from 'vitest'
import { toCloudError } from '../../src/adapters/gcp/errors.ts'
import { CloudError } from '../../src/domain/errors.ts'
import { kindOfFailure, freeGuard } from '../contracts/cloud-under-test.ts'
import { createGcp } from '../../src/adapters/gcp/create-gcp.ts'
import { silentLog } from './aws.setup.ts'
import { instance, setUpGcp } from './gcp.setup.ts'

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
