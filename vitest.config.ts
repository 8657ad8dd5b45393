import { defineConfig } from 'vitest/config'
import { filesFor, leftOut } from './test/real/settings.ts'

const minute = 60_000

/** What a mode of vitest runs. `vitest run` by itself leaves out what takes long, and what writes to real accounts. */
function filesOf(mode: string) {
  // Payloads and settings are tried many times more than by `vitest run`.
  const fuzzed = 'test/fuzz/{payloads,settings}.test.ts'
  if (mode === 'long') return { include: ['test/{long,week}/**/*.test.ts', fuzzed], exclude: [] }
  if (mode === 'real') {
    const include = filesFor(process.env)
    for (const line of leftOut(process.env)) process.stdout.write(`${line}\n`)
    return { include, exclude: [] }
  }
  if (mode === 'week') return { include: ['test/week/**/*.test.ts'], exclude: [] }
  const others = ['test/long/**', 'test/real/**', 'test/week/**']
  return { include: ['test/**/*.test.ts'], exclude: others }
}

// Only what hangs is meant to run into these: a busy machine makes everything slow, and a real cloud takes its time.
const timeouts: Readonly<Record<string, number>> = {
  long: 10 * minute,
  real: 60 * minute,
  week: 60 * minute,
}

/** How many things are asked for in half an hour of the week: 2,000 grants in all, or 140. */
const weekAsks: Readonly<Record<string, string>> = { week: '8', long: '0.5' }

function envOf(mode: string): Record<string, string> {
  const asks = process.env['WEEK_ASKS'] ?? weekAsks[mode]
  return asks === undefined ? {} : { WEEK_ASKS: asks }
}

export default defineConfig(({ mode }) => ({
  test: {
    ...filesOf(mode),
    env: envOf(mode),
    globalSetup: mode === 'real' ? [] : 'test/support/left-out.ts',
    testTimeout: timeouts[mode] ?? minute,
    // A look at what comes later waits for it as a journey does, and not for the one second of vitest's own.
    expect: { poll: { timeout: 45_000 } },
    hookTimeout: mode === 'real' ? 60 * minute : minute,
    pool: 'forks',
    isolate: false,
    // Half of a test is waiting for servers and processes: on two cores a third worker uses the other half.
    maxWorkers: mode === 'long' ? 2 : 3,
    restoreMocks: true,
    // A fast-check run that fails prints its counterexample: keep all of it.
    chaiConfig: { truncateThreshold: 0 },
  },
}))
