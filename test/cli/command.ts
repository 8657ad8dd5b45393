// One command as a person types it, and nothing of this process's environment but where programs are.
import { execFile } from 'node:child_process'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { settingsOf } from '../../drill/environment.ts'
import type { Scene } from '../../sandbox/scene.ts'

export interface Ran {
  /** Null when it did not end by itself. */
  readonly code: number | null
  readonly out: string
  readonly err: string
}

type Settings = Readonly<Record<string, string>>

export const launcher = fileURLToPath(new URL('../../bin/hallpass.js', import.meta.url))
export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url))
const endsWithinMs = 60_000

export const commandEnvironment = (more: Settings = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  // Most of a start is compiling: what is compiled is kept from command to command.
  NODE_COMPILE_CACHE: join(tmpdir(), `hallpass-test-compiled-${userInfo().uid}`),
  // The SDK would ask a machine in the cloud for its role.
  AWS_EC2_METADATA_DISABLED: 'true',
  ...more,
})

interface Surroundings {
  readonly env?: Settings
  /** The repository unless given. */
  readonly cwd?: string
}

/** As a process of its own, which takes a second: for what only a process shows. NB: a `.env` in `cwd` is read. */
export function hallpass(
  args: readonly string[],
  { env = {}, cwd = repositoryRoot }: Surroundings = {},
): Promise<Ran> {
  const { promise, resolve } = Promise.withResolvers<Ran>()
  const settings = commandEnvironment(env)
  const options = { cwd, env: settings, timeout: endsWithinMs }
  execFile(process.execPath, [launcher, ...args], options, (error, out, err) => {
    const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null
    resolve({ code, out, err })
  })
  return promise
}

/** The command line, evaluated anew in this process: what it is told, what it tells, what it ends with. One at a time. */
export async function typed(
  args: readonly string[],
  { env = {}, cwd = repositoryRoot }: Surroundings = {},
): Promise<Ran> {
  const { argv, exitCode } = process
  const former = { env: { ...process.env }, cwd: process.cwd() }
  const told = { out: '', err: '' }
  const heard = new Set(process.listeners('uncaughtException'))
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((told.out += text), true)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((told.err += text), true)),
  ]
  try {
    surround(commandEnvironment(env), cwd)
    process.argv = [process.execPath, launcher, ...args]
    process.exitCode = 0
    vi.resetModules()
    await import('../../src/main.ts')
    return { code: process.exitCode, ...told }
  } finally {
    for (const spy of spies) spy.mockRestore()
    for (const listener of process.listeners('uncaughtException'))
      if (!heard.has(listener)) process.off('uncaughtException', listener)
    process.argv = argv
    process.exitCode = exitCode
    surround(former.env, former.cwd)
  }
}

function surround(env: NodeJS.ProcessEnv, cwd: string): void {
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
  process.chdir(cwd)
}

/** The embedded ledger in `data`. */
export const settingsFor = (scene: Scene, policyFile: string, data: string): Settings => ({
  ...settingsOf(scene, policyFile),
  HALLPASS_DATA_DIR: data,
  PORT: '0',
})

/** No line of a stack: what went wrong was foreseen, and is said in words. */
export const stackLine = /^\s+at /m
