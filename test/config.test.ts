import { readdirSync, readFileSync } from 'node:fs'
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readConfig, type Environment } from '../src/config.ts'
import { refuseUnguardedCloud } from '../src/compose/clouds.ts'
import { ConfigError } from '../src/domain/errors.ts'

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs1',
  format: 'pem',
}) as string

const good: Environment = {
  APP_ID: '12',
  PRIVATE_KEY: pem,
  WEBHOOK_SECRET: 'sixteen characters at least',
  HALLPASS_ACCOUNTS: '9001, 9002',
  HALLPASS_POLICY_FILE: 'policy.yml',
}

const problemOf = (environment: Environment): string => {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'none'
}

describe('settings', () => {
  it('reads what is needed, with defaults for the rest', () => {
    const config = readConfig(good)
    expect(config.github).toMatchObject({ appId: 12, accounts: new Set([9001, 9002]) })
    expect(config.store).toMatchObject({ kind: 'embedded', cloudAccepted: false })
    expect(config.port).toBe(3000)
    expect(config.aws).toEqual({ real: true, lagMs: 15_000 })
  })

  it('takes the key as base64 and with written line breaks', () => {
    const base64 = Buffer.from(pem).toString('base64')
    for (const PRIVATE_KEY of [base64, pem.replaceAll('\n', '\\n')])
      expect(readConfig({ ...good, PRIVATE_KEY }).github.privateKey).toBe(`${pem.trim()}\n`)
  })

  it('takes names of GitHub Enterprise Server as Probot does', () => {
    expect(readConfig({ ...good, GHE_HOST: 'ghe.test' }).github.apiUrl).toBe(
      'https://ghe.test/api/v3',
    )
    expect(readConfig({ ...good, GITHUB_API_URL: 'http://x.test/' }).github.apiUrl).toBe(
      'http://x.test',
    )
  })

  it.each([
    ['no secret', { WEBHOOK_SECRET: undefined }, 'WEBHOOK_SECRET is missing'],
    ["Probot's default secret", { WEBHOOK_SECRET: 'development' }, 'WEBHOOK_SECRET is too weak'],
    ['a short secret', { WEBHOOK_SECRET: '123456789012345' }, 'WEBHOOK_SECRET is too weak'],
    [
      'a short old secret',
      { WEBHOOK_SECRET_PREVIOUS: 'short' },
      'WEBHOOK_SECRET_PREVIOUS is too weak',
    ],
    ['no App', { APP_ID: undefined }, 'APP_ID is missing'],
    ['an App by name', { APP_ID: 'hallpass' }, 'APP_ID must be a whole number'],
    ['no key', { PRIVATE_KEY: undefined }, 'PRIVATE_KEY or PRIVATE_KEY_PATH is missing'],
    ['a key that is none', { PRIVATE_KEY: 'secret' }, 'PRIVATE_KEY is not a PEM'],
    [
      'a file that holds no key',
      { PRIVATE_KEY: '', PRIVATE_KEY_PATH: 'README.md' },
      'PRIVATE_KEY_PATH: the file README.md is not a PEM',
    ],
    [
      'a key file that is not there',
      { PRIVATE_KEY: '', PRIVATE_KEY_PATH: '/nowhere.pem' },
      'PRIVATE_KEY_PATH: the file /nowhere.pem cannot be read',
    ],
    [
      'accounts by name',
      { HALLPASS_ACCOUNTS: 'acme' },
      'HALLPASS_ACCOUNTS: "acme" is not a numeric id',
    ],
    ['no accounts', { HALLPASS_ACCOUNTS: '' }, 'HALLPASS_ACCOUNTS is missing'],
    [
      'no policy',
      { HALLPASS_POLICY_FILE: undefined },
      'HALLPASS_POLICY_REPOSITORY or HALLPASS_POLICY_FILE is missing',
    ],
    ['two policies', { HALLPASS_POLICY_REPOSITORY: '5' }, 'are both set'],
    ['Redis without Postgres', { REDIS_URL: 'redis://x' }, 'REDIS_URL is set without DATABASE_URL'],
    [
      'a database that is none',
      { DATABASE_URL: 'mysql://root:hunter2@x' },
      'DATABASE_URL is not an address of that kind',
    ],
    ['a port out of range', { PORT: '70000' }, 'PORT must be a whole number from 0 to 65535'],
    ['a port for metrics out of range', { METRICS_PORT: '-1' }, 'METRICS_PORT must be a whole'],
    [
      'a port for metrics that is taken',
      { METRICS_PORT: '3000' },
      'METRICS_PORT and PORT are the same',
    ],
    [
      'a port for metrics that is taken everywhere',
      { METRICS_PORT: '3000', HOST: '0.0.0.0' },
      'METRICS_PORT and PORT are the same',
    ],
    ['a port for metrics that is none', { METRICS_PORT: 'on' }, 'METRICS_PORT must be a whole'],
    ['a level nobody knows', { LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of'],
  ])('refuses %s, naming the setting', (_, change, expected) => {
    expect(problemOf({ ...good, ...change })).toContain(expected)
  })

  it.each([
    [{}, undefined],
    [{ METRICS_HOST: '0.0.0.0' }, undefined],
    [{ METRICS_PORT: '' }, undefined],
    [{ METRICS_PORT: '9464' }, { host: '127.0.0.1', port: 9464 }],
    [
      { METRICS_PORT: '3000', HOST: '10.0.0.1' },
      { host: '127.0.0.1', port: 3000 },
    ],
    [
      { METRICS_PORT: '0', PORT: '0' },
      { host: '127.0.0.1', port: 0 },
    ],
    [
      { METRICS_PORT: '9464', METRICS_HOST: '0.0.0.0' },
      { host: '0.0.0.0', port: 9464 },
    ],
  ])('measures only where a port is given: %j', (change, expected) => {
    expect(readConfig({ ...good, ...change }).metrics).toEqual(expected)
  })

  it.each([
    [{ AWS_ENDPOINT_URL_IAM: 'http://double' }, { real: false, endpoint: 'http://double' }],
    [{ AWS_ENDPOINT_URL_IAM: 'http://a', AWS_ENDPOINT_URL_STS: 'http://b' }, { real: false }],
    [{ AWS_ENDPOINT_URL: 'http://double' }, { real: false }],
    [{ AWS_ENDPOINT_URL_STS: 'http://b' }, { real: true }],
    // AWS itself, by another way: what it guards is real.
    [{ AWS_ENDPOINT_URL_IAM: 'https://iam-fips.amazonaws.com' }, { real: true }],
    [{ AWS_ENDPOINT_URL: 'https://vpce-1.iam.us-east-1.vpce.amazonaws.com' }, { real: true }],
    [{ AWS_ENDPOINT_URL_IAM: 'https://iam.cn-north-1.amazonaws.com.cn' }, { real: true }],
    [
      { AWS_ENDPOINT_URL_IAM: 'http://double', AWS_ENDPOINT_URL: 'https://sts.amazonaws.com' },
      { real: false },
    ],
    [{ AWS_ENDPOINT_URL: 'http://amazonaws.com.double' }, { real: false }],
  ])('knows whether AWS itself is meant: %j', (change, expected) => {
    expect(readConfig({ ...good, ...change }).aws).toEqual({ ...expected, lagMs: 15_000 })
  })

  it('knows which role to assume in which AWS account', () => {
    const role = (account: string) => `arn:aws:iam::${account}:role/hallpass`
    const HALLPASS_AWS_ACCOUNTS = JSON.stringify({
      '111122223333': { role: role('111122223333'), external_id: 'acme-7' },
      '444455556666': { role: role('444455556666') },
    })
    expect([...(readConfig({ ...good, HALLPASS_AWS_ACCOUNTS }).aws.accounts ?? [])]).toEqual([
      ['111122223333', { roleArn: role('111122223333'), externalId: 'acme-7' }],
      ['444455556666', { roleArn: role('444455556666') }],
    ])
  })

  it.each([
    ['secret-7', 'is not JSON'],
    ['["secret-7"]', 'is not an object'],
    ['{"secret-7":{}}', 'by its 12 digits'],
    ['{"111122223333":"secret-7"}', 'account 111122223333 is not an object'],
    ['{"111122223333":{"role":"secret-7"}}', "role is not a role's ARN"],
    ['{"111122223333":{"role":"arn:aws:iam::444455556666:role/x"}}', 'in another account'],
    ['{"111122223333":{"role":"arn:aws:iam::111122223333:role/x","id":"secret-7"}}', 'has id'],
    [
      '{"111122223333":{"role":"arn:aws:iam::111122223333:role/x","external_id":"secret-7 "}}',
      'external_id takes',
    ],
  ])('refuses accounts that cannot be reached, and repeats no secret: %s', (written, expected) => {
    const problem = problemOf({ ...good, HALLPASS_AWS_ACCOUNTS: written })
    expect(problem).toContain(expected)
    expect(problem).not.toContain('secret-7')
  })

  const region = 'HALLPASS_IDENTITY_CENTER_REGION'
  const role = 'HALLPASS_IDENTITY_CENTER_ROLE'
  const roleArn = 'arn:aws:iam::111122223333:role/hallpass'
  it.each([
    [{}, undefined],
    [{ [region]: 'eu-central-1' }, { real: true }],
    [
      { [region]: 'us-gov-west-1', [role]: roleArn },
      { region: 'us-gov-west-1', real: true, assume: { roleArn } },
    ],
    [
      { [role]: roleArn, HALLPASS_IDENTITY_CENTER_EXTERNAL_ID: 'acme-7' },
      { real: true, assume: { roleArn, externalId: 'acme-7' } },
    ],
    [{ AWS_ENDPOINT_URL_SSO_ADMIN: 'http://double' }, { real: false, endpoint: 'http://double' }],
    [{ AWS_ENDPOINT_URL: 'http://double' }, { real: false }],
    [{ AWS_ENDPOINT_URL_IDENTITYSTORE: 'http://b' }, { real: true }],
    [{ AWS_ENDPOINT_URL_SSO_ADMIN: 'https://sso.eu-central-1.api.aws' }, { real: true }],
  ])('knows which Identity Center is meant: %j', (change, expected) => {
    const given = Object.keys(change).length === 0 ? {} : { [region]: 'eu-central-1', ...change }
    const whole = { region: 'eu-central-1', lagMs: 15_000, enforcementMs: 15_000 }
    expect(readConfig({ ...good, ...given }).identityCenter).toEqual(
      expected && { ...whole, ...expected },
    )
  })

  it.each([
    [{ [region]: 'frankfurt' }, 'not an AWS region'],
    [{ [role]: roleArn }, `${region} is missing`],
    [{ [region]: 'eu-central-1', [role]: 'hallpass' }, "not a role's ARN"],
    [{ HALLPASS_IDENTITY_CENTER_EXTERNAL_ID: 'acme-7' }, 'without HALLPASS_IDENTITY_CENTER_ROLE'],
  ])('refuses half an Identity Center: %j', (change, expected) => {
    expect(problemOf({ ...good, ...change })).toContain(expected)
  })

  it.each([
    [{}, undefined],
    [{ HALLPASS_GCP: 'on' }, { real: true, lagMs: 2000, enforcementMs: 420_000 }],
    [
      {
        HALLPASS_GCP: 'on',
        HALLPASS_GCP_ENDPOINT: '127.0.0.1:8085',
        HALLPASS_GCP_LAG_MS: '0',
        HALLPASS_GCP_ENFORCEMENT_MS: '1000',
      },
      {
        real: false,
        endpoint: { host: '127.0.0.1', port: 8085, insecure: true },
        lagMs: 0,
        enforcementMs: 1000,
      },
    ],
  ])('connects Google Cloud only where it is asked to: %j', (change, expected) => {
    expect(readConfig({ ...good, ...change }).gcp).toEqual(expected)
  })

  it.each([
    [{ HALLPASS_GCP: 'yes' }, 'HALLPASS_GCP takes only the value "on"'],
    [{ HALLPASS_GCP_ENDPOINT: '127.0.0.1:8085' }, 'set HALLPASS_GCP=on too, or neither'],
    [{ HALLPASS_GCP: 'on', HALLPASS_GCP_ENDPOINT: 'example.com:443' }, 'a host of this machine'],
    [{ HALLPASS_GCP: 'on', HALLPASS_GCP_ENDPOINT: '127.0.0.1:0' }, 'a host of this machine'],
    [{ HALLPASS_GCP: 'on', HALLPASS_GCP_ENDPOINT: '127.0.0.1:65536' }, 'a host of this machine'],
    [{ HALLPASS_GCP: 'on', HALLPASS_GCP_LAG_MS: '-1' }, 'HALLPASS_GCP_LAG_MS must be'],
  ])('refuses half a Google Cloud: %j', (change, expected) => {
    expect(problemOf({ ...good, ...change })).toContain(expected)
  })

  it.each([
    [{ AZURE_CLIENT_ID: 'c' }, undefined],
    [{ HALLPASS_AZURE: 'on' }, { real: true, lagMs: 30_000, enforcementMs: 600_000 }],
    [
      {
        HALLPASS_AZURE: 'on',
        AZURE_CLIENT_ID: 'c',
        HALLPASS_AZURE_ENDPOINT: 'http://127.0.0.1:8086',
        HALLPASS_AZURE_LAG_MS: '0',
        HALLPASS_AZURE_ENFORCEMENT_MS: '1000',
      },
      {
        real: false,
        endpoint: 'http://127.0.0.1:8086',
        clientId: 'c',
        lagMs: 0,
        enforcementMs: 1000,
      },
    ],
  ])('connects Azure only where it is asked to: %j', (change, expected) => {
    expect(readConfig({ ...good, ...change }).azure).toEqual(expected)
  })

  it('guards no real Azure with an embedded database, unless that is accepted', () => {
    const { store, aws } = readConfig({ ...good, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })
    const { azure } = readConfig({ ...good, HALLPASS_AZURE: 'on' })
    expect(() => refuseUnguardedCloud({ store, aws, azure })).toThrow('real Azure subscriptions')
    expect(() => refuseUnguardedCloud({ store, aws })).not.toThrow()
    const accepted = { ...store, cloudAccepted: true } as typeof store
    expect(() => refuseUnguardedCloud({ store: accepted, aws, azure })).not.toThrow()
  })

  const azureAt = (url: string) => ({ HALLPASS_AZURE: 'on', HALLPASS_AZURE_ENDPOINT: url })
  it.each([
    [{ HALLPASS_AZURE: 'yes' }, 'HALLPASS_AZURE takes only the value "on"'],
    [{ HALLPASS_AZURE_ENDPOINT: 'http://127.0.0.1:8086' }, 'set HALLPASS_AZURE=on too, or neither'],
    [azureAt('http://example.com:8086'), 'an address on this machine'],
    [azureAt('http://127.0.0.1:8086@example.com'), 'an address on this machine'],
    [azureAt('http://127.0.0.1:0'), 'an address on this machine'],
    [azureAt('http://127.0.0.1:65536'), 'an address on this machine'],
    [{ HALLPASS_AZURE: 'on', HALLPASS_AZURE_LAG_MS: '-1' }, 'HALLPASS_AZURE_LAG_MS must be'],
  ])('refuses half an Azure: %j', (change, expected) => {
    expect(problemOf({ ...good, ...change })).toContain(expected)
  })

  it("spaces what it writes to GitHub, and can be told not to by a GitHub of one's own", () => {
    const off = { ...good, HALLPASS_GITHUB_THROTTLE: 'off' }
    expect(readConfig(good).github.throttle).toBe(true)
    expect(readConfig({ ...off, GHE_HOST: 'ghe.test' }).github.throttle).toBe(false)
    expect(problemOf(off)).toContain('HALLPASS_GITHUB_THROTTLE=off is for a GitHub of your own')
    expect(problemOf({ ...good, HALLPASS_GITHUB_THROTTLE: 'no' })).toContain('only the value "off"')
  })

  it('names everything that is wrong at once', () => {
    const problem = problemOf({})
    for (const name of [
      'APP_ID',
      'PRIVATE_KEY',
      'WEBHOOK_SECRET',
      'HALLPASS_ACCOUNTS',
      'HALLPASS_POLICY_FILE',
    ])
      expect(problem).toContain(name)
  })

  it('never repeats a value that may be a secret', () => {
    const problem = problemOf({
      ...good,
      WEBHOOK_SECRET: 'hunter2',
      DATABASE_URL: 'x://u:hunter2@h',
      PRIVATE_KEY: 'hunter2',
    })
    expect(problem).not.toContain('hunter2')
  })

  it('repeats no key that was written where a path or a name belongs', () => {
    const key = '-----BEGIN RSA PRIVATE KEY-----\\n/hunter2\\n-----END RSA PRIVATE KEY-----'
    const problem = problemOf({
      ...good,
      PRIVATE_KEY: '',
      PRIVATE_KEY_PATH: key,
      HALLPASS_ACCOUNTS: key,
    })
    expect(problem).toContain('PRIVATE_KEY_PATH')
    expect(problem).toContain('HALLPASS_ACCOUNTS')
    expect(problem).not.toContain('hunter2')
  })

  it('has every setting in .env.example, and nothing else there', () => {
    const parts = readdirSync(new URL('../src/config', import.meta.url)).map((it) => `config/${it}`)
    const sources = ['config.ts', ...parts].map((it) =>
      readFileSync(new URL(`../src/${it}`, import.meta.url), 'utf8'),
    )
    const read = new Set(sources.join('\n').match(/(?<=')[A-Z][A-Z_]+(?=')/g))
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
    const named = new Set(example.match(/^[A-Z][A-Z_]+(?==)/gm))
    expect([...named].toSorted()).toEqual([...read].toSorted())
  })
})
