// A copy of the ledger, started: nothing happens on it before somebody says which of the two goes on.
import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { administer } from '../../drill/servers.ts'
import { startScene, type Scene } from '../../sandbox/scene.ts'
import type { StoreConfig } from '../../src/config.ts'
import { claim } from '../../src/entrypoints/cli/claim.ts'
import type { ClaimOutcome } from '../../src/workflows/claim-ledger.ts'
import { ledgerStores } from '../support/databases.ts'
import { startHallpass, type Hallpass } from '../support/hallpass.ts'
import { storeSettings } from '../../drill/environment.ts'
import { keep } from '../support/kept.ts'
import { logsPolicy } from '../support/policies.ts'
import { settingsFor, typed } from './command.ts'

vi.setConfig({ testTimeout: 120_000 })

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hallpass-claim-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** As a backup that is restored elsewhere, or a machine that is cloned: nobody may be writing. */
async function copyOf(store: StoreConfig): Promise<StoreConfig> {
  if (store.kind === 'embedded') {
    const copy = await mkdtemp(join(tmpdir(), 'hallpass-claim-copy-'))
    await cp(join(store.directory, 'postgres'), join(copy, 'postgres'), { recursive: true })
    onTestFinished(() => rm(copy, { recursive: true, force: true }))
    return { ...store, directory: copy }
  }
  const url = new URL(store.databaseUrl)
  const [former, name] = [url.pathname.slice(1), `hallpass_test_${randomBytes(6).toString('hex')}`]
  const root = String(process.env['TEST_DATABASE_URL'])
  await administer(root, `create database ${name} template ${former}`)
  onTestFinished(async () => {
    await administer(root, `drop database ${name} with (force)`)
  })
  url.pathname = `/${name}`
  return { ...store, databaseUrl: url.href }
}

