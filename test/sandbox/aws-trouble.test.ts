// Trouble by chance, and the records by which somebody independent tells what happened.
import * as iam from '@aws-sdk/client-iam'
import { ListInstancesCommand, SSOAdminClient } from '@aws-sdk/client-sso-admin'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startAws, type Aws } from '../../sandbox/aws/index.ts'
import type { Mishap, Unreliable } from '../../sandbox/chance.ts'
import { allow, clientsOf, failing, policy, text, type Keys } from './aws-clients.ts'

const account = '111122223333'
const now = Date.parse('2031-05-01T09:00:00Z')
const alice = { arn: `arn:aws:iam::${account}:user/alice` }

let aws: Aws
let keys: Keys
let client: iam.IAMClient
beforeEach(async () => {
  aws = await startAws({ now: () => now })
  aws.addAccount(account)
  aws.addUser({ account, name: 'alice' })
  keys = aws.appCredentials(account)
  client = clientsOf(aws, keys).iam
})
afterEach(() => aws.close())

const put = (PolicyName = 'p') =>
  client.send(
    new iam.PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName,
      PolicyDocument: text(policy(allow('s3:GetObject'))),
    }),
  )
const list = () => client.send(new iam.ListUserPoliciesCommand({ UserName: 'alice' }))
const names = () => aws.policiesOf(alice).map(({ name }) => name)

describe('a connection', () => {
  test('is cut before the deed, or after it', async () => {
    aws.cut(1)
    await expect(put('a')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(names()).toEqual([])
    aws.applyThenCut(1, 'PutUserPolicy')
    await list()
    await expect(put('b')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(names()).toEqual(['b'])
    expect(
      aws.requests.map(({ outcome, carriedOut, mishap }) => [outcome, carriedOut, mishap]),
    ).toEqual([
      ['connection cut', false, 'cut'],
      ['ok', true, undefined],
      ['connection cut', true, 'cutAfterwards'],
    ])
    expect(aws.calls.map(({ status }) => status)).toEqual([undefined, 200, undefined])
    await put('c')
  })

  test('that is cut once is tried again by the SDK', async () => {
    const patient = new iam.IAMClient({ region: 'us-east-1', endpoint: aws.url, credentials: keys })
    aws.applyThenCut(1)
    await patient.send(new iam.GetUserCommand({ UserName: 'alice' }))
    expect(aws.requests).toHaveLength(2)
  })
})

const outcomes = async (how: Unreliable, calls = 40) => {
  aws.unreliable(how)
  const from = aws.requests.length
  for (let n = 0; n < calls; n += 1) await put(`p${n % 5}`).catch(() => undefined)
  return aws.requests.slice(from).map(({ mishap }) => mishap)
}

describe('chance', () => {
  test('strikes the same calls for the same seed, as many as it was told, in every way', async () => {
    const first = await outcomes({ share: 0.5, seed: 7, slowMs: 1 })
    expect(await outcomes({ share: 0.5, seed: 7, slowMs: 1 })).toEqual(first)
    expect(await outcomes({ share: 0.5, seed: 8, slowMs: 1 })).not.toEqual(first)
    const struck = first.filter((mishap) => mishap !== undefined)
    expect(struck.length).toBeGreaterThan(12)
    expect(struck.length).toBeLessThan(28)
    expect([...new Set(struck)].toSorted()).toEqual([
      'cut',
      'cutAfterwards',
      'failed',
      'failedAfterwards',
      'slow',
      'throttled',
    ])
    expect(await outcomes({ share: 0, seed: 7 }, 5)).toEqual(Array(5).fill(undefined))
  })

  test.each<[Mishap, object, boolean]>([
    ['throttled', failing('Throttling', 400), false],
    ['failedAfterwards', failing('ServiceFailure', 500), true],
    ['cut', { code: 'ECONNRESET' }, false],
    ['cutAfterwards', { code: 'ECONNRESET' }, true],
  ])('%s', async (kind, error, applied) => {
    aws.unreliable({ share: 1, seed: 1, kinds: [kind] })
    await expect(put()).rejects.toMatchObject(error)
    expect(names()).toEqual(applied ? ['p'] : [])
    aws.unreliable({ share: 0, seed: 1 })
    await put()
  })

  test('shows one read what was before, the next what is', async () => {
    await put('old')
    aws.unreliable({ share: 0.5, seed: 3, kinds: ['stale'] })
    await put('new')
    const seen = new Set<string>()
    for (let n = 0; n < 20; n += 1) seen.add(String((await list()).PolicyNames))
    expect([...seen].toSorted()).toEqual(['new,old', 'old'])
  })
})

describe('the records', () => {
  test('hold what Identity Center was asked, and trouble finds it there too', async () => {
    const endpoint = { region: 'us-east-1', endpoint: aws.url, maxAttempts: 1 }
    const credentials = aws.appCredentials(account, ['sso:ListInstances'])
    const center = new SSOAdminClient({ ...endpoint, credentials })
    const ask = () => center.send(new ListInstancesCommand({}))
    aws.applyThenCut(1, 'sso:ListInstances')
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' })
    const answered = await ask()
    expect(aws.requests).toMatchObject([
      { service: 'sso', outcome: 'connection cut', carriedOut: true, account },
      {
        requestId: answered.$metadata.requestId,
        operation: 'sso:ListInstances',
        parameters: { body: '{}' },
        by: credentials.arn,
        outcome: 'ok',
      },
    ])
  })

  test('tell of each request who asked what and what came of it, by the id that was answered', async () => {
    const answered = await put()
    await expect(client.send(new iam.GetUserCommand({ UserName: 'nobody' }))).rejects.toMatchObject(
      failing('NoSuchEntity', 404),
    )
    await expect(
      clientsOf(aws, { ...keys, secretAccessKey: 'x' }).iam.send(new iam.GetUserCommand({})),
    ).rejects.toThrow('signature')
    expect(aws.requests).toMatchObject([
      {
        requestId: answered.$metadata.requestId,
        at: now,
        service: 'iam',
        operation: 'PutUserPolicy',
        parameters: { UserName: 'alice', PolicyName: 'p' },
        by: `arn:aws:iam::${account}:user/hallpass-app`,
        account,
        carriedOut: true,
        outcome: 'ok',
      },
      { operation: 'GetUser', outcome: 'NoSuchEntity', carriedOut: false },
      { operation: 'GetUser', outcome: 'SignatureDoesNotMatch', by: undefined },
    ])
  })

  test('tell of each change what was before and after, and which request made it', async () => {
    const answered = await put()
    aws.removePolicy({ on: alice, name: 'p' })
    const [made, unmade] = aws.iamChanges().slice(-2)
    const inline = (record: object | undefined) =>
      record && 'inline' in record && record.inline instanceof Map
        ? [...record.inline.keys()]
        : record
    expect([made, unmade].map((change) => [inline(change?.before), inline(change?.after)])).toEqual(
      [
        [[], ['p']],
        [['p'], []],
      ],
    )
    expect(made?.request).toBe(answered.$metadata.requestId)
    expect(unmade).toMatchObject({ by: 'outside', request: undefined })
    aws.removeUser(alice)
    expect(aws.iamChanges().at(-1)).toMatchObject({
      target: alice.arn,
      before: { arn: alice.arn },
      after: undefined,
    })
  })
})
