import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startGitHub } from '../../sandbox/github/index.ts'
import { apiActions } from '../../src/adapters/aws/create-aws.ts'
import { account, startScene, webhookSecret, type Scene } from '../../sandbox/scene.ts'
import { freePort } from '../../drill/servers.ts'
import { stores } from '../support/databases.ts'
import { embeddedDirectory } from '../support/embedded-template.ts'
import { startHallpass } from '../support/hallpass.ts'
import { logsPolicy } from '../support/policies.ts'
import { hallpass, settingsFor, stackLine, typed } from './command.ts'

// Processes of their own take their time on a machine that has more to do.
vi.setConfig({ testTimeout: 60_000 })

let scene: Scene
let directory: string
let policyFile: string
let data: string
beforeAll(async () => {
  scene = await startScene({ files: { 'policy.yml': logsPolicy() } })
  directory = await mkdtemp(join(tmpdir(), 'hallpass-doctor-'))
  policyFile = join(directory, 'the-policy.yml')
  data = join(directory, 'data')
  await writeFile(policyFile, logsPolicy())
})
afterAll(async () => {
  await scene.close()
  await rm(directory, { recursive: true, force: true })
})

const googleAlone = `version: 1
enrolled: [7001]
roles:
  viewer:
    description: Look at the shop
    bindings: [{ gcp: { project: shop-prod, role: roles/logging.viewer } }]
    repositories: [shop-orders]
    eligible: [team:backend]
    lease: { default: 1h, max: 1h }
    approval: none
rules: []
identities: []
`

const onCallBy = (token: string) => `on_call:
  primary:
    url: https://pager.example.com/on-calls
    token: ${token}
    select: on_calls.*.user
    people: { alice: 1 }
    fallback: []
`

type Change = Readonly<Record<string, string>>

/** Its lines by what they are about: what was found, or what is wrong and, after the arrow, how to mend it. */
async function doctor(
  change: Change = {},
  base = settingsFor(scene, policyFile, data),
  ask = typed,
) {
  const env = { ...base, ...change }
  const { code, out, err } = await ask(['doctor'], { env, cwd: directory })
  expect(err).toBe('')
  expect(out).not.toMatch(stackLine)
  const found: Record<string, string> = {}
  let name = ''
  for (const line of out.trimEnd().split('\n')) {
    const [, ok, about, words] = /^(ok|FAIL|skip) +([\w-]+) +(.*)$/.exec(line) ?? []
    if (about === undefined) found[name] += ` ${line.trim()}`
    else found[(name = about)] = `${ok} ${words}`
  }
  return { code, found }
}

const everything = ['settings', 'database', 'queue', 'github', 'policy', 'aws', 'access']

/** Everything is well but the one that is wrong, and that says how to mend it. */
async function ailing(which: string, change: Change, wrong: string, mend: string) {
  const { code, found } = await doctor(change)
  expect(code).toBe(1)
  const ill = Object.keys(found).filter((name) => found[name]?.startsWith('FAIL'))
  expect({ ill, ...found }).toMatchObject({ ill: [which] })
  const [said, arrow] = found[which]?.split(' → ') ?? []
  expect(said).toContain(wrong)
  expect(arrow).toContain(mend)
}

