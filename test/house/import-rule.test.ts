import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

// Plants violations, one a line, in a copy that has our lint configuration and nothing else, and lets oxlint find them.

const root = resolve(import.meta.dirname, '../..')

/** Every way in which a module can name another, each on one line. `n` keeps names apart. */
const ways: Readonly<Record<string, (specifier: string, n: number) => string>> = {
  static: (it, n) => `import { a${n} } from '${it}'; a${n}()`,
  type: (it, n) => `import type { T${n} } from '${it}'; export type U${n} = T${n}`,
  effect: (it) => `import '${it}'`,
  dynamic: (it, n) => `export const d${n} = () => import('${it}')`,
  reexport: (it, n) => `export { r${n} } from '${it}'`,
  reexportAll: (it) => `export * from '${it}'`,
  inType: (it, n) => `export type V${n} = import('${it}').Thing`,
}

/** [the importing file, what it may not name] */
const forbidden: readonly (readonly [string, string])[] = [
  // the domain decides, with no I/O
  ['src/domain/grants/x.ts', '../../workflows/ports.ts'],
  ['src/domain/x.ts', '../adapters/aws/x.ts'],
  ['src/domain/x.ts', '../entrypoints/cli/x.ts'],
  ['src/domain/x.ts', '../config.ts'],
  ['src/domain/x.ts', '../../sandbox/wire.ts'],
  ['src/domain/x.ts', '../../test/support/x.ts'],
  ['src/domain/x.ts', 'node:fs'],
  ['src/domain/x.ts', 'fs'],
  ['src/domain/x.ts', 'pg'],
  ['src/domain/x.ts', 'probot'],
  ['src/domain/x.ts', '@aws-sdk/client-iam'],
  // workflows know ports, not what stands behind them
  ['src/workflows/x.ts', '../adapters/postgres/x.ts'],
  ['src/workflows/x.ts', '../entrypoints/worker/x.ts'],
  ['src/workflows/x.ts', '../compose.ts'],
  ['src/workflows/x.ts', '../config.ts'],
  ['src/workflows/x.ts', 'node:fs'],
  ['src/workflows/x.ts', 'kysely'],
  // adapters see the ports and the domain, and never each other
  ['src/adapters/aws/x.ts', '../github/x.ts'],
  ['src/adapters/aws/deep/x.ts', '../../postgres/x.ts'],
  ['src/adapters/aws/x.ts', '../aws-other/x.ts'],
  ['src/adapters/queue/x.ts', '../../workflows/handle-signal.ts'],
  ['src/adapters/queue/x.ts', '../../entrypoints/worker/x.ts'],
  ['src/adapters/queue/x.ts', '../../compose.ts'],
  ['src/adapters/queue/x.ts', '../../config.ts'],
  // only compose builds adapters
  ['src/entrypoints/cli/x.ts', '../../adapters/postgres/x.ts'],
  ['src/entrypoints/cli/x.ts', '../../compose.ts'],
  ['src/entrypoints/cli/x.ts', '../../config.ts'],
  ['src/main.ts', './adapters/postgres/x.ts'],
  ['src/config.ts', './adapters/postgres/x.ts'],
  ['src/compose.ts', '../sandbox/wire.ts'],
  ['src/running.ts', '../sandbox/wire.ts'],
  // the sandbox stands alone
  ['src/adapters/github/x.ts', '../../../sandbox/github/x.ts'],
  ['src/entrypoints/webhooks/x.ts', '../../../sandbox/github/x.ts'],
  ['sandbox/github/x.ts', '../../src/domain/time.ts'],
  ['sandbox/x.ts', '../test/support/x.ts'],
  // the demo goes through compose as everybody does
  ['demo/x.ts', '../src/adapters/aws/x.ts'],
  // every outside system's packages stay in its adapter
  ['src/adapters/aws/x.ts', 'pg'],
  ['src/adapters/postgres/x.ts', 'prom-client'],
  ['src/workflows/x.ts', 'prom-client'],
  ['src/entrypoints/metrics/x.ts', 'prom-client'],
  ['src/adapters/github/x.ts', 'kysely'],
  ['src/adapters/github/x.ts', 'kysely/migration'],
  ['src/compose.ts', '@electric-sql/pglite'],
  ['src/adapters/postgres/x.ts', 'bullmq'],
  ['src/adapters/postgres/x.ts', 'ioredis'],
  ['src/adapters/queue/x.ts', 'probot'],
  ['src/entrypoints/cli/x.ts', 'probot'],
  ['src/compose.ts', '@octokit/rest'],
  ['src/adapters/github/x.ts', '@aws-sdk/client-iam'],
  ['src/compose.ts', '@aws-sdk/client-sts'],
  ['src/adapters/aws/x.ts', '@google-cloud/resource-manager'],
  ['src/adapters/aws/x.ts', '@grpc/grpc-js'],
  ['sandbox/aws/x.ts', '@grpc/grpc-js'],
  ['sandbox/gcp/x.ts', '@google-cloud/resource-manager'],
  ['src/adapters/aws/x.ts', '@azure/identity'],
  ['src/adapters/github/x.ts', 'hono'],
  ['src/entrypoints/worker/x.ts', '@hono/node-server'],
  ['sandbox/x.ts', 'ioredis'],
  // relative paths only
  ['src/entrypoints/cli/x.ts', 'src/domain/time.ts'],
  ['src/entrypoints/cli/x.ts', '#domain/time.ts'],
  ['src/entrypoints/cli/x.ts', '@/domain/time.ts'],
  ['src/entrypoints/cli/x.ts', '/absolute/time.ts'],
  ['src/entrypoints/cli/x.ts', 'file:///time.ts'],
  // a file outside the layers has no rights at all
  ['src/elsewhere.ts', './domain/time.ts'],
]

