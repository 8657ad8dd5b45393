import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAws } from '../../src/adapters/aws/create-aws.ts'
import { codeOf, kindOf, toCloudError } from '../../src/adapters/aws/errors.ts'
import { CloudError } from '../../src/domain/errors.ts'
import { changeOne, freeGuard, kindOfFailure } from '../contracts/cloud-under-test.ts'
import { instance, setUpAws, silentLog, type AwsSetup } from './aws.setup.ts'

describe('the kind of a failure', () => {
  test.each([
    [{ name: 'NoSuchEntityException', Code: 'NoSuchEntity' }, 'missing'],
    [{ name: 'NoSuchEntityException' }, 'missing'],
    [{ name: 'Throttling', $metadata: { httpStatusCode: 400 } }, 'transient'],
    [{ name: 'LimitExceededException', $metadata: { httpStatusCode: 409 } }, 'quota'],
    [{ name: 'Unheard', $metadata: { httpStatusCode: 400 } }, 'invalid'],
    [{ name: 'Unheard', $metadata: { httpStatusCode: 403 } }, 'denied'],
    [{ name: 'Unheard', $metadata: { httpStatusCode: 404 } }, 'transient'],
    [{ name: 'Unheard', $metadata: { httpStatusCode: 429 } }, 'transient'],
    [{ name: 'Unheard', $metadata: { httpStatusCode: 502 } }, 'transient'],
    [{ name: 'SyntaxError', $metadata: { httpStatusCode: 200 } }, 'transient'],
    [{ name: 'Error', code: 'ECONNRESET' }, 'transient'],
    [{ name: 'AbortError' }, 'transient'],
    [{ name: 'CredentialsProviderError' }, 'denied'],
    ['no error at all', 'transient'],
  ])('%j is %s', (error, kind) => {
    expect(kindOf(error)).toBe(kind)
  })

  test('the code is without its suffix, and a CloudError stays what it is', () => {
    expect(codeOf({ name: 'ServiceFailureException' })).toBe('ServiceFailure')
    expect(toCloudError({ name: 'Error', code: 'ENOTFOUND' }, 'GetUser').message).toBe(
      'AWS: GetUser failed (ENOTFOUND): it will be tried again',
    )
    const own = new CloudError('quota', 'mine')
    expect(toCloudError(own, 'x')).toBe(own)
  })
})

describe('failures over the wire', () => {
  let t: AwsSetup
  beforeEach(async () => {
    t = await setUpAws()
  })
  afterEach(() => t.aws.close())
  const put = (cloud = t.cloud) =>
    changeOne(cloud, t.lane, { do: 'put', binding: t.binding(1) }, freeGuard())

  test.each([
    ['Throttling', 'transient'],
    ['ServiceFailure', 'transient'],
    ['ServiceUnavailable', 'transient'],
    ['AccessDenied', 'denied'],
    ['InvalidClientTokenId', 'denied'],
    ['ExpiredToken', 'denied'],
    ['NoSuchEntity', 'missing'],
    ['LimitExceeded', 'quota'],
    ['ConcurrentModification', 'conflict'],
    ['EntityTemporarilyUnmodifiable', 'conflict'],
    ['MalformedPolicyDocument', 'invalid'],
    ['UnmodifiableEntity', 'invalid'],
    ['ValidationError', 'invalid'],
  ])('%s is %s, and is asked once only', async (code, kind) => {
    t.aws.fail(1, code, 'PutUserPolicy')
    expect(await kindOfFailure(put())).toBe(kind)
    expect(t.aws.calls.filter((c) => c.operation === 'PutUserPolicy')).toHaveLength(1)
  })

  test('a message names the call, keeps its cause, and holds no document', async () => {
    t.aws.fail(1, 'MalformedPolicyDocument', 'PutUserPolicy')
    const error: unknown = await put().catch((e: unknown) => e)
    expect(error).toBeInstanceOf(CloudError)
    if (!(error instanceof CloudError)) return
    expect(error.message).toContain('PutUserPolicy for alice')
    expect(error.message).toContain('MalformedPolicyDocument')
    expect(error.message).not.toMatch(/Statement|Version|orders-read|AKIA/)
    expect(error.cause).toBeInstanceOf(Error)
  })

  test("credentials that are wrong, unknown or not allowed are the operator's", async () => {
    const { endpoint, credentials } = t.connection
    const wrong = [
      { ...credentials, secretAccessKey: 'wrong' },
      { ...credentials, accessKeyId: 'AKIAUNKNOWN' },
      t.aws.appCredentials('111122223333', ['iam:GetUser']),
    ]
    for (const these of wrong) {
      const cloud = createAws({ instance, log: silentLog, endpoint, credentials: these })
      expect(await kindOfFailure(put(cloud))).toBe('denied')
    }
    expect(t.aws.policiesOf(t.alice)).toEqual([])
  })

  test('a connection refused, or lost before the answer, is a matter of time', async () => {
    const { endpoint: _, ...rest } = t.connection
    const nobody = createAws({ instance, log: silentLog, ...rest, endpoint: 'http://127.0.0.1:1' })
    expect(await kindOfFailure(put(nobody))).toBe('transient')
    const undo = t.aws.intercept((call, phase) =>
      phase === 'after' && call.operation === 'PutUserPolicy'
        ? new Response('<html>bad gateway</html>', { status: 502 })
        : undefined,
    )
    expect(await kindOfFailure(put())).toBe('transient')
    undo()
    expect(await kindOfFailure(put())).toBe('none')
  })

  test('a 404 that is not from IAM proves nothing', async () => {
    await put()
    const undo = t.aws.intercept((_call, phase) =>
      phase === 'before' ? new Response('not found', { status: 404 }) : undefined,
    )
    const remove = { do: 'remove', binding: t.binding(1) } as const
    expect(await kindOfFailure(changeOne(t.cloud, t.lane, remove, freeGuard()))).toBe('transient')
    undo()
    expect(t.aws.policiesOf(t.alice)).toHaveLength(1)
  })

  test('a call is given up when its time is over while AWS is silent', async () => {
    const controller = new AbortController()
    const arrived = Promise.withResolvers<void>()
    const silence = Promise.withResolvers<void>()
    t.aws.intercept(async (call, phase) => {
      if (phase !== 'before' || call.operation !== 'PutUserPolicy') return
      arrived.resolve()
      await silence.promise
    })
    const guard = { signal: controller.signal, check: () => undefined }
    const work = kindOfFailure(
      changeOne(t.cloud, t.lane, { do: 'put', binding: t.binding(1) }, guard),
    )
    await arrived.promise
    controller.abort()
    expect(await work).toBe('transient')
    silence.resolve()
  })

  test('the wrong account is never taken for an empty one', async () => {
    t.aws.addAccount('999988887777')
    const { endpoint } = t.connection
    const credentials = t.aws.appCredentials('999988887777')
    const elsewhere = createAws({ instance, log: silentLog, endpoint, credentials })
    await put()
    expect(await kindOfFailure(elsewhere.observe(t.lane, [t.binding(1)], freeGuard()))).toBe(
      'denied',
    )
    const remove = { do: 'remove', binding: t.binding(1) } as const
    expect(await kindOfFailure(changeOne(elsewhere, t.lane, remove, freeGuard()))).toBe('denied')
    t.aws.addUser({ account: '999988887777', name: 'alice' })
    expect(await kindOfFailure(put(elsewhere))).toBe('denied')
  })
})