describe('doctor', () => {
  it('finds all well, and makes no database by looking', async () => {
    const { code, found } = await doctor({}, undefined, hallpass)
    expect(found).toEqual({
      settings: 'ok 1 account served, nothing is measured (METRICS_PORT)',
      database: `ok embedded in ${data}, new: made at the first start`,
      queue: 'ok in the database',
      github: 'ok App hallpass, installed on acme',
      policy: `ok ${policyFile}: 1 role, 1 rule, 11 identities`,
      aws: expect.stringMatching(/^ok arn:aws:iam::111122223333:user\/hallpass-app/),
      // The simulated App may do anything.
      access: expect.stringMatching(
        /^ok what the policy offers can be given; more than that is allowed: iam:AttachUserPolicy on users/,
      ),
    })
    expect(code).toBe(0)
    expect(await readdir(directory)).not.toContain('data')
  })

  it('finds all well beside a running Hallpass, and when that has stopped', async () => {
    const place = await embeddedDirectory()
    onTestFinished(() => rm(place, { recursive: true, force: true }))
    const store = { HALLPASS_DATA_DIR: place }
    const running = await startHallpass({
      scene,
      store: { kind: 'embedded', directory: place, cloudAccepted: false },
      policy: logsPolicy(),
    })
    onTestFinished(() => running.stop())
    const beside = await doctor(store, undefined, hallpass)
    expect(beside.code).toBe(0)
    expect(beside.found['database']).toBe(`ok embedded in ${place}, in use by a running Hallpass`)
    await running.stop()
    const after = await doctor(store, undefined, hallpass)
    expect(after.code).toBe(0)
    expect(after.found['database']).toMatch(/, instance [a-z0-9]+$/)
  })

  it('looks at Identity Center where one is set', async () => {
    const HALLPASS_IDENTITY_CENTER_REGION = 'eu-central-1'
    const managementAccount = '777788889999'
    scene.aws.addAccount(managementAccount)
    const { arn } = scene.aws.addInstance({ managementAccount })
    const keys = scene.aws.appCredentials(managementAccount, ['sso:ListInstances'])
    const { found } = await doctor({
      HALLPASS_IDENTITY_CENTER_REGION,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    })
    expect(found['identity-center']).toBe(`ok ${arn} in eu-central-1`)
    await ailing(
      'identity-center',
      { HALLPASS_IDENTITY_CENTER_REGION },
      'ListInstances failed (400 AccessDenied)',
      'check HALLPASS_IDENTITY_CENTER_REGION',
    )
  })

  it('has one line each where nothing is set at all', async () => {
    const { code, found } = await doctor({}, {})
    expect(code).toBe(1)
    expect(Object.keys(found)).toEqual(everything)
    expect(found['settings']).toContain('APP_ID is missing')
    expect(found['database']).toMatch(/^ok .*new/)
    expect(found['github']).toBe(
      'FAIL not looked at: a setting that it needs is missing or wrong → mend the settings first',
    )
    expect(found['policy']).toBe(found['github'])
    expect(found['aws']).toMatch(/^FAIL .*→ give this process AWS credentials/)
  })
})

