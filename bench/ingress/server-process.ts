// What Hallpass is measured against: Probot's own server, and one that does nothing, which shows what the generator can do.
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import pg from 'pg'
import { pino } from 'pino'
import { Probot, Server } from 'probot'
import { freePort } from '../../drill/servers.ts'
import { openBull } from '../bull.ts'
import type { WorldPlace } from '../lifecycle/world.ts'
import { appId, secret } from './installed.ts'

export type Kind = 'nothing' | 'probot' | 'probot-durable' | 'probot-job'

const event = 'pull_request.review_requested'
type Handle = (id: string, payload: { requested_reviewer?: { login: string } }) => Promise<void>

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
    app.on(event, ({ id, payload }) => handle(id, payload as Parameters<Handle>[1]))
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

/** What somebody would write first: a job on the queue, which gives access at once. Nothing is asked, and nothing kept. */
async function giving(redisUrl: string, cloud: string): Promise<Handle> {
  const { url: endpoint, ...credentials } = JSON.parse(cloud) as WorldPlace['aws']
  const iam = new IAMClient({ endpoint, region: 'us-east-1', credentials })
  const bull = await openBull({ kind: 'postgres', databaseUrl: '', redisUrl })
  bull.work(async ({ data }) => {
    const { login } = data as { readonly login: string }
    const Statement = [{ Effect: 'Allow', Action: 'logs:FilterLogEvents', Resource: '*' }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await iam.send(
      new PutUserPolicyCommand({ UserName: login, PolicyName: 'given', PolicyDocument }),
    )
  }, 16)
  return async (id, { requested_reviewer: reviewer }) => {
    await bull.queue.add('give', { login: reviewer?.login }, { jobId: id })
  }
}

const [kind, ...parts] = process.argv.slice(2) as [Kind, ...string[]]
const [place = '', cloud = ''] = parts
const servers: Readonly<Record<Kind, () => Promise<number>>> = {
  nothing: serveNothing,
  probot: () => serveProbot(async () => undefined),
  'probot-durable': async () => serveProbot(await inserting(place)),
  'probot-job': async () => serveProbot(await giving(place, cloud)),
}
const port = await servers[kind]()
process.send?.({ port })

// Whoever started it is gone.
process.on('disconnect', () => process.exit())
