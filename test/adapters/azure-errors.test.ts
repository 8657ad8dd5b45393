import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answersNone, kindOf, toAzureError } from '../../src/adapters/azure/errors.ts'
import { createAzure } from '../../src/adapters/azure/create-azure.ts'
import { uuidOf } from '../../src/adapters/azure/names.ts'
import { CloudError } from '../../src/domain/errors.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { setUpAzure, tenantId, type AzureSetup } from './azure.setup.ts'

describe('the kind of a failure', () => {
  test.each([
    [{ code: 'RoleAssignmentLimitExceeded', statusCode: 400 }, 'quota'],
    [{ code: 'AuthorizationFailed', statusCode: 403 }, 'denied'],
    [{ code: 'AuthorizationFailed', statusCode: 503 }, 'transient'],
    [{ code: 'Unheard', statusCode: 400 }, 'invalid'],
    [{ code: 'Unheard', statusCode: 401 }, 'denied'],
    [{ code: 'Unheard', statusCode: 404 }, 'transient'],
    [{ code: 'Unheard', statusCode: 409 }, 'conflict'],
    [{ code: 'Unheard', statusCode: 429 }, 'transient'],
    [{ code: 'Unheard', statusCode: 502 }, 'transient'],
    [{ code: 'ECONNRESET', name: 'RestError' }, 'transient'],
    [{ name: 'AbortError' }, 'transient'],
    [{ name: 'CredentialUnavailableError' }, 'denied'],
    [{ name: 'AuthenticationError', statusCode: 401 }, 'denied'],
    [{ name: 'AuthenticationError', statusCode: 503 }, 'transient'],
    ['no error at all', 'transient'],
  ])('%j is %s', (error, kind) => {
    expect(kindOf(error)).toBe(kind)
  })

  test('only what Azure itself calls missing is an answer', () => {
    const none = (statusCode: number, code: string) => answersNone({ statusCode, code })
    expect([
      none(404, 'RoleAssignmentNotFound'),
      none(404, 'RoleDefinitionDoesNotExist'),
      none(404, 'ResourceGroupNotFound'),
    ]).toEqual([true, true, true])
    expect([
      none(404, 'SubscriptionNotFound'),
      none(404, 'RestError'),
      none(400, 'RoleDefinitionDoesNotExist'),
    ]).toEqual([false, false, false])
  })

  test('a CloudError stays what it is', () => {
    const own = new CloudError('quota', 'mine')
    expect(toAzureError(own, 'x', undefined)).toBe(own)
  })
})

describe('failures over the wire', () => {
  let t: AzureSetup
  beforeEach(async () => {
    t = await setUpAzure('assignment')
  })
  afterEach(() => t.azure.close())
  const put = (cloud = t.cloud) =>
    changeOne(cloud, t.lane, { do: 'put', binding: t.binding(1) }, freeGuard())
  const fail = (status: number, code: string) =>
    t.azure.fail(1, { status, code }, 'roleAssignments.create')

  test.each([
    [429, 'TooManyRequests', 'transient'],
    [500, 'InternalServerError', 'transient'],
    [503, 'ServiceUnavailable', 'transient'],
    [403, 'AuthorizationFailed', 'denied'],
    [401, 'InvalidAuthenticationToken', 'denied'],
    [403, 'RequestDisallowedByPolicy', 'denied'],
    [409, 'ScopeLocked', 'denied'],
    [404, 'SubscriptionNotFound', 'missing'],
    [404, 'ResourceGroupNotFound', 'missing'],
    [400, 'RoleDefinitionDoesNotExist', 'missing'],
    [400, 'RoleAssignmentLimitExceeded', 'quota'],
    [400, 'RoleAssignmentUpdateNotPermitted', 'invalid'],
    [400, 'UnmatchedPrincipalType', 'invalid'],
  ])('%s %s is %s, and is asked once only', async (status, code, kind) => {
    fail(status, code)
    expect(await kindOfFailure(put())).toBe(kind)
    const asked = t.azure.calls.filter((c) => c.operation === 'roleAssignments.create')
    expect(asked).toHaveLength(1)
  })

  test('what Azure says about when to ask again is kept', async () => {
    t.azure.throttle(1, 'roleAssignments.create', 17)
    await expect(put()).rejects.toMatchObject({ kind: 'transient', retryAfterMs: 17_000 })
  })

  test('a message names the call, what is not allowed, and where', async () => {
    const { token } = t.azure.appCredentials(tenantId, {
      actions: ['Microsoft.Authorization/roleAssignments/read'],
    })
    const credential = { getToken: () => Promise.resolve(token()) }
    const error: unknown = await put(createAzure({ ...t.options, credential })).catch(
      (e: unknown) => e,
    )
    expect(error).toMatchObject({
      kind: 'denied',
      message: expect.stringMatching(
        /PUT roleAssignments\/\S+ at \/subscriptions.*may not do Microsoft\.Authorization\/roleAssignments\/write at \/subscriptions/,
      ),
      cause: expect.any(Error),
    })
    t.azure.lock(t.scope, 'ReadOnly')
    await expect(put()).rejects.toThrow(`${t.scope} is locked`)
  })

  test('without an answer, or an identity, nothing is concluded', async () => {
    const nowhere = createAzure({ ...t.options, endpoint: 'http://127.0.0.1:1' })
    expect(await kindOfFailure(put(nowhere))).toBe('transient')
    const unavailable = Object.assign(new Error('none'), { name: 'CredentialUnavailableError' })
    const credential = { getToken: () => Promise.reject(unavailable) }
    await expect(put(createAzure({ ...t.options, credential }))).rejects.toThrow(
      'no Azure credentials were found',
    )
  })
})

test('names are UUIDs of version 5, and the same for the same', () => {
  const name = uuidOf('a', 'b')
  expect(name).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect([uuidOf('a', 'b') === name, uuidOf('ab') === name]).toEqual([true, false])
})
