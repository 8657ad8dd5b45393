import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
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
import { openServer } from '../../src/adapters/postgres/server.ts'
import { freePort } from '../../drill/servers.ts'
import { ledgerStores } from '../support/databases.ts'
import { startHallpass, type Hallpass } from '../support/hallpass.ts'
import { storeSettings } from '../../drill/environment.ts'
import { keep, type Kept } from '../support/kept.ts'
import { logsPolicy, logsRole } from '../support/policies.ts'
import { hallpass, stackLine, typed } from './command.ts'

// Processes of their own take their time on a machine that has more to do.
vi.setConfig({ testTimeout: 60_000 })

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hallpass-grants-'))
})
afterAll(async () => {
  await rm(directory, { recursive: true, force: true })
})

describe.each(ledgerStores())('on the ledger that is $name', (kind) => {
  let scene: Scene
  let store: Kept
  let running: Hallpass
  beforeEach(async () => {
    // Of its own: an embedded ledger is older than the test, and would ask for the former test's webhooks as lost.
    scene = await startScene()
    store = await keep(kind)
    running = await start()
  })
  afterEach(async () => {
    await running.stop()
    await store.close()
    await scene.close()
  })

  const start = () => startHallpass({ scene, store: store.config, policy: logsPolicy() })

  /** Octocat is asked for a review, and holds what that gives. */
  async function given(): Promise<{ id: string; subject: string }> {
    const { github, people, repository } = scene
    const path = `services/${repository.nextNumber}.ts`
    const pull = github.openPullRequest(repository, { author: people.alice, files: { [path]: '' } })
    github.requestReview(pull, people.alice, people.octocat)
    const { fields } = await seen('grant.activated')
    return { id: String(fields['grant']), subject: `acme/shop-orders#${pull.number}` }
  }

  const seen = (id: string, grant?: string) =>
    running.watch.seen(
      id,
      (line) => line.id === id && (grant === undefined || line.fields['grant'] === grant),
      45_000,
    )

  const settings = () => storeSettings(store.config)
  const type = (...args: readonly string[]) => typed(args, { env: settings(), cwd: directory })
  /** Another process, as it is in life: it comes to the ledger past the running one, and has to end. */
  const typeBeside = (...args: readonly string[]) =>
    hallpass(args, { env: settings(), cwd: directory })

  const bindings = () =>
    scene.aws.policiesOf(scene.iam.octocat).filter(({ name }) => name.startsWith('hallpass-'))

  it('lists who holds what, and revokes it, beside the running Hallpass', async () => {
    const { id, subject } = await given()
    const { code, out } = await typeBeside('grants')
    const [header, row, ...more] = out.trimEnd().split('\n')
    expect({ code, more }).toEqual({ code: 0, more: [] })
    expect(header).toMatch(/^GRANT +STATE +WHO +ROLE +WHERE +UNTIL$/)
    expect(row?.split(/ {2,}/)).toEqual([
      id,
      'active',
      'octocat',
      logsRole,
      subject,
      expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    ])
    expect(bindings()).toHaveLength(1)

    const revoked = await typeBeside('revoke', id)
    expect(revoked).toMatchObject({ code: 0, out: expect.stringContaining(`${id} is ending`) })
    await seen('grant.ended', id)
    expect(bindings()).toEqual([])

    // And how late it was gone.
    expect((await type('grants')).out).toMatch(
      /^Nobody holds anything\. \(--all shows what ended\.\)\n\nAccess that Hallpass ended in the last 30 days was gone \d+\.\d s \(p50\), .* \(1 removal\)\.\n$/,
    )
    expect((await type('grants', '--all')).out).toMatch(
      new RegExp(`^${id} +ended .* revoked$`, 'm'),
    )
    const [summary] = JSON.parse((await type('grants', '--all', '--json')).out) as unknown[]
    expect(summary).toMatchObject({
      id,
      phase: 'ended',
      reason: 'revoked',
      role: logsRole,
      recipient: { id: scene.people.octocat.id, login: 'octocat' },
      subject,
      stuck: null,
    })
    expect(JSON.parse((await type('grants', '--json')).out)).toEqual([])

    const again = await type('revoke', id)
    expect(again).toMatchObject({ code: 1, out: expect.stringContaining('has ended') })
  })

  it('revokes while Hallpass is stopped: the next start removes it', async () => {
    const { id } = await given()
    await running.stop()
    expect((await typeBeside('grants')).out).toContain(`${id}  active`)
    expect((await type('revoke', id)).code).toBe(0)
    expect((await type('grants')).out).toContain(`${id}  ending`)
    expect(bindings()).toHaveLength(1)
    running = await start()
    await seen('grant.ended', id)
    expect(bindings()).toEqual([])
  })

  it('says in words that there is no such grant', async () => {
    const unknown = await type('revoke', 'nobodys0grant')
    expect(unknown).toEqual({
      code: 1,
      out: 'There is no grant nobodys0grant. `hallpass grants --all` lists them.\n',
      err: '',
    })
    expect((await type('grants', '--all')).out).toBe('No grants yet.\n')
  })

  it.runIf(kind.name === 'postgres')('notes who revoked it', async () => {
    const { id } = await given()
    await type('revoke', id)
    const database = openServer(settings()['DATABASE_URL'] ?? '')
    onTestFinished(() => database.close())
    const { rows } = await database.pool.query('select state from hallpass.grants')
    expect(rows).toMatchObject([
      { state: { endedBy: { kind: 'operator', name: userInfo().username } } },
    ])
  })
})

describe('where there is no ledger', () => {
  it.each([['grants'], ['revoke', 'some0grant00']])(
    '%s makes none, and says so',
    async (...args) => {
      const cwd = await mkdtemp(join(tmpdir(), 'hallpass-none-'))
      const { code, err } = await typed(args, { cwd })
      expect(code).toBe(1)
      expect(err).toContain(`There is no ledger in ${join(cwd, 'data')} yet`)
      expect(err).not.toMatch(stackLine)
      expect(await readdir(cwd)).toEqual([])
      await rm(cwd, { recursive: true })
    },
  )

  it('a database that is down is told in words', async () => {
    const port = await freePort()
    const env = { DATABASE_URL: `postgres://me:hidden@127.0.0.1:${port}/hallpass` }
    const { code, err } = await typed(['grants'], { env, cwd: directory })
    expect(code).toBe(1)
    expect(err).toContain('DATABASE_URL')
    expect(err).not.toContain('hidden')
    expect(err).not.toMatch(stackLine)
  })
})
