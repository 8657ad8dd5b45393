// Hallpass is killed while access is open, and stays dead: the cloud ends it, and Hallpass tells so once it is back.
import { afterEach, expect, test } from 'vitest'
import { embeddedStore } from '../support/child-store.ts'
import { allowed, newJob, openAccess, shown } from './job.ts'
import { commentsOn } from '../support/seen.ts'
import { openLineage, type Lineage } from './strike.ts'

const leaseSeconds = 8

let lineage: Lineage
afterEach(() => lineage.stage.close())

test('the cloud ends what nobody is left to end', async () => {
  lineage = await openLineage(await embeddedStore(), { leaseSeconds })
  const { stage, boot } = lineage
  const { aws, iam, github } = stage.scene
  const job = newJob(stage)
  await openAccess(stage, job)
  const [given] = await stage.store.grants()
  const endsAt = Date.parse(given?.endsAt ?? '')
  await boot.child.kill()
  expect(allowed(stage, Date.now())).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, endsAt - Date.now() + 1))
  expect(allowed(stage, endsAt - 1)).toBe(true)
  expect(allowed(stage, endsAt)).toBe(false)
  expect(allowed(stage, Date.now())).toBe(false)

  lineage.boot = await stage.boot()
  await shown(stage, job, 'success')
  await stage.quiet()
  expect(await stage.store.grants()).toMatchObject([{ phase: 'ended', reason: 'expired' }])
  expect(commentsOn({ github }, job.pull).edited).toMatchObject([
    { body: expect.stringContaining('the lease was over') as string },
  ])
  expect(aws.policiesOf(iam.octocat)).toEqual([])
})
