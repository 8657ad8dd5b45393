// The admin channel: HTTP on the local socket of the process that owns an embedded database. Who may open the socket may do this.
import { Hono } from 'hono'
import { z } from 'zod'
import type { MeasuredLateness } from '../../domain/measures/lateness.ts'
import type { GrantSummary } from '../../workflows/grant-summary.ts'
import { LedgerUnclaimed } from '../../domain/errors.ts'
import type { ClaimOutcome } from '../../workflows/claim-ledger.ts'
import type { AcceptedNow } from '../../workflows/accept-policy.ts'
import type { ExplainedGrant } from '../../workflows/explain-grant.ts'
import type { AlarmSummary, Operations, Revoked, Unfrozen } from '../../workflows/operations.ts'
import type { Reconciled } from '../../workflows/reconcile/reconciled.ts'
import { becauseLengthMax } from './freeze.ts'
import type { FreezeOutcome, FreezeSummary } from '../../workflows/operator-freeze.ts'

export function createAdmin(operations: Operations): Hono {
  const app = new Hono()
  app.get('/grants', async (c) =>
    c.json(await operations.grants({ all: c.req.query('all') === 'true' })),
  )
  app.get('/lateness', async (c) => c.json(await operations.lateness()))
  app.post('/grants/:id/revoke', async (c) => {
    const body = byOperator.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: 'operator is missing' }, 400)
    return c.json({ outcome: await operations.revoke(c.req.param('id'), body.data.operator) })
  })
  app.get('/grants/:id/decision', async (c) =>
    c.json({ explained: (await operations.explain(c.req.param('id'))) ?? null }),
  )
  app.get('/freezes', async (c) => c.json(await operations.freezes()))
  app.post('/freezes', async (c) => {
    const body = freezing.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: z.prettifyError(body.error) }, 400)
    return c.json(await operations.freeze(body.data))
  })
  app.post('/freezes/:id/end', async (c) => {
    const body = byOperator.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: 'operator is missing' }, 400)
    return c.json({ outcome: await operations.unfreeze(c.req.param('id'), body.data.operator) })
  })
  app.post('/policy/accept', async (c) => {
    const body = accepting.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: z.prettifyError(body.error) }, 400)
    return c.json(await operations.acceptPolicy(body.data.operator, body.data.blob))
  })
  app.post('/reconcile', async (c) => {
    const body = reconciling.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: z.prettifyError(body.error) }, 400)
    return c.json(await operations.reconcile(body.data))
  })
  app.get('/alarms', async (c) => c.json(await operations.alarms()))
  app.get('/unclaimed', async (c) => c.json({ unclaimed: await operations.unclaimed() }))
  app.post('/claim', async (c) => {
    const body = claiming.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: z.prettifyError(body.error) }, 400)
    return c.json(await operations.claim(body.data))
  })
  app.onError((error, c) => {
    if (error instanceof LedgerUnclaimed) return c.json({ unclaimed: error.message }, 409)
    throw error
  })
  return app
}

const operator = z.string().min(1).max(100)
const byOperator = z.strictObject({ operator })
const accepting = z.strictObject({ operator, blob: z.string().min(1).max(100).optional() })
const freezing = z.strictObject({
  operator,
  because: z.string().min(1).max(becauseLengthMax),
  scope: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('all') }),
    z.strictObject({ kind: z.enum(['person', 'role', 'repository']), named: z.string().min(1) }),
  ]),
})
const reconciling = z.strictObject({
  operator,
  dryRun: z.boolean(),
  remove: z.string().min(1).max(100).nullable(),
})
const claiming = z.strictObject({
  operator,
  asNew: z.boolean(),
  of: z.string().min(1).max(100).nullable(),
})
const unfrozen = z.object({ outcome: z.enum(['unfrozen', 'unknown']) })
const outcome = z.object({ outcome: z.enum(['revoked', 'not-live', 'unknown']) })

/** Sends one request to the running owner. */
export type Ask = (request: {
  method: 'GET' | 'POST'
  path: string
  body?: string
}) => Promise<{ status: number; body: string }>

/** The same operations, carried out by the process that owns the database. */
export const operationsVia = (ask: Ask): Operations => ({
  async grants({ all }) {
    const answer = await ask({ method: 'GET', path: `/grants?all=${all}` })
    return JSON.parse(expectOk(answer)) as readonly GrantSummary[]
  },
  async lateness() {
    const answer = await ask({ method: 'GET', path: '/lateness' })
    return JSON.parse(expectOk(answer)) as MeasuredLateness
  },
  async revoke(id, operator): Promise<Revoked> {
    const answer = await ask({
      method: 'POST',
      path: `/grants/${encodeURIComponent(id)}/revoke`,
      body: JSON.stringify({ operator }),
    })
    return outcome.parse(JSON.parse(expectOk(answer))).outcome
  },
  async explain(id) {
    const path = `/grants/${encodeURIComponent(id)}/decision`
    const answer = JSON.parse(expectOk(await ask({ method: 'GET', path }))) as {
      explained: ExplainedGrant | null
    }
    return answer.explained ?? undefined
  },
  async freeze(asked) {
    const body = JSON.stringify(asked)
    const answer = await ask({ method: 'POST', path: '/freezes', body })
    return JSON.parse(expectOk(answer)) as FreezeOutcome
  },
  async unfreeze(id, by): Promise<Unfrozen> {
    const answer = await ask({
      method: 'POST',
      path: `/freezes/${encodeURIComponent(id)}/end`,
      body: JSON.stringify({ operator: by }),
    })
    return unfrozen.parse(JSON.parse(expectOk(answer))).outcome
  },
  async reconcile(asked) {
    const body = JSON.stringify(asked)
    const answer = await ask({ method: 'POST', path: '/reconcile', body })
    return JSON.parse(expectOk(answer)) as Reconciled
  },
  async alarms() {
    const answer = await ask({ method: 'GET', path: '/alarms' })
    return JSON.parse(expectOk(answer)) as readonly AlarmSummary[]
  },
  async unclaimed() {
    const answer = await ask({ method: 'GET', path: '/unclaimed' })
    return claimedOrNot.parse(JSON.parse(expectOk(answer))).unclaimed
  },
  async claim(asked) {
    const answer = await ask({ method: 'POST', path: '/claim', body: JSON.stringify(asked) })
    return JSON.parse(expectOk(answer)) as ClaimOutcome
  },
  async acceptPolicy(by, blob) {
    const body = JSON.stringify({ operator: by, blob })
    const answer = await ask({ method: 'POST', path: '/policy/accept', body })
    return JSON.parse(expectOk(answer)) as AcceptedNow
  },
  async freezes() {
    const answer = await ask({ method: 'GET', path: '/freezes' })
    return JSON.parse(expectOk(answer)) as readonly FreezeSummary[]
  },
})

const claimedOrNot = z.object({ unclaimed: z.string().optional() })
const refused = z.object({ unclaimed: z.string() })

function expectOk({ status, body }: { status: number; body: string }): string {
  if (status === 409) throw new LedgerUnclaimed(refused.parse(JSON.parse(body)).unclaimed)
  if (status !== 200)
    throw new Error(`The running Hallpass answered ${status}: ${body.slice(0, 200)}`)
  return body
}