describe.each(ledgerStores())('of the ledger that is $name', (kind) => {
  async function world() {
    const store = await keep(kind)
    onTestFinished(() => store.close())
    const scene = await startScene()
    onTestFinished(() => scene.close())
    return { store, scene, ...on(scene) }
  }
  const on = (scene: Scene) => ({
    start: (store: StoreConfig) =>
      startHallpass({ scene, store, policy: logsPolicy(), timing: { sweepMs: 50 } }),
    typing:
      (store: StoreConfig, { policyPath }: Hallpass) =>
      (...args: readonly string[]) =>
        typed(args, {
          env: { ...settingsFor(scene, policyPath, ''), ...storeSettings(store) },
          cwd: directory,
        }),
    names: () => scene.aws.policiesOf(scene.iam.octocat).map(({ name }) => name),
  })

  /** One grant that lives and is told of. */
  async function given({ github, people, repository }: Scene, { watch }: Hallpass) {
    const pull = github.openPullRequest(repository, {
      author: people.alice,
      files: { 'services/1.ts': '' },
    })
    github.requestReview(pull, people.alice, people.octocat)
    const active = await watch.seen('grant.activated', ({ id }) => id === 'grant.activated')
    const comments = () => github.comments(pull).map(({ body }) => body)
    await github.waitFor(() => comments().find((body) => body.includes('active')))
    return { pull, id: String(active.fields['grant']), comments }
  }

  it('a copy takes deliveries in and does nothing, and as the one that goes on asks before it removes', async () => {
    const { store, scene, start, typing, names } = await world()
    const original = await start(store.config)
    const { pull, id, comments } = await given(scene, original)
    await original.stop()
    const [stands] = names()
    const { instance } = original.composition.deps.ledger
    const lost = `hallpass-${instance}-0lost0000000`
    scene.aws.putUserPolicy({ user: scene.iam.octocat, name: lost, document })

    const config = await copyOf(store.config)
    const copy = await start(config)
    onTestFinished(() => copy.stop())
    const type = typing(config, copy)
    const told = comments()
    const [closed] = scene.github.closePullRequest(pull, scene.people.alice)
    await copy.watch.seen(
      'delivery.stored',
      (line) => line.id === 'delivery.stored' && line.fields['delivery'] === closed?.id,
    )
    const refused = await type('revoke', id)
    expect(refused.code).toBe(1)
    expect(refused.err).toMatch(/^The ledger is .* than (it )?was noted.*hallpass claim --as-new/)
    expect((await type('freeze', '--because', 'b')).err).toBe(refused.err)
    expect((await type('grants')).out).toContain(id)
    expect((await type('explain', id)).code).toBe(0)
    expect((await type('doctor')).out).toContain('hallpass claim')
    const ready = await fetch(`${copy.url}/readyz`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({ parts: { ledger: 'unclaimed' } })
    // What this Hallpass did since it is up: it looked where it is, many times.
    expect(copy.watch.lines.map((line) => line.id)).toEqual(
      expect.arrayContaining(['ledger.unclaimed', 'delivery.stored']),
    )
    expect(copy.watch.lines.filter((line) => /^(grant|binding|lane)\./.test(line.id))).toEqual([])
    expect(names()).toEqual([stands, lost])
    expect(comments()).toEqual(told)

    expect(await type('claim')).toMatchObject({
      code: 0,
      out: expect.stringContaining(`instance ${instance}, is claimed.`),
    })
    await copy.watch.seen('grant.ending', ({ id: line }) => line === 'grant.ending')
    const done = ({ id: line }: { id: string }) => line === 'reconcile.done'
    await copy.watch.seen('reconcile.done', done, 45_000)
    expect(names()).toContain(lost)
    expect((await type('alarms')).out).toContain('no live grant accounts for it')
    const dry = await type('reconcile', '--dry-run')
    const digest = /--remove ([0-9a-f]{16})/.exec(dry.out)?.[1] ?? ''
    expect((await type('reconcile', '--remove', digest)).out).toContain('being removed')
    const gone = (binding: string) =>
      copy.watch.seen(
        'binding.changed',
        ({ id: line, fields }) => line === 'binding.changed' && fields['binding'] === binding,
        45_000,
      )
    await Promise.all([gone(lost), gone(stands ?? '')])
    expect(names()).toEqual([])
    expect((await type('claim')).code).toBe(1)
  })

  it('a copy that becomes another instance leaves all that it holds to its original', async () => {
    const { store, scene, start, typing, names } = await world()
    const original = await start(store.config)
    const { pull, id, comments } = await given(scene, original)
    await original.stop()
    const config = await copyOf(store.config)
    const copy = await start(config)
    const type = typing(config, copy)
    const told = comments()
    expect((await type('claim', '--as-new')).out).toMatch(
      /^This ledger is instance [a-z0-9]{8} from now on\. One request or grant was left/,
    )
    await copy.watch.seen(
      'ledger.unclaimed',
      (line) => line.id === 'ledger.unclaimed' && line.fields['why'] === 'renamed',
    )
    await copy.stop()
    const again = await start(config)
    onTestFinished(() => again.stop())
    scene.github.closePullRequest(pull, scene.people.alice)
    await again.watch.seen('delivery.handled', (line) => line.id === 'delivery.handled')
    expect((await type('grants', '--all')).out).toMatch(new RegExp(`${id}.*left-to-original`))
    expect(names()).toHaveLength(1)
    expect(comments()).toEqual(told)

    // The original goes on as ever.
    await again.stop()
    const back = await start(store.config)
    onTestFinished(() => back.stop())
    expect(back.composition.deps.ledger.seat.unclaimed()).toBeUndefined()
    expect(await back.operations.revoke(id, 'root')).toBe('revoked')
    await back.watch.seen('grant.ended', (line) => line.id === 'grant.ended', 45_000)
    expect(names()).toEqual([])
  })
})

const document = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'logs:FilterLogEvents', Resource: '*' },
}

describe('what it says', () => {
  const instance = 'abcdefgh'
  const claimed = { kind: 'claimed', instance, why: 'another-place', ended: 0 } as const
  it.each<[string, ClaimOutcome, object, number, RegExp]>([
    ['claimed', claimed, {}, 0, /is claimed\.\nThe next look .* removes nothing unasked/],
    [
      'what it closed',
      { ...claimed, ended: 2 },
      {},
      0,
      /2 requests and grants that nobody had seen/,
    ],
    ['as new', claimed, { asNew: true }, 0, /is instance abcdefgh from now on\..*\nRestart/],
    ['unneeded', { kind: 'unneeded', instance }, {}, 1, /claimed already\. Nothing was done\.$/],
    [
      'a copy that nobody can tell',
      { kind: 'unneeded', instance },
      { asNew: true },
      1,
      /: npm run hallpass -- claim --as-new --of abcdefgh$/,
    ],
    [
      'another one than was named',
      { kind: 'another', instance },
      { asNew: true, of: 'other000' },
      1,
      /is instance abcdefgh, and not the one that --of names\. Nothing was done\.$/,
    ],
    ['--of alone', claimed, { of: instance }, 1, /goes with --as-new/],
    ['JSON', claimed, { json: true }, 0, /"why": "another-place"/],
  ])('%s', async (_, outcome, options, status, said) => {
    const lines: string[] = []
    const output = { line: (text: string) => void lines.push(text) }
    expect(await claim({ claim: async () => outcome }, options, 'root', output)).toBe(status)
    expect(lines.join('\n')).toMatch(said)
  })
})
