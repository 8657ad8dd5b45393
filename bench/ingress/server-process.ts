// What Hallpass is measured against: Probot's own server, and one that does nothing, which shows what the generator can do.
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { pino } from 'pino'
import { Probot, Server } from 'probot'
import { freePort } from '../../drill/servers.ts'
import { appId, secret } from './installed.ts'

export type Kind = 'nothing' | 'probot' | 'probot-durable'

const event = 'pull_request.review_requested'
type Handle = (id: string, payload: object) => Promise<void>

async function serveNothing(): Promise<number> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(202).end('ok\n'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** As `probot run` builds it; without its log. */
async function serveProbot(handle: Handle): Promise<number> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const log = pino({ level: 'silent' })
  const port = await freePort()
  const server = new Server({
    Probot: Probot.defaults({ appId, privateKey: pem, secret, log }),
    host: '127.0.0.1',
    port,
    log,
  })
  await server.load((app) => {
    app.on(event, ({ id, payload }) => handle(id, payload))
  })
  await server.start()
  return port
}

/** What somebody would write who wants to lose nothing: one row for each delivery, the same id once. */
async function inserting(databaseUrl: string): Promise<Handle> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 })
  await pool.query('create table bench_deliveries (id text primary key, body text not null)')
  return async (id, payload) => {
    await pool.query({
      name: 'insert',
      text: 'insert into bench_deliveries (id, body) values ($1, $2) on conflict do nothing',
      values: [id, JSON.stringify(payload)],
    })
  }
}

const [kind, databaseUrl = ''] = process.argv.slice(2) as [Kind, string?]
const port = await (kind === 'nothing'
  ? serveNothing()
  : serveProbot(kind === 'probot' ? async () => undefined : await inserting(databaseUrl)))
process.send?.({ port })

// Whoever started it is gone.
process.on('disconnect', () => process.exit())
