import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startScene, type Scene } from '../../sandbox/scene.ts'
import { CloudError, LedgerConflict } from '../../src/domain/errors.ts'
import { reconcile } from '../../src/entrypoints/cli/reconcile.ts'
import type { Operations } from '../../src/workflows/operations.ts'
import type { Reconciled } from '../../src/workflows/reconcile/reconciled.ts'
import { ledgerStores } from '../support/databases.ts'
import { startHallpass } from '../support/hallpass.ts'
import { storeSettings } from '../../drill/environment.ts'
import { keep } from '../support/kept.ts'
import { logsPolicy } from '../support/policies.ts'
import { settingsFor, typed } from './command.ts'

vi.setConfig({ testTimeout: 60_000 })

let scene: Scene
let directory: string
beforeAll(async () => {
  scene = await startScene()
  directory = await mkdtemp(join(tmpdir(), 'hallpass-reconcile-'))
})
afterAll(async () => {
  await scene.close()
  await rm(directory, { recursive: true, force: true })
})

const document = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'logs:FilterLogEvents', Resource: '*' },
}

describe.each(ledgerStores())('on the ledger that is $name', (kind) => {
  it('asks before it removes what nothing is recorded of, beside the running Hallpass', async () => {
    const store = await keep(kind)
    const running = await startHallpass({ scene, store: store.config, policy: logsPolicy() })
    const { aws, iam } = scene
    const { instance } = running.composition.deps.ledger
    const names = () => aws.policiesOf(iam.octocat).map(({ name }) => name)
    const lost = Array.from({ length: 3 }, (_, n) => `hallpass-${instance}-0lost${n}`)
    const others = ['hallpass-another0-0123456789ab', 'hallpass-lookalike']
    for (const name of [...lost, ...others])
      aws.putUserPolicy({ user: iam.octocat, name, document })
    const env = {
      ...settingsFor(scene, running.policyPath, ''),
      ...storeSettings(store.config),
    }
    const type = (...args: readonly string[]) => typed(args, { env, cwd: directory })

    const dry = await type('reconcile', '--dry-run')
    expect(dry).toMatchObject({ code: 2, err: '' })
    expect(dry.out).toContain(`${lost[0]} of IAM user octocat`)
    expect(dry.out).toMatch(
      /hallpass-another0-\S+ of IAM user octocat +nothing: another Hallpass's/,
    )
    expect(await type('alarms')).toMatchObject({ code: 0, out: 'No alarms.\n' })

    expect(await type('reconcile')).toMatchObject({
      code: 2,
      out: expect.stringMatching(
        /it waits for you[^]*: npm run hallpass -- reconcile --remove [0-9a-f]{16}\n$/,
      ),
    })
    expect((await type('alarms')).out).toMatch(/3 bindings bear this Hallpass's mark/)
    expect((await type('reconcile', '--remove', '0123456789abcdef')).code).toBe(1)
    expect(names()).toEqual([...lost, ...others])

    const digest = /--remove ([0-9a-f]{16})/.exec(dry.out)?.[1] ?? ''
    expect(await type('reconcile', '--remove', digest)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/being removed: nothing is recorded of it/),
    })
    for (const binding of lost)
      await running.watch.seen(
        'binding.changed',
        ({ id, fields }) => id === 'binding.changed' && fields['binding'] === binding,
        45_000,
      )
    expect(names()).toEqual(others)
    expect(await type('alarms', '--json')).toMatchObject({ code: 0, out: '[]\n' })
    for (const name of others) aws.removeUserPolicy({ user: iam.octocat, name })
    await running.stop()
    await store.close()
  })
})

describe('what it ends with', () => {
  const place = (verdict: Reconciled['places'][number]['found'][number]['verdict']) => ({
    placeId: 'aws/1',
    found: [{ id: 'b', laneId: 'l', what: 'b of IAM user bob', verdict }],
  })
  const done: Reconciled = { kind: 'done', places: [], unread: [], digest: null }
  const unread = [{ placeId: 'policy', why: 'It has errors.' }]
  it.each<[string, Partial<Reconciled>, number, RegExp]>([
    ['nothing found', {}, 0, /^Nothing of Hallpass's stands/],
    ['what ended', { places: [place('ended')] }, 0, /being removed: its end is recorded/],
    ["another's", { places: [place('others')] }, 0, /another Hallpass's/],
    ['a stranger', { places: [place('stranger')] }, 2, /somebody else put it there/],
    ['what waits', { places: [place('waits')], digest: 'd1' }, 2, /--remove d1$/],
    ['a place not read', { unread }, 1, /Not looked at: policy: It has errors\.$/],
    ['not read, and a stranger', { unread, places: [place('stranger')] }, 1, /Not looked at/],
    [
      'another set than was named',
      { kind: 'refused', digest: 'd2' },
      1,
      /not the set that waits now/,
    ],
    ['somebody else at it', { kind: 'busy' }, 1, /Try again/],
  ])('%s', async (_, more, status, told) => {
    const lines: string[] = []
    const operations = { reconcile: async () => ({ ...done, ...more }) }
    const output = { line: (text: string) => void lines.push(text) }
    expect(await reconcile(operations, {}, 'root', output)).toBe(status)
    expect(lines.join('\n')).toMatch(told)
  })
})

describe('a look around that is cut off', () => {
  const cutOff = (failure: Error, lines: string[]) =>
    reconcile(
      { reconcile: vi.fn<Operations['reconcile']>().mockRejectedValue(failure) },
      {},
      'root',
      {
        line: (text) => void lines.push(text),
      },
    )

  it.each([
    new CloudError('transient', 'The claim on reconcile is over'),
    new LedgerConflict('The claim on reconcile ran out'),
  ])('by %s says to run it again', async (error) => {
    const lines: string[] = []
    expect(await cutOff(error, lines)).toBe(1)
    expect(lines.join('\n')).toMatch(/another Hallpass took over.*run it again/)
  })

  it('by a fault is told as one', async () => {
    const fault = new Error('a fault of ours')
    await expect(cutOff(fault, [])).rejects.toBe(fault)
  })
})
