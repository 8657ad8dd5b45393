// Where the demo plays: the simulated services, a whole Hallpass between them, and a policy that can be changed.
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startScene, webhookSecret, type Scene } from '../sandbox/scene.ts'
import type { SceneClouds } from '../sandbox/scene-clouds.ts'
import { compose, type Composition } from '../src/compose.ts'
import type { Config } from '../src/config.ts'
import { run, type Running } from '../src/running.ts'
import { inAws } from './clouds/aws.ts'
import { inAzure } from './clouds/azure.ts'
import { inGcp } from './clouds/gcp.ts'
import type { DemoCloud } from './clouds/types.ts'
import { proposeRules, setScenery, type Scenery } from './scenery.ts'
import { watchLog, type Watch } from './watch-log.ts'
import { createWeather, type Weather } from './weather.ts'

export interface Stage {
  readonly scene: Scene
  readonly scenery: Scenery
  /** AWS, Google Cloud and Azure, as each itself sees things. */
  readonly clouds: readonly DemoCloud[]
  readonly weather: Weather
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

/** `say` is told what is being started: on a busy machine it takes a while. */
export async function openStage(say: (text: string) => void = () => undefined): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-demo-'))
  const policyPath = join(directory, 'policy.yml')
  const dataDirectory = join(directory, 'data')
  await copyFile(originalPolicy, policyPath)
  const scene = await startScene({ clouds: true })
  const watch = watchLog()
  let running: Running | undefined
  const close = async () => {
    await running?.stop()
    await scene.close()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    const set = setStage(scene)
    say('They are there. Making an embedded database, and starting Hallpass on it …')
    const config = configOf(set, dataDirectory, policyPath)
    const composition = await compose(config, { log: watch.log })
    running = await run(composition, { ingress: true, worker: true })
    scene.github.webhookUrl = `${running.url}/api/github/webhooks`
    proposeRules(scene)
    return { ...set, composition, running, watch, dataDirectory, policyPath, close }
  } catch (error) {
    await close()
    throw error
  }
}

function setStage(scene: Scene) {
  const inScene = scene.clouds
  if (inScene === undefined) throw new Error('The scene has AWS alone')
  const scenery = setScenery(scene)
  const users = new Map(Object.entries({ ...scene.iam, alice: scenery.alice }))
  return {
    scene,
    inScene,
    scenery,
    clouds: [inAws(scene, users), inGcp(inScene), inAzure(inScene)],
    weather: createWeather(scene, inScene),
  }
}

/** NB: nothing of the environment: a demo must never touch a configured database or a real cloud. */
const configOf = (
  { scene, inScene }: { readonly scene: Scene; readonly inScene: SceneClouds },
  directory: string,
  policyPath: string,
): Config => ({
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
  aws: { ...simulated, endpoint: scene.aws.url, credentials: scene.credentials },
  gcp: {
    ...simulated,
    endpoint: { host: inScene.gcp.apiEndpoint, port: inScene.gcp.port, insecure: true },
  },
  azure: {
    ...simulated,
    endpoint: inScene.azure.url,
    credential: { getToken: async () => inScene.azureApp.token() },
  },
  onCallToken: () => undefined,
  host: '127.0.0.1',
  port: 0,
  logLevel: 'silent',
})

/** What is removed there is refused at once, where real clouds may take minutes. */
const simulated = { real: false, lagMs: 500, enforcementMs: 500 }
