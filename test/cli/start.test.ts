import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
  vi,
} from 'vitest'
import { startScene, type Scene } from '../../sandbox/scene.ts'
import type { StoreConfig } from '../../src/config.ts'
import { startChild, type Child } from '../../drill/child.ts'
import { freePort } from '../../drill/servers.ts'
import { usualStore } from '../support/databases.ts'
import { embeddedDirectory } from '../support/embedded-template.ts'
import { startHallpass, type Hallpass } from '../support/hallpass.ts'
import { storeSettings } from '../../drill/environment.ts'
import { keep, type Kept } from '../support/kept.ts'
import { logsPolicy } from '../support/policies.ts'
import { hallpass, settingsFor, stackLine, typed } from './command.ts'

// Processes of their own take their time on a machine that has more to do.
vi.setConfig({ testTimeout: 60_000 })

let scene: Scene
let directory: string
let policyFile: string
beforeAll(async () => {
  scene = await startScene()
  directory = await mkdtemp(join(tmpdir(), 'hallpass-start-'))
  policyFile = join(directory, 'policy.yml')
  await writeFile(policyFile, logsPolicy())
})
afterAll(async () => {
  await scene.close()
  await rm(directory, { recursive: true, force: true })
})

/** A start that is expected to refuse: no data is made, and nothing listens. */
async function refused(change: Readonly<Record<string, string>>, command = 'start') {
  const data = join(directory, 'never')
  const env = { ...settingsFor(scene, policyFile, data), ...change }
  const ran = await typed([command], { env, cwd: directory })
  expect(ran.code).toBe(1)
  expect(ran.err).not.toMatch(stackLine)
  expect(ran.out).toBe('')
  expect(existsSync(data)).toBe(false)
  return ran.err
}

describe('start refuses', () => {
  it('without settings, and names every one that is missing', async () => {
    const { code, err } = await hallpass(['start'], { cwd: directory })
    expect(code).toBe(1)
    for (const name of [
      'APP_ID',
      'PRIVATE_KEY',
      'WEBHOOK_SECRET',
      'HALLPASS_ACCOUNTS',
      'HALLPASS_POLICY_FILE',
    ])
      expect(err).toContain(name)
    expect(err).toContain('npm run demo')
  })

  it.each([
    ['missing', ''],
    ['15 characters long', 'x'.repeat(15)],
    ['the one that Probot has by default', 'development'],
  ])('a webhook secret that is %s', async (_what, secret) => {
    const err = await refused({ WEBHOOK_SECRET: secret })
    expect(err).toContain('WEBHOOK_SECRET')
    expect(err).toContain('at least 16 random characters')
    if (secret !== '') expect(err).not.toContain(`"${secret}"`)
  })

  it('Redis without a Postgres', async () => {
    const err = await refused({ REDIS_URL: 'redis://:hidden@127.0.0.1:6379' })
    expect(err).toContain('REDIS_URL is set without DATABASE_URL')
    expect(err).not.toContain('hidden')
  })

  it('to guard real AWS accounts with an embedded database, unless told so', async () => {
    const err = await refused({ AWS_ENDPOINT_URL: '' })
    expect(err).toContain('HALLPASS_EMBEDDED_CLOUD=accept')
    expect(err).toContain('DATABASE_URL')
  })

  it.each(['serve', 'work'])('to only %s on an embedded database', async (command) => {
    const err = await refused({}, command)
    expect(err).toContain(`\`hallpass ${command}\` shares its ledger with other processes`)
    expect(err).toContain('DATABASE_URL')
  })

  it('a database that is down, and keeps the password to itself', async () => {
    const port = await freePort()
    const err = await refused({ DATABASE_URL: `postgres://me:hidden@127.0.0.1:${port}/hallpass` })
    expect(err).toContain('DATABASE_URL')
    expect(err).toContain(`ECONNREFUSED 127.0.0.1:${port}`)
    expect(err).not.toContain('hidden')
  })
})

