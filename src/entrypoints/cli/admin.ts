// The admin channel: HTTP on the local socket of the process that owns an embedded database. Who may open the socket may do this.
import { Hono } from 'hono'
import { z } from 'zod'
import type { GrantSummary } from '../../workflows/grant-summary.ts'
import type { Operations, Revoked } from '../../workflows/operations.ts'

export function createAdmin(operations: Operations): Hono {
  const app = new Hono()
  app.get('/grants', async (c) =>
    c.json(await operations.grants({ all: c.req.query('all') === 'true' })),
  )
  app.post('/grants/:id/revoke', async (c) => {
    const body = revocation.safeParse(await c.req.json().catch(() => undefined))
    if (!body.success) return c.json({ error: 'operator is missing' }, 400)
    return c.json({ outcome: await operations.revoke(c.req.param('id'), body.data.operator) })
  })
  return app
}

const revocation = z.strictObject({ operator: z.string().min(1).max(100) })
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
  async revoke(id, operator): Promise<Revoked> {
    const answer = await ask({
      method: 'POST',
      path: `/grants/${encodeURIComponent(id)}/revoke`,
      body: JSON.stringify({ operator }),
    })
    return outcome.parse(JSON.parse(expectOk(answer))).outcome
  },
})

function expectOk({ status, body }: { status: number; body: string }): string {
  if (status !== 200)
    throw new Error(`The running Hallpass answered ${status}: ${body.slice(0, 200)}`)
  return body
}
