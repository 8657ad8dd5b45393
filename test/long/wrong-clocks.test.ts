// Processes whose clocks are hours off: what they sign is taken, and leases end when they should.
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { serverStore, serverStores, type ServerStore } from '../support/child-store.ts'
import { allowed, closeAccess, expectConverged, newJob, openAccess, shown } from './job.ts'
import { openStage, type Stage } from './stage.ts'

const kind = serverStores()[0]
const hourMs = 3_600_000
const preload = fileURLToPath(new URL('../support/clock-off.ts', import.meta.url))
const off = (ms: number) => ({ NODE_OPTIONS: `--import ${preload}`, CLOCK_OFF_MS: String(ms) })

describe.runIf(kind !== undefined)('processes with wrong clocks', () => {
  let stage: Stage<ServerStore>
  afterEach(() => stage.close())

  async function open(leaseSeconds: number, aheadMs: number, behindMs: number): Promise<void> {
    if (kind === undefined) throw new Error('no server')
    stage = await openStage(await serverStore(kind), { leaseSeconds })
    stage.scene.aws.judgeClocks(5 * 60_000)
    for (const [command, ms] of [
      ['start', aheadMs],
      ['work', -behindMs],
    ] as const) {
      const child = stage.spawn(command, off(ms))
      await child.ready()
      const told = Date.parse(String(child.lines.at(-1)?.['time']))
      expect(Math.abs(told - Date.now() - ms), 'its clock is off').toBeLessThan(60_000)
      expect(child.lines.find(({ id }) => id === 'clock.differs')).toMatchObject({
        aheadSeconds: Math.round(ms / 1000),
      })
    }
  }

  test('do a job', async () => {
    await open(60, 2 * hourMs, 3 * hourMs)
    const job = newJob(stage)
    await openAccess(stage, job)
    await closeAccess(stage, job)
    await stage.quiet()
    await expectConverged(stage, job)
  })

  test('end a lease on time', async () => {
    await open(6, 2 * hourMs, 3 * hourMs)
    const job = newJob(stage)
    await openAccess(stage, job)
    await shown(stage, job, 'success')
    const [grant] = await stage.store.grants()
    expect(grant).toMatchObject({ phase: 'ended', reason: 'expired' })
    const endsAt = Date.parse(grant?.endsAt ?? '')
    const removed = stage.scene.aws.history.find(
      ({ operation }) => operation === 'DeleteUserPolicy',
    )
    expect(removed?.at).toBeGreaterThanOrEqual(endsAt)
    expect(removed?.at).toBeLessThan(endsAt + 3_000)
    expect(allowed(stage, endsAt - 1_000)).toBe(true)
    expect(allowed(stage, endsAt + 3_000)).toBe(false)
  })
})
