// Hallpass as operators run it: a process of its own, which can be killed, paused and asked to stop.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import type { ManagedIdentity } from '../sandbox/azure/managed-identity.ts'
import type { Scene } from '../sandbox/scene.ts'
import { environmentOf } from './environment.ts'

const launcher = fileURLToPath(new URL('../bin/hallpass.js', import.meta.url))

export type Command = 'start' | 'serve' | 'work'

export interface ChildOptions {
  readonly scene: Scene
  readonly command?: Command
  /** Empty, so that no `.env` is read. */
  readonly directory: string
  readonly policyFile: string
  /** The store's settings: DATABASE_URL and so on. */
  readonly store: Readonly<Record<string, string>>
  readonly port: number
  /** Where tokens for Azure come from, where the scene has one. */
  readonly azureIdentity?: ManagedIdentity
}

export interface LogLine {
  readonly id: string
  readonly [field: string]: unknown
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Child {
  readonly pid: number
  readonly url: string
  /** Its log so far, and what it wrote to standard error. */
  readonly lines: readonly LogLine[]
  readonly errors: readonly string[]
  readonly exited: Promise<Exit>
  /** When its log had the first line that fits, former ones included; rejects once the process is gone. */
  seen(fits: (line: LogLine) => boolean): Promise<LogLine>
  /** When `/readyz` said yes, in milliseconds of `performance.now()`. Rejects once the process is gone. */
  ready(): Promise<number>
  /** Nothing of it runs any more once this resolves. */
  kill(): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Not a step more is made by it once this resolves, until it gets SIGCONT. Linux alone tells. */
  pause(): Promise<void>
}

export function startChild(options: ChildOptions): Child {
  const child = spawn(process.execPath, [launcher, options.command ?? 'start'], {
    cwd: options.directory,
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit').then(
    ([code, signal]: (string | number | null)[]): Exit => ({ code, signal }) as Exit,
  )
  const log = follow(child, exited)
  const url = `http://127.0.0.1:${options.port}`
  return {
    pid: child.pid ?? 0,
    url,
    lines: log.lines,
    errors: log.errors,
    seen: log.seen,
    exited,
    ready: async () => {
      await log.seen(({ id }) => id === 'hallpass.ready')
      if (options.command !== 'work') await answersReady(url, log.gone)
      return performance.now()
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    signal: (name) => void child.kill(name),
    async pause() {
      child.kill('SIGSTOP')
      while (!isStopped(await readFile(`/proc/${child.pid}/stat`, 'utf8')))
        await new Promise((resolve) => setTimeout(resolve, 2))
    },
  }
}

function follow(child: ChildProcess, exited: Promise<Exit>) {
  const lines: LogLine[] = []
  const errors: string[] = []
  const watchers = new Set<(line: LogLine) => void>()
  if (child.stdout === null || child.stderr === null) throw new Error('no output to follow')
  createInterface(child.stdout).on('line', (text) => {
    // A process that is killed may leave half a line.
    if (!text.endsWith('}')) return void errors.push(text)
    const line = JSON.parse(text) as LogLine
    lines.push(line)
    for (const watch of watchers) watch(line)
  })
  createInterface(child.stderr).on('line', (text) => errors.push(text))
  const gone = () =>
    exited.then(({ code, signal }): never => {
      throw new Error(`it ended (${code ?? signal}) before: ${errors.join('\n')}`)
    })
  const seen = async (fits: (line: LogLine) => boolean): Promise<LogLine> => {
    const there = lines.find(fits)
    if (there !== undefined) return there
    const { promise, resolve } = Promise.withResolvers<LogLine>()
    const watch = (line: LogLine) => {
      if (fits(line)) resolve(line)
    }
    watchers.add(watch)
    return Promise.race([promise, gone()]).finally(() => watchers.delete(watch))
  }
  return { lines, errors, seen, gone }
}

/** `<pid> (<name>) T …` */
const isStopped = (stat: string): boolean => stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')

async function answersReady(url: string, gone: () => Promise<never>): Promise<void> {
  for (;;) {
    // A process that dies over the question is told as that.
    const response = await fetch(`${url}/readyz`).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.ok) return
    await Promise.race([gone(), new Promise((resolve) => setTimeout(resolve, 20))])
  }
}