const allowed: readonly (readonly [string, string])[] = [
  ['src/domain/grants/x.ts', '../policy/types.ts'],
  ['src/domain/x.ts', 'zod'],
  ['src/domain/x.ts', 'yaml'],
  ['src/domain/x.ts', 'mdast-util-from-markdown'],
  ['src/workflows/x.ts', './ports.ts'],
  ['src/workflows/x.ts', '../domain/time.ts'],
  ['src/adapters/aws/x.ts', '../../workflows/ports.ts'],
  ['src/adapters/aws/x.ts', '../../domain/time.ts'],
  ['src/adapters/aws/deep/x.ts', '../y.ts'],
  ['src/adapters/aws/x.ts', '@aws-sdk/client-iam'],
  ['src/adapters/postgres/x.ts', 'kysely/migration'],
  ['src/adapters/queue/x.ts', 'bullmq'],
  ['src/adapters/github/x.ts', 'probot'],
  ['src/entrypoints/webhooks/x.ts', 'probot'],
  ['src/entrypoints/ingress/x.ts', 'hono'],
  ['src/entrypoints/cli/x.ts', '../../workflows/operations.ts'],
  ['src/compose.ts', './adapters/aws/create-aws.ts'],
  ['src/main.ts', './start.ts'],
  ['demo/x.ts', '../sandbox/wire.ts'],
  ['demo/x.ts', '../src/compose.ts'],
  ['sandbox/github/x.ts', '../wire.ts'],
  ['sandbox/x.ts', 'hono'],
  ['sandbox/gcp/x.ts', '@grpc/grpc-js'],
  ['src/adapters/gcp/x.ts', '@grpc/grpc-js'],
  ['src/adapters/gcp/x.ts', '@google-cloud/resource-manager'],
  ['test/x.test.ts', '../src/adapters/aws/x.ts'],
  ['test/x.test.ts', '../sandbox/wire.ts'],
]

