// Where the demo plays: the simulated services, a whole Hallpass between them, and a policy that can be changed.
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startScene, webhookSecret, type Scene } from '../sandbox/scene.ts'
import { compose, type Composition } from '../src/compose.ts'
import type { Config } from '../src/config.ts'
import { run, type Running } from '../src/running.ts'
import { proposeRules, setScenery, type Scenery } from './scenery.ts'
import { watchLog, type Watch } from './watch-log.ts'

export interface Stage {
  readonly scene: Scene
  readonly scenery: Scenery
  readonly composition: Composition
  readonly running: Running
  readonly watch: Watch
  /** Of the embedded ledger: the command line finds it there. */
  readonly dataDirectory: string
  /** The organization's document: what is written there holds from the next decision on. */
  readonly policyPath: string
  close(): Promise<void>
}

export const originalPolicy = fileURLToPath(new URL('../examples/demo.yml', import.meta.url))

export async function openStage(): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-demo-'))
  const policyPath = join(directory, 'policy.yml')
  const dataDirectory = join(directory, 'data')
  await copyFile(originalPolicy, policyPath)
  const scene = await startScene()
  const scenery = setScenery(scene)
  const watch = watchLog()
  let running: Running | undefined
  const close = async () => {
    await running?.stop()
    await scene.close()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    const config = configOf(scene, dataDirectory, policyPath)
    const composition = await compose(config, { log: watch.log })
    running = await run(composition, { ingress: true, worker: true })
    scene.github.webhookUrl = `${running.url}/api/github/webhooks`
    proposeRules(scene)
    return { scene, scenery, composition, running, watch, dataDirectory, policyPath, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** NB: nothing of the environment: a demo must never touch a configured database or a real cloud. */
const configOf = (scene: Scene, directory: string, policyPath: string): Config => ({
  github: {
    appId: scene.github.appId,
    privateKey: scene.github.privateKey,
    webhookSecrets: [webhookSecret],
    apiUrl: scene.github.url,
    throttle: false,
    writeBudget: true,
    accounts: new Set([scene.organization.id]),
  },
  policy: { from: 'file', path: policyPath },
  store: { kind: 'embedded', directory, cloudAccepted: false },
  aws: { real: false, endpoint: scene.aws.url, credentials: scene.credentials, lagMs: 500 },
  onCallToken: () => undefined,
  host: '127.0.0.1',
  port: 0,
  logLevel: 'silent',
})
