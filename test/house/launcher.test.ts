import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

// The launcher beside a small stand-in for src/main.ts, under this Node, and under this Node posing as an older one.

const root = resolve(import.meta.dirname, '../..')
const posing = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })`
const bundled = join('node_modules', `node-${process.platform}-${process.arch}`, 'bin/node')

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hallpass-launcher-'))
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
  cpSync(join(root, 'bin/hallpass.js'), join(directory, 'bin/hallpass.js'), { recursive: true })
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function put(path: string, text: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true })
  writeFileSync(join(directory, path), text)
}
function bundle(): void {
  mkdirSync(dirname(join(directory, bundled)), { recursive: true })
  symlinkSync(process.execPath, join(directory, bundled))
}

test('the recipe for an image tells Node what `npm start` does', () => {
  const { scripts } = packageJson
  const flags = scripts.start.split(' ').filter((part) => part.startsWith('--'))
  expect(flags).not.toEqual([])
  const recipe = readFileSync(join(root, 'deploy/container/Dockerfile'), 'utf8')
  expect(recipe).toContain(
    `ENTRYPOINT ${JSON.stringify(['node', ...flags, 'bin/hallpass.js']).replaceAll(',', ', ')}`,
  )
  expect(scripts.hallpass).toBe(`node ${flags.join(' ')} bin/hallpass.js`)
})

interface Options {
  readonly old?: boolean
  readonly args?: readonly string[]
  readonly nodeOptions?: string
  /** Sent once something was printed. */
  readonly signal?: NodeJS.Signals
}
async function launch(options: Options = {}) {
  const flags = options.old ? ['--import', posing] : []
  const child = spawn(process.execPath, [...flags, 'bin/hallpass.js', ...(options.args ?? [])], {
    cwd: directory,
    env: { NODE_OPTIONS: options.nodeOptions ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let out = ''
  let err = ''
  child.stderr.on('data', (data) => (err += String(data)))
  for await (const data of child.stdout) {
    out += String(data)
    if (options.signal && !child.killed) child.kill(options.signal)
  }
  await exited
  return { code: child.exitCode, signal: child.signalCode, out, err }
}

test('without dependencies it says to install them', async () => {
  const { code, err } = await launch()
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('npm ci') })
})

test('it starts src/main.ts, types and all', async () => {
  put('node_modules/.keep', '')
  put(
    'src/main.ts',
    'const words: readonly string[] = process.argv.slice(2)\nconsole.log(words.join())\n',
  )
  expect(await launch({ args: ['a', 'b'] })).toMatchObject({ code: 0, out: 'a,b\n', err: '' })
})

test('a reader that has seen enough, as `head` has, is no fault', async () => {
  put('node_modules/.keep', '')
  put('src/main.ts', "setInterval(() => console.log('more'), 1)\n")
  const child = spawn(process.execPath, ['bin/hallpass.js'], {
    cwd: directory,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let err = ''
  child.stderr.on('data', (data) => (err += String(data)))
  const exited = once(child, 'exit')
  await once(child.stdout, 'data')
  child.stdout.destroy()
  expect(await exited).toEqual([0, null])
  expect(err).toBe('')
})

test('a Node told not to strip types is told of', async () => {
  put('node_modules/.keep', '')
  const { code, err } = await launch({ nodeOptions: '--no-strip-types' })
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('NODE_OPTIONS') })
})

test('what src/main.ts throws is told and fails', async () => {
  put('node_modules/.keep', '')
  put('src/main.ts', "throw new Error('out of order')\n")
  const { code, err } = await launch()
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('out of order') })
})

test('on an old Node without one of its own it says what to install', async () => {
  put('node_modules/.keep', '')
  const { code, err } = await launch({ old: true })
  expect(code).toBe(1)
  for (const words of ['Node 24', 'Node 20.1.0', 'npm ci', 'nodejs.org'])
    expect(err).toContain(words)
})

test('on an old Node it hands over to the one that was installed with it, and takes over its exit status', async () => {
  bundle()
  put('src/main.ts', 'console.log(process.versions.node, process.argv[2])\nprocess.exitCode = 7\n')
  expect(await launch({ old: true, args: ['x'] })).toMatchObject({
    code: 7,
    out: `${process.versions.node} x\n`,
  })
})

test('signals reach it', async () => {
  bundle()
  put(
    'src/main.ts',
    "process.once('SIGTERM', () => { console.log('stopped'); process.exit(5) })\nsetInterval(() => {}, 1000)\nconsole.log('ready')\n",
  )
  const { code, out } = await launch({ old: true, signal: 'SIGTERM' })
  expect({ code, out }).toEqual({ code: 5, out: 'ready\nstopped\n' })
})

test('a death by signal is passed on as one', async () => {
  bundle()
  put('src/main.ts', "setInterval(() => {}, 1000)\nconsole.log('ready')\n")
  expect(await launch({ old: true, signal: 'SIGTERM' })).toMatchObject({
    code: null,
    signal: 'SIGTERM',
  })
})
