import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startScene, type Scene } from '../../sandbox/scene.ts'
import { ledgerStores } from '../support/databases.ts'
import { startHallpass, type Hallpass } from '../support/hallpass.ts'
import { storeSettings } from '../../drill/environment.ts'
import { keep, type Kept } from '../support/kept.ts'
import { logsPolicy, logsRole } from '../support/policies.ts'
import { typed } from './command.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

describe.each(ledgerStores())('explain, on the ledger that is $name', (kind) => {
  let scene: Scene
  let directory: string
  let store: Kept
  let running: Hallpass
  let id: string
  beforeAll(async () => {
    scene = await startScene()
    directory = await mkdtemp(join(tmpdir(), 'hallpass-explain-'))
    store = await keep(kind)
    running = await startHallpass({ scene, store: store.config, policy: logsPolicy() })
    const { github, people, repository } = scene
    const files = { 'services/a.ts': '' }
    const pull = github.openPullRequest(repository, { author: people.alice, files })
    github.requestReview(pull, people.alice, people.octocat)
    id = String(
      (await running.watch.seen('grant.activated', (line) => line.id === 'grant.activated', 45_000))
        .fields['grant'],
    )
  })
  afterAll(async () => {
    await running.stop()
    await store.close()
    await scene.close()
    await rm(directory, { recursive: true, force: true })
  })

  const type = (...args: readonly string[]) =>
    typed(args, { env: storeSettings(store.config), cwd: directory })

  it('shows what a grant was decided on, step by step, and that it still is so', async () => {
    const { code, out } = await type('explain', id)
    expect(code).toBe(0)
    expect(out).toContain(`${id}: ${logsRole} for @octocat`)
    expect(out).toContain('Revision 1, decided at ')
    expect(out).toContain(running.policyPath)
    expect(out).toMatch(/^ {4}yes {2}the recipient may hold the role: /m)
    expect(out).not.toMatch(/^ {4}NO/m)
    expect(out).toContain('Decided again over the same policy and facts, it is offered as well.')
  })

  it('gives a program the texts and the facts', async () => {
    expect(JSON.parse((await type('explain', id, '--json')).out)).toMatchObject({
      grant: { id, role: logsRole },
      revisions: [
        {
          revision: 1,
          decidedOn: { facts: { recipient: { account: { login: 'octocat' } } } },
          documents: [{ text: logsPolicy(), where: running.policyPath }],
          again: { kind: 'same' },
        },
      ],
    })
  })

  it('says that there is no such grant', async () => {
    const { code, out } = await type('explain', 'nobodys0grant')
    expect(code).toBe(1)
    expect(out).toBe('There is no grant nobodys0grant. `hallpass grants --all` lists them.\n')
  })
})
