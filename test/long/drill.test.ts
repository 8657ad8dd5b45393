// A short drill on what there is: nothing lost, nobody in, whatever is killed, cut and down meanwhile.
import { expect, test } from 'vitest'
import { runDrill } from '../../drill/drill.ts'
import { serversIn, type Servers, type StoreKind } from '../../drill/store.ts'

const noServers: Servers = { databaseServer: undefined, database: undefined, redis: undefined }

const servers = serversIn({
  DRILL_DATABASE_URL: process.env['TEST_DATABASE_URL'],
  DRILL_REDIS_URL: redisOfItsOwn(process.env['TEST_REDIS_URL']),
})

/** Other suites number theirs by their workers, of which there are few. */
function redisOfItsOwn(root: string | undefined): string | undefined {
  if (root === undefined) return undefined
  const url = new URL(root)
  url.pathname = '/14'
  return url.href
}

const hasServers = servers.databaseServer !== undefined && servers.redis !== undefined
const kinds: readonly (readonly [StoreKind, Servers])[] = [
  ['embedded', noServers],
  ...(hasServers ? [['postgres-redis', servers] as const] : []),
]

test.each(kinds)('a drill on %s', async (store, where) => {
  const drilled = await runDrill({
    store,
    servers: where,
    seed: 4711,
    grants: 40,
    kills: 4,
    durationMs: 16_000,
  })
  expect(drilled.verdict.faults).toEqual([])
  expect(drilled.evidence.kills).toBeGreaterThanOrEqual(4)
  expect(drilled.evidence.grants).toHaveLength(40)
})