describe('start', () => {
  let store: Kept
  let settings: Readonly<Record<string, string>>
  beforeEach(async () => {
    store = await keep(usualStore())
    settings = storeSettings(store.config)
  })
  afterEach(() => store.close())

  async function child(): Promise<Child> {
    const port = await freePort()
    const started = startChild({ scene, directory, policyFile, store: settings, port })
    onTestFinished(() => started.kill())
    await started.ready()
    return started
  }

  it('says that the port is taken, and ends', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const env = {
      ...settingsFor(scene, policyFile, ''),
      ...settings,
      PORT: String(port),
      LOG_LEVEL: 'silent',
    }
    const { code, err } = await hallpass(['start'], { env, cwd: directory })
    other.close()
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining(`cannot listen on 127.0.0.1 port ${port}`),
    })
    expect(err).not.toMatch(stackLine)
  })

  it('says who has the directory already, and ends', async () => {
    const data = await embeddedDirectory()
    onTestFinished(() => rm(data, { recursive: true }))
    const first = await here({ kind: 'embedded', directory: data, cloudAccepted: false })
    const env = settingsFor(scene, policyFile, data)
    const { code, err } = await hallpass(['start'], { env, cwd: directory })
    expect(code).toBe(1)
    expect(err).toContain(`Another Hallpass (process ${process.pid}) is running on ${data}`)
    expect(err).not.toMatch(stackLine)
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200)
  })

  it('begins without its policy file, gives nothing meanwhile, and says so', async () => {
    const { policyPath, watch } = await here(store.config)
    await rm(policyPath)
    const { github, pull, people } = scene
    github.requestReview(pull, people.alice, people.mona)
    const { fields } = await watch.seen('refusal', ({ id }) => id === 'request.refused')
    expect(fields['code']).toBe('policy-missing')
    await github.waitFor(() => github.comments(pull).some(({ body }) => body.includes(policyPath)))
    expect(scene.aws.policiesOf(scene.iam.mona)).toEqual([])
  })

  /** A whole one in this process. */
  async function here(config: StoreConfig): Promise<Hallpass> {
    const running = await startHallpass({ scene, store: config, policy: logsPolicy() })
    onTestFinished(() => running.stop())
    return running
  }

  describe('when asked to stop', () => {
    /** Rejects when it takes longer than it may. */
    async function ended({ exited }: Child) {
      const late = once(AbortSignal.timeout(10_000), 'abort').then((): never => {
        throw new Error('it did not end within ten seconds')
      })
      return Promise.race([exited, late])
    }

    it.each(['SIGTERM', 'SIGINT'] as const)('ends well on %s', async (signal) => {
      const started = await child()
      started.signal(signal)
      expect(await ended(started)).toEqual({ code: 0, signal: null })
      expect(started.lines.at(-1)?.id).toBe('hallpass.stopped')
      expect(started.errors).toEqual([])
    })

    it('ends well with a request that never arrives whole', async () => {
      const started = await child()
      const socket = connect(Number(new URL(started.url).port), '127.0.0.1')
      onTestFinished(() => void socket.destroy())
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      const head = 'POST /api/github/webhooks HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{'
      await new Promise((resolve) => socket.write(head, resolve))
      // Answered by another connection, so the first bytes of this one are in as well.
      await fetch(`${started.url}/healthz`)
      started.signal('SIGTERM')
      expect(await ended(started)).toEqual({ code: 0, signal: null })
    })

    it('ends well with work in hand that the cloud does not answer', async () => {
      const started = await child()
      const { github, people, aws } = scene
      github.webhookUrl = `${started.url}/api/github/webhooks`
      const pull = github.openPullRequest(scene.repository, {
        author: people.alice,
        files: { 'held.ts': 'export {}\n' },
      })
      const arrived = Promise.withResolvers<void>()
      const answer = Promise.withResolvers<void>()
      const off = aws.intercept(async ({ operation }, phase) => {
        if (operation !== 'PutUserPolicy' || phase !== 'before') return undefined
        arrived.resolve()
        await answer.promise
        // Never carried out: the next one would find that octocat has it already.
        return new Response(undefined, { status: 503 })
      })
      onTestFinished(() => {
        off()
        answer.resolve()
      })
      github.requestReview(pull, people.alice, people.octocat)
      await arrived.promise
      started.signal('SIGTERM')
      expect(await ended(started)).toEqual({ code: 0, signal: null })
      expect(started.lines.at(-1)?.id).toBe('hallpass.stopped')
    })
  })
})
