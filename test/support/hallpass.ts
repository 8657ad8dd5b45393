// A whole Hallpass in this process, against a scene of simulated services.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { webhookSecret, type Scene } from '../../sandbox/scene.ts'
import { compose, type Composition } from '../../src/compose.ts'
import type { Config, StoreConfig } from '../../src/config.ts'
import { createLog } from '../../src/adapters/log/create-log.ts'
import { run, type Parts, type Running } from '../../src/running.ts'
import type { Timing } from '../../src/workflows/deps.ts'
import type { Clock, Log, LogFields, PinnedPlace } from '../../src/workflows/ports.ts'
import { watchLog, type Watch } from '../../demo/watch-log.ts'

export interface HallpassOptions {
  readonly scene: Scene
  readonly store: StoreConfig
  /** The organization's document. */
  readonly policy: string
  /** Where it is kept instead, when not in a local file: whoever sets the scene puts it there. */
  readonly pinned?: PinnedPlace
  readonly timing?: Partial<Timing>
  readonly clock?: Clock
  readonly lagMs?: number
  /** Whose credentials act on the scene's Identity Center. Not connected to one unless given. */
  readonly identityCenter?: (
    scene: Scene,
  ) => NonNullable<NonNullable<Config['identityCenter']>['credentials']>
  /** Not connected to Google Cloud, or to Azure, unless given. */
  readonly gcp?: Config['gcp']
  readonly azure?: Config['azure']
  readonly accounts?: readonly number[]
  /** Other keys and secrets than the scene's. */
  readonly github?: (scene: Scene) => Partial<Config['github']>
  /** Both unless given. */
  readonly parts?: Parts
  /** False loses every one of them, as a queue that is down does. */
  readonly nudges?: boolean
}

export interface Hallpass extends Running {
  readonly watch: Watch
  readonly composition: Composition
  /** Where the organization's document lies: rewriting it changes the policy. */
  readonly policyPath: string
  /** What its log wrote: one JSON line after another. */
  readonly written: readonly string[]
  stop(): Promise<void>
}

export async function startHallpass(options: HallpassOptions): Promise<Hallpass> {
  const { scene, store, timing, clock } = options
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-test-'))
  const policyPath = join(directory, 'policy.yml')
  await writeFile(policyPath, options.policy)
  const watch = watchLog()
  const written: string[] = []
  const file = createLog('debug', { write: (line) => void written.push(line) })
  const composed = await compose(configOf(options, policyPath), {
    log: both(watch.log, file),
    ...(timing === undefined ? {} : { timing }),
    ...(clock === undefined ? {} : { clock }),
  })
  const composition = options.nudges === false ? unnudged(composed) : composed
  const running = await run(composition, options.parts ?? { ingress: true, worker: true })
  scene.github.webhookUrl = `${running.url}/api/github/webhooks`
  return {
    ...running,
    watch,
    composition,
    policyPath,
    written,
    async stop() {
      await running.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }

  function configOf(
    { scene, accounts, github, lagMs = 100, pinned, identityCenter, gcp, azure }: HallpassOptions,
    path: string,
  ): Config {
    return {
      github: {
        appId: scene.github.appId,
        privateKey: scene.github.privateKey,
        webhookSecrets: [webhookSecret],
        apiUrl: scene.github.url,
        throttle: false,
        writeBudget: true,
        accounts: new Set(accounts ?? [scene.organization.id]),
        ...github?.(scene),
      },
      policy: pinned === undefined ? { from: 'file', path } : { from: 'repository', ...pinned },
      store,
      aws: {
        real: false,
        endpoint: scene.aws.url,
        credentials: scene.credentials,
        lagMs,
      },
      gcp,
      identityCenter: identityCenter && {
        real: false,
        region: 'eu-central-1',
        endpoint: scene.aws.url,
        credentials: identityCenter(scene),
        lagMs,
        enforcementMs: lagMs,
      },
      azure,
      ...cloudsOf(scene, lagMs),
      onCallToken: () => undefined,
      host: '127.0.0.1',
      port: 0,
      logLevel: 'silent',
    }
  }
}

/** Those of the scene. What is removed there is allowed no longer than its reads lag. */
function cloudsOf(
  { aws, clouds }: Scene,
  lagMs: number,
): Pick<Config, 'gcp' | 'azure' | 'identityCenter'> {
  if (clouds === undefined) return {}
  const shared = { real: false, lagMs, enforcementMs: lagMs }
  const { gcp, azure, azureApp, identityCenter } = clouds
  return {
    gcp: { ...shared, endpoint: { host: gcp.apiEndpoint, port: gcp.port, insecure: true } },
    azure: {
      ...shared,
      endpoint: azure.url,
      // Asked for each request anew: the cloud's clock may be turned, which the SDK's own cache cannot know.
      credential: {
        getToken: async () => ({ token: azureApp.token().token, expiresOnTimestamp: Date.now() }),
      },
    },
    identityCenter: {
      ...shared,
      region: 'eu-central-1',
      endpoint: aws.url,
      credentials: identityCenter.credentials,
    },
  }
}

function both(one: Log, other: Log): Log {
  const write = (method: keyof Log) => (id: string, fields?: LogFields) => {
    one[method](id, fields)
    other[method](id, fields)
  }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}

const unnudged = (composition: Composition): Composition => ({
  ...composition,
  deps: { ...composition.deps, queue: { nudge: () => undefined } },
})
