import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startScene, type Scene } from '../../sandbox/scene.ts'
import { createLog } from '../../src/adapters/log/create-log.ts'
import { openStore } from '../../src/compose/store.ts'
import { ledgerStores } from '../support/databases.ts'
import { startHallpass } from '../support/hallpass.ts'
import { storeSettings } from '../../drill/environment.ts'
import { keep, type Kept } from '../support/kept.ts'
import { logsPolicy } from '../support/policies.ts'
import { stackLine, typed } from './command.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let scene: Scene
let directory: string
beforeAll(async () => {
  scene = await startScene()
  directory = await mkdtemp(join(tmpdir(), 'hallpass-accept-'))
})
afterAll(async () => {
  await scene.close()
  await rm(directory, { recursive: true, force: true })
})

interface Told {
  readonly kind: string
  readonly document: { readonly blob: string; readonly where: string }
}

describe.each(ledgerStores())('policy accept, on the ledger that is $name', (kind) => {
  async function kept(): Promise<Kept> {
    const store = await keep(kind)
    onTestFinished(() => store.close())
    // Looking makes no ledger: one has been there before.
    const opened = await openStore(store.config, createLog('silent'))
    await opened.close(2_000)
    return store
  }
  const accept = (store: Kept, file: string, ...more: readonly string[]) =>
    typed(['policy', 'accept', ...more], {
      env: { ...storeSettings(store.config), HALLPASS_POLICY_FILE: file },
      cwd: directory,
    })

  it('lets the document count, once, and keeps who did', async () => {
    const store = await kept()
    const file = join(directory, 'policy.yml')
    await writeFile(file, logsPolicy())
    const other = await accept(store, file, '--blob', 'abc')
    expect(other).toMatchObject({ code: 1, out: expect.stringContaining('Nothing was accepted') })
    const first = await accept(store, file, '--json')
    const told = JSON.parse(first.out) as Told
    expect({ code: first.code, told }).toMatchObject({ code: 0, told: { kind: 'accepted' } })
    const again = await accept(store, file, '--blob', told.document.blob)
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('accepted already') })

    const opened = await openStore(store.config, createLog('silent'))
    const log = await opened.ledger.log(0, 100)
    await opened.close(2_000)
    const events = log.filter(({ canonical }) => canonical.includes('"policy.accepted"'))
    expect(events).toHaveLength(1)
    // Who it was is a personal value, which stands apart.
    expect(events[0]?.canonical).toContain('"kind":"operator"')
    expect(events[0]?.canonical).toContain(told.document.blob)
  })

  it('says what is wrong with a document that cannot be accepted', async () => {
    const store = await kept()
    const file = join(directory, 'broken.yml')
    await writeFile(file, 'version: 1\nroles: []\n')
    const broken = await accept(store, file)
    expect(broken).toMatchObject({ code: 1, out: expect.stringMatching(/broken\.yml:2:\d+ /) })
    const missing = await accept(store, join(directory, 'no.yml'))
    expect(missing).toMatchObject({ code: 1, out: expect.stringContaining('no.yml') })
    const unset = await typed(['policy', 'accept'], {
      env: storeSettings(store.config),
      cwd: directory,
    })
    expect(unset).toMatchObject({ code: 1, err: expect.stringContaining('HALLPASS_POLICY_FILE') })
    expect(unset.err).not.toMatch(stackLine)
  })

  it('is done beside the running Hallpass', async () => {
    const store = await keep(kind)
    const policy = logsPolicy()
    const running = await startHallpass({ scene, store: store.config, policy })
    const accepted = await accept(store, running.policyPath)
    await running.stop()
    await store.close()
    expect(accepted).toMatchObject({ code: 0, out: expect.stringContaining(running.policyPath) })
  })
})
