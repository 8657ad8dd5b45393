// The servers that take deliveries in, each in a process of its own.
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { StoreConfig } from '../../src/config.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { storeSettings } from '../../drill/environment.ts'
import { freePort } from '../../drill/servers.ts'
import { account, appId, secret } from './installed.ts'
import type { Kind } from './server-process.ts'

export interface Served {
  readonly url: string
  readonly pid: number
  close(): Promise<void>
}

const launcher = fileURLToPath(new URL('../../bin/hallpass.js', import.meta.url))
/** What `npm start` tells Node. */
const flags = packageJson.scripts.start.split(' ').filter((part) => part.startsWith('--'))
const program = fileURLToPath(new URL('server-process.ts', import.meta.url))
const readyMsMax = 60_000

export type ServerStore = Extract<StoreConfig, { kind: 'postgres' }>

/** `hallpass serve`, as it is operated where others do the work. */
export const serveHallpass = (store: ServerStore): Promise<Served> =>
  runHallpass('serve', storeSettings(store))

/** Resolves once it says that it is ready. */
export async function runHallpass(
  command: 'serve' | 'start',
  settings: Readonly<Record<string, string>>,
): Promise<Served> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const port = await freePort()
  const child = spawn(process.execPath, [...flags, launcher, command], {
    // Where no `.env` is.
    cwd: tmpdir(),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      // No delivery is worked on here: nobody is asked there.
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      APP_ID: String(appId),
      PRIVATE_KEY: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      WEBHOOK_SECRET: secret,
      HALLPASS_ACCOUNTS: String(account),
      HALLPASS_POLICY_FILE: 'no-policy.yml',
      ...settings,
      PORT: String(port),
      LOG_LEVEL: 'silent',
    },
  })
  const url = `http://127.0.0.1:${port}`
  try {
    await ready(url, child)
  } catch (error) {
    await end(child)
    throw error
  }
  return { url, pid: child.pid ?? 0, close: () => end(child) }
}

export async function serveBaseline(kind: Kind, ...parts: readonly string[]): Promise<Served> {
  const child = fork(program, [kind, ...parts], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [{ port }] = (await Promise.race([once(child, 'message'), gone(child)])) as [
    { readonly port: number },
  ]
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, close: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}

async function gone(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null]
  throw new Error(`A server ended before it was ready (${code})`)
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + readyMsMax
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.ok) return
    if (child.exitCode !== null) throw new Error(`Hallpass ended (${child.exitCode})`)
    if (performance.now() > until) throw new Error('Hallpass was not ready in a minute')
    await pause(10)
  }
}
