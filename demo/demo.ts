// `hallpass demo`: the main job from the first webhook to the proven end, against a simulated GitHub and AWS.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compose } from '../src/compose.ts'
import type { Config } from '../src/config.ts'
import { run, type Running } from '../src/running.ts'
import { startScene, webhookSecret, type Scene } from '../sandbox/scene.ts'
import { play } from './play.ts'
import { stayUp } from './stay-up.ts'
import { createTeller, type Teller } from './teller.ts'
import { watchLog } from './watch-log.ts'

export interface DemoOptions {
  readonly exit: boolean
  readonly json: boolean
}

const policyPath = fileURLToPath(new URL('../examples/demo.yml', import.meta.url))

/** Returns the exit status: 0 when every step was seen to happen. */
export async function demo(options: DemoOptions): Promise<number> {
  const write = (line: string) => process.stdout.write(`${line}\n`)
  const teller = createTeller(options.json, write, () => performance.now())
  teller.say('Starting a simulated GitHub, a simulated AWS, and Hallpass between them …')
  try {
    await perform(options, teller)
    return 0
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    teller.end({ result: 'failed', reason }, `\nThe demo failed: ${reason}`)
    return 1
  }
}

async function perform({ exit }: DemoOptions, teller: Teller): Promise<void> {
  const stopped = interruption()
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-demo-'))
  const scene = await startScene()
  const watch = watchLog()
  let running: Running | undefined
  try {
    const composition = await compose(configOf(scene, directory), { log: watch.log })
    running = await run(composition, { ingress: true, worker: true })
    scene.github.webhookUrl = `${running.url}/api/github/webhooks`
    const stage = { scene, running, watch, teller }
    await Promise.race([play(stage), stopped.then(cutShort)])
    if (!exit) await stayUp(stage, directory, stopped)
  } finally {
    await running?.stop()
    await scene.close()
    await rm(directory, { recursive: true, force: true })
  }
}

const interruption = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })

function cutShort(): never {
  throw new Error('it was interrupted')
}

/** NB: nothing of the environment: a demo must never touch a configured database or a real cloud. */
const configOf = (scene: Scene, directory: string): Config => ({
  github: {
    appId: scene.github.appId,
    privateKey: scene.github.privateKey,
    webhookSecrets: [webhookSecret],
    apiUrl: scene.github.url,
    throttle: false,
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
