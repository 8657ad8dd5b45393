// The stage of the week: the scene with its developers and its foreign access, a Hallpass that may be stopped and started, and the time that passes.
import { writeFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { administer, cutOthers } from '../../drill/servers.ts'
import { dice } from '../../sandbox/dice.ts'
import { startScene, type Scene } from '../../sandbox/scene.ts'
import { project, resourceGroup } from '../../sandbox/scene-clouds.ts'
import type { StoreConfig } from '../../src/config.ts'
import type { FreshDatabase, TestStore } from '../support/databases.ts'
import { startHallpass, type Hallpass, type HallpassOptions } from '../support/hallpass.ts'
import { turnedClock, type TurnedClock } from '../support/turned-clock.ts'
import {
  addDeveloper,
  setPlaces,
  weekPolicy,
  type Developer,
  type ModeName,
  type Week,
} from './modes.ts'
import { ask, endEarly, faultsAt, type Asked, type Play } from './play.ts'
import { passUntil } from './settle.ts'

const minute = 60_000
const halfHour = 30 * minute
const standingEveryMs = 60 * minute
const developerCount = 16
/** How many things are asked for in half an hour: see `vitest.config.ts`. */
const asksInHalfHour = Number(process.env['WEEK_ASKS'])

export interface Passes {
  /** `nobody`: people do nothing, as while GitHub is down. */
  readonly acts?: 'all' | 'nobody' | 'ends'
  /** What is asked for now may come to nothing. */
  readonly unsure?: (mode: ModeName) => boolean
  /** What is asked for now comes to nothing. */
  readonly refused?: (mode: ModeName) => boolean
}

export interface OpenWeek {
  readonly scene: Week
  readonly clock: TurnedClock
  readonly play: Play
  readonly database: FreshDatabase
  /** What no removal reaches. */
  readonly down: Set<ModeName>
  hallpass(): Hallpass
  start(options?: Partial<HallpassOptions>): Promise<void>
  stop(): Promise<void>
  /** What is in the database now. Hallpass is stopped meanwhile. */
  backUp(): Promise<void>
  /** The database is what it was at the last backup, in another one of the same name. Hallpass is stopped. */
  restore(): Promise<void>
  /** GitHub answers nothing, until it is called back. */
  githubDown(): () => void
  setPolicy(offered?: readonly ModeName[]): Promise<void>
  pass(hours: number, passes?: Passes): Promise<void>
  /** One of this kind, besides what a half hour brings. */
  ask(mode: ModeName): void
  /** Nobody acts, and Hallpass does nothing either. */
  passUnworked(hours: number): void
  /** The ground of these is gone: they end at once, or at the next reading of it. */
  lose(which: (asked: Asked) => boolean, when?: 'at-once'): void
  close(): Promise<void>
}

/** On Postgres: a backup is restored by what only a server does. */
export async function openWeek(store: TestStore): Promise<OpenWeek> {
  const database = await store.fresh()
  const clock = turnedClock()
  const scene = asWeek(await startScene({ now: clock.now, clouds: true }))
  setPlaces(scene)
  const developers = Array.from({ length: developerCount }, (_, n) => addDeveloper(scene, n))
  setForeign(scene, developers)
  const week = runWeek(database, clock, {
    ...{ scene, developers, alice: scene.people.alice, dice: dice('a week') },
    ...{ asked: [], live: [] },
  })
  await week.start()
  return week
}

function asWeek(scene: Scene): Week {
  const { clouds } = scene
  if (clouds === undefined) throw new Error('The scene has AWS alone')
  return { ...scene, clouds }
}

/** Access of other people's making, beside ours. */
function setForeign({ aws, clouds }: Week, [first]: readonly Developer[]): void {
  if (first === undefined) throw new Error('nobody is there')
  aws.putUserPolicy({
    user: first.user,
    name: 'theirs',
    document: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }],
    },
  })
  clouds.gcp.setPolicy(project, [{ role: 'roles/viewer', members: [first.inClouds.member] }])
  clouds.azure.assign({
    scope: resourceGroup,
    roleDefinitionId: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
    principalId: first.inClouds.objectId,
  })
}

