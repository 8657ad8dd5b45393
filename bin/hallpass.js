#!/usr/bin/env node
// Starts src/main.ts on a Node that can run it. Written so that any Node since 12 can read it and say what to do.
import * as modules from 'module'
import { spawn } from 'child_process'
import { existsSync } from 'fs'
import { dirname, join } from 'path'
import { fileURLToPath } from 'url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const wanted = 24

/** @param {string} message */
function fail(message) {
  process.stderr.write(message + '\n')
  process.exitCode = 1
}

/** The Node that `npm ci` installed beside the other dependencies, where there is one for this platform. */
function bundledNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const path = join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', file)
  return existsSync(path) ? path : undefined
}

/** @param {string} node Path of the Node to hand over to. */
function runOn(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' })
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => child.kill(signal)
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT']
  // NB: a terminal sends Ctrl-C to both processes; sent on as well, it would arrive twice.
  const onInterrupt = process.stdin.isTTY ? () => {} : forward
  signals.forEach((it) => process.on(it, it === 'SIGINT' ? onInterrupt : forward))
  child.on('error', (error) => fail(`Cannot start ${node}: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code
      return
    }
    signals.forEach((it) => process.removeAllListeners(it))
    process.kill(process.pid, signal)
  })
}

function run() {
  // Whoever reads has seen enough, as `head` has.
  process.stdout.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
  loadSettings()
  keepCompiled()
  import('../src/main.ts').catch((/** @type {unknown} */ error) =>
    fail(String((error instanceof Error && error.stack) || error)),
  )
}

/**
 * Most of a start is compiling. What is compiled is kept, where this installation may write.
 * NB: not in the system's temporary directory: whoever could write there first would have their code run here.
 */
function keepCompiled() {
  if ('enableCompileCache' in modules)
    modules.enableCompileCache(join(root, 'node_modules', '.cache', 'hallpass'))
}

/** `.env` fills in what the real environment leaves out; it never overrides it. */
function loadSettings() {
  if (existsSync('.env')) process.loadEnvFile('.env')
}

const major = Number(process.versions.node.split('.')[0])
const bundled = bundledNode()

if (!existsSync(join(root, 'node_modules'))) {
  fail(`Hallpass's dependencies are not installed. Run this first, in ${root}:\n\n  npm ci`)
} else if (major < wanted && bundled) {
  runOn(bundled)
} else if (major < wanted) {
  fail(
    `Hallpass needs Node ${wanted} or newer; this is Node ${process.versions.node} on ${process.platform} ${process.arch}.\n` +
      `\`npm ci\` brings a Node of its own on Linux (x64, arm64), macOS (x64) and Windows (x64); run it without --omit=optional.\n` +
      `On any other machine, such as a Mac with an M-series chip, install Node ${wanted} from https://nodejs.org and start again.`,
  )
} else if (!process.features.typescript) {
  fail(
    'Hallpass runs its TypeScript sources directly, and this Node was told not to: take --no-strip-types (or --no-experimental-strip-types) out of NODE_OPTIONS.',
  )
} else {
  run()
}
