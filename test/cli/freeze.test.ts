import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startScene, type Scene } from '../../sandbox/scene.ts'
import { openStore } from '../../src/compose/store.ts'
import { createLog } from '../../src/adapters/log/create-log.ts'
import { ledgerStores, usualStore } from '../support/databases.ts'
import { startHallpass, type Hallpass } from '../support/hallpass.ts'
import { storeSettings } from '../../drill/environment.ts'
import { keep, type Kept } from '../support/kept.ts'
import { logsPolicy, logsRole } from '../support/policies.ts'
import { hallpass, typed } from './command.ts'

vi.setConfig({ testTimeout: 60_000 })

let scene: Scene
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hallpass-freeze-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

describe.each(ledgerStores())('on the ledger that is $name', (kind) => {
  let store: Kept
  let running: Hallpass
  beforeEach(async () => {
    // Each ledger has a GitHub of its own: what another one lists would be asked for again.
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
  const settings = () => storeSettings(store.config)
  const type = (...args: readonly string[]) => typed(args, { env: settings(), cwd: directory })
  const seen = (id: string, grant?: string) =>
    running.watch.seen(
      id,
      (line) => line.id === id && (grant === undefined || line.fields['grant'] === grant),
      45_000,
    )
  const bindings = () =>
    scene.aws.policiesOf(scene.iam.octocat).filter(({ name }) => name.startsWith('hallpass-'))

  function ask(): void {
    const { github, people, repository } = scene
    const path = `services/${repository.nextNumber}.ts`
    const pull = github.openPullRequest(repository, { author: people.alice, files: { [path]: '' } })
    github.requestReview(pull, people.alice, people.octocat)
  }
  async function given(): Promise<string> {
    ask()
    return String((await seen('grant.activated')).fields['grant'])
  }

  it('ends what is held beside the running Hallpass, refuses what is new, and lets go', async () => {
    const id = await given()
    const env = settings()
    const frozen = await hallpass(['freeze', '--because', 'a key leaked'], { env, cwd: directory })
    expect(frozen).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^Frozen: everything\. Nothing new of it begins\.\nOne grant or request ends: /,
      ),
    })
    await seen('grant.ended', id)
    expect(bindings()).toEqual([])

    const [freeze] = JSON.parse((await type('freezes', '--json')).out) as { id: string }[]
    expect(freeze).toMatchObject({
      scope: { kind: 'all' },
      by: userInfo().username,
      because: 'a key leaked',
    })
    ask()
    expect((await seen('request.refused')).fields).toMatchObject({ code: 'frozen' })

    const freezeId = freeze?.id ?? ''
    const listed = await type('freezes')
    expect(listed.out).toMatch(new RegExp(`^${freezeId}  everything  .*a key leaked$`, 'm'))
    expect(await type('unfreeze', freezeId)).toMatchObject({
      code: 0,
      out: `${freezeId} is over. What it ended stays ended.\n`,
    })
    expect((await type('freezes')).out).toBe('Nothing is frozen.\n')
    expect(await type('unfreeze', freezeId, '--json')).toMatchObject({
      code: 1,
      out: expect.stringContaining('"unknown"'),
    })
  })

  // What every store does alike.
  if (kind.name !== usualStore().name) return

  it('ends only what it is of', async () => {
    const id = await given()
    const repository = String(scene.repository.id)
    for (const args of [
      ['--person', '999999'],
      ['--role', 'another-role'],
      ['--repository', '999999'],
    ])
      expect((await type('freeze', ...args, '--because', 'x')).out).toContain('Nothing of it')
    expect((await type('grants')).out).toContain(`${id}  active`)
    const asked = ['--repository', 'acme/shop-orders', '--because', 'x', '--json']
    const told = JSON.parse((await type('freeze', ...asked)).out) as unknown
    expect(told).toMatchObject({
      kind: 'frozen',
      ended: 1,
      freeze: { scope: { kind: 'repository', repositoryId: Number(repository) } },
    })
    await seen('grant.ended', id)
  })

  it.each([
    [['--person', '@octocat'], () => `person ${scene.people.octocat.id}`],
    [['--role', logsRole], () => `role ${logsRole}`],
  ])('knows %j by what is recorded', async (args, of) => {
    const id = await given()
    const { code, out } = await type('freeze', ...args, '--because', 'x')
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(of()) })
    expect(out).toContain('One grant or request ends')
    await seen('grant.ended', id)
  })

  it('says what to give for a name that nothing is recorded of, and of two scopes', async () => {
    const nobody = await type('freeze', '--person', '@hubot', '--because', 'x')
    expect(nobody).toMatchObject({
      code: 1,
      out: expect.stringContaining('Give the numeric id: `gh api users/hubot --jq .id`.'),
    })
    const both = await type('freeze', '--person', '1', '--role', 'x', '--because', 'x', '--json')
    expect(both.code).toBe(1)
    expect(JSON.parse(both.out)).toMatchObject({ kind: 'refused' })
    const empty = await type('freeze', '--because', ' ')
    expect(empty).toMatchObject({ code: 1, out: expect.stringContaining('--because') })
    expect((await type('freezes')).out).toBe('Nothing is frozen.\n')
  })

  it('is finished by the next start when whoever began it died', async () => {
    const id = await given()
    await running.stop()
    const opened = await openStore(store.config, createLog('silent'))
    const by = { kind: 'operator', name: 'root' } as const
    const at = opened.clock.now()
    const begin = { id: 'begun0only00', scope: { kind: 'all' }, by, at, because: 'x' } as const
    await opened.ledger.commit({ now: at, freezes: [{ begin }] })
    await opened.close(2_000)
    running = await start()
    await seen('grant.ended', id)
    expect(bindings()).toEqual([])
  })
})