const foreignIn = ({ scene: { aws, clouds }, developers }: Play) =>
  JSON.stringify({
    aws: developers.map(({ user }) =>
      aws.policiesOf(user).filter(({ name }) => !name.startsWith('hallpass-')),
    ),
    gcp: clouds.gcp.foreignView(project, 'hallpass-'),
    azure: clouds.azure.foreignTo(clouds.azureApp.principalId, resourceGroup),
  })

function runWeek(database: FreshDatabase, clock: TurnedClock, play: Play): OpenWeek {
  const { scene } = play
  const down = new Set<ModeName>()
  const foreign = foreignIn(play)
  const store: StoreConfig = {
    kind: 'postgres',
    databaseUrl: String(database.databaseUrl),
    redisUrl: undefined,
  }
  const passing = {
    clock,
    github: scene.github,
    pool: database.pool,
    standingEveryMs,
    standingReadable: () => down.size === 0 && !isGitHubDown,
  }
  const asks = evenly(asksInHalfHour)
  let policy = weekPolicy(play)
  let hallpass: Hallpass | undefined
  let isGitHubDown = false
  const running = () => {
    if (hallpass === undefined) throw new Error('Hallpass is stopped')
    return hallpass
  }
  const look = () => {
    expect(faultsAt(play, clock.now(), (mode) => down.has(mode))).toEqual([])
    expect(foreignIn(play)).toBe(foreign)
  }
  return {
    ...{ scene, clock, play, database, down, hallpass: running },
    async start(options) {
      const timing = { sweepMs: 20, standingEveryMs, standingPauseMs: 100 }
      hallpass = await startHallpass({
        ...{ scene, store, policy, clock, timing, lagMs: 20 },
        ...options,
      })
    },
    async stop() {
      await running().stop()
      hallpass = undefined
    },
    async backUp() {
      const { own, beside, name } = addressesOf(database)
      await administer(own, cutOthers)
      await administer(beside, `create database ${name}_b template ${name}`)
    },
    async restore() {
      const { beside, name } = addressesOf(database)
      await administer(beside, `drop database ${name} with (force)`)
      await administer(beside, `alter database ${name}_b rename to ${name}`)
    },
    githubDown() {
      isGitHubDown = true
      const off = scene.github.intercept(async (_call, phase) =>
        phase === 'before' ? new Response('down', { status: 503 }) : undefined,
      )
      return () => {
        isGitHubDown = false
        off()
      }
    },
    async setPolicy(offered) {
      policy = weekPolicy({ ...play, ...(offered === undefined ? {} : { offered }) })
      await writeFile(running().policyPath, policy)
    },
    async pass(hours, passes = {}) {
      for (let half = 0; half < 2 * hours; half += 1) {
        const now = clock.now()
        if (passes.acts !== 'nobody') act(play, now, passes, asks())
        await passUntil(passing, now + halfHour, look)
      }
    },
    ask: (mode) => void ask(play, clock.now(), mode),
    passUnworked(hours) {
      for (let half = 0; half < 2 * hours; half += 1) {
        clock.turn(halfHour)
        look()
      }
    },
    lose(which, when) {
      const over = clock.now() + (when === 'at-once' ? 0 : standingEveryMs)
      for (const asked of play.live.filter(which)) {
        asked.over ??= over
        asked.unsure = true
      }
    },
    async close() {
      await hallpass?.stop()
      await scene.close()
      await database.close()
    },
  }
}

/** The database's own address, that of one beside it, and its name. */
function addressesOf({ databaseUrl }: FreshDatabase) {
  const own = new URL(String(databaseUrl))
  const beside = new URL(own)
  beside.pathname = '/postgres'
  return { own: own.href, beside: beside.href, name: own.pathname.slice(1) }
}

/** How many there are this time. */
function evenly(each: number): () => number {
  let turns = 0
  return () => Math.floor(each * ++turns) - Math.floor(each * (turns - 1))
}

function act(play: Play, now: number, { acts, unsure, refused }: Passes, asks: number): void {
  for (const asked of play.live)
    if (asked.until <= now && asked.over === undefined) endEarly(play, asked, now)
  for (let one = 0; acts !== 'ends' && one < asks; one += 1) {
    const asked = ask(play, now)
    if (asked === undefined) continue
    if (refused?.(asked.mode) === true) asked.over = now
    if (unsure?.(asked.mode) === true) asked.unsure = true
  }
}
