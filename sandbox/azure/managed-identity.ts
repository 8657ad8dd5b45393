// The local endpoint by which a server in Azure App Service gets tokens of its managed identity.
import { serve, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { Token } from './identities.ts'

export interface ManagedIdentity {
  /** `IDENTITY_ENDPOINT` */
  readonly url: string
  /** `IDENTITY_HEADER`: who does not send it gets nothing. */
  readonly header: string
  close(): Promise<void>
}

/** As its REST protocol has it, api-version 2019-08-01. */
export async function startManagedIdentity(issue: () => Token): Promise<ManagedIdentity> {
  const header = randomBytes(16).toString('hex')
  const app = new Hono()
  app.get('/msi/token', (context) => {
    if (context.req.header('x-identity-header') !== header)
      return context.json({ statusCode: 401, message: 'Unauthorized' }, 401)
    const { token, expiresOnTimestamp } = issue()
    return context.json({
      access_token: token,
      expires_on: String(Math.floor(expiresOnTimestamp / 1000)),
      resource: context.req.query('resource'),
      token_type: 'Bearer',
    })
  })
  const server = await new Promise<ServerType>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () =>
      resolve(started),
    )
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/msi/token`,
    header,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}