/** [the file, its text with NAME for a name of its own] that reads the clock, chance or the environment where nothing may. */
const ambient: readonly (readonly [string, string])[] = [
  ['src/domain/x.ts', 'export const NAME = Date.now()'],
  ['src/domain/x.ts', 'export const NAME = new Date()'],
  ['src/domain/x.ts', 'export const NAME = Date()'],
  ['src/domain/x.ts', 'export const NAME = globalThis.Date.now()'],
  ['src/domain/x.ts', 'export const NAME = Math.random()'],
  ['src/domain/x.ts', "export const NAME = Math['random']()"],
  ['src/domain/x.ts', 'export const NAME = crypto.randomUUID()'],
  ['src/domain/x.ts', "export { randomUUID } from 'node:crypto'"],
  [
    'src/domain/x.ts',
    "import { randomBytes } from 'node:crypto'; export const NAME = randomBytes(8)",
  ],
  ['src/domain/x.ts', "import * as c from 'node:crypto'; export const NAME = c.randomBytes(8)"],
  ['src/domain/x.ts', "export * from 'node:crypto'"],
  ['src/domain/x.ts', "export const NAME = import('node:crypto')"],
  ['src/domain/x.ts', "import NAME from 'node:crypto'; export const b = NAME.randomBytes(8)"],
  ['src/workflows/x.ts', 'export const NAME = new Date()'],
  ['src/workflows/x.ts', 'export const NAME = Math.random()'],
  ['src/entrypoints/cli/x.ts', 'export const NAME = Date.now()'],
  ['src/entrypoints/cli/x.ts', "export const NAME = process.env['HOME']"],
  ['src/adapters/aws/x.ts', 'export const { NAME } = process.env'],
  ['src/adapters/aws/x.ts', "import { env } from 'node:process'; export const NAME = env.HOME"],
  ['src/compose.ts', 'export const NAME = process.env'],
]
const ambientAllowed: readonly (readonly [string, string])[] = [
  ['src/domain/x.ts', 'export const NAME = (ms: number) => new Date(ms)'],
  ['src/domain/x.ts', "import { createHash } from 'node:crypto'; export const NAME = createHash"],
  ['src/config.ts', 'export const NAME = process.env'],
  ['src/adapters/clock/x.ts', 'export const NAME = Date.now()'],
  ['sandbox/x.ts', 'export const NAME = Date.now()'],
  ['test/x.test.ts', 'export const NAME = process.env'],
]

interface Planted {
  readonly label: string
  readonly file: string
  /** One line. */
  readonly text: string
}
const naming = (pairs: typeof forbidden): Planted[] =>
  pairs
    .flatMap(([file, specifier]) => Object.entries(ways).map((way) => ({ file, specifier, way })))
    .map(({ file, specifier, way: [name, write] }, n) => ({
      label: `${file} names ${specifier} (${name})`,
      file,
      text: write(specifier, n),
    }))
const reading = (pairs: typeof ambient): Planted[] =>
  pairs.map(([file, text], n) => ({
    label: `${file}: ${text}`,
    file,
    text: text.replaceAll('NAME', `n${n}`),
  }))

interface Report {
  readonly diagnostics: readonly {
    readonly code?: string
    readonly filename: string
    readonly labels: readonly { readonly span: { readonly line: number } }[]
  }[]
}

/** The labels of those planted lines that the given rule refused. All stand in one copy, one line each. */
function refused(rule: string, planted: readonly Planted[]): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'hallpass-lint-'))
  try {
    for (const path of ['.oxlintrc.json', 'tsconfig.json', 'lint'])
      cpSync(join(root, path), join(copy, path), { recursive: true })
    const files = Map.groupBy(planted, (it) => it.file)
    for (const [file, lines] of files) {
      mkdirSync(dirname(join(copy, file)), { recursive: true })
      writeFileSync(join(copy, file), lines.map((it) => `${it.text}\n`).join(''))
    }
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
    const run = spawnSync(process.execPath, [oxlint, '--format', 'json'], {
      cwd: copy,
      encoding: 'utf8',
    })
    const report = JSON.parse(run.stdout) as Report
    return report.diagnostics
      .filter((it) => it.code === `hallpass(${rule})`)
      .flatMap((it) => it.labels.map(({ span }) => files.get(it.filename)?.[span.line - 1]?.label))
      .filter((it) => it !== undefined)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

describe.each([
  ['layers', naming(forbidden), naming(allowed)],
  ['ambient', reading(ambient), reading(ambientAllowed)],
] as const)('hallpass/%s', (rule, wrong, right) => {
  test('refuses every planted violation', () => {
    const found = new Set(refused(rule, wrong))
    expect(wrong.map((it) => it.label).filter((it) => !found.has(it))).toEqual([])
  })
  test('lets through what is allowed', () => {
    expect(refused(rule, right)).toEqual([])
  })
})

test('an import whose module is computed is refused: no rule could read it', () => {
  const file = 'src/domain/x.ts'
  const planted = [
    { label: 'computed', file, text: 'export const load = (n: string) => import(n)' },
  ]
  expect(refused('layers', planted)).toEqual(['computed'])
})
