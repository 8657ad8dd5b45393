// Asked to stop in the middle of the main job, at a service that does not answer: it stops in time, and hands everything back.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  embeddedStore,
  serverStore,
  serverStores,
  type ChildStore,
  type ServerStore,
} from '../support/child-store.ts'
import { closeAccess, expectConverged, newJob, openAccess } from './job.ts'
import { expectSoundLog, goOn, namer, openLineage, stop, type Lineage } from './strike.ts'

const calls = [
  'opening github GET /repos/:owner/:repo 1',
  'opening aws SimulatePrincipalPolicy 1',
  'opening aws PutUserPolicy 1',
  'opening github POST /repos/:owner/:repo/issues/:issue_number/comments 1',
  'closing aws DeleteUserPolicy 1',
  'closing github POST /repos/:owner/:repo/check-runs 1',
] as const

/** Far less than a claim lasts: nothing had to run out. */
const resumedMsMax = 2_000

interface Kind {
  readonly name: string
  readonly open: () => Promise<ChildStore & Partial<ServerStore>>
}
const kinds: readonly Kind[] = [
  { name: 'embedded', open: embeddedStore },
  ...serverStores().map((kind) => ({ name: kind.name, open: () => serverStore(kind) })),
]
/** Some tell whoever comes next that a call was cut off; none keeps them waiting. */
const held = 'select key from hallpass.claims where owner is not null and until > $1'

describe.each(kinds)('asked to stop on $name', ({ name, open }) => {
  let lineage: Lineage
  let store: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    store = await open()
    lineage = await openLineage(store)
  })
  afterAll(() => lineage.stage.close())

  // The queue makes the difference between the servers: a write to each service tells.
  const chosen = name === 'postgres+redis' ? calls.filter((key) => /Put|comments/.test(key)) : calls

  test.each(chosen)('over %s', async (key) => {
    const { stage } = lineage
    const job = newJob(stage)
    const keyOf = namer(job)
    let back: Promise<number> | undefined
    stage.ambush = async (call, phase) => {
      if (phase !== 'before' || keyOf(call) !== key) return
      // Unanswered for as long as the process lives.
      const stopped = stop(lineage)
      back = stopped.then(async () => {
        // Only a server can be asked from outside.
        expect((await store.pool?.query(held, [Date.now()]))?.rows ?? [], 'claims').toEqual([])
        return goOn(lineage, ({ service }) => service === call.service)
      })
      await stopped
      return 'drop'
    }
    const options = { back: async () => back }
    await openAccess(stage, job, options)
    await stage.quiet()
    await closeAccess(stage, job, options)
    expect(await back).toBeLessThanOrEqual(resumedMsMax)
    await stage.quiet()
    stage.ambush = undefined
    await expectConverged(stage, job)
  })

  test('the log holds together', async () => {
    await stop(lineage)
    await expectSoundLog(lineage.stage)
  })
})
