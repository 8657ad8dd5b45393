// One drill: a plan is played over simulated services with real processes, and judged.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from './child.ts'
import { unheardOf } from './delivered.ts'
import { startCrew, type Crew } from './crew.ts'
import type { Evidence } from './evidence.ts'
import { foreignView } from './foreign.ts'
import { gather } from './gather.ts'
import { startHavoc, type Havoc } from './havoc.ts'
import { judge, type Verdict } from './judge.ts'
import { planOf } from './plan.ts'
import { pullOf, startPlayers, type Played, type Players } from './players.ts'
import { startPost, type Post } from './post.ts'
import { roleNamed } from './roles.ts'
import { openScene, type DrillScene } from './scene.ts'
import { ownComments, saidOf, checkSays } from './shown.ts'
import { openStore, type DrillStore, type Servers, type StoreKind } from './store.ts'
import { waysOf } from './ways.ts'

export interface DrillOptions {
  readonly store: StoreKind
  readonly servers: Servers
  readonly seed: number
  readonly grants: number
  readonly kills: number
  /** In which everything is asked for, and everything is struck. */
  readonly durationMs: number
  /** Told about once a second. */
  readonly progress?: (progress: Progress) => void
  /** Rejects when the drill is to end without a verdict: it leaves nothing behind all the same. */
  readonly interrupted?: Promise<never>
}

export interface Progress {
  readonly atMs: number
  readonly asked: number
  readonly given: number
  /** Their pull requests say that all is over. */
  readonly over: number
  readonly grants: number
  readonly kills: number
  readonly up: number
  readonly deliveries: number
  readonly wrong: readonly string[]
}

export interface Drilled {
  readonly evidence: Evidence
  readonly verdict: Verdict
  readonly lines: ReturnType<Crew['lines']>
  readonly crewLog: Crew['log']
  /** Each with its attempts, and what it is about. */
  readonly deliveries: readonly object[]
  readonly counts: {
    readonly pauses: number
    readonly flushes: number
    readonly cuts: number
    readonly fates: Post['fates']
  }
}

const crews: Readonly<Record<StoreKind, readonly Command[]>> = {
  embedded: ['start'],
  postgres: ['start', 'start', 'work'],
  'postgres-redis': ['start', 'start', 'work'],
}

export async function runDrill(options: DrillOptions): Promise<Drilled> {
  const { store: kind, servers } = options
  const plan = planOf({
    ...options,
    processes: crews[kind].length,
    server: kind !== 'embedded',
    redis: kind === 'postgres-redis',
  })
  const store = await openStore(kind, servers)
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-drill-'))
  const scene = await openScene(plan)
  try {
    const policyFile = join(directory, 'policy.yml')
    await writeFile(policyFile, scene.policy)
    const crew = await startCrew(crews[kind], {
      scene,
      directory,
      policyFile,
      azureIdentity: scene.azureIdentity,
      store: { ...store.settings, ...lags, HALLPASS_RECOVER_EVERY_MS: '5000' },
    })
    try {
      return await played({ options, plan, store, scene, crew })
    } finally {
      await crew.close()
    }
  } finally {
    await scene.close()
    await store.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** What the simulated clouds promise: their bad weather stays within it. */
const lags = {
  HALLPASS_AWS_LAG_MS: '1000',
  HALLPASS_IDENTITY_CENTER_LAG_MS: '1000',
  HALLPASS_IDENTITY_CENTER_ENFORCEMENT_MS: '500',
  HALLPASS_GCP_LAG_MS: '1000',
  HALLPASS_GCP_ENFORCEMENT_MS: '500',
  HALLPASS_AZURE_LAG_MS: '1000',
  HALLPASS_AZURE_ENFORCEMENT_MS: '500',
}

interface Staged {
  readonly options: DrillOptions
  readonly plan: ReturnType<typeof planOf>
  readonly store: DrillStore
  readonly scene: DrillScene
  readonly crew: Crew
}

async function played(staged: Staged): Promise<Drilled> {
  const { options, plan, store, scene, crew } = staged
  const others = foreignView(scene)
  const ways = waysOf(scene)
  const post = startPost(scene.github, crew, plan.seed)
  const players = startPlayers({ scene, grants: plan.grants, ways })
  const havoc = startHavoc(plan.havoc, { scene, crew, store })
  const telling = tellEverySecond(options, { scene, crew, post, players, havoc })
  const toTheEnd = async () => {
    await Promise.all([players.over, havoc.over])
    post.calm()
    await crew.allReady()
    await allOver(scene, players.played, post)
  }
  try {
    await Promise.race([toTheEnd(), ...(options.interrupted ? [options.interrupted] : [])])
    const evidence = gather({
      seed: plan.seed,
      scene,
      ways,
      played: players.played,
      refusals: havoc.refusals,
      others,
      kills: crew.kills,
      deliveries: post.count,
      crashes: crew.crashes,
    })
    return {
      evidence,
      verdict: judge(evidence),
      lines: crew.lines(),
      crewLog: crew.log,
      deliveries: scene.github.deliveries.map(({ id, event, action, state, attempts, body }) => {
        const about = JSON.parse(body) as { number?: number; issue?: { number: number } }
        return { id, event, action, number: about.number ?? about.issue?.number, state, attempts }
      }),
      counts: {
        pauses: crew.pauses,
        flushes: havoc.flushes,
        cuts: havoc.cuts,
        fates: post.fates,
      },
    }
  } finally {
    clearInterval(telling)
    players.stop()
    havoc.stop()
    post.stop()
  }
}

/** The longest lease, what it takes to prove its end, and as long again for a machine that is busy. */
const patienceMs = 120_000

/** Resolves once every pull request says so, or when patience is at its end: the judge tells which do not. */
async function allOver(scene: DrillScene, all: readonly Played[], post: Post): Promise<void> {
  const late = performance.now() + patienceMs
  while (performance.now() < late) {
    const arrived = all.every(
      ({ asking, ending }) => unheardOf([...asking, ...ending]).length === 0,
    )
    if (arrived && post.settled() && all.every((one) => isOver(scene, one))) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function isOver(scene: DrillScene, { grant, askedAt, endedAt }: Played): boolean {
  if (askedAt === undefined) return true
  const pull = pullOf(scene, grant)
  const said = saidOf(ownComments(scene.github, pull)[0]?.body ?? '')
  if (said === 'ended') return checkSays(scene.github, pull) === 'ended'
  if (said === 'sessions') return roleNamed(grant.role).residualSeconds > 0
  // Ended before it was given: there may be nothing to tell.
  return said === 'nothing' && endedAt !== undefined
}

interface Watched {
  readonly scene: DrillScene
  readonly crew: Crew
  readonly post: Post
  readonly players: Players
  readonly havoc: Havoc
}

function tellEverySecond({ progress }: DrillOptions, watched: Watched): NodeJS.Timeout {
  const { scene, crew, post, players, havoc } = watched
  const begun = performance.now()
  return setInterval(() => {
    const { played: all } = players
    progress?.({
      atMs: Math.round(performance.now() - begun),
      asked: all.filter(({ askedAt }) => askedAt !== undefined).length,
      given: all.filter(({ givenAt }) => givenAt !== undefined).length,
      over: all.filter((one) => one.askedAt !== undefined && isOver(scene, one)).length,
      grants: all.length,
      kills: crew.kills,
      up: crew.readyCount(),
      deliveries: post.count,
      wrong: [...havoc.now],
    })
  }, 1_000)
}
