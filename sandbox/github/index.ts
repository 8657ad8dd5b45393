// A GitHub that keeps state, for the demo and the tests: an unmodified Octokit talks to it, and it sends signed webhooks.
import { startWire, type Wire } from '../wire.ts'
import { installationActs } from './acts/installations.ts'
import { closingActs } from './acts/closing.ts'
import { commentActs } from './acts/comments.ts'
import { issueActs } from './acts/issues.ts'
import { labelActs } from './acts/labels.ts'
import { openingActs } from './acts/opening.ts'
import { organizationActs } from './acts/organizations.ts'
import { pullActs } from './acts/pulls.ts'
import { pushActs } from './acts/pushes.ts'
import { reviewRequestActs } from './acts/review-requests.ts'
import { repositoryActs } from './acts/repositories.ts'
import { Authentication, generatePrivateKey } from './authentication.ts'
import { ContentAccounts, githubsContentLimits, type ContentLimits } from './content-limits.ts'
import { looking } from './looking.ts'
import type { Permissions } from './model.ts'
import { appRoutes, deliveryRoutes } from './routes/app.ts'
import { checkRoutes } from './routes/checks.ts'
import { commentRoutes } from './routes/comments.ts'
import { graphqlRoutes } from './routes/graphql.ts'
import { historyRoutes } from './routes/history.ts'
import { issueRoutes } from './routes/issues.ts'
import { organizationRoutes, userRoutes } from './routes/organizations.ts'
import { pullRoutes } from './routes/pulls.ts'
import { repositoryRoutes } from './routes/repositories.ts'
import { Router } from './routing.ts'
import {
  seedFromPayload,
  type RecordedOptions,
  type RecordedPullRequestEvent,
  type RecordedScene,
} from './seed-from-payload.ts'
import { accountSeeds, repositorySeeds } from './seeding.ts'
import type { Hub } from './webhooks/announce.ts'
import { deliveryControl, type DeliveryControl } from './webhooks/control.ts'
import { Outbox } from './webhooks/outbox.ts'
import { World } from './world.ts'

export type * from './model.ts'
export type { Delivery } from './webhooks/outbox.ts'
export type { RecordedPullRequestEvent, RecordedScene } from './seed-from-payload.ts'

export interface GitHubOptions {
  /** Milliseconds; `Date.now` unless set. */
  readonly now?: () => number
  /**
   * The clock that JWTs and tokens are judged by: the machine's unless set, because Octokit signs and caches them by
   * that one. A test that turns `now` by hours keeps its tokens.
   */
  readonly credentialNow?: () => number
  readonly port?: number
  readonly appId?: number
  readonly appSlug?: string
  readonly webhookSecret: string
  /** PEM; generated when left out. */
  readonly privateKey?: string
  /** Refuses more writes than these by the sandbox's time; `true` for GitHub's own. Nothing is counted unless set. */
  readonly contentLimits?: true | ContentLimits
  /** What installations grant unless they say otherwise. */
  readonly permissions?: Permissions
  /** What installations subscribe to unless they say otherwise. */
  readonly events?: readonly string[]
}

type Acts = ReturnType<typeof accountSeeds> &
  ReturnType<typeof repositorySeeds> &
  ReturnType<typeof openingActs> &
  ReturnType<typeof pullActs> &
  ReturnType<typeof closingActs> &
  ReturnType<typeof reviewRequestActs> &
  ReturnType<typeof pushActs> &
  ReturnType<typeof issueActs> &
  ReturnType<typeof labelActs> &
  ReturnType<typeof commentActs> &
  ReturnType<typeof organizationActs> &
  ReturnType<typeof repositoryActs> &
  ReturnType<typeof installationActs> &
  ReturnType<typeof looking>

export interface SandboxGitHub extends Wire, Acts, DeliveryControl {
  readonly appId: number
  readonly appSlug: string
  /** PEM. */
  readonly privateKey: string
  /** The keys that it knows the App by. */
  readonly keys: Pick<Authentication, 'addKey' | 'removeKey'>
  /** Calls that no route answered, as `GET /path`. */
  readonly unhandled: readonly string[]
  /** Everything it keeps. What is changed here directly is told to nobody. */
  readonly world: World
  /** The scene of a recorded `pull_request` payload; send the recording itself by `send`. */
  seedFromPayload(payload: RecordedPullRequestEvent, options?: RecordedOptions): RecordedScene
}

const defaultPermissions: Permissions = {
  metadata: 'read',
  contents: 'read',
  checks: 'write',
  issues: 'write',
  pull_requests: 'write',
  members: 'read',
}
const defaultEvents = [
  'check_run',
  'issue_comment',
  'issues',
  'member',
  'membership',
  'organization',
  'pull_request',
  'pull_request_review',
  'push',
  'repository',
  'team',
]

/** One for all Apps that are given none: finding its primes takes longer than all the rest of a start. */
let usualKey: string | undefined

export async function startGitHub(options: GitHubOptions): Promise<SandboxGitHub> {
  const { now = Date.now, privateKey = (usualKey ??= generatePrivateKey()) } = options
  const world = new World(now, {
    id: options.appId ?? 314159,
    slug: options.appSlug ?? 'hallpass',
    permissions: options.permissions ?? defaultPermissions,
    events: options.events ?? defaultEvents,
  })
  const outbox = new Outbox(world, options.webhookSecret)
  const hub: Hub = { world, outbox }
  const limited = options.contentLimits === true ? githubsContentLimits : options.contentLimits
  const content = new ContentAccounts(limited, now)
  const router = routes(hub, privateKey, options.credentialNow ?? Date.now, content)
  const wire = await startWire(router.hono(), {
    service: 'github',
    now,
    operationOf: router.operationOf,
    ...(options.port !== undefined && { port: options.port }),
  })
  world.url = wire.url
  return Object.assign(deliveryControl(outbox), wire, acts(hub), {
    appId: world.app.id,
    appSlug: world.app.slug,
    privateKey,
    keys: router.authentication,
    unhandled: router.unhandled,
    world,
    seedFromPayload: (payload: RecordedPullRequestEvent, scene?: RecordedOptions) =>
      seedFromPayload(hub, payload, scene),
  })
}

function routes(
  hub: Hub,
  privateKey: string,
  credentialNow: () => number,
  content: ContentAccounts,
): Router {
  const authentication = new Authentication(hub.world, privateKey, credentialNow)
  const router = new Router(hub.world, authentication, content)
  appRoutes(router)
  deliveryRoutes(router, hub.outbox)
  // Before the repository's: a ref may hold slashes, and `commits/<ref>/check-runs` or `…/pulls` must not be taken for one.
  checkRoutes(router, hub)
  historyRoutes(router)
  repositoryRoutes(router)
  pullRoutes(router)
  commentRoutes(router, hub)
  issueRoutes(router, hub)
  organizationRoutes(router)
  userRoutes(router)
  graphqlRoutes(router)
  return router
}

const acts = (hub: Hub): Acts => ({
  ...accountSeeds(hub.world),
  ...repositorySeeds(hub.world),
  ...openingActs(hub),
  ...pullActs(hub),
  ...closingActs(hub),
  ...reviewRequestActs(hub),
  ...pushActs(hub),
  ...issueActs(hub),
  ...labelActs(hub),
  ...commentActs(hub),
  ...organizationActs(hub),
  ...repositoryActs(hub),
  ...installationActs(hub),
  ...looking(hub.world),
})
