// What was acknowledged is kept: killed at the moment of the acknowledgement, it needs no redelivery.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Delivery } from '../../sandbox/github/index.ts'
import {
  embeddedStore,
  serverStore,
  serverStores,
  type ChildStore,
} from '../support/child-store.ts'
import { expectConverged, newJob, shown } from './job.ts'
import { openLineage, type Lineage } from './strike.ts'

const kinds: readonly { name: string; open: () => Promise<ChildStore> }[] = [
  { name: 'embedded', open: embeddedStore },
  ...serverStores().map((kind) => ({ name: kind.name, open: () => serverStore(kind) })),
]

describe.each(kinds)('killed on $name', ({ open }) => {
  let lineage: Lineage
  beforeAll(async () => {
    lineage = await openLineage(await open())
  })
  afterAll(() => lineage.stage.close())

  /** Kills the app as soon as the delivery is answered, or stored, and starts it again. */
  async function killOver([delivery]: Delivery[], when: 'answered' | 'stored'): Promise<void> {
    const { github } = lineage.stage.scene
    const { child } = lineage.boot
    if (delivery === undefined) throw new Error('nobody was told')
    if (when === 'stored')
      await child.seen(({ id, delivery: of }) => id === 'delivery.stored' && of === delivery.id)
    else await github.deliveriesSettled()
    await child.kill()
    await github.deliveriesSettled()
    if (when === 'answered') expect(delivery.state).toBe('delivered')
    lineage.boot = await lineage.stage.boot()
    // The same again, should nobody have heard the answer: it must change nothing.
    if (delivery.state !== 'delivered') github.redeliver(delivery.id)
  }

  test.each(['answered', 'stored'] as const)('once deliveries were %s', async (when) => {
    const { stage } = lineage
    const { github, people } = stage.scene
    const job = newJob(stage)
    await killOver(github.requestReview(job.pull, people.alice, people.octocat), when)
    await shown(stage, job, 'neutral')
    await stage.quiet()
    job.act = 'closing'
    job.closedAt = Date.now()
    await killOver(github.submitReview(job.pull, people.octocat, 'approved'), when)
    await shown(stage, job, 'success')
    await stage.quiet()
    await expectConverged(stage, job)
  })
})
