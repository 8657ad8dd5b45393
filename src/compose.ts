// The only builder of adapters. Entrypoints get what comes out of here, ready-made.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AwsCloud } from './adapters/aws/create-aws.ts'
import { createGitHub, type GitHubAdapter } from './adapters/github/create-github.ts'
import type { ClientOptions } from './adapters/github/client.ts'
import { createLog } from './adapters/log/create-log.ts'
import { createOnCall } from './adapters/on-call/create-on-call.ts'
import { fileReader } from './adapters/policy-file/file-reader.ts'
import { randomness } from './adapters/random.ts'
import { connectClouds, refuseUnguardedCloud } from './compose/clouds.ts'
import { openStore, type Store, type StoreOptions } from './compose/store.ts'
import type { Config, GitHubConfig, PolicyConfig } from './config.ts'
import { defaultTiming, type Deps, type Timing } from './workflows/deps.ts'
import { acceptor } from './workflows/accept-policy.ts'
import type { Ledger, Log, Meters, PlacedReader, PolicyDocuments } from './workflows/ports.ts'
import { createPolicyReader } from './workflows/read-policy.ts'

export interface ComposeOptions extends StoreOptions {
  readonly timing?: Partial<Timing>
  readonly log?: Log
}

/** Everything that a running Hallpass is made of. */
export interface Composition {
  readonly config: Config
  readonly deps: Deps
  readonly store: Store
  readonly github: GitHubAdapter
  readonly aws: AwsCloud
  /** Undefined where nobody scrapes. */
  readonly meters: Meters | undefined
  /** Asks all work in hand to stop. */
  cancel(): void
}

/** For how long a stop waits for GitHub's answers: what was written there is then recorded. A silent GitHub keeps no claim. */
const answerGraceMs = 2_000
/** For how long the store of a start that failed may take to close. */
const storeGraceMs = 2_000

export async function compose(config: Config, options: ComposeOptions = {}): Promise<Composition> {
  refuseUnguardedCloud(config)
  const meters = config.metrics === undefined ? undefined : await loadMeters()
  const plainLog = options.log ?? createLog(config.logLevel)
  const log = meters?.metered(plainLog) ?? plainLog
  const store = await openStore(config.store, log, options)
  try {
    await store.ledger.seat.settle(config.github.appId)
    return await composeOn(store, { config, options, log, meters })
  } catch (error) {
    // NB: its connections would keep alive a process that does nothing, and that nobody starts again.
    await store.close(storeGraceMs)
    throw error
  }
}

interface Ready {
  readonly config: Config
  readonly options: ComposeOptions
  readonly log: Log
  readonly meters: Meters | undefined
}

async function composeOn(
  store: Store,
  { config, options, log, meters }: Ready,
): Promise<Composition> {
  const stopping = new AbortController()
  const hangUp = new AbortController()
  const github = connectGitHub(config.github, log, {
    hungUp: hangUp.signal,
    ...(meters && { answered: (headers) => meters.answered(headers) }),
  })
  const { aws, clouds } = await connectClouds(config, { instance: store.ledger.instance, log })
  const documents: PolicyDocuments = {
    pinned: config.policy.from === 'file' ? undefined : config.policy,
    organization: readerOf(config.policy, () => github),
    repository: github.documents.repository,
    at: github.documents.at,
  }
  const ledger = isBudgeted(config.github) ? store.ledger : withoutBudget(store.ledger)
  const shared = {
    ledger: meters?.meteredLedger(ledger) ?? ledger,
    clock: store.clock,
    log,
    github: github.github,
    onCall: createOnCall({ setting: config.onCallToken, log, stopping: stopping.signal }),
  }
  const deps: Deps = {
    ...shared,
    random: randomness,
    queue: store.queue.queue,
    policy: createPolicyReader(documents, acceptor(shared, documents.pinned)),
    documents,
    clouds,
    accounts: config.github.accounts,
    owner: randomUUID(),
    stopping: stopping.signal,
    timing: {
      ...defaultTiming,
      ...(config.recoverEveryMs !== undefined && { recoverEveryMs: config.recoverEveryMs }),
      ...options.timing,
    },
  }
  const cancel = () => {
    stopping.abort()
    setTimeout(() => hangUp.abort(), answerGraceMs).unref()
  }
  return { config, deps, store, github, aws, meters, cancel }
}

/** Loaded only where somebody scrapes. */
async function loadMeters(): Promise<Meters> {
  const { createMeters } = await import('./adapters/metrics/create-meters.ts')
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  return createMeters({ version })
}

const isBudgeted = ({ writeBudget, throttle }: GitHubConfig): boolean => writeBudget ?? throttle

const withoutBudget = (ledger: Ledger): Ledger => ({ ...ledger, spend: async () => ({ ok: true }) })

export const connectGitHub = (
  github: GitHubConfig,
  log: Log,
  { hungUp, answered }: Pick<ClientOptions, 'hungUp' | 'answered'> = {},
): GitHubAdapter =>
  createGitHub({
    appId: github.appId,
    privateKey: github.privateKey,
    privateKeyPrevious: github.privateKeyPrevious,
    baseUrl: github.apiUrl,
    log,
    throttle: github.throttle,
    hungUp,
    answered,
  })

/** Of the organization's document. GitHub is only asked for where that is in a repository. */
export const readerOf = (policy: PolicyConfig, github: () => GitHubAdapter): PlacedReader =>
  policy.from === 'file' ? fileReader(policy.path) : github().documents.pinned(policy)
