// A week of operation under the turned clock: what every day brings, and what no day may bring.
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyChain } from '../../src/domain/log/verify.ts'
import { generatePrivateKey } from '../../sandbox/github/authentication.ts'
import { account, webhookSecret } from '../../sandbox/scene.ts'
import { azureRoleId } from '../../sandbox/scene-clouds.ts'
import { takeDown } from '../support/cloud-down.ts'
import { stores } from '../support/databases.ts'
import type { HallpassOptions } from '../support/hallpass.ts'
import { modeNames, plainGroup, type ModeName } from './modes.ts'
import { openWeek, type OpenWeek } from './open-week.ts'
import { leaseEndOf, mayNow, native, type Asked } from './play.ts'
import { endOfDay, expectLinear, inWords, type DayEnd } from './storage.ts'

let week: OpenWeek
let changed: Partial<HallpassOptions> = {}

const ends: DayEnd[] = []

/** What is kept of it. */
async function endDay(name: string): Promise<void> {
  const end = await endOfDay(week.database.pool, week.clock.now())
  process.stdout.write(inWords(name, end, ends.at(-1)))
  ends.push(end)
}

const inCloud: Readonly<Record<'aws' | 'gcp' | 'azure', readonly ModeName[]>> = {
  aws: ['allow', 'assume', 'group', 'sso'],
  gcp: ['gcp'],
  azure: ['pim', 'plain'],
}

/** Stopped, and started after an hour. What GitHub had to tell meanwhile comes late. */
async function missAnHour(): Promise<void> {
  const { scene, clock } = week
  await week.stop()
  scene.github.deliveryMode = 'hold'
  clock.turn(60 * 60_000)
  scene.github.deliveryMode = 'send'
  await week.start()
  scene.github.release()
}

/** Marked as ours in its cloud, and not over by itself. */
const isLasting = (asked: Asked): boolean =>
  asked.over === undefined && native.has(asked.mode) && week.clock.now() < leaseEndOf(asked)

/** What bears no mark, a person removes who reads of it. */
function clearUp({ scene, play }: OpenWeek, alarms: readonly { readonly id: string }[]): void {
  const { aws, clouds } = scene
  const isTold = (id: string, place: string) =>
    alarms.some((alarm) => alarm.id.includes(id) && alarm.id.includes(place))
  for (const { user, inClouds } of play.developers) {
    const { ssoUser, objectId } = inClouds
    const { permissionSet } = clouds.identityCenter
    if (isTold(user.userId, '/group/')) aws.removeFromGroup(user, 'queues')
    if (isTold(ssoUser.userId, 'identity-center/'))
      aws.unassign({ account, permissionSet, principal: ssoUser })
    if (isTold(objectId, '-plain/'))
      clouds.azure.unassign({
        scope: plainGroup,
        principalId: objectId,
        roleDefinitionId: azureRoleId,
      })
  }
}

const postgres = stores().find(({ name }) => name === 'postgres')

