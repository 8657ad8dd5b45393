import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether this machine can start a Redis of its own, to be killed and started again. */
export const hasRedisServer = spawnSync('redis-server', ['--version']).status === 0

export interface RedisServer {
  readonly url: string
  start(): Promise<void>
  /** As a crash does: nothing is said to the clients. */
  kill(): Promise<void>
  remove(): Promise<void>
}

/** A Redis on a socket in its own directory. Not started yet. */
export function redisServer(): RedisServer {
  const directory = mkdtempSync(join(tmpdir(), 'hallpass-redis-'))
  const socket = join(directory, 'r.sock')
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const options = ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', directory]
    const started = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] })
    child = started
    let said = ''
    for await (const chunk of started.stdout) {
      said += String(chunk)
      if (said.includes('ready to accept connections') || said.includes('Ready to accept')) break
    }
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  return {
    url: `unix://${socket}`,
    start,
    kill,
    async remove() {
      await kill()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