describe('doctor says how to mend', () => {
  it('a key that is another App’s', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const PRIVATE_KEY = privateKey.export({ type: 'pkcs1', format: 'pem' }) as string
    await ailing('github', { PRIVATE_KEY }, '401', 'APP_ID and PRIVATE_KEY')
  })

  it('a private key that is being rotated', async () => {
    const { github } = scene
    const next = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs1',
      format: 'pem',
    }) as string
    const rotating = { PRIVATE_KEY: next, PRIVATE_KEY_PREVIOUS: github.privateKey }
    await ailing('github', rotating, 'PRIVATE_KEY does not sign in', 'make a new key')
    github.keys.addKey(next)
    onTestFinished(() => github.keys.removeKey(next))
    expect((await doctor(rotating)).found['github']).toMatch(/^ok .*both valid/)
    github.keys.removeKey(github.privateKey)
    onTestFinished(() => github.keys.addKey(github.privateKey))
    expect((await doctor(rotating)).found['github']).toMatch(/^ok .*PREVIOUS is not: take that out/)
  })

  it('an App that is not installed where it should serve', async () => {
    const accounts = `${scene.organization.id},4242`
    await ailing(
      'github',
      { HALLPASS_ACCOUNTS: accounts },
      'The App hallpass is not installed on account 4242.',
      'take the id out of HALLPASS_ACCOUNTS',
    )
  })

  it('an App that lacks a permission', async () => {
    const permissions = { metadata: 'read', contents: 'read', issues: 'read' } as const
    const hub = await startGitHub({ webhookSecret, permissions })
    onTestFinished(() => hub.close())
    const change = {
      APP_ID: String(hub.appId),
      PRIVATE_KEY: hub.privateKey,
      GITHUB_API_URL: hub.url,
    }
    await ailing(
      'github',
      change,
      'lacks the permission checks: write, issues: write, members: read, pull_requests: write.',
      "in the App's settings under Permissions",
    )
  })

  it('an installation that has not accepted a permission', async () => {
    const organization = scene.github.addOrganization('late', { id: 9002 })
    scene.github.install(organization, { permissions: { metadata: 'read', checks: 'write' } })
    await ailing(
      'github',
      { HALLPASS_ACCOUNTS: '9001,9002' },
      'The installation of the App hallpass on late lacks the permission contents: read',
      "accept the App's new permissions in the settings of late",
    )
  })

  it('an App that is told of nothing', async () => {
    const hub = await startGitHub({ webhookSecret, events: ['push'] })
    onTestFinished(() => hub.close())
    const change = {
      APP_ID: String(hub.appId),
      PRIVATE_KEY: hub.privateKey,
      GITHUB_API_URL: hub.url,
    }
    const wrong =
      'does not subscribe to pull_request, pull_request_review, issues, issue_comment, check_run, repository,'
    await ailing('github', change, wrong, 'subscribe to it')
  })

  it('AWS credentials that are refused', async () => {
    const change = { AWS_SECRET_ACCESS_KEY: 'not-the-secret' }
    await ailing('aws', change, 'GetCallerIdentity failed', 'AWS credentials')
  })

  it('AWS credentials that lack a permission', async () => {
    const actions = apiActions.filter((action) => action !== 'iam:PutUserPolicy')
    const { accessKeyId, secretAccessKey } = scene.aws.appCredentials(account, actions)
    const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
    await ailing(
      'access',
      keys,
      `lacking: iam:PutUserPolicy on users of account ${account}`,
      'allow',
    )
  })
  it('AWS credentials that are missing', async () => {
    const change = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
    await ailing('aws', change, 'credentials', 'AWS_PROFILE')
  })

  it('Google credentials that are missing', async () => {
    const none = { GOOGLE_APPLICATION_CREDENTIALS: join(directory, 'gone.json') }
    await ailing(
      'gcp',
      { HALLPASS_GCP: 'on', HALLPASS_EMBEDDED_CLOUD: 'accept', ...none },
      'Looking for credentials failed',
      'workload identity',
    )
  })

  it('an embedded database that would guard real accounts', async () => {
    const file = join(directory, 'google.json')
    const email = 'hallpass@ops.iam.gserviceaccount.com'
    const key = { type: 'service_account', client_email: email, private_key: 'unused' }
    await writeFile(file, JSON.stringify(key))
    const google = { HALLPASS_GCP: 'on', GOOGLE_APPLICATION_CREDENTIALS: file }
    await ailing('settings', google, 'would guard real Google Cloud projects', 'set what is named')
    const double = { HALLPASS_AZURE: 'on', HALLPASS_AZURE_ENDPOINT: 'http://127.0.0.1:8086' }
    const accepted = await doctor({ ...google, ...double, HALLPASS_EMBEDDED_CLOUD: 'accept' })
    expect(accepted.found['gcp']).toBe(`ok ${email}`)
    expect(accepted.found['azure']).toBe('ok a test double at http://127.0.0.1:8086')
    const { found } = await doctor({
      AWS_ENDPOINT_URL_IAM: scene.aws.url,
      AWS_ENDPOINT_URL: '',
      METRICS_PORT: '9464',
    })
    expect(found['settings']).toMatch(/^ok .* measured on 127\.0\.0\.1, port 9464$/)
    const wrong = 'would guard real AWS accounts'
    const none = { AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_STS: scene.aws.url }
    await ailing('settings', none, wrong, 'set what is named')
  })

  it('a policy file that is not there', async () => {
    const gone = join(directory, 'gone.yml')
    await ailing(
      'policy',
      { HALLPASS_POLICY_FILE: gone },
      `${gone}: There is no such file. Without a policy nothing is granted.`,
      'HALLPASS_POLICY_FILE',
    )
  })

  it('a policy that is broken', async () => {
    const broken = join(directory, 'broken.yml')
    await writeFile(broken, 'version: 1\nroles: 7\n')
    const change = { HALLPASS_POLICY_FILE: broken }
    await ailing('policy', change, `${broken}:2:`, 'hallpass validate')
  })

  it('a policy that offers what is in a cloud that is not connected', async () => {
    const google = join(directory, 'google.yml')
    await writeFile(google, googleAlone)
    const change = { HALLPASS_POLICY_FILE: google }
    await ailing('access', change, 'not connected to it', 'set HALLPASS_GCP')
    expect((await doctor(change)).found['aws']).toBe(
      'ok not needed: the policy offers nothing in AWS',
    )
  })

  it('a policy whose source of who is on call has no token', async () => {
    const onCall = join(directory, 'on-call.yml')
    await writeFile(onCall, googleAlone + onCallBy('HALLPASS_ON_CALL_PAGER'))
    const change = {
      HALLPASS_POLICY_FILE: onCall,
      HALLPASS_GCP: 'on',
      HALLPASS_GCP_ENDPOINT: '127.0.0.1:8085',
    }
    await ailing('policy', change, 'nothing is set for HALLPASS_ON_CALL_PAGER', 'set the token')
    const set = await doctor({ ...change, HALLPASS_ON_CALL_PAGER: 'secret' })
    expect(set.found['policy']).toMatch(/^ok /)
    expect(set.found['access']).toMatch(/^skip /)
  })

  it('a policy in a repository: none on that branch, or none that the App can reach', async () => {
    const place = { HALLPASS_POLICY_FILE: '', HALLPASS_POLICY_REPOSITORY: '7001' }
    const { code, found } = await doctor(place)
    expect({ code, ...found }).toMatchObject({
      code: 0,
      policy: 'ok acme/shop-orders:policy.yml: 1 role, 1 rule, 11 identities',
    })
    const elsewhere = { ...place, HALLPASS_POLICY_BRANCH: 'none' }
    await ailing('policy', elsewhere, 'There is no branch none', 'HALLPASS_POLICY_REPOSITORY')
    const unknown = { ...place, HALLPASS_POLICY_REPOSITORY: '7999' }
    await ailing('policy', unknown, 'not installed on the repository', 'HALLPASS_POLICY_REPOSITORY')
  })

  it('a database that is down, without its password', async () => {
    const port = await freePort()
    const change = { DATABASE_URL: `postgres://me:hidden@127.0.0.1:${port}/hallpass` }
    await ailing('database', change, `ECONNREFUSED 127.0.0.1:${port}`, 'check DATABASE_URL')
    expect(JSON.stringify(await doctor(change))).not.toContain('hidden')
  })
})

const server = stores().find(({ name }) => name === 'postgres+redis')
describe.runIf(server)('doctor on Postgres and Redis', () => {
  it('finds them well, changes nothing there, and tells Redis from the database', async () => {
    const store = await server?.fresh()
    if (store === undefined) throw new Error('there is no server')
    onTestFinished(() => store.close())
    const change = { DATABASE_URL: store.databaseUrl ?? '', REDIS_URL: store.redisUrl ?? '' }
    const { code, found } = await doctor(change)
    expect({ code, ...found }).toMatchObject({
      code: 0,
      database: expect.stringMatching(
        /^ok Postgres \d+, new: the ledger is made at the first start$/,
      ),
      queue: 'ok Redis',
    })
    const { rows } = await store.pool.query(
      `select nspname from pg_namespace where nspname in ('hallpass', 'bullmq')`,
    )
    expect(rows).toEqual([])
    const REDIS_URL = `redis://:hidden@127.0.0.1:${await freePort()}`
    await ailing('queue', { ...change, REDIS_URL }, 'Redis does not answer', 'check REDIS_URL')
  })
})
