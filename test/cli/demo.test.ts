import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseOrganizationPolicy } from '../../src/domain/policy/parse.ts'
import {
  commandEnvironment,
  hallpass,
  launcher,
  repositoryRoot,
  stackLine,
  typed,
} from './command.ts'

/** Making a cluster and playing the story, on a machine that has more to do. */
const patienceMs = 90_000

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hallpass-demo-test-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const steps = [
  'webhook.accepted',
  'grant.active',
  'cloud.allows',
  'grant.ended',
  'cloud.denies',
] as const

const everybodyEverywhere = ['mona', 'octocat'].flatMap((who) =>
  ['aws', 'azure', 'gcp'].map((cloud) => `${who} in ${cloud}`),
)

const inClouds = (told: readonly Record<string, unknown>[]) =>
  told.map(({ who, cloud }) => `${String(who)} in ${String(cloud)}`).toSorted()

it(
  'plays the main job, whatever else is configured here, and leaves nothing behind',
  async () => {
    const data = join(directory, 'data')
    const env = {
      TMPDIR: directory,
      HALLPASS_DATA_DIR: data,
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
      REDIS_URL: 'redis://127.0.0.1:1',
      APP_ID: 'none',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      GOOGLE_APPLICATION_CREDENTIALS: '/nowhere.json',
      HALLPASS_AZURE_ENDPOINT: 'http://127.0.0.1:1',
      PORT: '1',
    }
    const { code, out, err } = await hallpass(['demo', '--exit', '--json'], { env, cwd: directory })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.at(-1)).toEqual({
      result: 'ok',
      grants: 2,
      ended: 2,
      clouds: 3,
      bindings_left: 0,
    })
    const told = lines.slice(0, -1)
    const names = told.map(({ step }) => step)
    for (const step of steps) expect(names).toContain(step)
    for (const { step, ms } of told) {
      expect(step).toEqual(expect.any(String))
      expect(ms).toEqual(expect.any(Number))
    }
    const times = told.map(({ ms }) => Number(ms))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const grants = (step: string) =>
      told.filter((it) => it['step'] === step).map((it) => it['grant'])
    expect(new Set(grants('grant.active')).size).toBe(2)
    expect(new Set(grants('grant.ended'))).toEqual(new Set(grants('grant.active')))
    for (const step of ['cloud.allows', 'cloud.denies'])
      expect(inClouds(told.filter((it) => it['step'] === step))).toEqual(everybodyEverywhere)
    expect(existsSync(data)).toBe(false)
    expect(await readdir(directory)).toEqual([])
  },
  patienceMs,
)

describe('a demo that cannot be played', () => {
  const env = { TMPDIR: '/nowhere/at/all' }

  it('says why, and exits 1', async () => {
    const { code, out, err } = await hallpass(['demo', '--exit'], { env, cwd: directory })
    expect(code).toBe(1)
    expect(out).toMatch(/^The demo failed: .*\/nowhere\/at\/all/m)
    expect(out + err).not.toMatch(stackLine)
  })

  it('says so in JSON too', async () => {
    const { code, out } = await typed(['demo', '--exit', '--json'], { env, cwd: directory })
    expect(code).toBe(1)
    expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      result: 'failed',
      reason: expect.stringContaining('/nowhere/at/all'),
    })
  })
})

it(
  'cleans up when it is interrupted over the story',
  async () => {
    const child = spawn(process.execPath, [launcher, 'demo', '--json'], {
      cwd: directory,
      env: commandEnvironment({ TMPDIR: directory }),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    const lines: string[] = []
    for await (const line of createInterface(child.stdout)) {
      lines.push(line)
      if (lines.length === 1) child.kill('SIGINT')
    }
    expect((await exited)[0]).toBe(1)
    expect(lines.at(-1)).toBe('{"result":"failed","reason":"it was interrupted"}')
    expect(await readdir(directory)).toEqual([])
  },
  patienceMs,
)

it('says for how long its policy gives access', async () => {
  const text = await readFile(join(repositoryRoot, 'examples/demo.yml'), 'utf8')
  const parsed = parseOrganizationPolicy(text, 'demo.yml')
  if (!parsed.ok) throw new Error('the policy is broken')
  const rule = parsed.value.rules.find(({ name }) => name.includes('draft'))
  const play = await readFile(join(repositoryRoot, 'demo/play.ts'), 'utf8')
  expect(play).toContain(`const leaseSeconds = ${rule?.forSeconds}\n`)
})