describe.skipIf(postgres === undefined)('A week of operation', () => {
  beforeAll(async () => {
    if (postgres !== undefined) week = await openWeek(postgres)
  })
  afterAll(() => week.close())

  test('Monday is like any day', async () => {
    await week.pass(24)
    await endDay('Monday')
  })

  test('on Tuesday the policy offers less, then is broken, then is as it was', async () => {
    await week.pass(8)
    const offered: readonly ModeName[] = ['allow', 'sso', 'pim']
    const isTaken = (mode: ModeName) => !offered.includes(mode)
    await week.setPolicy(offered)
    week.lose(({ mode }) => isTaken(mode))
    await week.pass(3, { refused: isTaken })
    await writeFile(week.hallpass().policyPath, 'version: [')
    await week.pass(2, { refused: () => true })
    await week.setPolicy()
    await week.pass(11)
    await endDay('Tuesday')
  })

  test('on Wednesday each cloud is down for an hour, and GitHub is, and Hallpass', async () => {
    const { scene, down } = week
    await week.pass(3)
    for (const [cloud, modes] of Object.entries(inCloud)) {
      const { back } = takeDown(scene, cloud as keyof typeof inCloud, 'failing')
      for (const mode of modes) down.add(mode)
      const unsure = (mode: ModeName) => modes.includes(mode)
      await week.pass(1, { unsure })
      back()
      // It is tried again within minutes.
      await week.pass(0.5, { unsure })
      down.clear()
      await week.pass(1)
    }
    const back = week.githubDown()
    await week.pass(1, { acts: 'nobody' })
    back()
    await week.pass(4)
    await missAnHour()
    await week.pass(6)
    await endDay('Wednesday')
  })

  test('on Thursday secret and key are changed, and nothing is missed', async () => {
    const { scene } = week
    const { keys, privateKey: former } = scene.github
    const next = { secret: 'another-secret-of-the-simulated-github', key: generatePrivateKey() }
    await week.pass(6)
    await week.stop()
    await week.start({
      github: () => ({
        webhookSecrets: [next.secret, webhookSecret],
        privateKey: next.key,
        privateKeyPrevious: former,
      }),
    })
    await week.pass(1)
    keys.addKey(next.key)
    scene.github.webhookSecret = next.secret
    await week.pass(2)
    keys.removeKey(former)
    scene.github.world.tokens.clear()
    await week.pass(1)
    changed = { github: () => ({ webhookSecrets: [next.secret], privateKey: next.key }) }
    await week.stop()
    await week.start(changed)
    await week.pass(14)
    await endDay('Thursday')
  })

  test('on Friday the App is uninstalled, and installed again', async () => {
    const { scene } = week
    await week.pass(10)
    scene.github.uninstall(scene.installation, scene.people.alice)
    week.lose(() => true, 'at-once')
    await week.pass(2, { acts: 'nobody' })
    scene.github.install(scene.organization)
    await week.pass(12)
    await endDay('Friday')
  })

  test('on Saturday a backup is restored, which a person claims and clears up after', async () => {
    const { play, down } = week
    await week.pass(6)
    await week.stop()
    await week.backUp()
    await week.start(changed)
    const backedUpAt = week.clock.now()
    await week.pass(2.5)
    for (let one = 0; one < 5; one += 1) week.ask('gcp')
    await week.pass(0.5)
    await week.stop()
    await week.restore()
    await week.start(changed)
    expect(await week.hallpass().operations.unclaimed()).toContain('hallpass claim')
    // Nobody ends anything now but the clouds themselves.
    for (const mode of modeNames) down.add(mode)
    week.passUnworked(1)
    const { operations } = week.hallpass()
    await operations.claim({ asNew: false, of: null, operator: 'paula' })
    await week.pass(0.5, { acts: 'nobody' })
    const isLost = ({ at }: Asked) => at >= backedUpAt
    const unknown = play.live.filter((asked) => isLost(asked) && isLasting(asked))
    const standing = () => unknown.filter((asked) => mayNow(play, asked, week.clock.now()))
    const found = await operations.reconcile({ dryRun: false, remove: null, operator: 'paula' })
    expect(standing(), 'nothing is removed unasked').toEqual(unknown)
    expect(unknown.length).toBeGreaterThan(0)
    await operations.reconcile({ dryRun: false, remove: found.digest, operator: 'paula' })
    clearUp(week, await operations.alarms())
    week.lose(isLost, 'at-once')
    await week.pass(0.5, { acts: 'nobody' })
    down.clear()
    await week.pass(13)
    await endDay('Saturday')
  })

  test('on Sunday everything has ended, and the log holds together', async () => {
    await week.pass(8)
    await week.pass(16, { acts: 'ends' })
    expect(week.play.live).toEqual([])
    const { ledger } = week.hallpass().composition.deps
    const entries = await ledger.log(0, 1_000_000)
    expect(verifyChain(entries)).toMatchObject({ ok: true, count: entries.length })
    expect(modeNames.filter((name) => !week.play.asked.some(({ mode }) => mode === name))).toEqual(
      [],
    )
    await endDay('Sunday')
  })

  test('what was kept grew with the grants, and by nothing else', () => expectLinear(ends))
})
