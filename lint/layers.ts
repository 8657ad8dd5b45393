// Who may import what. The first row whose `files` begin a file's path is the one that holds for it.
import { posix } from 'node:path'

interface Layer {
  /** Path prefixes from the repository's root. */
  readonly files: readonly string[]
  /** Path prefixes of sources it may import besides its own folder. `any` for what sits outside the layers. */
  readonly sources: readonly string[] | 'any'
  /** The only packages it may import; `any` leaves it to `homes`. */
  readonly packages: readonly string[] | 'any'
}

const pure = ['canonicalize', 'mdast-*', 'micromark-*', 'yaml', 'zod', 'node:crypto']

const inner = ['src/domain/', 'src/workflows/']

const layers: readonly Layer[] = [
  { files: ['src/domain/'], sources: [], packages: pure },
  { files: ['src/workflows/'], sources: ['src/domain/'], packages: [] },
  {
    files: ['src/adapters/*/'],
    sources: ['src/domain/', 'src/workflows/ports.ts'],
    packages: 'any',
  },
  {
    files: ['src/entrypoints/'],
    sources: inner,
    packages: 'any',
  },
  { files: ['src/config'], sources: ['src/domain/'], packages: 'any' },
  { files: ['src/compose'], sources: ['src/'], packages: 'any' },
  {
    files: ['src/main.ts', 'src/start.ts', 'src/running.ts'],
    sources: [
      ...inner,
      'src/entrypoints/',
      'src/compose',
      'src/config.ts',
      'src/start.ts',
      'src/running.ts',
      'demo/',
      'drill/',
    ],
    packages: 'any',
  },
  {
    files: ['demo/'],
    sources: [
      ...inner,
      'src/entrypoints/',
      'src/compose',
      'src/config.ts',
      'src/running.ts',
      'sandbox/',
    ],
    packages: 'any',
  },
  {
    files: ['drill/'],
    sources: [...inner, 'src/config.ts', 'sandbox/', 'bench/quantiles.ts'],
    packages: 'any',
  },
  { files: ['sandbox/'], sources: [], packages: 'any' },
  { files: ['lint/'], sources: [], packages: 'any' },
  { files: ['test/', 'bench/', 'bin/', 'vitest.config.ts'], sources: 'any', packages: 'any' },
]

/** Packages that speak to one outside system, and the only places under `src/`, `sandbox/` and `demo/` that may name them. */
const homes: readonly { readonly packages: readonly string[]; readonly in: readonly string[] }[] = [
  { packages: ['kysely', '@electric-sql/*'], in: ['src/adapters/postgres/'] },
  { packages: ['pg', 'pg-*'], in: ['src/adapters/postgres/', 'src/adapters/queue/'] },
  { packages: ['bullmq', 'ioredis'], in: ['src/adapters/queue/'] },
  { packages: ['probot'], in: ['src/adapters/github/', 'src/entrypoints/webhooks/'] },
  {
    packages: ['@octokit/openapi-*'],
    in: ['src/adapters/github/', 'src/entrypoints/webhooks/', 'sandbox/github/'],
  },
  {
    packages: ['@octokit/webhooks-methods'],
    in: ['src/adapters/github/', 'src/entrypoints/ingress/'],
  },
  { packages: ['@octokit/*'], in: ['src/adapters/github/'] },
  { packages: ['@aws-sdk/*', '@smithy/*'], in: ['src/adapters/aws/'] },
  { packages: ['@google-cloud/*'], in: ['src/adapters/gcp/'] },
  { packages: ['@grpc/*'], in: ['src/adapters/gcp/', 'sandbox/gcp/'] },
  { packages: ['@azure/*'], in: ['src/adapters/azure/'] },
  {
    packages: ['hono', '@hono/*'],
    in: [
      'src/entrypoints/ingress/',
      'src/entrypoints/metrics/',
      'src/entrypoints/cli/admin',
      'src/adapters/owner/',
      'src/compose',
      'sandbox/',
      'demo/playground/',
    ],
  },
  { packages: ['prom-client'], in: ['src/adapters/metrics/'] },
  { packages: ['pino'], in: ['src/adapters/log/', 'src/adapters/github/'] },
  { packages: ['commander'], in: ['src/main.ts', 'src/entrypoints/cli/'] },
]

/** The row for a file, by its path from the repository's root with forward slashes. */
function layerOf(file: string): Layer | undefined {
  return layers.find((layer) => layer.files.some((prefix) => ownFolder(file, prefix) !== undefined))
}

/** Why `file` may not import `specifier`; undefined when it may. */
export function whyNot(file: string, specifier: string): string | undefined {
  const layer = layerOf(file)
  if (!layer) return `no layer names ${file}: add its row to lint/layers.ts`
  return specifier.startsWith('.')
    ? whyNotSource(layer, file, posix.join(posix.dirname(file), specifier))
    : whyNotPackage(layer, file, specifier)
}

function whyNotSource(layer: Layer, file: string, source: string): string | undefined {
  if (layer.sources === 'any') return undefined
  const own = layer.files.map((prefix) => ownFolder(file, prefix)).filter((it) => it !== undefined)
  const allowed = [...own, ...layer.sources]
  if (allowed.some((prefix) => source.startsWith(prefix))) return undefined
  return `${file} may not import ${source}: only ${list(allowed)}`
}

function whyNotPackage(layer: Layer, file: string, specifier: string): string | undefined {
  if (/^([#/~]|@\/|file:|data:|(src|sandbox|demo|test|lint)(\/|$))/.test(specifier))
    return `${specifier}: sources are imported by relative paths only`
  const name = packageName(specifier)
  const listed = layer.packages === 'any' || layer.packages.some((it) => names(it, name))
  if (!listed) return `${file} may not import the package ${name}: only ${list(layer.packages)}`
  if (!/^(src|sandbox|demo)\//.test(file)) return undefined
  const home = homes.find((it) => it.packages.some((pattern) => names(pattern, name)))
  if (!home || home.in.some((prefix) => file.startsWith(prefix))) return undefined
  return `${file} may not import the package ${name}: it stays in ${list(home.in)}`
}

/** A prefix that ends in a star stands for one folder each, as an adapter's own; the answer names that folder. */
function ownFolder(file: string, prefix: string): string | undefined {
  if (!prefix.endsWith('*/')) return file.startsWith(prefix) ? prefix : undefined
  const parent = prefix.slice(0, -2)
  const folder = file.slice(parent.length).split('/', 1)[0]
  return file.startsWith(parent) && folder ? `${parent}${folder}/` : undefined
}

function packageName(specifier: string): string {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}

const names = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

const list = (things: readonly string[] | 'any'): string =>
  things === 'any' || things.length === 0 ? 'none' : things.join(', ')
