// A scene, a store and a Hallpass in a process of its own on both: what every test of crashes plays on.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WireCall } from '../../sandbox/wire.ts'
import { startScene, type Scene } from '../../sandbox/scene.ts'
import { startChild, type Child, type Command } from '../../drill/child.ts'
import { freePort } from '../../drill/servers.ts'
import type { ChildStore } from '../support/child-store.ts'

export type Phase = 'before' | 'after'

/** One call as it arrived: `at` of `performance.now()`. */
export interface Arrival {
  readonly call: WireCall
  readonly at: number
}

/** Looks at each call in both of its phases; what it does is waited for. `drop`: whoever called has gone. */
export type Ambush = (call: WireCall, phase: Phase) => Promise<'drop' | void>

export interface Boot {
  readonly child: Child
  readonly spawnedAt: number
  readonly readyAt: number
}

export interface Stage<Store extends ChildStore = ChildStore> {
  readonly scene: Scene
  readonly store: Store
  readonly arrivals: readonly Arrival[]
  /** The calls of both services pass it; undefined lets all pass. */
  ambush: Ambush | undefined
  /** Deliveries go to the newest `start` or `serve`. */
  spawn(command?: Command, settings?: Readonly<Record<string, string>>): Child
  boot(command?: Command): Promise<Boot>
  /** Resolves once no call has arrived for so long. */
  quiet(ms?: number): Promise<void>
  /** Kills what still runs, and leaves nothing behind. */
  close(): Promise<void>
}

export const action = 'logs:FilterLogEvents'

export interface StageOptions {
  readonly leaseSeconds?: number
  readonly settings?: Readonly<Record<string, string>>
}

export async function openStage<Store extends ChildStore>(
  store: Store,
  { leaseSeconds = 60, settings: always = {} }: StageOptions = {},
): Promise<Stage<Store>> {
  const scene = await startScene()
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-stage-'))
  const policyFile = join(directory, 'policy.yml')
  await writeFile(policyFile, policyOf(leaseSeconds))
  const port = await freePort()
  const workPort = await freePort()
  const children: Child[] = []
  const arrivals: Arrival[] = []

  const intercept = async (call: WireCall, phase: Phase) => {
    if (phase === 'before') arrivals.push({ call, at: performance.now() })
    const done = await stage.ambush?.(call, phase)
    return done === 'drop'
      ? new Response('nobody is there to read this', { status: 503 })
      : undefined
  }
  scene.github.intercept(intercept)
  scene.aws.intercept(intercept)

  const stage: Stage<Store> = {
    scene,
    store,
    arrivals,
    ambush: undefined,
    spawn(command = 'start', settings = {}) {
      const all = { ...store.settings, ...always, ...settings }
      const own = command === 'work' ? workPort : port
      const child = startChild({ scene, command, directory, policyFile, store: all, port: own })
      children.push(child)
      if (command !== 'work') scene.github.webhookUrl = `${child.url}/api/github/webhooks`
      return child
    },
    async boot(command) {
      const spawnedAt = performance.now()
      const child = stage.spawn(command)
      return { child, spawnedAt, readyAt: await child.ready() }
    },
    async quiet(ms = 200) {
      for (let seen = -1; seen !== arrivals.length;) {
        seen = arrivals.length
        await new Promise((resolve) => setTimeout(resolve, ms))
      }
    },
    async close() {
      stage.ambush = undefined
      await Promise.all(children.map((child) => child.kill()))
      await scene.close()
      await store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
  return stage
}

const policyOf = (leaseSeconds: number): string => `
version: 1
enrolled: [7001]
roles:
  orders-logs-read:
    description: Read the logs of the orders service
    bindings:
      - aws:
          account: '111122223333'
          allow:
            - actions: ['${action}']
              resources: ['arn:aws:logs:eu-central-1:111122223333:log-group:/shop/orders:*']
    repositories: [shop-*]
    eligible: [team:backend]
    lease: { default: ${leaseSeconds}s, max: ${leaseSeconds}s }
    approval: none
rules:
  - name: reviewers see the logs
    when: { review_requested: {} }
    give: orders-logs-read
    until: [reviewed, unrequested, closed]
identities:
  - github: 583231
    name: '@octocat'
    aws: [{ account: '111122223333', user: octocat }]
  - github: 1002
    name: '@mona'
    aws: [{ account: '111122223333', user: mona }]
`
